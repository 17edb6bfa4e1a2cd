/**
 * Requests under way, by their numbers, and which of them were not answered in time. Letters are sent
 * again until they arrive, so none is asked twice: who stays silent is busy, broken or gone.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { DhtAnswer, DhtRequest } from "../wire/dht.ts";

/** Milliseconds to wait for an answer: the way there and back, with time to send a letter again. */
export const REQUEST_TIMEOUT_MS = 4_000;

/** A request to be sent. */
export interface Ask {
  to: NodeId;
  request: DhtRequest;
}

/** What asks other nodes, step by step, until it is over. */
export interface Task {
  /** What to ask now. To be called after every other call, until it is over. */
  takeAsks(now: Instant): Ask[];
  isOver(now: Instant): boolean;
  nextWakeup(): Instant | undefined;
  handleAnswer(now: Instant, from: NodeId, answer: DhtAnswer): void;
  /** A node did not answer in time. */
  handleSilence(from: NodeId): void;
  /** A node is gone, whether it was asked or not. */
  handleGone(id: NodeId): void;
}

/** A request that waits for its answer. */
export interface Pending {
  number: number;
  to: NodeId;
  task: Task;
  until: Instant;
}

export class Requests {
  /** In the order in which they were sent, so in that in which they end. */
  readonly #pending = new Map<number, Pending>();
  #lastNumber = 0;

  /** The number of a new request. */
  add(now: Instant, to: NodeId, task: Task): number {
    const number = ++this.#lastNumber;
    this.#pending.set(number, { number, to, task, until: now + REQUEST_TIMEOUT_MS });
    return number;
  }

  /** The request that `from` answers, which ends; undefined when it was asked none with that number. */
  take(number: number, from: NodeId): Pending | undefined {
    const pending = this.#pending.get(number);
    if (pending?.to !== from) return undefined;
    this.#pending.delete(number);
    return pending;
  }

  /** Requests whose time is over; they end. */
  takeOverdue(now: Instant): Pending[] {
    const overdue: Pending[] = [];
    for (const pending of this.#pending.values()) {
      if (now < pending.until) break;
      overdue.push(pending);
    }
    for (const { number } of overdue) this.#pending.delete(number);
    return overdue;
  }

  /** A node is gone: what it was asked ends. */
  handleGone(id: NodeId): void {
    for (const { number, to } of this.#pending.values()) {
      if (to === id) this.#pending.delete(number);
    }
  }

  /** When `takeOverdue` will have something. */
  nextWakeup(): Instant | undefined {
    for (const { until } of this.#pending.values()) return until;
    return undefined;
  }
}
