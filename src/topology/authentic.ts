/**
 * Whether an advertisement is what its originator said: the key in it hashes to the id, the
 * signature is by that key and over the very bytes that came, and the changes of key are proven.
 */

import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { Crypto } from "../base/ports.ts";
import { formerIds } from "../identity/successions.ts";
import { WireError } from "../wire/error.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  decodeAdvertisement,
} from "../wire/topology.ts";

/** An advertisement that was proven, and the ids that its node had before. */
export interface ProvenAdvertisement {
  advertisement: Advertisement;
  formerly: readonly NodeId[];
}

/**
 * Opens an advertisement.
 *
 * @throws {WireError} when it cannot be read, or is forged or altered
 */
export function openAdvertisement(
  crypto: Crypto,
  { body, signature }: CarriedAdvertisement,
): ProvenAdvertisement {
  const advertisement = decodeAdvertisement(body);
  const { id, publicKey, successions } = advertisement;
  if (nodeIdFromBytes(crypto.sha256(publicKey)) !== id) {
    throw new WireError("An advertisement holds a key that is not that of its id");
  }
  if (!crypto.verify(publicKey, body, signature)) {
    throw new WireError("An advertisement has a wrong signature");
  }
  const formerly = formerIds(crypto, id, successions);
  if (formerly === undefined) {
    throw new WireError("An advertisement tells of a change of key that is not proven");
  }
  return { advertisement, formerly };
}
