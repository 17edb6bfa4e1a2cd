import { visible } from "../../report/visible.ts";
import { formatBytes, formatCount, formatTime } from "../format.ts";
import { nameOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { formatTable } from "../table.ts";

/** `area-net status`: who the node is, and how it fares. */
export const status = nodeCommand({
  name: "status",
  help: "show who the running node is, since when, and how it fares",
  params: () => ({}),
  text(result) {
    const { links, nodes, traffic, messages } = result;
    const { refused_advertisements: refused } = result;
    return formatTable([
      ["node", nameOf(result)],
      ["id", visible(result.id)],
      ["program", `area-net ${visible(result.program)}`],
      ["listens at", visible(result.listen ?? "-")],
      ["dialled at", visible(result.addresses.join(", ")) || "-"],
      ["since", `${formatTime(result.since)} UTC`],
      ["links", `${links.outgoing} outgoing, ${links.incoming} incoming`],
      ["other nodes", `${nodes.alive} alive, ${nodes.lost} lost, ${nodes.left} left`],
      ["traffic", `${formatBytes(traffic.in_bytes)} in, ${formatBytes(traffic.out_bytes)} out`],
      [
        "messages",
        `${messages.sent} sent, ${messages.delivered} delivered, ${messages.received} received, ` +
        `${messages.unread} of them unread`,
      ],
      [
        "",
        `${messages.relayed} relayed, ${messages.refused} refused, ${messages.rejected} rejected`,
      ],
      ...(refused === 0 ? [] : [["refused", formatCount(refused, "advertisement")]]),
    ]);
  },
});
