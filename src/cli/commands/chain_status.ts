import { chainCommand } from "../chain_command.ts";
import { statusText } from "../chain_text.ts";

/** `area-net chain status`: the member, its neighbours and the line. */
export const chainStatus = chainCommand({
  method: "status",
  help: "show the running member of a line, its neighbours, and the line as far as it is known",
  params: () => Promise.resolve({}),
  text: statusText,
});
