/**
 * What a node knows, as plain data: the one shape from which reports, diagrams and the local API
 * are made. Lists come in a stable order (nodes by id, links by their ends), so equal knowledge
 * gives equal bytes.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { MessagingCounts } from "../messaging/messaging.ts";

/**
 * `own`: the node that made the snapshot. `alive`: a chain of links claimed by both ends leads to
 * it. `left`: it said goodbye. `failed`: no chain leads to it any more and it said nothing; people
 * are shown "lost".
 */
export type NodeState = "own" | "alive" | "left" | "failed";

/** One node of the network. */
export interface NodeView {
  id: NodeId;
  label: string;
  /** Where it can be dialled, in its own words. */
  addresses: readonly Address[];
  state: NodeState;
}

/** Which ends say that a link exists. */
export type ClaimedBy = "both" | "from" | "to";

/** One link, directed from the end that dialled to the end that listened. */
export interface LinkView {
  from: NodeId;
  to: NodeId;
  /** Smoothed round-trip time in microseconds by the dialling end, else by the other; null: unmeasured. */
  rttUs: number | null;
  claimedBy: ClaimedBy;
}

/** One of the own links. */
export interface PeerView {
  id: NodeId;
  label: string;
  /** Where the peer listens, else the address that it came from. */
  address: Address;
  direction: "outgoing" | "incoming";
  rttUs: number | null;
  since: Instant;
  /** Bytes of frames since the link began. */
  inBytes: number;
  outBytes: number;
}

/** An own link in the making, or a target that has none. */
export interface AttemptView {
  address: Address;
  /** Who is there, as far as that is known. */
  id: NodeId | undefined;
  direction: "outgoing" | "incoming";
  state: "connecting" | "waiting";
}

/** Everything a node knows at one moment. */
export interface Snapshot {
  at: Instant;
  self: NodeId;
  nodes: readonly NodeView[];
  links: readonly LinkView[];
  peers: readonly PeerView[];
  attempts: readonly AttemptView[];
  /** Where the node listens, once it does. */
  listen: Address | undefined;
  startedAt: Instant;
  /** What to add to an instant to have milliseconds since 1970. */
  wallOffsetMs: number;
  /** Bytes of frames over all links, those that are gone included. */
  traffic: { inBytes: number; outBytes: number };
  messages: MessagingCounts;
  /** Advertisements that were dropped since the start as forged, altered or impossibly dated. */
  refusedAdvertisements: number;
}
