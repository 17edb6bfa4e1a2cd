/** Puts what the parts of a node know into one snapshot. */

import { compareIds, type NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Topology } from "../topology/topology.ts";
import type { Advertisement } from "../wire/topology.ts";
import { type Links, peerOf } from "./links.ts";
import { dialAddress } from "./own_addresses.ts";
import type { NodeState, NodeView, PeerView, Snapshot } from "./snapshot.ts";

/** All that the node `self` knows at `now`. */
export function takeSnapshot(
  now: Instant,
  self: NodeId,
  topology: Topology,
  links: Links,
): Snapshot {
  const own = viewOf(topology.get(self) as Advertisement, "own");
  const others = topology.nodes().map(({ node, standing }) => viewOf(node, standing));
  return {
    at: now,
    self,
    nodes: [own, ...others].sort((a, b) => compareIds(a.id, b.id)),
    links: topology.links(),
    peers: peersOf(links).sort((a, b) => compareIds(a.id, b.id)),
    refusedAdvertisements: topology.refused,
  };
}

function viewOf({ id, label, addresses }: Advertisement, state: NodeState): NodeView {
  return { id, label, addresses, state };
}

function peersOf(links: Links): PeerView[] {
  return links.up().map((link) => {
    const { session, direction, remote, upSince } = link;
    const { id, label, addresses } = peerOf(link);
    return {
      id,
      label,
      address: dialAddress(addresses, remote),
      direction,
      rttUs: session.rttUs,
      since: upSince as Instant,
    };
  });
}
