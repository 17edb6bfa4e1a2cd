/**
 * Which nodes keep one record of this node's, as far as it knows. Nodes that are no longer among the
 * closest stay listed as long as they may keep it: when it is withdrawn, they are told too.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { RECORD_LIFETIME_MS } from "./records.ts";

interface Holding {
  /** When the record ends there, if it got there. */
  until: Instant;
  /** `fresh`: stored since the last renewal began; `stale`: before it; `unsure`: never said to be. */
  state: "fresh" | "stale" | "unsure";
}

export class Holders {
  readonly #holdings = new Map<NodeId, Holding>();

  /** The record is on its way to a node. */
  handleSent(now: Instant, id: NodeId): void {
    const state = this.#holdings.get(id)?.state ?? "unsure";
    this.#holdings.set(id, { until: now + RECORD_LIFETIME_MS, state });
  }

  /** A node said that it keeps it. */
  handleStored(now: Instant, id: NodeId): void {
    this.#holdings.set(id, { until: now + RECORD_LIFETIME_MS, state: "fresh" });
  }

  /** A node left a request to keep it unanswered, or refused. */
  handleFailed(id: NodeId): void {
    const holding = this.#holdings.get(id);
    if (holding !== undefined) holding.state = "unsure";
  }

  /** A node is gone; should it come back, it may have forgotten. */
  handleGone(id: NodeId): void {
    this.#holdings.delete(id);
  }

  /** All have to be told again. */
  age(now: Instant): void {
    for (const [id, holding] of this.#holdings) {
      if (now >= holding.until) this.#holdings.delete(id);
      else if (holding.state === "fresh") holding.state = "stale";
    }
  }

  /** Whether a node has been told since `age`. */
  isFresh(id: NodeId): boolean {
    return this.#holdings.get(id)?.state === "fresh";
  }

  /** Whether a node answered when it was last told. */
  isKnown(id: NodeId): boolean {
    const state = this.#holdings.get(id)?.state;
    return state === "fresh" || state === "stale";
  }

  /** All that may still keep it. */
  living(now: Instant): NodeId[] {
    return [...this.#holdings].filter(([, { until }]) => now < until).map(([id]) => id);
  }
}
