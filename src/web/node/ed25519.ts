/**
 * Ed25519 (RFC 8032) by `@noble/curves`, with a check of signatures that says exactly what nodes say.
 *
 * The RFC leaves open whether the equation is multiplied by the cofactor, and libraries differ in it: a
 * signature can be built that one takes and another does not. Nodes do not multiply, and compare the
 * bytes of R; a browser that took more than they do would hold a map that others refuse. So it is done
 * here by hand, from the library's points. (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs",
 * 2020, has the cases.)
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes } from "../../base/bytes.ts";
import type { PublicKey } from "./public_key.ts";

const { Point } = ed25519;

/** What stands before the 32 bytes in SPKI (RFC 8410). */
const SPKI_PREFIX = Uint8Array.fromHex("302a300506032b6570032100");
const SEED_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The public key of a seed as SPKI in DER. @throws {RangeError} when the seed is not 32 bytes */
export function ed25519Spki(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) {
    throw new RangeError(`An Ed25519 seed is ${SEED_BYTES} bytes, not ${seed.length}`);
  }
  return concatBytes([SPKI_PREFIX, ed25519.getPublicKey(seed)]);
}

/** Signs with the key of a seed. */
export function signEd25519(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  return ed25519.sign(bytes, seed);
}

/** What checks with a key in SPKI, or undefined when it holds no Ed25519 key in its one form. */
export function readEd25519(spki: Uint8Array): PublicKey | undefined {
  const start = SPKI_PREFIX.length;
  if (!equalBytes(spki.subarray(0, start), SPKI_PREFIX)) return undefined;
  // Not kept as it is: whoever gave it may use its memory again.
  const key = spki.slice(start);
  // Throws at what is no point, and at a second way to write one.
  const point = Point.fromBytes(key, false);
  return {
    verify(bytes, signature) {
      if (signature.length !== SIGNATURE_BYTES) return false;
      const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
      if (s >= Point.Fn.ORDER) return false;
      const hash = littleEndian(sha512(concatBytes([r, key, bytes])));
      const expected = Point.BASE.multiplyUnsafe(s)
        .subtract(point.multiplyUnsafe(hash % Point.Fn.ORDER));
      return equalBytes(expected.toBytes(), r);
    },
  };
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`);
}
