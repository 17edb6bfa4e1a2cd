/**
 * The messages of one author in the order in which it sent them, each once. One that comes too
 * early is held until those before it are here, or are given up.
 *
 * Where a flow begins: at the first message, for whoever was in the room before the author was. Who
 * came later gets nothing from before its time, so it begins where others say that they are, or at
 * the first message that it sees if that is an earlier one; what others say is only hearsay.
 */

/** Messages that are held of one author. */
const MAX_HELD = 256;

/** Something in its place among others of the same author. */
interface Numbered {
  name: { sequence: number };
  /** What it counts for while it is held. */
  bytes: number;
}

export class Flow<T extends Numbered> {
  readonly epoch: number;
  readonly #held = new Map<number, T>();
  #next: number | undefined;
  #isHearsay = false;
  #heldBytes = 0;

  /** @param next the number that the next message has, if that is known for sure */
  constructor(epoch: number, next?: number) {
    this.epoch = epoch;
    this.#next = next;
  }

  /** The number of the message that is due next; undefined while that is not known. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Whether something waits for what is missing before it. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /** Bytes of all that waits. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Somebody else says that this number is due next. */
  hear(next: number): void {
    if (this.#next !== undefined) return;
    this.#next = next;
    this.#isHearsay = true;
  }

  /** What is hearsay so far holds from now on. */
  settle(): void {
    this.#isHearsay = false;
  }

  has(sequence: number): boolean {
    const isPast = this.#next !== undefined && sequence < this.#next && !this.#isHearsay;
    return isPast || this.#held.has(sequence);
  }

  /**
   * Whether there is room for a message: where many are held already, only those are taken that are
   * due sooner, in the place of the last of them.
   */
  hasRoomFor(sequence: number): boolean {
    return sequence === this.#next || this.#held.size < MAX_HELD || sequence < this.#last();
  }

  /** Takes a message that it has not and has room for; returns all that are in order now. */
  add(message: T): T[] {
    const { sequence } = message.name;
    if (this.#next === undefined || (this.#isHearsay && sequence < this.#next)) {
      this.#next = sequence;
    }
    this.#isHearsay = false;
    this.#held.set(sequence, message);
    this.#heldBytes += message.bytes;
    const due = this.#takeInOrder();
    if (this.#held.size > MAX_HELD) this.#takeOut(this.#last());
    return due;
  }

  /** Gives up what is missing before the first that is held; returns all that are in order now. */
  skip(): T[] {
    if (this.#held.size > 0) this.#next = Math.min(...this.#held.keys());
    return this.#takeInOrder();
  }

  #takeInOrder(): T[] {
    const due: T[] = [];
    for (let next = this.#next ?? 0;; next++) {
      const message = this.#takeOut(next);
      if (message === undefined) return due;
      this.#next = next + 1;
      due.push(message);
    }
  }

  #takeOut(sequence: number): T | undefined {
    const message = this.#held.get(sequence);
    if (message === undefined) return undefined;
    this.#held.delete(sequence);
    this.#heldBytes -= message.bytes;
    return message;
  }

  #last(): number {
    return Math.max(...this.#held.keys());
  }
}
