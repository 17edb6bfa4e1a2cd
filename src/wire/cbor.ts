/**
 * CBOR (RFC 8949) in and out, and the checks that turn what a peer sent into values we trust the
 * shape of. Every message is an array whose first element is its type number.
 *
 * cbor-x does not write canonical CBOR: whatever is signed or compared is the bytes as they were
 * sent, never a second encoding of what they mean.
 */

import { Encoder } from "cbor-x/encode";
import { type Address, parseAddress } from "../base/address.ts";
import { encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import { WireError } from "./error.ts";
import { MAX_ADDRESS_BYTES } from "./limits.ts";

const cbor = new Encoder({ useRecords: false, tagUint8Array: false });

/** The bytes of one item, not shared with any other. */
export function encodeItem(item: unknown): Uint8Array {
  const bytes = cbor.encode(item);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * The bytes of an item up to the byte string at its end, `tail`, which is not copied: it is to follow
 * right after them.
 *
 * @param ending an item whose very last element, however deep, is {@linkcode TAIL}
 */
export function encodeItemBefore(ending: readonly unknown[], tail: Uint8Array): Uint8Array {
  const item = encodeItem(ending);
  const head = new Uint8Array(item.length + 4);
  head.set(item);
  // In place of the empty byte string: the header of one whose length takes four bytes.
  head[item.length - 1] = 0x5a;
  new DataView(head.buffer).setUint32(item.length, tail.length);
  return head;
}

/** Stands for the tail that is not encoded. */
export const TAIL = new Uint8Array(0);

/**
 * The one item that `bytes` hold.
 *
 * @throws {WireError} when they hold none, half of one or more than one
 */
export function decodeItem(bytes: Uint8Array): unknown {
  refuseTags(bytes);
  try {
    return cbor.decode(bytes);
  } catch (error) {
    throw new WireError(`No CBOR item: ${(error as Error).message}`);
  }
}

const BYTE_STRING = 2, TEXT_STRING = 3, TAG = 6;

/**
 * No message holds a tag (RFC 8949, section 3.4). cbor-x acts on many of them, and some let a few bytes
 * stand for minutes of arithmetic or gigabytes of memory, so they are found before it looks.
 */
function refuseTags(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] as number;
    const major = first >> 5;
    if (major === TAG) throw new WireError("A CBOR tag, wanted none");
    let argument = first & 31;
    if (argument >= 24) {
      const width = argument <= 27 ? 1 << (argument - 24) : 0;
      argument = 0;
      for (let i = 0; i < width; i++) argument = argument * 256 + (bytes[at++] ?? 0);
    }
    if (major === BYTE_STRING || major === TEXT_STRING) at += argument;
  }
}

/** Checks one array and hands out its elements in turn, each with the check it needs. */
export class Fields {
  readonly #items: readonly unknown[];
  readonly #what: string;
  #at = 0;

  /**
   * @param value what should be an array
   * @param what what it is, for error messages: "A hello"
   * @throws {WireError} when it is no array, and from every method when an element is not as asked
   */
  constructor(value: unknown, what: string) {
    if (!Array.isArray(value)) throw new WireError(`${what} is ${kind(value)}, wanted an array`);
    this.#items = value;
    this.#what = what;
  }

  /** An integer from 0 to `max`. */
  uint(name: string, max: number): number {
    const value = this.#next();
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > max) {
      throw this.#wrong(name, value, `an integer from 0 to ${max}`);
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#next();
    if (typeof value !== "boolean") throw this.#wrong(name, value, "true or false");
    return value;
  }

  /** A text of at most `maxBytes` in UTF-8. */
  text(name: string, maxBytes: number): string {
    const value = this.#next();
    if (typeof value !== "string") throw this.#wrong(name, value, "a text");
    // A UTF-16 unit is at most 3 bytes of UTF-8, so most texts need no second look.
    if (value.length * 3 > maxBytes && encodeUtf8(value).length > maxBytes) {
      throw this.#wrong(name, value, `at most ${maxBytes} bytes`);
    }
    return value;
  }

  /** A byte string of at most `maxBytes`; a view of the frame it came in. */
  bytes(name: string, maxBytes: number): Uint8Array {
    const value = this.#next();
    if (!(value instanceof Uint8Array)) throw this.#wrong(name, value, "a byte string");
    if (value.length > maxBytes) throw this.#wrong(name, value, `at most ${maxBytes} bytes`);
    return value;
  }

  nodeId(name: string): NodeId {
    const value = this.#next();
    if (!(value instanceof Uint8Array) || value.length !== 32) {
      throw this.#wrong(name, value, "a byte string of 32");
    }
    return nodeIdFromBytes(value);
  }

  address(name: string): Address {
    const text = this.text(name, MAX_ADDRESS_BYTES);
    try {
      return parseAddress(text);
    } catch (error) {
      throw new WireError(`${this.#what} has ${name} wrong: ${(error as Error).message}`);
    }
  }

  /** An array of at most `max` elements, each turned into a value by `read`. */
  list<T>(name: string, max: number, read: (item: Fields) => T): T[] {
    const value = this.#next();
    if (!Array.isArray(value)) throw this.#wrong(name, value, "an array");
    if (value.length > max) throw this.#wrong(name, value, `at most ${max} elements`);
    const list = new Fields(value, `${this.#what}: ${name}`);
    return value.map(() => read(list));
  }

  /** The next element as an array of its own. */
  nested(name: string): Fields {
    return new Fields(this.#next(), `${this.#what}: ${name}`);
  }

  /** Takes the next element if it is null, so that it stands for "none". */
  takeNull(): boolean {
    if (this.#items[this.#at] !== null) return false;
    this.#at++;
    return true;
  }

  /** Takes the next element if it is a text or a byte string of any length, else nothing. */
  takeContent(): string | Uint8Array | undefined {
    const value = this.#items[this.#at];
    if (typeof value !== "string" && !(value instanceof Uint8Array)) return undefined;
    this.#at++;
    return value;
  }

  /** Elements past the last one asked for belong to a newer version and are ignored. */
  #next(): unknown {
    return this.#items[this.#at++];
  }

  #wrong(name: string, value: unknown, wanted: string): WireError {
    return new WireError(`${this.#what} has ${name} ${kind(value)}, wanted ${wanted}`);
  }
}

/** What a value is, in a few words that are safe to log. */
function kind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (value instanceof Uint8Array) return `a byte string of ${value.length}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `a ${typeof value}`;
}
