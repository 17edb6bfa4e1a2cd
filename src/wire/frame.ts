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

/** More pieces than this that wait for one frame, and the small ones are put together. */
const MANY_PIECES = 32;

/** A piece up to this long is small, in bytes: what stands around it in memory weighs as much. */
const SMALL_PIECE_BYTES = 256;

/** What small pieces are put together in, in bytes. */
const BLOCK_BYTES = 4_096;

/** One frame around `item`. */
export function encodeFrame(item: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + item.length);
  new DataView(frame.buffer).setUint32(0, item.length);
  frame.set(item, HEADER_BYTES);
  return frame;
}

/** The beginning of a frame around an item, of which `head` comes first and `tailBytes` follow. */
export function encodeFrameBefore(head: Uint8Array, tailBytes: number): Uint8Array {
  const frame = encodeFrame(head);
  new DataView(frame.buffer).setUint32(0, head.length + tailBytes);
  return frame;
}

/**
 * The frame that `item` came in, to pass on as it is: nothing is copied.
 *
 * @param item what {@linkcode FrameDecoder.next} gave, the whole of it, not copied and not changed
 * @throws {Error} when its length does not stand before it: it did not come from there
 */
export function frameOf(item: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = item;
  if (byteOffset >= HEADER_BYTES) {
    const frame = new Uint8Array(buffer, byteOffset - HEADER_BYTES, HEADER_BYTES + length);
    if (lengthAt(frame, 0) === length) return frame;
  }
  throw new Error(
    `No frame around ${length} bytes, wanted an item as a FrameDecoder gave it; encode a new frame`,
  );
}

/**
 * Cuts a stream back into items, however it was broken into pieces on the way.
 *
 * A frame that arrived in one piece is not copied, one that arrived in several is copied once. Only
 * a sender who cuts it into crumbs has them copied twice, lest each of them cost the hundreds of
 * bytes that an array of its own takes.
 */
export class FrameDecoder {
  /** What arrived and was not yet handed out, in order, from #head on. */
  readonly #pieces: Uint8Array[] = [];
  /** The pieces before this one have been handed out. */
  #head = 0;
  /** Where in the piece at #head the next frame begins. */
  #start = 0;
  #buffered = 0;
  /** Length of the frame being waited for, header included, once its header is here. */
  #wanted: number | undefined;
  /** The last piece, while it is a block that more can be put into. */
  #block: Uint8Array | undefined;
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
    this.#buffered += bytes.length;
    const isCrumb = bytes.length <= SMALL_PIECE_BYTES &&
      this.#pieces.length - this.#head >= MANY_PIECES;
    if (isCrumb) return this.#putIntoBlock(bytes);
    this.#block = undefined;
    this.#pieces.push(bytes);
  }

  /**
   * The next whole item, or undefined until more bytes arrive. It may be a view of the bytes that
   * were pushed: copy what is kept for long. {@linkcode frameOf} gives the frame around it.
   *
   * @throws {WireError} when a length is zero or above the limit
   */
  next(): Uint8Array | undefined {
    if (this.#wanted === undefined) {
      if (this.#buffered < HEADER_BYTES) return undefined;
      this.#wanted = HEADER_BYTES + checkedLength(this.#peekLength(), this.#limit);
    }
    if (this.#buffered < this.#wanted) return undefined;
    const item = this.#takeItem(this.#wanted);
    this.#wanted = undefined;
    return item;
  }

  /** What the header says that is here, in one piece or in up to four. */
  #peekLength(): number {
    const first = this.#pieceAt(this.#head);
    if (first.length - this.#start >= HEADER_BYTES) return lengthAt(first, this.#start);
    const header = new Uint8Array(HEADER_BYTES);
    this.#copyTo(header);
    return lengthAt(header, 0);
  }

  #takeItem(frameLength: number): Uint8Array {
    const first = this.#pieceAt(this.#head);
    const start = this.#start;
    const end = start + frameLength;
    this.#buffered -= frameLength;
    if (end <= first.length) {
      this.#goTo(this.#head, end);
      return first.subarray(start + HEADER_BYTES, end);
    }
    const frame = new Uint8Array(frameLength);
    const { at, used } = this.#copyTo(frame);
    this.#goTo(at, used);
    return frame.subarray(HEADER_BYTES);
  }

  /** Fills `target` with what comes next; says in which piece that ends, and where in it. */
  #copyTo(target: Uint8Array): { at: number; used: number } {
    let at = this.#head;
    let from = this.#start;
    let filled = 0;
    for (;;) {
      const piece = this.#pieceAt(at);
      const part = piece.subarray(from, from + target.length - filled);
      target.set(part, filled);
      filled += part.length;
      if (filled === target.length) return { at, used: from + part.length };
      from = 0;
      at++;
    }
  }

  /** All before the place `start` in the piece at `head` has been handed out. */
  #goTo(head: number, start: number): void {
    const isUsedUp = start === this.#pieceAt(head).length;
    this.#head = isUsedUp ? head + 1 : head;
    this.#start = isUsedUp ? 0 : start;
    // Cutting off half of the list at a time costs each piece little, however many there are.
    if (this.#head * 2 < this.#pieces.length) return;
    this.#pieces.splice(0, this.#head);
    this.#head = 0;
  }

  #pieceAt(index: number): Uint8Array {
    return this.#pieces[index] as Uint8Array;
  }

  #putIntoBlock(bytes: Uint8Array): void {
    const block = this.#block;
    const filled = block?.length ?? 0;
    if (block !== undefined && filled + bytes.length <= BLOCK_BYTES) {
      this.#block = new Uint8Array(block.buffer, 0, filled + bytes.length);
      this.#block.set(bytes, filled);
      this.#pieces[this.#pieces.length - 1] = this.#block;
    } else {
      this.#block = new Uint8Array(BLOCK_BYTES).subarray(0, bytes.length);
      this.#block.set(bytes);
      this.#pieces.push(this.#block);
    }
  }
}

function lengthAt(bytes: Uint8Array, start: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + start, HEADER_BYTES).getUint32(0);
}

function checkedLength(length: number, limit: number): number {
  if (length === 0) throw new WireError("A frame of 0 bytes, wanted at least 1");
  if (length > limit) throw new WireError(`A frame of ${length} bytes, wanted at most ${limit}`);
  return length;
}
