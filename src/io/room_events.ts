/**
 * What happens in a room, one event after another for whoever waits for the next. Events that come
 * faster than they are asked for wait here, up to a bound: a program that stops asking must not fill
 * the memory of its node.
 */

import { Fifo } from "../base/fifo.ts";
import type { RoomEvent } from "../controller/room_api.ts";

type Next = IteratorResult<RoomEvent, undefined>;

const DONE: Next = { done: true, value: undefined };

export class RoomEvents implements AsyncIterableIterator<RoomEvent, undefined> {
  readonly #maxWaiting: number;
  readonly #stopped: () => void;
  readonly #events = new Fifo<RoomEvent>();
  /** Those who wait for an event; there are some only while no event waits. */
  readonly #readers = new Fifo<(next: Next) => void>();
  #isOver = false;

  /**
   * @param maxWaiting events that may wait; the oldest go first
   * @param stopped called when its reader wants no more
   */
  constructor(maxWaiting: number, stopped: () => void) {
    this.#maxWaiting = maxWaiting;
    this.#stopped = stopped;
  }

  /** Something happened. */
  push(event: RoomEvent): void {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) return reader({ done: false, value: event });
    this.#events.push(event);
    if (this.#events.size > this.#maxWaiting) this.#events.shift();
  }

  /** Nothing more will happen. What waits can still be read. */
  end(): void {
    this.#isOver = true;
    for (const reader of this.#readers) reader(DONE);
    this.#readers.clear();
  }

  next(): Promise<Next> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#isOver) return Promise.resolve(DONE);
    const { promise, resolve } = Promise.withResolvers<Next>();
    this.#readers.push(resolve);
    return promise;
  }

  /** Its reader wants no more, as at the end of a loop that was broken out of. */
  return(): Promise<Next> {
    this.#events.clear();
    this.#stopped();
    this.end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
