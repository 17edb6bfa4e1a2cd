/**
 * How often one node may ask this one: what each request costs is small but not nothing, a check of a
 * signature at the most. Counted in whole seconds, for the limit is far above what honest nodes need.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";

/** Requests that a node may send in a second: two hundred to keep its own records, the rest for searches. */
export const MAX_REQUESTS = 256;

const WINDOW_MS = 1_000;

export class RequestLimit {
  readonly #counts = new Map<NodeId, number>();
  #since: Instant;

  constructor(now: Instant) {
    this.#since = now;
  }

  /** Whether a request of `from` may be carried out. */
  take(now: Instant, from: NodeId): boolean {
    if (now >= this.#since + WINDOW_MS) {
      this.#since = now;
      this.#counts.clear();
    }
    const count = this.#counts.get(from) ?? 0;
    if (count >= MAX_REQUESTS) return false;
    this.#counts.set(from, count + 1);
    return true;
  }
}
