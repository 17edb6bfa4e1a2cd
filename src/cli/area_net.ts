/** The program `area-net`: from arguments to an exit code. */

import { type Arguments, readArguments } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit_code.ts";
import { describeFailure } from "./failure.ts";
import { findCommand } from "./find_command.ts";
import { helpText } from "./help.ts";
import type { Host } from "./host.ts";
import { VERSION } from "../config/version.ts";

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
    const { text, exitCode } = describeFailure(error, "Run area-net --help to see what there is");
    host.err(text);
    return exitCode;
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
  const { command, words } = findCommand(args, COMMANDS);
  return command.run(args, host, words);
}
