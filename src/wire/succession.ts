/**
 * How a change of key travels: the old key's word for the new one.
 *
 *     succession = [old key, new key, time in ms since 1970, signature by the old key]
 */

import type { Fields } from "./cbor.ts";
import { MAX_PUBLIC_KEY_BYTES, MAX_SEQUENCE, MAX_SIGNATURE_BYTES } from "./limits.ts";

/** One change of a node's key. */
export interface Succession {
  /** SPKI in DER. */
  oldKey: Uint8Array;
  newKey: Uint8Array;
  /** Milliseconds since 1970. */
  atMs: number;
  signature: Uint8Array;
}

/** The items of a succession. */
export function successionItems({ oldKey, newKey, atMs, signature }: Succession): unknown[] {
  return [oldKey, newKey, atMs, signature];
}

/** @throws {WireError} when the fields are not as the layout says */
export function decodeSuccession(item: Fields): Succession {
  const fields = item.nested("succession");
  return {
    oldKey: fields.bytes("old key", MAX_PUBLIC_KEY_BYTES).slice(),
    newKey: fields.bytes("new key", MAX_PUBLIC_KEY_BYTES).slice(),
    atMs: fields.uint("time", MAX_SEQUENCE),
    signature: fields.bytes("signature", MAX_SIGNATURE_BYTES).slice(),
  };
}
