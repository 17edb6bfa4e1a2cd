import type { Result } from "../../control/methods.ts";
import { visible } from "../../report/visible.ts";
import { formatBytes, formatCount, formatMicros, formatTime } from "../format.ts";
import { labelOf, nameOf, placeOf } from "../names.ts";
import { nodeCommand, type Telling } from "../node_command.ts";
import { redraw } from "../redraw.ts";
import { formatTable } from "../table.ts";

/** `area-net peers`: the node's own links and targets. */
export const peers = nodeCommand({
  name: "peers",
  help: "list the node's own links and targets",
  options: ["watch"],
  params: ({ args }) => ({ watch: args.watch }),
  goesOn: (args) => args.watch,
  // Who watched has seen it already.
  text: (result, telling) => telling.args.watch ? "" : tableOf(result, telling),
  event: watched,
});

type Link = Result<"peers">["peers"][number];

const HEADER = ["LABEL", "ID", "ADDRESS", "DIRECTION", "STATE", "RTT", "SINCE (UTC)", "IN", "OUT"];

/** On a terminal the new state takes the place of the old one, elsewhere it follows. */
function watched(result: Result<"peers">, telling: Telling): string {
  const { self } = telling;
  const table = tableOf(result, telling);
  if (telling.columns === undefined) return `${table}\n`;
  const up = result.peers.filter(({ state }) => state === "up").length;
  const title = `${nameOf(self)}: ${formatCount(up, "link")}, Ctrl-C ends\n\n`;
  return redraw(title + table, telling);
}

function tableOf({ peers }: Result<"peers">, { self, prefix }: Telling): string {
  if (peers.length === 0) {
    return `${labelOf(self)} has no links and no targets, ${prefix}connect ADDRESS makes one\n`;
  }
  return formatTable([HEADER, ...peers.map(row)]);
}

function row(link: Link): string[] {
  const { id, label, addr, direction, state, since } = link;
  return [
    visible(label?.trim() ?? "") || "-",
    visible(id?.slice(0, SHOWN_ID) ?? "-"),
    placeOf(addr),
    direction,
    state,
    formatMicros(link.rtt_us),
    since === null ? "-" : formatTime(since),
    formatBytes(link.in_bytes),
    formatBytes(link.out_bytes),
  ];
}

/** As many characters of an id as people are shown anywhere. */
const SHOWN_ID = 8;
