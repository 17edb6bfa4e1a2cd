import { chainCommand } from "../chain_command.ts";
import { memberName } from "../chain_text.ts";
import { formatTime } from "../format.ts";
import { contentText } from "../inbox_text.ts";

/** `area-net chain listen`: what is said to the whole line. */
export const chainListen = chainCommand({
  method: "listen",
  help: "print what is said to the whole line as it comes, until Ctrl-C",
  params: () => Promise.resolve({}),
  goesOn: true,
  // Who listened has seen all there was.
  text: () => "",
  event: (message) =>
    `${formatTime(message.at)}  ${memberName(message.from)}  ${contentText(message)}\n`,
});
