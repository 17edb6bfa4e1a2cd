import { HistoryText } from "../history_text.ts";
import { nodeCommand } from "../node_command.ts";

/** `area-net history`: how the map came to be what it is. */
export const history = nodeCommand({
  name: "history",
  help: "show how the map came to be what it is, over the last hour; times are UTC",
  options: ["follow", "since"],
  params: ({ args: { follow, sinceMs } }) => ({
    follow,
    ...(sinceMs !== undefined && { since: Date.now() - sinceMs }),
  }),
  goesOn: (args) => args.follow,
  words() {
    const words = new HistoryText();
    return {
      event: (change) => words.tell(change),
      // Who followed has seen them already.
      text: ({ changes }) => changes.map((change) => words.tell(change)).join(""),
    };
  },
});
