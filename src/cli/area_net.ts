/** The program `area-net`: from arguments to an exit code. */

import { ConfigError } from "../config/problem.ts";
import type { Host } from "../config/host.ts";
import { type Arguments, readArguments, UsageError } from "./arguments.ts";
import { findCommand } from "./commands.ts";
import { EXIT } from "./exit_code.ts";
import { helpText } from "./help.ts";
import { VERSION } from "./version.ts";

/**
 * Does what the arguments say. All that the user reads goes through the host.
 *
 * @param args as the shell split them, without the program's name
 * @returns the exit code, see {@linkcode EXIT}
 */
export async function areaNet(args: readonly string[], host: Host): Promise<number> {
  try {
    return await obey(readArguments(args), host);
  } catch (error) {
    if (error instanceof ConfigError) {
      host.err(`${error.message}\n`);
      return EXIT.badInput;
    }
    if (error instanceof UsageError) {
      host.err(`${error.message}\nRun area-net --help to see what there is\n`);
      return EXIT.badInput;
    }
    const reason = error instanceof Error ? error.message : String(error);
    host.err(`Failed in a way that nobody foresaw, please report it: ${reason}\n`);
    return EXIT.trouble;
  }
}

function obey(args: Arguments, host: Host): Promise<number> | number {
  if (args.help) {
    host.out(helpText());
    return EXIT.fine;
  }
  if (args.version) {
    host.out(`area-net ${VERSION}\n`);
    return EXIT.fine;
  }
  return findCommand(args.words).run(args, host);
}
