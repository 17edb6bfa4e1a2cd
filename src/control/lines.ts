/**
 * JSON, one object a line, in UTF-8: how requests and replies travel. Bytes go in as they come and
 * lines are taken out one at a time, so that whoever cannot carry out the next one yet leaves it where
 * it is.
 */

import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import { MAX_MESSAGE_BYTES } from "./methods.ts";

/**
 * Most bytes of a request. JSON may write a byte of text as six ("\u0000"), and there is more in a
 * line than the text.
 */
export const MAX_REQUEST_BYTES = 6 * MAX_MESSAGE_BYTES + 65_536;

/** Most bytes of a reply. A node says as much as it knows: this only bounds what is no node. */
export const MAX_REPLY_BYTES = 256 * 1_048_576;

const LINE_END = 0x0a;

/** A line holds no JSON object. The lines after it are as good as ever. */
export class BadLineError extends Error {
  override readonly name = "BadLineError";
}

/** A line is longer than allowed. Nothing after it can be read. */
export class LongLineError extends Error {
  override readonly name = "LongLineError";
}

/** Cuts bytes into lines. */
export class LineReader {
  /** Of one line, without its end. */
  maxBytes: number;
  /** Holds what has come and was not taken, from `#start` to `#end`; there may be room after it. */
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Up to here no line ends. */
  #searched = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Adds bytes, which must not be changed afterwards. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    const waiting = this.#end - this.#start;
    if (waiting === 0) {
      this.#replace(bytes, bytes.length);
      return;
    }
    // Line by line what is taken stays as it was: nothing is ever written but behind the end.
    if (this.#end + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(2 * (waiting + bytes.length));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#replace(larger, waiting);
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Takes out the next whole line.
   *
   * @returns its bytes without the end, or undefined while there is none
   * @throws {LongLineError} when it is too long, whole or not
   */
  take(): Uint8Array | undefined {
    const found = this.#buffer.subarray(0, this.#end).indexOf(LINE_END, this.#searched);
    const end = found < 0 ? this.#end : found;
    if (end - this.#start > this.maxBytes) {
      throw new LongLineError(`A line has more than ${this.maxBytes} bytes, wanted at most that`);
    }
    this.#searched = end;
    if (found < 0) return undefined;
    const line = this.#buffer.subarray(this.#start, end);
    this.#start = end + 1;
    this.#searched = this.#start;
    return line;
  }

  /** @param end of what `buffer` holds */
  #replace(buffer: Uint8Array<ArrayBuffer>, end: number): void {
    this.#searched = Math.max(this.#searched - this.#start, 0);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = end;
  }
}

/**
 * The object that a line holds.
 *
 * @throws {BadLineError} when it holds none
 */
export function parseLine(line: Uint8Array): object {
  const value = parse(line);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new BadLineError("A line holds JSON that is no object, wanted an object");
}

/** A line for a request or a reply, with its end. */
export function formatLine(value: object): Uint8Array {
  return encodeUtf8(`${JSON.stringify(value)}\n`);
}

function parse(line: Uint8Array): unknown {
  let text: string;
  try {
    text = decodeUtf8(line);
  } catch {
    throw new BadLineError("A line is no UTF-8, wanted a JSON object in UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadLineError("A line is no JSON, wanted a JSON object");
  }
}
