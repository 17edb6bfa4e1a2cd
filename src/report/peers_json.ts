/**
 * `peers.json`: the addresses of the connected peers, in the format of a target file. Browsers cannot be
 * dialled by nodes and do not stand there.
 */

import { type Address, schemeOf } from "../base/address.ts";
import type { Snapshot } from "../controller/snapshot.ts";

/** The text of `peers.json`: a JSON array of addresses, sorted, each once. */
export function peersJson({ peers }: Snapshot): string {
  const addresses = new Set(peers.map(({ address }) => address).filter(isForNodes));
  return JSON.stringify([...addresses].sort(), null, 2) + "\n";
}

function isForNodes(address: Address): boolean {
  return schemeOf(address) === "tls";
}
