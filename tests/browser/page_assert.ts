/** What stories of `tests/transport` need of `@std/assert`, in a page: there is no Deno around it. */

/** Something does not hold that should. */
class AssertionError extends Error {
  override readonly name = "AssertionError";
}

export function assert(holds: unknown, message = "Expected it to hold"): asserts holds {
  if (!holds) throw new AssertionError(message);
}

export function assertEquals(actual: unknown, expected: unknown, message = ""): void {
  if (isEqual(actual, expected)) return;
  throw new AssertionError(`${message}: expected ${show(expected)}, met ${show(actual)}`);
}

export function assertNotEquals(actual: unknown, other: unknown): void {
  assert(!isEqual(actual, other), `Expected anything but ${show(other)}`);
}

export function assertExists<T>(
  actual: T,
  message = "Expected a value",
): asserts actual is NonNullable<T> {
  assert(actual !== undefined && actual !== null, message);
}

export function assertGreater(actual: number, low: number): void {
  assert(actual > low, `Expected more than ${low}, met ${actual}`);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a.constructor !== b.constructor) return false;
  const [one, other] = [Object.entries(a), Object.entries(b)];
  return one.length === other.length &&
    one.every(([key, value], at) => key === other[at]?.[0] && isEqual(value, other[at]?.[1]));
}

function show(value: unknown): string {
  const text = value instanceof Uint8Array ? value.toHex() : JSON.stringify(value);
  return String(text).slice(0, 200);
}
