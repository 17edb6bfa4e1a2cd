/** Snapshots for tests of what is made of them. */

import type { Address } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { NodeState, NodeView, PeerView, Snapshot } from "../../src/controller/snapshot.ts";

/** A node of the map. */
export function view(
  id: NodeId,
  state: NodeState,
  addresses: readonly Address[],
  label = id.slice(0, 4),
): NodeView {
  return { id, label, addresses, state };
}

/** A node to which there is a link. */
export function peer(id: NodeId): PeerView {
  const address = "[::1]:1" as Address;
  const numbers = { rttUs: null, since: 0, inBytes: 0, outBytes: 0 };
  return { id, label: "", address, direction: "outgoing", ...numbers };
}

/** What a node knows that knows of these. */
export function snapshotOf(nodes: readonly NodeView[], peers: readonly PeerView[]): Snapshot {
  const known: Pick<Snapshot, "nodes" | "peers" | "links" | "attempts"> = {
    nodes,
    peers,
    links: [],
    attempts: [],
  };
  // What else there is, nobody here looks at.
  return known as Snapshot;
}
