/**
 * The network key: a secret that all nodes of a network share and strangers do not have. It is never
 * sent. Each end proves that it has it by a code (HMAC, RFC 2104) over the secret of this one TLS
 * connection, so that a proof can neither be replayed nor passed on by somebody in between.
 *
 * Whoever gets a proof can try out guesses at leisure: the key must be one that cannot be guessed.
 */

import { concatBytes, encodeUtf8, equalBytes } from "../base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto } from "../base/ports.ts";

const PURPOSE = encodeUtf8("area-net network key\0");

/** Where there is no network key, there is nothing to prove. */
const NO_PROOF = new Uint8Array(0);

export class NetworkKey {
  readonly #crypto: Crypto;
  readonly #secret: Uint8Array | undefined;

  /** @param secret as the user gave it; empty for a network that is open */
  constructor(crypto: Crypto, secret: string) {
    this.#crypto = crypto;
    this.#secret = secret === "" ? undefined : encodeUtf8(secret);
  }

  /**
   * The proof that the node `prover` shows on the connection with this binding. The id in it keeps
   * the far end from showing our own proof back to us.
   */
  proof(prover: NodeId, binding: Uint8Array): Uint8Array {
    if (this.#secret === undefined) return NO_PROOF;
    const claim = concatBytes([PURPOSE, nodeIdToBytes(prover), binding]);
    return this.#crypto.hmacSha256(this.#secret, claim);
  }

  /** Whether `proof` shows that `prover` has the same key, or that neither side has one. */
  accepts(proof: Uint8Array, prover: NodeId, binding: Uint8Array): boolean {
    const expected = this.proof(prover, binding);
    // Comparing hashes of both tells nothing by the time it takes.
    return equalBytes(this.#crypto.sha256(proof), this.#crypto.sha256(expected));
  }
}
