import { messageCells, messageLine } from "../inbox_text.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { formatTable } from "../table.ts";

/** `area-net inbox`: the messages that came in. */
export const inbox = nodeCommand({
  name: "inbox",
  help: "show the messages that came in and are still kept; they count as read then",
  options: ["follow"],
  params: ({ args }) => ({ follow: args.follow }),
  goesOn: (args) => args.follow,
  text({ messages }, { args, self }) {
    // Who followed has seen them already.
    if (args.follow) return "";
    if (messages.length === 0) return `No messages have come in for ${labelOf(self)}\n`;
    return formatTable([HEADER, ...messages.map(messageCells)]);
  },
  event: messageLine,
});

const HEADER = ["TIME (UTC)", "FROM", "MESSAGE"];
