/**
 * The messages of a room that went by last, sealed as they came, for members that missed some.
 * Bounded in number and bytes; the oldest go first, so of each author a run without gaps is kept as
 * a rule.
 */

import { Fifo } from "../base/fifo.ts";
import type { NodeId } from "../base/node_id.ts";
import type { MessageName } from "../wire/rooms.ts";

const MAX_COUNT = 512;
const MAX_BYTES = 2_097_152;

/** A message as it travels. */
export interface SealedMessage {
  name: MessageName;
  sealed: Uint8Array;
}

export class RecentMessages {
  readonly #order = new Fifo<SealedMessage>();
  readonly #byAuthor = new Map<NodeId, Map<number, SealedMessage>>();
  #bytes = 0;

  add(message: SealedMessage): void {
    const { author, sequence } = message.name;
    const bySequence = this.#byAuthor.get(author) ?? new Map<number, SealedMessage>();
    this.#byAuthor.set(author, bySequence.set(sequence, message));
    this.#order.push(message);
    this.#bytes += message.sealed.length;
    while (this.#order.size > MAX_COUNT || this.#bytes > MAX_BYTES) this.#drop();
  }

  /** Where the run of an author's messages begins that ends before `next`; that where there is none. */
  firstBefore(author: NodeId, next: number): number {
    const bySequence = this.#byAuthor.get(author);
    let first = next;
    while (bySequence?.has(first - 1)) first--;
    return first;
  }

  /** The messages of an author from one number to before another, as far as they are kept. */
  range(author: NodeId, from: number, to: number): SealedMessage[] {
    return [...this.#byAuthor.get(author)?.values() ?? []]
      .filter(({ name }) => name.sequence >= from && name.sequence < to)
      .sort((a, b) => a.name.sequence - b.name.sequence);
  }

  /** An author counts anew, so its messages so far would be taken for others. */
  forget(author: NodeId): void {
    this.#byAuthor.delete(author);
  }

  #drop(): void {
    const oldest = this.#order.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.sealed.length;
    const { author, sequence } = oldest.name;
    const bySequence = this.#byAuthor.get(author);
    if (bySequence?.get(sequence) !== oldest) return;
    bySequence.delete(sequence);
    if (bySequence.size === 0) this.#byAuthor.delete(author);
  }
}
