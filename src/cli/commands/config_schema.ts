import { configJsonSchema } from "../../config/json_schema.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";

/** `area-net config schema`: what a configuration file may hold, for editors. */
export const configSchema: Command = {
  name: "config schema",
  help: "print the JSON Schema of the configuration files",
  run(_args, host) {
    host.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return EXIT.fine;
  },
};
