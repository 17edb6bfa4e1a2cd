/** The program `area-net`: from arguments to an exit code. */

import { ConfigError } from "../config/problem.ts";
import { type Host, HostError } from "../config/host.ts";
import { type Arguments, readArguments, UsageError } from "./arguments.ts";
import { CommandError } from "./command.ts";
import { COMMANDS, findCommand } from "./commands.ts";
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
    if (error instanceof CommandError) {
      host.err(`${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof HostError) {
      host.err(`${error.detail}\n`);
      return EXIT.trouble;
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
  const { command, parameters } = findCommand(args.words);
  if (args.json && !command.json) {
    const names = COMMANDS.filter(({ json }) => json).map(({ name }) => name);
    throw new UsageError(`Option --json is for ${names.join(", ")}`);
  }
  return command.run(args, host, parameters);
}
