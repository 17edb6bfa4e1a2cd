/**
 * How messages are told apart on a stream of bytes that knows none: a length of four bytes, big end
 * first, before each. Made for speed, since the bare pair's figures are to be a limit: many messages
 * become one write, and the far end counts them without making an object of each.
 */

const HEADER_BYTES = 4;

/** Whole frames, one right after the other. */
export interface Batch {
  bytes: Uint8Array;
  count: number;
}

/** The same content as several messages, in one piece. */
export function encodeFrames(content: Uint8Array, times: number): Uint8Array {
  const frameBytes = HEADER_BYTES + content.length;
  const bytes = new Uint8Array(frameBytes * times);
  const view = new DataView(bytes.buffer);
  for (let begin = 0; begin < bytes.length; begin += frameBytes) {
    view.setUint32(begin, content.length);
    bytes.set(content, begin + HEADER_BYTES);
  }
  return bytes;
}

/** Cuts a stream into whole frames, however it was broken into pieces on the way. */
export class FrameSplitter {
  /** Pieces of a frame that is not complete, in order. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** How long the frame in `#rest` is, as far as is known. */
  #wantedBytes = HEADER_BYTES;

  /** Takes bytes as they arrived and returns the frames that they complete, if any. */
  push(bytes: Uint8Array): Batch | undefined {
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    if (this.#restBytes < this.#wantedBytes) return undefined;
    // Joined only now, so that a large frame is copied once, whatever its number of pieces.
    const whole = joined(this.#rest, this.#restBytes);
    const { end, count, wantedBytes } = scan(whole);
    this.#rest = end === whole.length ? [] : [whole.subarray(end)];
    this.#restBytes = whole.length - end;
    this.#wantedBytes = wantedBytes;
    return count === 0 ? undefined : { bytes: whole.subarray(0, end), count };
  }
}

/** Where the whole frames end, how many they are, and how long the next one is as far as is known. */
function scan(bytes: Uint8Array): { end: number; count: number; wantedBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = 0;
  let count = 0;
  while (end + HEADER_BYTES <= bytes.length) {
    const wantedBytes = HEADER_BYTES + view.getUint32(end);
    if (end + wantedBytes > bytes.length) return { end, count, wantedBytes };
    end += wantedBytes;
    count++;
  }
  return { end, count, wantedBytes: HEADER_BYTES };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (only?.length === length) return only;
  const whole = new Uint8Array(length);
  let filled = 0;
  for (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}
