/**
 * ChaCha20-Poly1305 (RFC 8439) by `node:crypto`: the sealed bytes, then the tag of 16.
 *
 * The library hands out the sealed bytes and the tag apart, so sealing copies once to have them in one
 * piece, a tenth of its time; opening does not copy.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

const ALGORITHM = "chacha20-poly1305";
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** @throws when the key is not 32 bytes or the nonce not 12, which is our mistake */
export function sealBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: readonly Uint8Array[],
): Uint8Array {
  const plaintextLength = plaintext.reduce((sum, { length }) => sum + length, 0);
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  cipher.setAAD(aad, { plaintextLength });
  const sealed = new Uint8Array(plaintextLength + TAG_BYTES);
  let at = 0;
  for (const piece of plaintext) {
    sealed.set(cipher.update(piece), at);
    at += piece.length;
  }
  cipher.final();
  sealed.set(cipher.getAuthTag(), plaintextLength);
  return sealed;
}

/** @throws as `sealBytes` does; for whatever is wrong with `sealed` it gives undefined */
export function openBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - TAG_BYTES;
  if (length < 0) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
  decipher.setAAD(aad, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const { buffer, byteOffset } = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    // What came out so far is nobody's plaintext: it must not be looked at.
    return undefined;
  }
  return new Uint8Array(buffer, byteOffset, length);
}
