/** `peers.json`: the addresses of the connected peers, in the format of a target file. */

import type { Snapshot } from "../controller/snapshot.ts";

/** The text of `peers.json`: a JSON array of addresses, sorted, each once. */
export function peersJson({ peers }: Snapshot): string {
  const addresses = new Set(peers.map((peer) => peer.address));
  return JSON.stringify([...addresses].sort(), null, 2) + "\n";
}
