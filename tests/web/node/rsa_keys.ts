/** RSA keys and signatures by hand, such as no library makes them. */

import { createHash } from "node:crypto";
import { concatBytes } from "../../../src/base/bytes.ts";

/** One value in DER. */
function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const value = concatBytes(parts);
  const { length } = value;
  const header = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return concatBytes([Uint8Array.of(tag, ...header), value]);
}

/** A number above zero in DER. */
export function derInteger(number: bigint): Uint8Array {
  const hex = number.toString(16);
  const bytes = Uint8Array.fromHex(hex.padStart(hex.length + hex.length % 2, "0"));
  return der(2, (bytes[0] ?? 0) < 0x80 ? bytes : concatBytes([Uint8Array.of(0), bytes]));
}

/** A public key in SPKI, of the parts as they are given. */
export function rsaSpki(
  modulus: Uint8Array,
  exponent: Uint8Array,
  { algorithm = "300d06092a864886f70d0101010500", unusedBits = 0 } = {},
): Uint8Array {
  const key = der(0x30, modulus, exponent);
  return der(0x30, Uint8Array.fromHex(algorithm), der(3, Uint8Array.of(unusedBits), key));
}

/** What stands in a signature besides the hash; all of it can be wrong. */
interface Encoding {
  prefix?: string;
  block?: number;
  fill?: number;
  /** Bytes of the padding where it is not as long as can be; the rest follows the hash. */
  padding?: number;
}

/**
 * Signs with the modulus `prime`.
 *
 * @returns undefined where there is no key to that exponent
 */
export function signRaw(
  bytes: Uint8Array,
  prime: bigint,
  exponent: bigint,
  encoding: Encoding = {},
): Uint8Array | undefined {
  const { prefix = "3031300d060960864801650304020105000420", block = 1, fill = 255 } = encoding;
  const isLong = prefix.endsWith("40");
  const hash = createHash(isLong ? "sha512" : "sha256").update(bytes).digest();
  const tail = concatBytes([Uint8Array.of(0), Uint8Array.fromHex(prefix), hash]);
  const { padding = 254 - tail.length } = encoding;
  const encoded = new Uint8Array(256);
  encoded.set([0, block]);
  encoded.fill(fill, 2, 2 + padding);
  encoded.set(tail, 2 + padding);
  const secret = inverse(exponent, prime - 1n);
  if (secret === undefined) return undefined;
  const signature = power(BigInt(`0x${encoded.toHex()}`), secret, prime);
  return Uint8Array.fromHex(signature.toString(16).padStart(512, "0"));
}

/** `base` to the power of `exponent`. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

/** By Euclid; undefined where there is none. */
function inverse(number: bigint, modulus: bigint): bigint | undefined {
  let [a, b, x, y] = [number % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return a === 1n ? (x % modulus + modulus) % modulus : undefined;
}
