import type { Instant } from "./ports.ts";

/** The earliest of several instants, or undefined when there is none. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const at of instants) {
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first;
}
