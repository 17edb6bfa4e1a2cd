/**
 * A stand-in for real cryptography, for runs of a thousand nodes: the same promises inside one
 * simulation, at the price of a hash. It keeps every signing key itself, and tells a secret that two
 * keys agree on only to who was handed one of them, so nobody in the simulation can forge or read
 * what is not theirs; outside of one it protects nothing.
 */

import { concatBytes, encodeUtf8, equalBytes } from "../base/bytes.ts";
import { nodeIdFromBytes } from "../base/node_id.ts";
import type { AgreementKey, Crypto, Signer } from "../base/ports.ts";
import { randomInt, type SeededRandom } from "../base/random.ts";
import { fastOpen, fastSeal } from "./fast_cipher.ts";

/** Makes signers whose signatures it can check. */
export interface KeyMaker extends Crypto {
  /** A new key, drawn from `random`. */
  newSigner(random: SeededRandom): Signer;
}

const PUBLIC_KEY_BYTES = 32;
const AGREED_SECRET = encodeUtf8("agreed secret");

export class FastCrypto implements KeyMaker {
  /** The secret of each public key, by the id of the key. */
  readonly #secrets = new Map<string, Uint8Array>();
  #agreementKeys = 0;

  newSigner(random: SeededRandom): Signer {
    return this.signerFrom(Uint8Array.from({ length: 32 }, () => randomInt(random, 256)));
  }

  signerFrom(secret: Uint8Array): Signer {
    const publicKey = this.sha256(secret);
    const id = nodeIdFromBytes(this.sha256(publicKey));
    this.#secrets.set(id, secret);
    return { id, publicKey, sign: (bytes) => this.hmacSha256(secret, bytes) };
  }

  /** In no time: nobody guesses at secrets in a simulation. */
  stretch(secret: Uint8Array, salt: Uint8Array): Uint8Array {
    return this.hmacSha256(salt, secret);
  }

  /** 32 bytes that differ where the input does. Eight 32-bit hashes of multiply and shift, not SHA-256. */
  sha256(bytes: Uint8Array): Uint8Array {
    const hash = new Uint32Array(8).fill(bytes.length);
    for (let lane = 0; lane < 2; lane++) {
      let word = 0x9e3779b9 ^ lane;
      for (let i = 0; i < bytes.length; i++) {
        word = Math.imul(word ^ (bytes[i] as number), 0x01000193 + 2 * lane);
        word ^= word >>> 15;
      }
      for (let i = lane; i < 8; i += 2) {
        word = Math.imul(word ^ (word >>> 13) ^ i, 0x85ebca6b);
        hash[i] = word ^ (word >>> 16);
      }
    }
    return new Uint8Array(hash.buffer);
  }

  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return this.sha256(concatBytes([key, bytes, key]));
  }

  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    const secret = this.#secrets.get(nodeIdFromBytes(this.sha256(publicKey)));
    return secret !== undefined && equalBytes(this.hmacSha256(secret, bytes), signature);
  }

  /** Made by counting: the first key of every `FastCrypto` is the same one, and so is the second. */
  newAgreementKey(): AgreementKey {
    const publicKey = this.sha256(encodeUtf8(`agreement key ${++this.#agreementKeys}`));
    return { publicKey, agree: (other) => this.#agree(publicKey, other) };
  }

  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ...plaintext: readonly Uint8Array[]
  ): Uint8Array {
    return fastSeal(this.#seed(key, nonce, aad), concatBytes(plaintext));
  }

  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined {
    return fastOpen(this.#seed(key, nonce, aad), sealed);
  }

  /**
   * The secret of a pair of public keys. One that nobody holds may be used, as in life; that of zeros
   * stands for all that may not.
   */
  #agree(own: Uint8Array, other: Uint8Array): Uint8Array | undefined {
    if (other.length !== PUBLIC_KEY_BYTES || other.every((byte) => byte === 0)) return undefined;
    const pair = own.toHex() < other.toHex() ? [own, other] : [other, own];
    return this.sha256(concatBytes([AGREED_SECRET, ...pair]));
  }

  #seed(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): Uint8Array {
    if (key.length !== 32 || nonce.length !== 12) {
      const met = `a key of ${key.length} bytes and a nonce of ${nonce.length}`;
      throw new RangeError(`Cannot seal or open with ${met}, wanted 32 and 12`);
    }
    return this.sha256(concatBytes([key, nonce, aad]));
  }
}
