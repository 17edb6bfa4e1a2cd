/**
 * A queue of several flows that take turns (round robin): who sends little does not wait for who sends
 * much, and within a flow first come is first served.
 */

import { Fifo } from "../base/fifo.ts";

export class FairQueue<F, T> {
  /** Those in which something waits, in the order of their turns. */
  readonly #flows = new Map<F, Fifo<T>>();

  push(flow: F, item: T): void {
    let waiting = this.#flows.get(flow);
    if (waiting === undefined) this.#flows.set(flow, waiting = new Fifo());
    waiting.push(item);
  }

  /** Whether something of a flow waits. */
  has(flow: F): boolean {
    return this.#flows.has(flow);
  }

  /** Takes the first item of the flow whose turn it is. */
  shift(): T | undefined {
    for (const [flow, waiting] of this.#flows) {
      this.#flows.delete(flow);
      const item = waiting.shift();
      if (waiting.size > 0) this.#flows.set(flow, waiting);
      return item;
    }
    return undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const waiting of this.#flows.values()) yield* waiting;
  }
}
