/**
 * Messages for this node, until somebody reads them, and for a while after. What waits to be read is
 * never dropped: when there is no more room, further messages are refused and their senders told. Of
 * what has been read the newest are kept, within the same bounds.
 */

import { Fifo } from "../base/fifo.ts";

/** Bounds on what waits, and again on what is kept of what was read. */
export interface InboxLimits {
  count: number;
  bytes: number;
}

/** Something with a size, in bytes. */
interface Sized {
  readonly bytes: number;
}

/** A message and its place among all that came. */
interface Entry<T> {
  message: T;
  number: number;
}

export class Inbox<T extends Sized> {
  readonly #limits: InboxLimits;
  readonly #read = new Bounded<T>();
  readonly #unread = new Bounded<T>();
  #lastNumber = 0;

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  get unread(): number {
    return this.#unread.size;
  }

  /** Whether so many more messages of so many bytes together may wait. */
  hasRoom(count: number, bytes: number): boolean {
    return this.#unread.size + count <= this.#limits.count &&
      this.#unread.bytes + bytes <= this.#limits.bytes;
  }

  /** Keeps a message, which somebody has read already or nobody has. */
  add(message: T, isRead: boolean): void {
    const entry = { message, number: ++this.#lastNumber };
    if (isRead) this.#keep(entry);
    else this.#unread.push(entry);
  }

  /** All that is kept, the oldest first; now it has been read. */
  readAll(): T[] {
    const all = [...this.#read.takeAll(), ...this.#unread.takeAll()]
      .sort((a, b) => a.number - b.number);
    for (const entry of all) this.#keep(entry);
    return all.map(({ message }) => message);
  }

  #keep(entry: Entry<T>): void {
    const { count, bytes } = this.#limits;
    this.#read.push(entry);
    while (this.#read.size > count || this.#read.bytes > bytes) this.#read.shift();
  }
}

/** A queue that knows how many bytes it holds. */
class Bounded<T extends Sized> {
  readonly #entries = new Fifo<Entry<T>>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: Entry<T>): void {
    this.#entries.push(entry);
    this.#bytes += entry.message.bytes;
  }

  shift(): void {
    this.#bytes -= this.#entries.shift()?.message.bytes ?? 0;
  }

  /** Empties it. */
  takeAll(): Entry<T>[] {
    const all = [...this.#entries];
    this.#entries.clear();
    this.#bytes = 0;
    return all;
  }
}
