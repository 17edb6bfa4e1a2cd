import type { Address } from "../../base/address.ts";
import type { NodeId } from "../../base/node_id.ts";
import type { Result } from "../../control/methods.ts";
import type { Snapshot } from "../../controller/snapshot.ts";
import { peersD2 } from "../../report/d2.ts";
import { visible } from "../../report/visible.ts";
import { formatMicros } from "../format.ts";
import { type JsonNode, labelOf, nameOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { formatTable } from "../table.ts";
import { UsageError } from "../usage_error.ts";

type NetworkMap = Result<"map">;

/** `area-net map`: the whole network as the node knows it. */
export const map = nodeCommand({
  name: "map",
  help: "show the whole network as the node knows it: nodes and links",
  options: ["d2"],
  params({ args }) {
    if (args.d2 && args.json) throw new UsageError("Options --d2 and --json exclude each other");
    return {};
  },
  text: (result, { args }) => args.d2 ? peersD2(viewsOf(result)) : tablesOf(result),
});

const NODE_HEADER = ["NODE", "ADDRESS", "STATE"];
const LINK_HEADER = ["FROM", "TO", "RTT", "CLAIMED BY"];

function tablesOf({ nodes, links }: NetworkMap): string {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const endOf = (id: string): JsonNode => known.get(id) ?? { id, label: "" };
  const nodeRows = nodes.map((node) => [nameOf(node), visible(node.addr ?? "-"), node.state]);
  const linkRows = links.map(({ from, to, rtt_us: rttUs, claimed_by: claimedBy }) => {
    const claimants = { both: "both", from: labelOf(endOf(from)), to: labelOf(endOf(to)) };
    const claimed = claimedBy === "both" ? claimants.both : `${claimants[claimedBy]} alone`;
    return [nameOf(endOf(from)), nameOf(endOf(to)), formatMicros(rttUs), claimed];
  });
  const nodeTable = formatTable([NODE_HEADER, ...nodeRows]);
  return links.length === 0
    ? `${nodeTable}\nNo links\n`
    : `${nodeTable}\n${formatTable([LINK_HEADER, ...linkRows])}`;
}

/** The way back from JSON to what diagrams are made of. */
function viewsOf({ self, nodes, links }: NetworkMap): Pick<Snapshot, "self" | "nodes" | "links"> {
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
