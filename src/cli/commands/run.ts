import type { Command } from "../command.ts";
import { loadNode } from "../load.ts";

/** `area-net`: runs a node until it is told to leave. */
export const run: Command = {
  name: "",
  help: "run a node until Ctrl-C",
  async run(args, host) {
    const { settings } = await loadNode(args, host);
    return await host.runNode(settings);
  },
};
