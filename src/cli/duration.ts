import { UsageError } from "./usage_error.ts";

/** Longest duration that a command takes, in milliseconds: that of the methods of a node. */
export const MAX_DURATION_MS = 3_600_000;

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000 } as const;

/**
 * A duration in milliseconds, from `500ms`, `5s`, `2m`, or a bare number of seconds.
 *
 * @param option that it was given to, as in `--timeout`
 * @throws {UsageError} when it is none, or out of range
 */
export function readDuration(text: string, option: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(amount) * UNITS_MS[(unit ?? "s") as keyof typeof UNITS_MS];
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
  throw new UsageError(
    `Option ${option} is "${text}", wanted a duration of more than 0 and at most 60m, such as ` +
      "500ms, 5s or 2m",
  );
}
