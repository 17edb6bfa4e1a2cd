import type { Result } from "../../control/methods.ts";
import { visible } from "../../report/visible.ts";
import { nodeCommand } from "../node_command.ts";
import { shellWord } from "../reach_node.ts";
import { presenceText } from "../room_text.ts";

/** How long people wait to be told who is there, unless they say otherwise. */
const WAIT_MS = 5_000;

/** `area-net room join`: meet others in a room. */
export const roomJoin = nodeCommand({
  name: "room_join",
  parameters: ["NAME"],
  help: "join a room by its name, which is its passphrase too, and stay in it over restarts",
  options: ["timeout"],
  params: ({ args, words: [room = ""] }) => ({ room, wait_ms: args.timeoutMs ?? WAIT_MS }),
  // Joining itself takes no time: who does not wait any longer has joined all the same.
  goesOn: () => true,
  text(result, { self, prefix }) {
    const beginning = result.was_joined ? "Already in" : "Joined";
    return `${beginning} ${visible(result.room)}: ${presence(result, self.id, prefix)}\n`;
  },
});

function presence(
  { room, settled, members }: Result<"room_join">,
  self: string,
  prefix: string,
): string {
  const others = members.filter(({ id }) => id !== self);
  if (others.length > 0) return presenceText(others);
  return settled
    ? "nobody else is there yet"
    : `still looking for others, ${prefix}room members ${shellWord(room)} shows who was found`;
}
