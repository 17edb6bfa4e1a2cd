import { formatCount } from "../format.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net leave`: leave the network and stop the node. */
export const leave = nodeCommand({
  name: "leave",
  help: "have the node say goodbye to its peers and stop",
  params: () => ({}),
  text: ({ heard }, { self }) =>
    `${labelOf(self)} has left, ${formatCount(heard, "node")} heard it\n`,
});
