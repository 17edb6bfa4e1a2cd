/**
 * The secrets and proofs of a secure channel's handshake; `secure_channel.ts` says which messages
 * carry them. Both ends keep a running hash of all that was said, the transcript, and everything
 * depends on it: the keys, the signatures, the codes. So ends that saw different messages share no
 * key, and there is nothing to choose that somebody in between could talk them out of.
 *
 * A proof of identity, sealed under a key that is used for nothing else:
 *
 *     2 bytes    n, the length of the public key, big-endian
 *     n          the public key, SPKI in DER
 *     …          signature by that key: of who signs ("dialler" or "accepter"), and the transcript with
 *                the public key
 *     32         code: HMAC-SHA256 of the transcript with public key and signature
 *
 * The signature says whose key it is, the code that its holder knows the secret of this very channel.
 * Neither is enough alone: signatures without the code could be passed on by somebody who then stands
 * for their maker (identity misbinding, section 3.1 of the paper named there).
 */

import { concatBytes, encodeUtf8, equalBytes } from "../base/bytes.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { AgreementKey, Crypto, Signer } from "../base/ports.ts";
import { hkdfExpand, hkdfExtract } from "../identity/hkdf.ts";
import { MAX_PUBLIC_KEY_BYTES, MAX_SIGNATURE_BYTES } from "../wire/limits.ts";
import { ChannelError } from "./channel_error.ts";

/** The two ends, which never share a key nor sign the same words. */
export type Role = "dialler" | "accepter";

/** What a finished handshake leaves behind. */
export interface ChannelSecrets {
  /** The key of the records that each end sends. */
  keys: Record<Role, Uint8Array>;
  binding: Uint8Array;
}

const PROTOCOL = "area-net channel 1";

const SECRET_BYTES = 32;
const CODE_BYTES = 32;
const LENGTH_BYTES = 2;
const TAG_BYTES = 16;

/** The largest proof there can be, sealed. */
export const MAX_PROOF_BYTES = LENGTH_BYTES + MAX_PUBLIC_KEY_BYTES + MAX_SIGNATURE_BYTES +
  CODE_BYTES + TAG_BYTES;

/** Every key that a proof is sealed with seals nothing else, so the nonce may be the same. */
const NONCE = new Uint8Array(12);
const NOTHING = new Uint8Array(0);

/** One end's part of a handshake; both ends call the same methods in the same order. */
export class ChannelHandshake {
  readonly #crypto: Crypto;
  #transcript: Uint8Array;
  /** The secret from which all others follow; none before `agree`. */
  #root: Uint8Array = NOTHING;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
    this.#transcript = crypto.sha256(encodeUtf8(PROTOCOL));
  }

  /** Takes what was said, by whichever end. */
  mix(bytes: Uint8Array): void {
    this.#transcript = this.#crypto.sha256(concatBytes([this.#transcript, bytes]));
  }

  /**
   * Both ends have told their fresh keys, and both are in the transcript.
   *
   * @throws {ChannelError} when the far end's key would make the secret known to all
   */
  agree(own: AgreementKey, theirs: Uint8Array): void {
    const agreed = own.agree(theirs);
    if (agreed === undefined) throw new ChannelError("it sent a key that must not be used");
    this.#root = hkdfExtract(this.#crypto, this.#transcript, agreed);
  }

  /** The proof that this end, in that role, holds the signer's key; mixed in. */
  prove(role: Role, signer: Signer): Uint8Array {
    const key = this.#derive(`${role} proof`);
    const { publicKey } = signer;
    this.mix(publicKey);
    const signature = signer.sign(this.#statement(role));
    this.mix(signature);
    const code = this.#code(role);
    this.mix(code);
    const length = Uint8Array.of(publicKey.length >>> 8, publicKey.length);
    return this.#crypto.seal(key, NONCE, NOTHING, length, publicKey, signature, code);
  }

  /**
   * The id that the far end, in that role, proves; mixed in.
   *
   * @throws {ChannelError} when it does not
   */
  check(role: Role, sealed: Uint8Array): NodeId {
    const key = this.#derive(`${role} proof`);
    const proof = this.#crypto.open(key, NONCE, NOTHING, sealed);
    if (proof === undefined) throw new ChannelError("its proof of identity was altered");
    const { publicKey, signature, code } = readProof(proof);
    this.mix(publicKey);
    const isSigned = this.#crypto.verify(publicKey, this.#statement(role), signature);
    this.mix(signature);
    const isCoded = this.#isSame(code, this.#code(role));
    if (!isSigned || !isCoded) throw new ChannelError("it did not prove that it holds its key");
    this.mix(code);
    return nodeIdFromBytes(this.#crypto.sha256(publicKey));
  }

  /** Both ends have proven who they are. */
  finish(): ChannelSecrets {
    // From here on every secret depends on both identities, and none tells another.
    this.#root = hkdfExtract(this.#crypto, this.#transcript, this.#root);
    return {
      keys: {
        dialler: this.#derive("dialler records"),
        accepter: this.#derive("accepter records"),
      },
      binding: this.#derive("binding"),
    };
  }

  #derive(purpose: string): Uint8Array {
    return hkdfExpand(this.#crypto, this.#root, encodeUtf8(`${PROTOCOL} ${purpose}`), SECRET_BYTES);
  }

  /** What is signed: nothing else that nodes sign begins so. */
  #statement(role: Role): Uint8Array {
    return concatBytes([encodeUtf8(`${PROTOCOL} ${role}\0`), this.#transcript]);
  }

  #code(role: Role): Uint8Array {
    return this.#crypto.hmacSha256(this.#derive(`${role} code`), this.#transcript);
  }

  /** Comparing hashes of both tells nothing by the time it takes. */
  #isSame(code: Uint8Array, wanted: Uint8Array): boolean {
    return equalBytes(this.#crypto.sha256(code), this.#crypto.sha256(wanted));
  }
}

/** @throws {ChannelError} when it is no proof, or larger than one can be */
function readProof(proof: Uint8Array) {
  const length = ((proof[0] ?? 0) << 8) | (proof[1] ?? 0);
  const signatureAt = LENGTH_BYTES + length;
  const codeAt = proof.length - CODE_BYTES;
  const signatureBytes = codeAt - signatureAt;
  if (length > MAX_PUBLIC_KEY_BYTES || signatureBytes < 1 || signatureBytes > MAX_SIGNATURE_BYTES) {
    throw new ChannelError(
      `its proof of identity holds a key of ${length} bytes and ${signatureBytes} of signature, ` +
        `wanted at most ${MAX_PUBLIC_KEY_BYTES}, and from 1 to ${MAX_SIGNATURE_BYTES}`,
    );
  }
  return {
    publicKey: proof.slice(LENGTH_BYTES, signatureAt),
    signature: proof.slice(signatureAt, codeAt),
    code: proof.slice(codeAt),
  };
}
