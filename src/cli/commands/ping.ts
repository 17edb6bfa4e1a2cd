import type { EventOf, Result } from "../../control/methods.ts";
import { formatMicros } from "../format.ts";
import { nameOf, pathText } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net ping`: round trips to a node through the network. */
export const ping = nodeCommand({
  name: "ping",
  parameters: ["PEER"],
  help: "measure round trips to any node, one each second, and the path they take",
  options: ["count", "timeout"],
  params: ({ args, words: [peer = ""] }) => ({
    peer,
    ...(args.count !== undefined && { count: args.count }),
    ...(args.timeoutMs !== undefined && { timeout_ms: args.timeoutMs }),
  }),
  goesOn: () => true,
  event: pongLine,
  text: summary,
  shortfall: ({ to, sent, received }) =>
    sent === 0 || received > 0 ? undefined : `No answer from ${nameOf(to)}`,
});

function pongLine({ to, seq, outcome, rtt_us: rttUs, path }: EventOf<"ping">): string {
  if (outcome !== "delivered") return `${nameOf(to)} #${seq}: ${outcome}\n`;
  const way = path === undefined ? "" : `  ${pathText(path)}`;
  return `${nameOf(to)} #${seq}: ${formatMicros(rttUs ?? null)}${way}\n`;
}

function summary(result: Result<"ping">): string {
  const { to, sent, received, min_us: min, avg_us: avg, max_us: max } = result;
  const times = received === 0
    ? ""
    : `, min/avg/max ${[min, avg, max].map(formatMicros).join(" / ")}`;
  return `${nameOf(to)}: ${sent} sent, ${received} answered${times}\n`;
}
