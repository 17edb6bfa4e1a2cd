/**
 * Node ids: 32 bytes (the SHA-256 of a node's public key) written as lower-case base32 without
 * padding (RFC 4648), 52 characters. The text form is what the core compares, sorts and uses as a
 * map key, because strings are the only values that JavaScript compares by content.
 */

/** A node's id in its text form. Ordered as strings are: every tie-break uses that order. */
export type NodeId = string & { readonly __brand: "NodeId" };

/** Bytes of a node id. */
export const NODE_ID_BYTES = 32;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const TEXT_LENGTH = Math.ceil((NODE_ID_BYTES * 8) / 5);

const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/**
 * The text form of an id.
 *
 * @param bytes 32 bytes
 * @throws {RangeError} when the length is not 32
 */
export function nodeIdFromBytes(bytes: Uint8Array): NodeId {
  if (bytes.length !== NODE_ID_BYTES) {
    throw new RangeError(`A node id is ${NODE_ID_BYTES} bytes, not ${bytes.length}`);
  }
  const codes = new Array<number>(TEXT_LENGTH);
  let at = 0;
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < NODE_ID_BYTES; i++) {
    pending = (pending << 8) | (bytes[i] as number);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      codes[at++] = ALPHABET.charCodeAt((pending >> bits) & 31);
    }
    pending &= (1 << bits) - 1;
  }
  codes[at] = ALPHABET.charCodeAt((pending << (5 - bits)) & 31);
  // One flat string: ids are made by the thousand and compared all the time.
  return String.fromCharCode(...codes) as NodeId;
}

/**
 * The 32 bytes of an id.
 *
 * @throws {SyntaxError} when `text` is not a node id
 */
export function nodeIdToBytes(text: string): Uint8Array {
  if (text.length !== TEXT_LENGTH) {
    throw new SyntaxError(`A node id has ${TEXT_LENGTH} characters, "${text}" has ${text.length}`);
  }
  const bytes = new Uint8Array(NODE_ID_BYTES);
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) {
      throw new SyntaxError(`A node id is lower-case base32, "${text}" holds "${letter}"`);
    }
    pending = (pending << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (pending >> bits) & 255;
      pending &= (1 << bits) - 1;
    }
  }
  if (pending !== 0) {
    throw new SyntaxError(`"${text}" is not a node id: its last character holds stray bits`);
  }
  return bytes;
}

/** Orders ids, for lists that come out the same on every node. */
export function compareIds(a: NodeId, b: NodeId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first 8 characters: enough for people. */
export function shortId(id: NodeId): string {
  return id.slice(0, 8);
}
