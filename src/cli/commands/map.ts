import { viewsOf } from "../../control/map_views.ts";
import type { Result } from "../../control/methods.ts";
import { peersD2 } from "../../report/d2.ts";
import type { Arguments } from "../arguments.ts";
import { formatCount, formatMicros, formatTime } from "../format.ts";
import { mapTree } from "../map_tree.ts";
import { type JsonNode, labelOf, nameOf, placeOf } from "../names.ts";
import { nodeCommand, type Telling } from "../node_command.ts";
import type { CommandOption } from "../options.ts";
import { redraw } from "../redraw.ts";
import { formatTable } from "../table.ts";
import { UsageError } from "../usage_error.ts";

type NetworkMap = Result<"map">;

/** `area-net map`: the whole network as the node knows it. */
export const map = nodeCommand({
  name: "map",
  help: "show the whole network as the node knows it: nodes and links",
  options: ["d2", "tree", "watch"],
  params({ args }) {
    refuseTogether(args, ["d2", "json", "tree"]);
    refuseTogether(args, ["d2", "watch"]);
    return { watch: args.watch };
  },
  goesOn: (args) => args.watch,
  text(result, { args }) {
    // Who watched has seen it already.
    if (args.watch) return "";
    return args.d2 ? peersD2(viewsOf(result)) : pictureOf(result, args);
  },
  event: watched,
});

function refuseTogether({ given }: Arguments, options: readonly CommandOption[]): void {
  const [one, other] = options.filter((option) => given.includes(option));
  if (other === undefined) return;
  throw new UsageError(`Options --${one} and --${other} exclude each other`);
}

/** On a terminal the new state takes the place of the old one, elsewhere it follows. */
function watched(result: NetworkMap, telling: Telling): string {
  const time = formatTime(Date.now()).slice(-8);
  const title = `${nameOf(telling.self)}: ${summaryOf(result)}, ${time} UTC`;
  const picture = pictureOf(result, telling.args);
  if (telling.columns === undefined) return `${title}\n\n${picture}\n`;
  return redraw(`${title}, Ctrl-C ends\n\n${picture}`, telling);
}

/** `5 nodes (1 lost), 10 links` */
function summaryOf({ nodes, links }: NetworkMap): string {
  const absent = ["lost", "left"].map((state) => {
    const count = nodes.filter((node) => node.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  }).flat().join(", ");
  const nodeText = formatCount(nodes.length, "node") + (absent === "" ? "" : ` (${absent})`);
  return `${nodeText}, ${formatCount(links.length, "link")}`;
}

function pictureOf(result: NetworkMap, { tree }: Arguments): string {
  return tree ? mapTree(result) : tablesOf(result);
}

const NODE_HEADER = ["NODE", "ADDRESS", "STATE"];
const LINK_HEADER = ["FROM", "TO", "RTT", "CLAIMED BY"];

function tablesOf({ nodes, links }: NetworkMap): string {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const endOf = (id: string): JsonNode => known.get(id) ?? { id, label: "" };
  const nodeRows = nodes.map((node) => [nameOf(node), placeOf(node.addr), node.state]);
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
