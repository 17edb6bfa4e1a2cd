/** Letters to one recipient that are still to be sealed, first come first served. */

import { Fifo } from "../base/fifo.ts";
import { MAX_RECORDS } from "../wire/limits.ts";
import type { ContentRecord } from "../wire/messaging.ts";
import { CONTENTS_ROOM, type Letter } from "./letter.ts";

export class WaitingLetters {
  readonly #letters = new Fifo<Letter>();
  #bytes = 0;

  get size(): number {
    return this.#letters.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(letter: Letter): void {
    this.#letters.push(letter);
    this.#bytes += letter.bytes;
  }

  clear(): void {
    this.#letters.clear();
    this.#bytes = 0;
  }

  /** Drops those for which nobody waits any more. */
  dropAnswered(): void {
    const letters = [...this.#letters];
    this.clear();
    for (const letter of letters) if (!letter.isAnswered) this.add(letter);
  }

  /** As much as the envelope `sequence` holds, and of which letters that is. */
  fill(sequence: number): { records: ContentRecord[]; letters: Letter[] } {
    const records: ContentRecord[] = [];
    const letters: Letter[] = [];
    let room = CONTENTS_ROOM;
    while (records.length < MAX_RECORDS) {
      const letter = this.#letters.peek();
      if (letter === undefined) break;
      if (letter.isAnswered) {
        this.#shift();
        continue;
      }
      const taken = letter.take(sequence, room);
      if (taken === undefined) break;
      records.push(taken.record);
      letters.push(letter);
      room -= taken.bytes;
      if (letter.isUnsealed) break;
      this.#shift();
    }
    return { records, letters };
  }

  [Symbol.iterator](): IterableIterator<Letter> {
    return this.#letters[Symbol.iterator]();
  }

  #shift(): void {
    this.#bytes -= this.#letters.shift()?.bytes ?? 0;
  }
}
