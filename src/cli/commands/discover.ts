import { formatCount } from "../format.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net discover`: compare the map with all neighbours now. */
export const discover = nodeCommand({
  name: "discover",
  help: "ask all neighbours now for what they know of the network",
  params: () => ({}),
  text: ({ asked }) => asked === 0 ? "" : `Asked ${formatCount(asked, "neighbour")}\n`,
  shortfall: ({ asked }, { self, prefix }) =>
    asked > 0
      ? undefined
      : `Nobody could be asked: ${
        labelOf(self)
      } has no links now, ${prefix}peers shows its targets`,
});
