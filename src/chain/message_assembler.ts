/**
 * Puts messages together from a stream of bytes, in which each stands behind its length of four bytes.
 * Room for a message grows with what has come of it: a length alone, however large, costs nothing.
 */

import { concatBytes } from "../base/bytes.ts";
import { readUint32 } from "./binary.ts";
import { ChainProtocolError } from "./protocol_error.ts";

/** Bytes before each message: its length. */
export const LENGTH_BYTES = 4;

export class MessageAssembler {
  readonly #maxBytes: number;
  readonly #length = new Uint8Array(LENGTH_BYTES);
  #lengthAt = 0;
  #parts: Uint8Array[] = [];
  /** Bytes that are missing of the message. */
  #missing = 0;
  #heldBytes = 0;

  /** @param maxBytes most bytes of one message */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a message that is not whole. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Adds the next bytes, which may be changed afterwards.
   *
   * @param finished told of each message that is whole now
   * @throws {ChainProtocolError} when a message is longer than it may be
   */
  push(bytes: Uint8Array, finished: (message: Uint8Array) => void): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#lengthAt < LENGTH_BYTES) {
        this.#length[this.#lengthAt++] = bytes[at++] as number;
        if (this.#lengthAt === LENGTH_BYTES) this.#begin();
      } else {
        const part = bytes.slice(at, at + this.#missing);
        at += part.length;
        this.#parts.push(part);
        this.#missing -= part.length;
        this.#heldBytes += part.length;
      }
      if (this.#lengthAt === LENGTH_BYTES && this.#missing === 0) finished(this.#finish());
    }
  }

  #begin(): void {
    this.#missing = readUint32(this.#length, 0);
    if (this.#missing > this.#maxBytes) {
      throw new ChainProtocolError(
        `A message has ${this.#missing} bytes, wanted at most ${this.#maxBytes}`,
      );
    }
  }

  #finish(): Uint8Array {
    const [only] = this.#parts;
    const message = only !== undefined && this.#parts.length === 1
      ? only
      : concatBytes(this.#parts);
    this.#parts = [];
    this.#heldBytes = 0;
    this.#lengthAt = 0;
    return message;
  }
}
