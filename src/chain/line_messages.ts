/**
 * Numbers the messages that this member writes to the line, and knows which of those of others it has
 * had. When a line is mended, what may not have arrived is sent again on the other way; what had arrived
 * is known by its number. Those of one author come in order, so the last number says all. A member that
 * joins again knows what it has had before: some of that may be under way still.
 */

import { encodeLine } from "./stream_message.ts";
import type { MemberId } from "./side.ts";

/** Authors whose last number is known. Beyond these the one that was silent for longest is forgotten. */
const MAX_AUTHORS = 4_096;

export class LineMessages {
  readonly #lastNumbers = new Map<MemberId, number>();
  #number = 0;

  /** A message of our own, as it is sent. */
  write(author: MemberId, content: Uint8Array): Uint8Array {
    return encodeLine(author, ++this.#number, content);
  }

  /** Whether a message has not come before; from now on it has. */
  isNew(author: MemberId, number: number): boolean {
    const last = this.#lastNumbers.get(author);
    if (last !== undefined && number <= last) return false;
    this.#lastNumbers.delete(author);
    this.#lastNumbers.set(author, number);
    if (this.#lastNumbers.size > MAX_AUTHORS) this.#forgetOne();
    return true;
  }

  #forgetOne(): void {
    const [longestSilent] = this.#lastNumbers.keys();
    if (longestSilent !== undefined) this.#lastNumbers.delete(longestSilent);
  }
}
