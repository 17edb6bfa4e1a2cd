/**
 * Stands in for `@std/assert` over `node:assert`. It is the stricter of the two: it also tells 0 from
 * -0 and an object without a prototype from an ordinary one, so what passes here passes there.
 */

import { AssertionError, deepStrictEqual, notDeepStrictEqual } from "node:assert";
import { isDeepStrictEqual } from "node:util";

export { AssertionError };

/** A class, abstract or not. */
// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** Fails unless `value` is truthy. */
export function assert(value: unknown, msg = ""): asserts value {
  if (!value) fail(msg);
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError({ message: `Failed assertion${msg ? `: ${msg}` : "."}` });
}

/** Fails unless both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  explained(msg, () => deepStrictEqual(actual, expected));
}

/** Fails if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  explained(msg, () => notDeepStrictEqual(actual, expected));
}

/** Fails on null and undefined. */
export function assertExists<T>(value: T, msg?: string): asserts value is NonNullable<T> {
  if (value == null) fail(told(`Expected something, not ${value}`, msg));
}

/** Fails unless `value` was made by `type` or a class below it. */
export function assertInstanceOf<T>(
  value: unknown,
  type: Class<T>,
  msg?: string,
): asserts value is T {
  if (value instanceof type) return;
  const met = (value as object | null | undefined)?.constructor?.name ?? String(value);
  fail(told(`Expected an instance of ${type.name}, not of ${met}`, msg));
}

/** Fails unless the pattern occurs in the text. */
export function assertMatch(text: string, pattern: RegExp, msg?: string): void {
  if (!pattern.test(text)) fail(told(`Expected ${JSON.stringify(text)} to match ${pattern}`, msg));
}

/** Fails unless `part` occurs in the text. */
export function assertStringIncludes(text: string, part: string, msg?: string): void {
  if (text.includes(part)) return;
  fail(told(`Expected ${JSON.stringify(text)} to contain ${JSON.stringify(part)}`, msg));
}

/** Fails unless each of `expected` equals an item of `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected)
    .filter((wanted) => !items.some((item) => isDeepStrictEqual(item, wanted)));
  if (missing.length > 0) fail(told(`Missing in the array: ${Deno.inspect(missing)}`, msg));
}

/** Fails unless `actual` is the lesser. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(told(`Expected ${actual} < ${expected}`, msg));
}

/** Fails unless `actual` is the greater. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(told(`Expected ${actual} > ${expected}`, msg));
}

/** Fails unless both are within `tolerance` of each other, by default a ten-millionth of `expected`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7,
  msg?: string,
): void {
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance) return;
  fail(told(`Expected ${actual} to be within ${tolerance} of ${expected}`, msg));
}

/** Fails unless `fn` throws, and what it threw is wanted; returns that. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  type: Class<E>,
  includes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  typeOrMsg?: Class<Error> | string,
  includes?: string,
  msg?: string,
): unknown {
  const wanted = wantedError(typeOrMsg, includes, msg);
  try {
    fn();
  } catch (error) {
    return checkError(error, wanted);
  }
  return fail(told("Expected function to throw", wanted.msg));
}

/** Fails unless the promise of `fn` is rejected, and the reason is wanted; resolves to that. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  type: Class<E>,
  includes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  typeOrMsg?: Class<Error> | string,
  includes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = wantedError(typeOrMsg, includes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    return fail(told("Function throws when expected to reject", wanted.msg));
  }
  try {
    await promise;
  } catch (error) {
    return checkError(error, wanted);
  }
  return fail(told("Expected function to reject", wanted.msg));
}

interface WantedError {
  type?: Class<Error> | undefined;
  includes?: string | undefined;
  msg?: string | undefined;
}

function wantedError(
  typeOrMsg: Class<Error> | string | undefined,
  includes: string | undefined,
  msg: string | undefined,
): WantedError {
  return typeof typeOrMsg === "string" ? { msg: typeOrMsg } : { type: typeOrMsg, includes, msg };
}

function checkError(error: unknown, { type, includes, msg }: WantedError): unknown {
  if (type === undefined) return error;
  assertInstanceOf(error, type, msg);
  if (includes !== undefined) assertStringIncludes(error.message, includes, msg);
  return error;
}

function explained(msg: string | undefined, compare: () => void): void {
  try {
    compare();
  } catch (error) {
    throw new AssertionError({ message: told((error as Error).message, msg) });
  }
}

function told(what: string, msg: string | undefined): string {
  return msg === undefined ? what : `${what}: ${msg}`;
}
