import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { configFiles, loadNode } from "../load.ts";

/** `area-net config check`: whether a node could start from this configuration. */
export const configCheck: Command = {
  name: "config check",
  help: "check the configuration and its target file",
  async run(args, host) {
    const { config, targets } = await loadNode(args, host);
    const parts = [
      ...configFiles(args),
      ...(args.settings.length > 0 ? [count(args.settings.length, "setting")] : []),
      `${config.network.controller.target.file} (${count(targets.length, "target")})`,
    ];
    host.out(`OK: ${parts.join(", ")}\n`);
    return EXIT.fine;
  },
};

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}
