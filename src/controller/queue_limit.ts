/**
 * How many bytes of messages a connection may hold, before others wait in their own queues. What comes
 * after them, a heartbeat for one, waits for these bytes: so they shall be gone in a few milliseconds.
 * But a connection that runs dry in between is not as fast as it could be. What is right depends on
 * the network, and is found by measuring, as byte queue limits in Linux do.
 */

import type { Instant } from "../base/ports.ts";

const FIRST_BYTES = 262_144;
const MIN_BYTES = 65_536;
const MAX_BYTES = 4_194_304;

/** A full queue that is empty sooner than this was too short, one that takes longer than that too long. */
const SOON_MS = 5;
const LATE_MS = 20;

export class QueueLimit {
  #bytes = FIRST_BYTES;
  #fullAt: Instant | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  /** As many bytes wait as may. */
  handleFull(now: Instant): void {
    this.#fullAt ??= now;
  }

  /** None waits any more. */
  handleDrained(now: Instant): void {
    if (this.#fullAt === undefined) return;
    const tookMs = now - this.#fullAt;
    this.#fullAt = undefined;
    if (tookMs < SOON_MS) this.#bytes = Math.min(MAX_BYTES, this.#bytes * 2);
    else if (tookMs > LATE_MS) this.#bytes = Math.max(MIN_BYTES, this.#bytes / 2);
  }
}
