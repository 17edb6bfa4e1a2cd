/**
 * Checks RSA signatures: PKCS#1 v1.5 over SHA-256 (RFC 8017, section 8.2.2). Browsers never sign so.
 *
 * All secrets are elsewhere: the key, the bytes and the signature are public, so plain big integers do,
 * whose time tells what they are. Attacks on this form live on lenient parsers (Bleichenbacher's forgery
 * of 2006 and its kin), so nothing is parsed: the one encoding that would be right is made anew and
 * compared as a whole. The key is read strictly too, for one key must have one id.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes } from "../../base/bytes.ts";
import { DerReader } from "./der.ts";
import type { PublicKey } from "./public_key.ts";

/** `rsaEncryption` and its empty parameters (RFC 8017, appendix A.1). */
const ALGORITHM = Uint8Array.fromHex("300d06092a864886f70d0101010500");

/** What stands before a SHA-256 in the DigestInfo that is signed (RFC 8017, section 9.2). */
const DIGEST_PREFIX = Uint8Array.fromHex("3031300d060960864801650304020105000420");

const MIN_BITS = 2048, MAX_BITS = 4096;

/** As nodes have it. Each bit costs a multiplication. */
const MAX_EXPONENT = 2n ** 33n - 1n;

/**
 * What checks with a key in SPKI, or undefined when it holds no RSA key that a node may have.
 *
 * @throws {SyntaxError} when it is not strict DER
 */
export function readRsa(spki: Uint8Array): PublicKey | undefined {
  const whole = new DerReader(spki);
  const outer = whole.sequence();
  whole.end();
  if (!equalBytes(outer.take(ALGORITHM.length), ALGORITHM)) return undefined;
  const key = outer.bitString().sequence();
  const [modulus, exponent] = [key.positiveInteger(), key.positiveInteger()];
  key.end();
  outer.end();
  const bits = modulus.toString(2).length;
  if (bits < MIN_BITS || bits > MAX_BITS || modulus % 2n === 0n) return undefined;
  if (exponent < 3n || exponent > MAX_EXPONENT || exponent % 2n === 0n) return undefined;
  return {
    verify(bytes, signature) {
      const length = Math.ceil(bits / 8);
      if (signature.length !== length) return false;
      const number = BigInt(`0x${signature.toHex()}`);
      if (number >= modulus) return false;
      const encoded = power(number, exponent, modulus).toString(16).padStart(length * 2, "0");
      return encoded === encode(bytes, length).toHex();
    },
  };
}

/** EMSA-PKCS1-v1_5 (RFC 8017, section 9.2). */
function encode(bytes: Uint8Array, length: number): Uint8Array {
  const tail = concatBytes([Uint8Array.of(0), DIGEST_PREFIX, sha256(bytes)]);
  const encoded = new Uint8Array(length).fill(0xff);
  encoded.set([0, 1]);
  encoded.set(tail, length - tail.length);
  return encoded;
}

/** `base` to the power of `exponent`, which is above zero, by squaring, from its highest bit on. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = base;
  for (const bit of exponent.toString(2).slice(1)) {
    result = result * result % modulus;
    if (bit === "1") result = result * base % modulus;
  }
  return result;
}
