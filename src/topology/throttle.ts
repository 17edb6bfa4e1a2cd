/**
 * When a node may say something new of itself: at once after a quiet time, then with a hold time
 * that doubles as long as changes keep coming (the LSA throttle of OSPF implementations, RFC 4222
 * gives the reasons). A flapping link costs the network one advertisement per hold, not one per flap,
 * and a single change is heard immediately.
 */

import type { Instant } from "../base/ports.ts";

/** First and longest time between two advertisements, in milliseconds. */
export interface ThrottleOptions {
  holdMs: number;
  maxHoldMs: number;
}

export class Throttle {
  readonly #options: ThrottleOptions;
  #holdMs: number;
  #lastAt = -Infinity;
  #wanted = false;

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#holdMs = options.holdMs;
  }

  /** There is something to say. */
  want(): void {
    this.#wanted = true;
  }

  /** When `take` will answer yes, or undefined when there is nothing to say. */
  nextWakeup(): Instant | undefined {
    return this.#wanted ? this.#lastAt + this.#holdMs : undefined;
  }

  /** Whether to say it now; a yes counts as said. */
  take(now: Instant): boolean {
    if (!this.#wanted || now < this.#lastAt + this.#holdMs) return false;
    this.#wanted = false;
    const { holdMs, maxHoldMs } = this.#options;
    const quietMs = now - this.#lastAt;
    // Twice the longest hold without a change: the trouble is over, the next one is heard at once.
    this.#holdMs = quietMs >= 2 * maxHoldMs ? holdMs : Math.min(maxHoldMs, this.#holdMs * 2);
    this.#lastAt = now;
    return true;
  }
}
