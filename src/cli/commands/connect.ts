import { parseAddress } from "../../base/address.ts";
import { nodeIdToBytes } from "../../base/node_id.ts";
import { visible } from "../../report/visible.ts";
import { CommandError } from "../command.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net connect`: dial an address now, and keep a link to it. */
export const connect = nodeCommand({
  name: "connect",
  parameters: ["ADDRESS"],
  help: "dial an address now, and keep a link to it from now on",
  options: ["id"],
  params({ args, words: [address = ""] }) {
    const id = args.id?.toLowerCase();
    try {
      if (id !== undefined) nodeIdToBytes(id);
      return { address: parseAddress(address), ...(id !== undefined && { id }) };
    } catch (error) {
      if (error instanceof SyntaxError) throw new CommandError(error.message);
      throw error;
    }
  },
  text({ address }, { self, args, prefix }) {
    const key = args.id === undefined ? "" : ", where only the given key is accepted";
    return `${labelOf(self)} dials ${visible(address)} now and keeps a link to it${key}; ` +
      `${prefix}peers shows what comes of it\n`;
  },
});
