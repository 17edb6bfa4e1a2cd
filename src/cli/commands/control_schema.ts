import { controlSchema } from "../../control/json_schema.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";

/** `area-net control schema`: what can be asked of a node, and what `--json` prints. */
export const controlSchemaCommand: Command = {
  name: "control schema",
  help: "print the JSON Schema of what a running node can be asked, and of its answers",
  run(_args, host) {
    host.out(`${JSON.stringify(controlSchema(), null, 2)}\n`);
    return EXIT.fine;
  },
};
