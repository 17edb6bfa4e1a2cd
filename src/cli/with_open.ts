/** `--open`, as in `area-net map --open`: a page in a browser, in place of what the command prints. */

import type { ControlClient } from "../control/client.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT } from "./exit_code.ts";
import { formatAnswer } from "./format.ts";
import type { Stdio } from "./host.ts";
import type { NodeCommand } from "./node_command.ts";
import { reachNode } from "./reach_node.ts";
import { UsageError } from "./usage_error.ts";

/** The methods that tell where a page is. */
type PageMethod = "page" | "room_page";

/** A command with the option `--open` besides, which opens the page that `method` tells of. */
export function withOpen(command: NodeCommand, method: PageMethod): NodeCommand {
  return {
    ...command,
    options: [...command.options ?? [], "open"],
    goesOn: (args) => !args.open && command.goesOn(args),
    async run(args, host, words) {
      if (!args.open) return await command.run(args, host, words);
      refuseOthers(args);
      const client = await reachNode(args, host);
      try {
        const url = await tellUrl(client, method, args, host);
        // What a program is started with can be read by every user of the machine, a token too.
        if (!url.includes("?")) await host.openBrowser(url);
      } finally {
        client.close();
      }
      return EXIT.fine;
    },
    async ask(client, asked) {
      if (!asked.args.open) return await command.ask(client, asked);
      refuseOthers(asked.args);
      await tellUrl(client, method, asked.args, asked.stdio);
      return EXIT.fine;
    },
  };
}

/** Prints the address, which is of use even where no browser can be started from here. */
async function tellUrl(
  client: ControlClient,
  method: PageMethod,
  args: Arguments,
  stdio: Stdio,
): Promise<string> {
  const result = await client.call(method, {});
  stdio.out(args.json ? formatAnswer(result) : `${result.url}\n`);
  return result.url;
}

function refuseOthers({ given }: Arguments): void {
  const other = given.find((option) => option !== "open" && option !== "json");
  if (other !== undefined) throw new UsageError(`Options --open and --${other} exclude each other`);
}
