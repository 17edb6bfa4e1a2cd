/** The way back from a map in JSON to what diagrams are made of. */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import type { Result } from "./methods.ts";

/** The map of `map`, as the node itself holds it. */
export function viewsOf(
  { self, nodes, links }: Result<"map">,
): Pick<Snapshot, "self" | "nodes" | "links"> {
  return {
    self: self as NodeId,
    nodes: nodes.map(({ id, label, addr, state }) => ({
      id: id as NodeId,
      label,
      addresses: addr === null ? [] : [addr as Address],
      state: state === "lost" ? "failed" : state,
    })),
    links: links.map(({ from, to, rtt_us: rttUs, claimed_by: claimedBy }) => ({
      from: from as NodeId,
      to: to as NodeId,
      rttUs,
      claimedBy,
    })),
  };
}
