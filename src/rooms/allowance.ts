/**
 * How often somebody may do what costs this node something: a token bucket (as in RFC 2697) for
 * each of many nodes. Who stays within it is never held up, and a burst costs at most what the
 * bucket holds.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";

/** What a bucket holds at first and at the most, and how long one token takes to come back. */
export interface AllowanceOptions {
  burst: number;
  refillMs: number;
}

/** Nodes that are remembered; of more, those that came first begin anew. */
const MAX_NODES = 1_024;

interface Bucket {
  tokens: number;
  at: Instant;
}

export class Allowance {
  readonly #options: AllowanceOptions;
  readonly #buckets = new Map<NodeId, Bucket>();

  constructor(options: AllowanceOptions) {
    this.#options = options;
  }

  /** Whether a node has a token left. */
  has(now: Instant, id: NodeId): boolean {
    return this.#tokens(now, id) >= 1;
  }

  /** Takes a token of a node; false when there was none. */
  take(now: Instant, id: NodeId): boolean {
    const tokens = this.#tokens(now, id);
    if (tokens < 1) return false;
    this.#buckets.set(id, { tokens: tokens - 1, at: now });
    const [first] = this.#buckets.keys();
    if (first !== undefined && this.#buckets.size > MAX_NODES) this.#buckets.delete(first);
    return true;
  }

  #tokens(now: Instant, id: NodeId): number {
    const { burst, refillMs } = this.#options;
    const bucket = this.#buckets.get(id);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
  }
}
