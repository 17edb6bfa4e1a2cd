/** Puts what the parts of a node know into one snapshot. */

import { compareIds } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Advertisement } from "../wire/topology.ts";
import { type Link, peerOf } from "./links.ts";
import { dialAddress } from "./own_addresses.ts";
import type { Parts } from "./parts.ts";
import type { AttemptView, NodeState, NodeView, PeerView, Snapshot } from "./snapshot.ts";

/** What a controller says of itself. */
export type OwnFacts = Pick<Snapshot, "self" | "startedAt" | "listen" | "wallOffsetMs">;

/** All that is known at `now`. */
export function takeSnapshot(now: Instant, own: OwnFacts, parts: Parts): Snapshot {
  const { topology, links, messaging } = parts;
  const self = viewOf(topology.get(own.self) as Advertisement, "own");
  const others = topology.nodes().map(({ node, standing }) => viewOf(node, standing));
  return {
    ...own,
    at: now,
    nodes: [self, ...others].sort((a, b) => compareIds(a.id, b.id)),
    links: topology.links(),
    peers: links.up().map(peerView).sort((a, b) => compareIds(a.id, b.id)),
    attempts: attempts(parts),
    traffic: links.traffic,
    messages: messaging.counts,
    refusedAdvertisements: topology.refused,
  };
}

function viewOf({ id, label, addresses }: Advertisement, state: NodeState): NodeView {
  return { id, label, addresses, state };
}

function peerView(link: Link): PeerView {
  const { session, direction, remote, upSince, inBytes, outBytes } = link;
  const { id, label, addresses } = peerOf(link);
  return {
    id,
    label,
    address: dialAddress(addresses, remote),
    direction,
    rttUs: session.rttUs,
    since: upSince as Instant,
    inBytes,
    outBytes,
  };
}

function attempts({ links, dialer }: Parts): AttemptView[] {
  const beginning = links.all().filter(({ session }) => !session.isUp && !session.isClosed);
  return [
    ...beginning.map(({ remote: address, direction, session }) => ({
      address,
      id: session.peer?.id,
      direction,
      state: "connecting" as const,
    })),
    ...dialer.waitingTargets().map(({ address, id }) => ({
      address,
      id,
      direction: "outgoing" as const,
      state: "waiting" as const,
    })),
  ];
}
