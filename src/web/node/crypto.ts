/**
 * Hashes, signatures and ciphers in browsers, by the `@noble` packages: audited, small and synchronous,
 * where what browsers bring answers by promises alone, and to pages of secure origins only, which a
 * node in the next room is not.
 *
 * What it says is what `src/io/node_crypto.ts` says, of every input; see there for how each kind of key
 * signs. The secrets of a browser's node are less well kept than those of others in any case: JavaScript
 * cannot promise that the time it takes tells nothing of them.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "../../base/bytes.ts";
import { nodeIdFromBytes } from "../../base/node_id.ts";
import type { AgreementKey, Crypto, Signer } from "../../base/ports.ts";
import { ed25519Spki, signEd25519 } from "./ed25519.ts";
import { type PublicKey, readPublicKey } from "./public_key.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As the port says: 32 MiB, and a tenth of a second or more. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: 32 };

/** Public keys that are kept ready for use, some 1 KB each. */
const MAX_READY_KEYS = 1024;

/** The {@linkcode Crypto} of a browser. */
export class BrowserCrypto implements Crypto {
  /** By the key's bytes in hex, those used last at the end. */
  readonly #readyKeys = new Map<string, PublicKey>();

  sha256(bytes: Uint8Array): Uint8Array {
    return sha256(bytes);
  }

  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return hmac(sha256, key, bytes);
  }

  /** Answers false for whatever is no public key, no signature, or of another kind. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    try {
      return this.#ready(publicKey)?.verify(bytes, signature) ?? false;
    } catch {
      // Libraries throw at keys and signatures that are built to confuse them.
      return false;
    }
  }

  signerFrom(seed: Uint8Array): Signer {
    const secret = seed.slice();
    const publicKey = ed25519Spki(secret);
    return {
      id: nodeIdFromBytes(sha256(publicKey)),
      publicKey,
      sign: (bytes) => signEd25519(secret, bytes),
    };
  }

  stretch(secret: Uint8Array, salt: Uint8Array): Uint8Array {
    return scrypt(secret, salt, SCRYPT);
  }

  newAgreementKey(): AgreementKey {
    const privateKey = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    return {
      publicKey: x25519.getPublicKey(privateKey),
      agree: (publicKey) => agree(privateKey, publicKey),
    };
  }

  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ...plaintext: readonly Uint8Array[]
  ): Uint8Array {
    refuseLengths(key, nonce);
    const [only] = plaintext;
    const whole = plaintext.length === 1 && only !== undefined ? only : concatBytes(plaintext);
    return chacha20poly1305(key, nonce, aad).encrypt(whole);
  }

  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined {
    refuseLengths(key, nonce);
    if (sealed.length < TAG_BYTES) return undefined;
    try {
      return chacha20poly1305(key, nonce, aad).decrypt(sealed);
    } catch {
      // The only thing that can be wrong with as many bytes is their tag.
      return undefined;
    }
  }

  /** Reading a key takes a square root, and the same few sign all the time. */
  #ready(spki: Uint8Array): PublicKey | undefined {
    const name = spki.toHex();
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

function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== KEY_BYTES) return undefined;
  try {
    return x25519.getSharedSecret(privateKey, publicKey);
  } catch {
    // The only thing that can be wrong with 32 bytes is their order.
    return undefined;
  }
}

function refuseLengths(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length === KEY_BYTES && nonce.length === NONCE_BYTES) return;
  throw new RangeError(
    `A key of ${key.length} bytes and a nonce of ${nonce.length}, ` +
      `wanted ${KEY_BYTES} and ${NONCE_BYTES}`,
  );
}
