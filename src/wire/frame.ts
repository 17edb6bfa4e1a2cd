/**
 * Frames: how items are cut out of a stream.
 *
 *     0               4
 *     +---------------+------------------ - -
 *     | length, u32be | one CBOR item (RFC 8949)
 *     +---------------+------------------ - -
 *
 * The length counts the item alone. It is checked before anything is kept for it, so a stranger who
 * announces four gigabytes costs four bytes.
 */

import { WireError } from "./error.ts";

const HEADER_BYTES = 4;

/** One frame around `item`. */
export function encodeFrame(item: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + item.length);
  writeLength(frame, item.length);
  frame.set(item, HEADER_BYTES);
  return frame;
}

/** Cuts a stream back into items, however it was broken into pieces on the way. */
export class FrameDecoder {
  /** Bytes that arrived and were not yet handed out, in order. */
  #pieces: Uint8Array[] = [];
  #buffered = 0;
  /** Length of the item being waited for, once its header is here. */
  #wanted: number | undefined;
  #limit: number;

  /** @param limit largest item that is accepted, in bytes; may be changed between items */
  constructor(limit: number) {
    this.#limit = limit;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
  }

  /** Takes bytes as they arrived. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#buffered += bytes.length;
  }

  /**
   * The next whole item, or undefined until more bytes arrive. It may be a view of the bytes that
   * were pushed: copy what is kept for long.
   *
   * @throws {WireError} when a length is zero or above the limit
   */
  next(): Uint8Array | undefined {
    if (this.#wanted === undefined) {
      if (this.#buffered < HEADER_BYTES) return undefined;
      this.#wanted = readLength(this.#take(HEADER_BYTES), this.#limit);
    }
    if (this.#buffered < this.#wanted) return undefined;
    const item = this.#take(this.#wanted);
    this.#wanted = undefined;
    return item;
  }

  #take(length: number): Uint8Array {
    const first = this.#pieces[0] as Uint8Array;
    this.#buffered -= length;
    if (first.length > length) {
      this.#pieces[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    if (first.length === length) {
      this.#pieces.shift();
      return first;
    }
    return this.#join(length);
  }

  #join(length: number): Uint8Array {
    const whole = new Uint8Array(length);
    let filled = 0;
    let used = 0;
    while (filled < length) {
      const piece = this.#pieces[used] as Uint8Array;
      const part = piece.subarray(0, length - filled);
      whole.set(part, filled);
      filled += part.length;
      if (part.length < piece.length) this.#pieces[used] = piece.subarray(part.length);
      else used++;
    }
    this.#pieces.splice(0, used);
    return whole;
  }
}

function writeLength(frame: Uint8Array, length: number): void {
  new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES).setUint32(0, length);
}

function readLength(header: Uint8Array, limit: number): number {
  const length = new DataView(header.buffer, header.byteOffset, HEADER_BYTES).getUint32(0);
  if (length === 0) throw new WireError("A frame of 0 bytes, wanted at least 1");
  if (length > limit) throw new WireError(`A frame of ${length} bytes, wanted at most ${limit}`);
  return length;
}
