/**
 * A stand-in for real cryptography, for runs of a thousand nodes: the same promises inside one
 * simulation, at the price of a hash. It keeps every key itself, so nobody in the simulation can
 * forge a signature; outside of one it protects nothing.
 */

import { concatBytes, equalBytes } from "../base/bytes.ts";
import { nodeIdFromBytes } from "../base/node_id.ts";
import type { Crypto, Signer } from "../base/ports.ts";
import { randomInt, type SeededRandom } from "../base/random.ts";

/** Makes signers whose signatures it can check. */
export interface KeyMaker extends Crypto {
  /** A new key, drawn from `random`. */
  newSigner(random: SeededRandom): Signer;
}

export class FastCrypto implements KeyMaker {
  /** The secret of each public key, by the id of the key. */
  readonly #secrets = new Map<string, Uint8Array>();

  newSigner(random: SeededRandom): Signer {
    const secret = Uint8Array.from({ length: 32 }, () => randomInt(random, 256));
    const publicKey = this.sha256(secret);
    const id = nodeIdFromBytes(this.sha256(publicKey));
    this.#secrets.set(id, secret);
    return { id, publicKey, sign: (bytes) => this.hmacSha256(secret, bytes) };
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
}
