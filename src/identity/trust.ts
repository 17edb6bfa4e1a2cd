/**
 * Whether a node that has proven its key may be a peer: a pure decision from the trust settings and
 * from what is pinned.
 *
 * - `tofu`: whoever was first reached at an initial target is the only one accepted there.
 * - `pinned`: besides, only nodes that are listed, or pinned anywhere, are accepted at all.
 * - `open`: whoever holds the key at an address, for labs.
 *
 * The lists hold in every mode, and a node that changed its key stands for the ids it had before.
 */

import type { NodeId } from "../base/node_id.ts";

/** How much is asked of a key. */
export type TrustMode = "tofu" | "pinned" | "open";

/** What is weighed. */
export interface TrustFacts {
  mode: TrustMode;
  /** Only these may be peers, and in mode `pinned` those that are pinned; empty: see the mode. */
  allow: readonly NodeId[];
  /** These may not, whatever else is said. */
  deny: readonly NodeId[];
  id: NodeId;
  /** Ids that the node had before, as its signed successions tell. */
  formerly: readonly NodeId[];
  /** Whether the node is pinned at some address. */
  isPinned: boolean;
  /** Who is pinned at the address that was dialled. */
  pinnedThere: NodeId | undefined;
}

export type TrustDecision =
  | { type: "trust" }
  | { type: "refuse"; detail: string }
  /** Somebody else sits where `expected` is pinned. */
  | { type: "key-changed"; expected: NodeId };

/** Whether the node may be a peer, and why not. */
export function decideTrust(facts: TrustFacts): TrustDecision {
  const { mode, allow, deny, isPinned, pinnedThere } = facts;
  const names = [facts.id, ...facts.formerly];
  const isListed = names.some((id) => allow.includes(id));
  if (names.some((id) => deny.includes(id))) return refuse("it is on the deny list");
  if (mode !== "open" && pinnedThere !== undefined && !names.includes(pinnedThere)) {
    return { type: "key-changed", expected: pinnedThere };
  }
  if (mode === "pinned") {
    return isListed || isPinned ? { type: "trust" } : refuse("it is neither listed nor pinned");
  }
  return allow.length === 0 || isListed ? { type: "trust" } : refuse("it is not on the allow list");
}

function refuse(detail: string): TrustDecision {
  return { type: "refuse", detail };
}
