import { visible } from "../../report/visible.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { formatTable } from "../table.ts";

/** `area-net room list`: the joined rooms. */
export const roomList = nodeCommand({
  name: "room_list",
  help: "list the joined rooms, with their members and what nobody has read",
  params: () => ({}),
  text({ rooms }, { self, prefix }) {
    if (rooms.length === 0) return `${labelOf(self)} is in no room: ${prefix}room join NAME\n`;
    return formatTable([
      HEADER,
      ...rooms.map(({ room, settled, members, unread }) => [
        visible(room),
        settled ? `${members}` : `${members}, still looking`,
        `${unread}`,
      ]),
    ]);
  },
});

const HEADER = ["ROOM", "MEMBERS", "UNREAD"];
