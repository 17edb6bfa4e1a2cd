/**
 * HKDF with SHA-256 (RFC 5869): first out of a secret that may be uneven a key of 32 even bytes, then
 * out of that as many bytes as are wanted, which differ with what they are wanted for.
 *
 * Over HMAC of the {@linkcode Crypto} port and not a method of the port: it is ten lines, and every
 * method there is one more that each implementer has to get right.
 */

import { concatBytes } from "../base/bytes.ts";
import type { Crypto } from "../base/ports.ts";

/** Bytes of a hash, of a key that `hkdfExtract` gives, and of each step of `hkdfExpand`. */
const HASH_BYTES = 32;

/** The number of the last step is a byte. */
const MAX_EXPANDED_BYTES = 255 * HASH_BYTES;

/** Stands for a salt where there is none. */
export const NO_SALT = new Uint8Array(HASH_BYTES);

/** The key that a secret holds, 32 bytes. */
export function hkdfExtract(crypto: Crypto, salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return crypto.hmacSha256(salt, secret);
}

/**
 * Bytes that look random to everybody without `key`.
 *
 * @param key from `hkdfExtract`
 * @param purpose tells apart the bytes that are derived from one key
 * @param length at most 8160
 */
export function hkdfExpand(
  crypto: Crypto,
  key: Uint8Array,
  purpose: Uint8Array,
  length: number,
): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > MAX_EXPANDED_BYTES) {
    throw new RangeError(
      `Cannot derive ${length} bytes from a key, wanted from 0 to ${MAX_EXPANDED_BYTES}`,
    );
  }
  const derived = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, step = 1; at < length; at += HASH_BYTES, step++) {
    block = crypto.hmacSha256(key, concatBytes([block, purpose, Uint8Array.of(step)]));
    derived.set(block.subarray(0, length - at), at);
  }
  return derived;
}
