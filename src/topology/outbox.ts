/**
 * The advertisements that wait to go out on one link. What waits is a node's name, not its bytes:
 * when the batch leaves, each stands for the newest that is known by then, so newer replaces older
 * while it waits. Batches leave at least a pace apart, so a storm travels in few large frames.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";

/** Milliseconds between two batches on one link (OSPF implementations pace at about this rate). */
export const PACE_MS = 30;

export class Outbox {
  readonly #waiting = new Set<NodeId>();
  #lastAt = -Infinity;

  add(id: NodeId): void {
    this.#waiting.add(id);
  }

  /** The neighbour has it already. */
  remove(id: NodeId): void {
    this.#waiting.delete(id);
  }

  /** When `take` will hand something out, or undefined when nothing waits. */
  nextWakeup(): Instant | undefined {
    return this.#waiting.size === 0 ? undefined : this.#lastAt + PACE_MS;
  }

  /** All that waits, if its time has come, else nothing. */
  take(now: Instant): NodeId[] {
    if (this.#waiting.size === 0 || now < this.#lastAt + PACE_MS) return [];
    const batch = [...this.#waiting];
    this.#waiting.clear();
    this.#lastAt = now;
    return batch;
  }
}
