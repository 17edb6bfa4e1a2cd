import { visible } from "../../report/visible.ts";
import { labelOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net room leave`: leave a room. */
export const roomLeave = nodeCommand({
  name: "room_leave",
  parameters: ["NAME"],
  help: "leave a room",
  params: ({ words: [room = ""] }) => ({ room }),
  text: ({ room, was_joined: wasJoined }) => wasJoined ? `Left ${visible(room)}\n` : "",
  shortfall: ({ room, was_joined: wasJoined }, { self, prefix }) =>
    wasJoined
      ? undefined
      : `${labelOf(self)} is not in the room ${visible(room)}, ${prefix}room list shows its rooms`,
});
