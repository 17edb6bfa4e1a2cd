import { nodeCommand } from "../node_command.ts";
import { roomEventLine } from "../room_text.ts";

/** `area-net room listen`: what is said in a room, and who comes and goes. */
export const roomListen = nodeCommand({
  name: "room_listen",
  parameters: ["NAME"],
  help: "print what is said in a joined room, and who comes and goes, until Ctrl-C",
  params: ({ words: [room = ""] }) => ({ room, follow: true }),
  goesOn: () => true,
  // All was told as it came.
  text: () => "",
  event: roomEventLine,
});
