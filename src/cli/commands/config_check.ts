import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatCount } from "../format.ts";
import { loadNode } from "../load.ts";

/** `area-net config check`: whether a node could start from this configuration. */
export const configCheck: Command = {
  name: "config check",
  help: "check the configuration and its target file",
  async run(args, host) {
    const { settings, files } = await loadNode(args, host);
    const { targets, config } = settings;
    const { file, addrs } = config.network.controller.target;
    const sources = [...(file === "" ? [] : [file]), ...(addrs.length > 0 ? ["target.addrs"] : [])];
    const given = args.settings.length + args.shortForms.size;
    const parts = [
      ...(files.length > 0 ? files : ["no files"]),
      ...(given > 0 ? [formatCount(given, "setting")] : []),
      `${sources.join(" and ") || "no target file"} (${formatCount(targets.length, "target")})`,
    ];
    host.out(`OK: ${parts.join(", ")}\n`);
    return EXIT.fine;
  },
};
