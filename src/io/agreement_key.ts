/**
 * X25519 (RFC 7748) by `node:crypto`. Public keys are bare 32 bytes to everybody else; here they get
 * the frame that the library wants. It refuses keys of low order, with which the secret would be
 * known to all.
 *
 * Reading a public key costs some 4 µs of the 60 that an agreement takes: no reason to keep them.
 */

import { Buffer } from "node:buffer";
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AgreementKey } from "../base/ports.ts";

/** What stands before the 32 bytes in SPKI (RFC 8410). */
const SPKI_PREFIX = Uint8Array.fromHex("302a300506032b656e032100");
const PUBLIC_KEY_BYTES = 32;

/** A fresh key pair, whose private half never leaves this process. */
export function newAgreementKey(): AgreementKey {
  return agreementKeyOf(generateKeyPairSync("x25519").privateKey);
}

/** What agrees by a private X25519 key. */
export function agreementKeyOf(privateKey: KeyObject): AgreementKey {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
    agree: (publicKey) => agree(privateKey, publicKey),
  };
}

function agree(privateKey: KeyObject, bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length !== PUBLIC_KEY_BYTES) return undefined;
  const spki = Buffer.concat([SPKI_PREFIX, bytes]);
  const publicKey = createPublicKey({ key: spki, type: "spki", format: "der" });
  try {
    return new Uint8Array(diffieHellman({ privateKey, publicKey }));
  } catch {
    // The only thing that can be wrong with 32 bytes is their order.
    return undefined;
  }
}
