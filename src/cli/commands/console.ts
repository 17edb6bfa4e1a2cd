import type { Command } from "../command.ts";
import { completeLine } from "../completion.ts";
import { ConsoleSession } from "../console.ts";
import { labelOf } from "../names.ts";
import { reachNode } from "../reach_node.ts";

/** `area-net console`: all commands that talk to a node, at a prompt. */
export const consoleCommand: Command = {
  name: "console",
  help: "talk to the running node at a prompt, and see messages as they come",
  async run(args, host) {
    const client = await reachNode(args, host);
    try {
      using lines = await host.openLines({
        prompt: `${labelOf(client.hello)}> `,
        complete: (line) => completeLine(line, client),
      });
      return await new ConsoleSession(client, lines, host).run();
    } finally {
      client.close();
    }
  },
};
