import { renderSettings } from "../../config/render.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { loadConfig } from "../load.ts";

/** `area-net config show`: the configuration in force, and where each value comes from. */
export const configShow: Command = {
  name: "config show",
  help: "print the configuration in force as TOML, with the origin of each value",
  async run(args, host) {
    const { settings } = await loadConfig(args, host);
    host.out(renderSettings(settings));
    return EXIT.fine;
  },
};
