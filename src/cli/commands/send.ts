import { readContent } from "../message_text.ts";
import { pathText } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { deliveryText, failureText } from "../outcome_text.ts";

/** `area-net send`: a message to any node of the network. */
export const send = nodeCommand({
  name: "send",
  parameters: ["PEER"],
  rest: "TEXT",
  help: "send a text to any node; without one, what standard input holds",
  options: ["trace", "timeout"],
  async params({ args, words: [peer = "", ...text], stdio }) {
    return {
      peer,
      ...await readContent(text, stdio),
      ...(args.timeoutMs !== undefined && { timeout_ms: args.timeoutMs }),
    };
  },
  text(result, { args }) {
    if (result.outcome !== "delivered") return "";
    const trace = args.trace && result.path !== undefined ? `${pathText(result.path)}\n` : "";
    return `${deliveryText(result)}\n${trace}`;
  },
  shortfall: (result, { prefix }) =>
    result.outcome === "delivered" ? undefined : failureText(result, prefix),
});
