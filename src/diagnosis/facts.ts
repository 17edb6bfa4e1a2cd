/**
 * What a node knows that bears on its link with one other node, as plain data. Times are in
 * milliseconds since 1970. The controller gathers them, `diagnose` judges them.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { CloseReason } from "../session/close_reason.ts";

/** A node and what it calls itself. */
export interface NamedNode {
  id: NodeId;
  label: string;
}

/** How an attempt, a call or a link ended. */
export type Ending =
  | CloseReason
  /** A caller was sent away before there was a link: no TLS, no certificate, too many from there. */
  | { type: "turned-away"; detail: string };

/** Something that failed or ended, where and when. */
export interface Failure {
  reason: Ending;
  at: number;
  /** Where it was dialled, or where it came from. */
  address: Address;
  /** Whose key was proven there, as far as it came. */
  met: NodeId | undefined;
}

/** A call that no link came of. */
export interface FailedCall extends Failure {
  /** Where the caller listens, in its own words. */
  listens: Address | undefined;
}

/** One address at which the node may be. */
export interface AddressFacts {
  address: Address;
  /** How the last attempt there failed; undefined if there was none, or none since one that worked. */
  failure: Failure | undefined;
  /** Failures in a row. */
  failures: number;
  isDialling: boolean;
  /** When it is dialled next, if it will be without anybody's doing. */
  nextAt: number | undefined;
  /** Who alone is accepted there. */
  pinned: NodeId | undefined;
  /** Who was reached there, where a link made to it is up. */
  linked: NodeId | undefined;
}

/** All that is weighed. */
export interface Facts {
  now: number;
  self: NodeId;
  /** How the commands for this node begin, such as `area-net -p bob`. */
  program: string;
  /** Where others can dial this node. */
  own: Address | undefined;
  /** Undefined id: of an address at which nobody has answered yet. */
  peer: { id: NodeId | undefined; label: string | undefined; address: Address | undefined };
  /** Since when a link with it is up. */
  linkedSince: number | undefined;
  /** How messages reach it, this node first. */
  path: readonly NamedNode[] | undefined;
  /** When it last spoke of itself to the network, and whether it said goodbye. */
  heard: { at: number; left: boolean } | undefined;
  linkedBy: readonly NamedNode[];
  /** Whether somebody ended the link with it at this node. */
  isEndedByHand: boolean;
  bannedUntil: number | undefined;
  /** Why the trust settings keep it out, if they do. */
  distrust: string | undefined;
  /** Whether somebody asked this node for a link with it. */
  isWanted: boolean;
  addresses: readonly AddressFacts[];
  /** How its last call to this node ended, unless a link came of it. */
  call: FailedCall | undefined;
  /** How the last link with it ended; undefined while one is up. */
  ended: Failure | undefined;
  /** When a link with it was up last, as far as is remembered. */
  lastUp: number | undefined;
}
