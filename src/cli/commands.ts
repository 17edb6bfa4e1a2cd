/** Which words run which command. */

import { nearest } from "../config/nearest.ts";
import { UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { configCheck } from "./commands/config_check.ts";
import { configSchema } from "./commands/config_schema.ts";
import { configShow } from "./commands/config_show.ts";
import { run } from "./commands/run.ts";

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [run, configShow, configCheck, configSchema];

/**
 * The command that the words of the command line name.
 *
 * @throws {UsageError} when there is none
 */
export function findCommand(words: readonly string[]): Command {
  const name = words.join(" ");
  const command = COMMANDS.find((command) => command.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((command) => command.name).filter((name) => name !== "");
  const meant = nearest(name, names);
  throw new UsageError(
    meant === undefined
      ? `Unknown command "${name}", wanted ${names.join(", ")}, or none to run a node`
      : `Unknown command "${name}", did you mean "${meant}"?`,
  );
}
