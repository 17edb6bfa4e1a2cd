/** X25519 keys for tests: private ones that were published, and public ones that may not be used. */

import { Buffer } from "node:buffer";
import { createPrivateKey } from "node:crypto";
import type { AgreementKey } from "../../src/base/ports.ts";
import { agreementKeyOf } from "../../src/io/agreement_key.ts";

/** What stands before the 32 bytes of a private key in PKCS#8 (RFC 8410). */
const PKCS8_PREFIX = "302e020100300506032b656e04220420";

/** The key whose private half is these 32 bytes. */
export function agreementKeyFrom(hex: string): AgreementKey {
  const der = Buffer.from(PKCS8_PREFIX + hex, "hex");
  return agreementKeyOf(createPrivateKey({ key: der, type: "pkcs8", format: "der" }));
}

/**
 * The points of order 1, 2, 4 and 8 on the curve and its twist, some written larger than the prime;
 * each with the highest bit clear and set, for X25519 does not look at it (RFC 7748, section 5).
 */
export const LOW_ORDER_KEYS = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map((hex) => Uint8Array.fromHex(hex)).flatMap((key) => [
  key,
  key.with(31, (key[31] ?? 0) | 0x80),
]);
