/**
 * Checks P-256 signatures: ECDSA over SHA-256 (FIPS 186-5), the two numbers one after the other, by
 * `@noble/curves`. Browsers never sign so.
 */

import { p256 } from "@noble/curves/nist.js";
import { equalBytes } from "../../base/bytes.ts";
import type { PublicKey } from "./public_key.ts";

/** What stands before the uncompressed point in SPKI (RFC 5480), the 4 that it begins with included. */
const SPKI_PREFIX = Uint8Array.fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const POINT_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** Of a signature and its mirror image, libraries of nodes make and take both. */
const OPTIONS = { lowS: false, prehash: true, format: "compact" } as const;

/** What checks with a key in SPKI, or undefined when it holds no P-256 key in its one form. */
export function readP256(spki: Uint8Array): PublicKey | undefined {
  if (!equalBytes(spki.subarray(0, SPKI_PREFIX.length), SPKI_PREFIX)) return undefined;
  const key = spki.slice(SPKI_PREFIX.length - 1);
  if (key.length !== POINT_BYTES) return undefined;
  // Throws at what is not on the curve.
  p256.Point.fromBytes(key);
  return {
    verify: (bytes, signature) =>
      signature.length === SIGNATURE_BYTES && p256.verify(signature, bytes, key, OPTIONS),
  };
}
