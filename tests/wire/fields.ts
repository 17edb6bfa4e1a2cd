/** Checks that a layout is held to: every field there, of its type, within its bounds. */

import { assertStringIncludes, assertThrows } from "@std/assert";
import { WireError } from "../../src/wire/error.ts";

/** One field of an array, and values that it must not have. */
export interface FieldRule {
  name: string;
  at: number;
  wrong: readonly unknown[];
}

/**
 * Takes each field out and puts each wrong value in, and expects an error that names the field.
 *
 * @param whole the elements of an array that `decode` takes
 */
export function assertRefusesWrongFields(
  whole: readonly unknown[],
  rules: readonly FieldRule[],
  decode: (elements: readonly unknown[]) => unknown,
): void {
  decode(whole);
  for (const { name, at, wrong } of rules) {
    const missing = assertThrows(() => decode(whole.slice(0, at)), WireError);
    assertStringIncludes(missing.message, `${name} missing`);
    for (const value of wrong) {
      const error = assertThrows(() => decode(whole.with(at, value)), WireError, "", name);
      assertStringIncludes(error.message, name);
    }
  }
}

/** Values that no unsigned integer up to `max` has. */
export function notUint(max: number): readonly unknown[] {
  return [null, "1", true, [], -1, 0.5, NaN, Infinity, max + 1];
}

/** Values that are no text of at most `maxBytes`. */
export function notText(maxBytes: number): readonly unknown[] {
  const tooLong = ["a".repeat(maxBytes + 1), "é".repeat(maxBytes / 2 + 1), "€".repeat(maxBytes)];
  return [null, 1, false, [], new Uint8Array(3), ...tooLong];
}

/** Values that are no byte string of at most `maxBytes`. */
export function notBytes(maxBytes: number): readonly unknown[] {
  return [null, 1, "bytes", true, [], new Uint8Array(maxBytes + 1)];
}

/** Values that are no node id. */
export const NOT_IDS: readonly unknown[] = [
  null,
  1,
  "a".repeat(52),
  [],
  new Uint8Array(31),
  new Uint8Array(33),
];

export const NOT_BOOLEANS: readonly unknown[] = [null, 0, 1, "true", []];
