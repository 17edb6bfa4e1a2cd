/**
 * Hashes, signatures and ciphers by `node:crypto`, which is synchronous.
 *
 * How each kind of key signs, chosen so that a browser can check it as well:
 *
 * - Ed25519: RFC 8032, 64 bytes.
 * - P-256: ECDSA over SHA-256 (FIPS 186-5), the two numbers one after the other, 64 bytes, which is
 *   the form of WebCrypto, and not DER.
 * - RSA: PKCS#1 v1.5 over SHA-256 (RFC 8017). PSS has the better proof, but no attack on the older
 *   form is known where it is checked by comparing, as it is here; and it needs no salt, whose length
 *   both ends would have to agree on, and no chance: equal bytes give an equal signature.
 */

import { Buffer } from "node:buffer";
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  scryptSync,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { equalBytes } from "../base/bytes.ts";
import { nodeIdFromBytes } from "../base/node_id.ts";
import type { AgreementKey, Crypto, Signer } from "../base/ports.ts";
import { newAgreementKey } from "./agreement_key.ts";
import { openBytes, sealBytes } from "./chacha20_poly1305.ts";
import { keyKind } from "./key_kind.ts";

/** What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410, section 7). */
const PKCS8_OF_ED25519 = Uint8Array.fromHex("302e020100300506032b657004220420");

/** Node lets it have 32 MiB unless told otherwise, which is a few bytes short. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };

/** Public keys that are kept ready for use: as many as a busy node hears of, some 2 KB each. */
const MAX_READY_KEYS = 1024;

/** The {@linkcode Crypto} of this machine. */
export class NodeCrypto implements Crypto {
  /** By the key's bytes in base64, those used last at the end. */
  readonly #readyKeys = new Map<string, KeyObject>();

  sha256(bytes: Uint8Array): Uint8Array {
    return plain(createHash("sha256").update(bytes).digest());
  }

  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return plain(createHmac("sha256", key).update(bytes).digest());
  }

  /** Answers false for whatever is no public key, no signature, or of another kind. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    try {
      const key = this.#ready(publicKey);
      return key !== undefined && verifyBytes(hashFor(key), bytes, inOurForm(key), signature);
    } catch {
      // Libraries throw at keys and signatures that are built to confuse them.
      return false;
    }
  }

  signerFrom(seed: Uint8Array): Signer {
    const der = Buffer.concat([PKCS8_OF_ED25519, seed]);
    return signerOf(createPrivateKey({ key: der, type: "pkcs8", format: "der" }));
  }

  stretch(secret: Uint8Array, salt: Uint8Array): Uint8Array {
    return plain(scryptSync(secret, salt, 32, SCRYPT));
  }

  newAgreementKey(): AgreementKey {
    return newAgreementKey();
  }

  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ...plaintext: readonly Uint8Array[]
  ): Uint8Array {
    return sealBytes(key, nonce, aad, plaintext);
  }

  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined {
    return openBytes(key, nonce, aad, sealed);
  }

  /** Reading a key costs a third of a check with it, and the same few sign all the time. */
  #ready(spki: Uint8Array): KeyObject | undefined {
    const name = spki.toBase64();
    const key = this.#readyKeys.get(name) ?? readPublicKey(spki);
    if (key === undefined) return undefined;
    this.#readyKeys.delete(name);
    this.#readyKeys.set(name, key);
    const [oldest] = this.#readyKeys.keys();
    if (oldest !== undefined && this.#readyKeys.size > MAX_READY_KEYS) {
      this.#readyKeys.delete(oldest);
    }
    return key;
  }
}

/** A key that a node may have, in the one form that all write it in: one key has one id. */
function readPublicKey(spki: Uint8Array): KeyObject | undefined {
  const key = createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
  return keyKind(key) !== undefined && equalBytes(spkiOf(key), spki) ? key : undefined;
}

/** What signs with a private key of one of the {@linkcode keyKind}s. */
export function signerOf(key: KeyObject): Signer {
  const publicKey = spkiOf(key);
  return {
    id: nodeIdFromBytes(createHash("sha256").update(publicKey).digest()),
    publicKey,
    sign: (bytes) => plain(signBytes(hashFor(key), bytes, inOurForm(key))),
  };
}

/** The public half of a key, private or public, as SPKI in DER. */
export function spkiOf(key: KeyObject): Uint8Array {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  return plain(publicKey.export({ type: "spki", format: "der" }));
}

/** Ed25519 hashes by itself. */
function hashFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256";
}

function inOurForm(key: KeyObject) {
  const isEc = key.asymmetricKeyType === "ec";
  return isEc ? { key, dsaEncoding: "ieee-p1363" as const } : { key };
}

/** The bytes without Node's `Buffer` around them, which may be a part of a larger pool. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
