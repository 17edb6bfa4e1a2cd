/** Public keys of nodes, of any kind that one may have (see `src/io/key_kind.ts`). */

import { readEd25519 } from "./ed25519.ts";
import { readP256 } from "./p256.ts";
import { readRsa } from "./rsa.ts";

/** A key that is ready for use. */
export interface PublicKey {
  /** Whether its holder signed `bytes`. Throws at signatures that are built to confuse it. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Reads a public key.
 *
 * @param spki in DER
 * @returns undefined when no node may have such a one
 * @throws {Error} of any kind, when it is none at all
 */
export function readPublicKey(spki: Uint8Array): PublicKey | undefined {
  return readEd25519(spki) ?? readP256(spki) ?? readRsa(spki);
}
