/**
 * Cuts a stream of bytes into JSON objects, however they are split: one may come in many pieces, and
 * many in one piece. Nothing stands between them but white space.
 *
 * Where an object ends is found by counting brackets outside of texts, on bytes: all bytes of a
 * character beyond ASCII have their highest bit set, so none of them looks like a bracket or a quote.
 * Every byte is looked at once, which keeps a client that sends one at a time from costing more than
 * that. What the brackets hold is left to `JSON.parse`.
 */

import { decodeUtf8 } from "../base/bytes.ts";
import { ChainProtocolError } from "./protocol_error.ts";

/** Deepest nesting of an object. The protocol has none at all; this leaves room for later fields. */
export const MAX_NESTING = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OBJECT_START = 0x7b;

/** The objects of one stream, in order. */
export class JsonStream {
  readonly #limitBytes: number;
  /** What has come and was not taken. */
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the object begins that is being read. */
  #start = 0;
  /** Everything before has been looked at. */
  #at = 0;
  /** Brackets that are open; 0 between objects. */
  #depth = 0;
  #isInText = false;
  /** The byte before was a backslash within a text. */
  #isEscaped = false;
  #broken: ChainProtocolError | undefined;

  /** @param limitBytes most bytes of one object */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Adds bytes, which must not be changed afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#broken !== undefined) return;
    const waiting = this.#bytes.subarray(this.#start);
    this.#at -= this.#start;
    this.#start = 0;
    this.#bytes = waiting.length === 0 ? bytes : joined(waiting, bytes);
  }

  /**
   * Takes out the next whole object.
   *
   * @returns undefined while there is none
   * @throws {ChainProtocolError} when something else comes than an object, or one that is too large or
   *   too deep; nothing after it can be read, and every later call throws the same
   */
  next(): unknown | undefined {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return this.#read();
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw error;
      this.#bytes = new Uint8Array(0);
      throw this.#broken = error;
    }
  }

  #read(): unknown | undefined {
    for (; this.#at < this.#bytes.length; this.#at++) {
      const byte = this.#bytes[this.#at] as number;
      if (this.#depth === 0) {
        if (WHITE_SPACE.has(byte)) continue;
        if (byte !== OBJECT_START) {
          throw new ChainProtocolError("Something else came, wanted a JSON object");
        }
        this.#start = this.#at;
      }
      if (this.#at - this.#start >= this.#limitBytes) {
        throw new ChainProtocolError(
          `An object has more than ${this.#limitBytes} bytes, wanted at most that`,
        );
      }
      if (this.#endsWith(byte)) return this.#take(++this.#at);
    }
    // White space that was skipped is not kept.
    if (this.#depth === 0) this.#start = this.#at;
    return undefined;
  }

  /** Takes one more byte of an object, and tells whether it is the last. */
  #endsWith(byte: number): boolean {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInText = false;
    } else if (byte === QUOTE) {
      this.#isInText = true;
    } else if (OPENING.has(byte)) {
      if (++this.#depth > MAX_NESTING) {
        throw new ChainProtocolError(
          `An object is nested more than ${MAX_NESTING} deep, wanted at most that`,
        );
      }
    } else if (CLOSING.has(byte)) {
      return --this.#depth === 0;
    }
    return false;
  }

  #take(end: number): unknown {
    const bytes = this.#bytes.subarray(this.#start, end);
    this.#start = end;
    return parse(bytes);
  }
}

/** Called once for each piece of an object, of which the owner's limit allows few. */
function joined(waiting: Uint8Array, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(waiting.length + bytes.length);
  whole.set(waiting);
  whole.set(bytes, waiting.length);
  return whole;
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    throw new ChainProtocolError("An object is no UTF-8, wanted JSON in UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ChainProtocolError("An object is no JSON, wanted JSON as RFC 8259 has it");
  }
}
