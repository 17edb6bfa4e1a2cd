import { MAX_CHAIN_MESSAGE_BYTES } from "../../control/chain_methods.ts";
import { chainCommand } from "../chain_command.ts";
import { formatCount } from "../format.ts";
import { readContent } from "../message_text.ts";

/** `area-net chain say`: a message to the whole line. */
export const chainSay = chainCommand({
  method: "say",
  rest: "TEXT",
  help: "send a text to everybody in the line; without one, what standard input holds",
  params: (words, stdio) => readContent(words, stdio, MAX_CHAIN_MESSAGE_BYTES),
  text: ({ members }) => `Sent along the line, to ${formatCount(members, "other member")}\n`,
});
