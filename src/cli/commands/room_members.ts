import { nameOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net room members`: who is in a room. */
export const roomMembers = nodeCommand({
  name: "room_members",
  parameters: ["NAME"],
  help: "list who is in a joined room",
  params: ({ words: [room = ""] }) => ({ room }),
  text({ settled, members }, { self }) {
    const lines = members.map((member) =>
      `${nameOf(member)}${member.id === self.id ? ", this node" : ""}\n`
    );
    return lines.join("") + (settled ? "" : "Still looking for others\n");
  },
});
