import { formatCount } from "../format.ts";
import { readContent } from "../message_text.ts";
import { labelOf, nameOf } from "../names.ts";
import { nodeCommand } from "../node_command.ts";

/** Nodes that a line of failures names; the rest are counted. */
const NAMED_FAILURES = 5;

/** `area-net broadcast`: a message to every node of the network. */
export const broadcast = nodeCommand({
  name: "broadcast",
  rest: "TEXT",
  help: "send a text to every other node; without one, what standard input holds",
  options: ["timeout"],
  async params({ args, words, stdio }) {
    return {
      ...await readContent(words, stdio),
      ...(args.timeoutMs !== undefined && { timeout_ms: args.timeoutMs }),
    };
  },
  text: ({ delivered, outcomes }) =>
    outcomes.length === 0
      ? ""
      : `Delivered to ${delivered} of ${formatCount(outcomes.length, "node")}\n`,
  shortfall({ outcomes }, { self, prefix }) {
    if (outcomes.length === 0) {
      return `Nobody to send to: ${
        labelOf(self)
      } knows of no other node, ${prefix}peers shows its ` +
        "targets";
    }
    const failures = outcomes.filter(({ outcome }) => outcome !== "delivered");
    if (failures.length === 0) return undefined;
    const named = failures.slice(0, NAMED_FAILURES)
      .map(({ to, outcome }) => `${nameOf(to)}: ${outcome}`);
    const more = failures.length - named.length;
    return `Not delivered to ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  },
});
