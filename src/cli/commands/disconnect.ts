import { labelOf, nameOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net disconnect`: end a link, and keep none. */
export const disconnect = nodeCommand({
  name: "disconnect",
  parameters: ["PEER"],
  help: "end the link with a peer, and keep none until connect or a restart",
  params: ({ words: [peer = ""] }) => ({ peer }),
  text(result, { self }) {
    const what = result.was_linked
      ? `The link with ${nameOf(result)} is ended`
      : `There was no link with ${nameOf(result)}`;
    return `${what}; ${labelOf(self)} keeps none until connect or a restart\n`;
  },
});
