/**
 * Bytes by hand: what members say to each other is small, comes often, and is read before anybody is
 * trusted, so every field has its fixed place and nothing is allocated that the bytes do not hold.
 * Numbers are big-endian.
 */

import { type Address, parseAddress } from "../base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import { addressKind } from "./address_kind.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import type { MemberId } from "./side.ts";

/** Bytes of a nonce, a token, a ticket and a secret: too many to be guessed. */
export const SECRET_BYTES = 16;

/** Bytes of a {@linkcode MemberId}. */
export const MEMBER_ID_BYTES = 8;

/** Most bytes of an address as text, and of a label. */
export const MAX_TEXT_BYTES = 64;

/** Largest number of 48 bits. */
export const MAX_UINT48 = 2 ** 48 - 1;

/** Writes fields one after the other. */
export class ByteWriter {
  #bytes: Uint8Array;
  #at = 0;

  /** @param capacity bytes to begin with; it grows where they do not suffice */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  uint8(value: number): this {
    this.#make(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  uint16(value: number): this {
    return this.uint8(value >>> 8).uint8(value);
  }

  uint32(value: number): this {
    this.#make(4);
    writeUint32(this.#bytes, this.#at, value);
    this.#at += 4;
    return this;
  }

  uint48(value: number): this {
    this.#make(6);
    writeUint48(this.#bytes, this.#at, value);
    this.#at += 6;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#make(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  id(id: MemberId): this {
    this.#make(MEMBER_ID_BYTES);
    for (let i = 0; i < MEMBER_ID_BYTES; i++) this.#bytes[this.#at++] = hexByte(id, 2 * i);
    return this;
  }

  /** A text of at most {@linkcode MAX_TEXT_BYTES}, after its length. */
  text(text: string): this {
    this.#make(1 + text.length);
    const start = this.#at++;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#at = start;
        const bytes = encodeUtf8(text);
        return this.uint8(bytes.length).bytes(bytes);
      }
      this.#bytes[this.#at++] = code;
    }
    this.#bytes[start] = text.length;
    return this;
  }

  /** What was written, not shared with anybody. */
  finish(): Uint8Array {
    return this.#at === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#at);
  }

  #make(room: number): void {
    if (this.#at + room <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + room));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads fields one after the other; every method throws {@linkcode ChainProtocolError} at a bad one. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  uint16(): number {
    return (this.uint8() << 8) | this.uint8();
  }

  uint32(): number {
    return readUint32(this.#bytes, this.#take(4));
  }

  uint48(): number {
    return readUint48(this.#bytes, this.#take(6));
  }

  /** A copy, so that a few bytes do not keep a whole datagram. */
  secret(): Uint8Array {
    const at = this.#take(SECRET_BYTES);
    return this.#bytes.slice(at, at + SECRET_BYTES);
  }

  /** The same as a view, for those that are kept no longer than the rest of the bytes. */
  secretView(): Uint8Array {
    const at = this.#take(SECRET_BYTES);
    return this.#bytes.subarray(at, at + SECRET_BYTES);
  }

  id(): MemberId {
    const at = this.#take(MEMBER_ID_BYTES);
    return toHex(this.#bytes.subarray(at, at + MEMBER_ID_BYTES)) as MemberId;
  }

  text(): string {
    const length = this.uint8();
    if (length > MAX_TEXT_BYTES) {
      throw new ChainProtocolError(`A text has ${length} bytes, wanted at most ${MAX_TEXT_BYTES}`);
    }
    const at = this.#take(length);
    return readText(this.#bytes.subarray(at, at + length));
  }

  /** An address by number, of a single machine. */
  address(): Address {
    const text = this.text();
    let address: Address;
    try {
      address = parseAddress(text);
    } catch (error) {
      throw new ChainProtocolError((error as Error).message);
    }
    if (addressKind(address) === "unusable") {
      throw new ChainProtocolError(`An address is ${address}, wanted that of one machine`);
    }
    return address;
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#take(this.remaining));
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.remaining) {
      throw new ChainProtocolError(`${this.remaining} bytes are left, wanted ${count}`);
    }
    this.#at += count;
    return at;
  }
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] as number) * 0x100_0000;
  return high + readUint24(bytes, at + 1);
}

export function writeUint48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  writeUint32(bytes, at + 2, value);
}

export function readUint48(bytes: Uint8Array, at: number): number {
  return readUint24(bytes, at) * 0x100_0000 + readUint24(bytes, at + 3);
}

function readUint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) |
    (bytes[at + 2] as number);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Two hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (let i = 0; i < bytes.length; i++) hex += HEX[bytes[i] as number];
  return hex;
}

function hexByte(hex: string, at: number): number {
  return (hexDigit(hex.charCodeAt(at)) << 4) | hexDigit(hex.charCodeAt(at + 1));
}

/** Of a lower-case digit. */
function hexDigit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** Most texts are ASCII, which takes no decoder: views hold hundreds of them. */
function readText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return readUtf8(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

function readUtf8(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    throw new ChainProtocolError("A text is no UTF-8");
  }
}

/**
 * Two secrets made into one that only those who know both can make; which comes first does not matter.
 */
export function mixed(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(SECRET_BYTES);
  for (let i = 0; i < SECRET_BYTES; i++) both[i] = (a[i] as number) ^ (b[i] as number);
  return both;
}
