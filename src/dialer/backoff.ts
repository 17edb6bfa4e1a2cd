/**
 * How long to wait after a failed attempt: exponential with jitter, capped.
 *
 *     delay(n) = min(cap, initial · 2^(n-1)) · (1 + u),   u uniform in [0, JITTER)
 *
 * The jitter only lengthens, so that the first retry is never sooner than the user asked; it keeps
 * many nodes that lost the same peer from coming back in step. Delays run from the start of an
 * attempt, so an attempt that hangs does not push the next one further away.
 */

import type { Random } from "../base/random.ts";

/** Largest share that chance adds to a delay. */
export const JITTER = 0.2;

/** The two ends of the ladder, in milliseconds. */
export interface BackoffOptions {
  initialMs: number;
  maxMs: number;
}

/**
 * Milliseconds from the start of an attempt to the start of the next.
 *
 * @param failures failed attempts in a row, at least 1
 */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  // 2^30 times the initial delay is above any cap; it keeps the power finite.
  const exponent = Math.min(failures - 1, 30);
  return withJitter(Math.min(options.maxMs, options.initialMs * 2 ** exponent), random);
}

/** A delay lengthened by chance. */
export function withJitter(delayMs: number, random: Random): number {
  return delayMs * (1 + JITTER * random.next());
}
