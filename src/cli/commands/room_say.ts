import { visible } from "../../report/visible.ts";
import { formatCount } from "../format.ts";
import { readContent } from "../message_text.ts";
import { nodeCommand } from "../node_command.ts";
import { shellWord } from "../reach_node.ts";

/** `area-net room say`: a message to those who are in a room. */
export const roomSay = nodeCommand({
  name: "room_say",
  parameters: ["NAME"],
  rest: "TEXT",
  help: "send a text to all in a joined room; without one, what standard input holds",
  options: ["to"],
  async params({ args: { to }, words: [room = "", ...text], stdio }) {
    return { room, ...await readContent(text, stdio), ...(to.length > 0 && { to: [...to] }) };
  },
  text: ({ room, members }) =>
    members === 0 ? "" : `Sent to ${formatCount(members, "member")} of ${visible(room)}\n`,
  shortfall: ({ room, members }, { prefix }) =>
    members > 0 ? undefined : `Nobody else is in ${visible(room)} now, ` +
      `${prefix}room members ${shellWord(room)} shows who is`,
});
