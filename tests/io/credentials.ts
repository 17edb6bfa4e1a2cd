/** Keys and certificates for tests of TLS. */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { NodeId } from "../../src/base/node_id.ts";
import { selfSignedCertificate } from "../../src/io/certificate.ts";
import { signerOf } from "../../src/io/node_crypto.ts";
import type { Credentials } from "../../src/io/tls_peer.ts";

/** The kinds of key that a node may have. */
export const NODE_KEYS: Readonly<Record<string, () => KeyObject>> = {
  "Ed25519": () => generateKeyPairSync("ed25519").privateKey,
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  "RSA": () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
};

/** A key of one's own, what it shows, and who that is. */
export interface Party extends Credentials {
  privateKey: KeyObject;
  id: NodeId;
}

/** Somebody with a new key, of the kind Ed25519 where none is given. */
export function newParty(privateKey = generateKeyPairSync("ed25519").privateKey): Party {
  return {
    privateKey,
    id: signerOf(privateKey).id,
    key: pemOf(privateKey),
    cert: selfSignedCertificate(privateKey),
  };
}

/** A private key in PEM. */
export function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}
