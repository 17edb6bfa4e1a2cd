/** Which words run which command. */

import { nearest } from "../config/nearest.ts";
import { UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { configCheck } from "./commands/config_check.ts";
import { configSchema } from "./commands/config_schema.ts";
import { configShow } from "./commands/config_show.ts";
import { identity } from "./commands/identity.ts";
import { identityRotate } from "./commands/identity_rotate.ts";
import { known } from "./commands/known.ts";
import { knownForget } from "./commands/known_forget.ts";
import { knownTrust } from "./commands/known_trust.ts";
import { run } from "./commands/run.ts";

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  run,
  configShow,
  configCheck,
  configSchema,
  known,
  knownForget,
  knownTrust,
  identity,
  identityRotate,
];

/** A command, and the words that it is to be done to. */
export interface Call {
  command: Command;
  parameters: readonly string[];
}

/**
 * The command that the words of the command line name.
 *
 * @throws {UsageError} when there is none, or when it wants more words or fewer
 */
export function findCommand(words: readonly string[]): Call {
  for (let length = words.length; length >= 0; length--) {
    const name = words.slice(0, length).join(" ");
    const command = COMMANDS.find((command) => command.name === name);
    if (command === undefined) continue;
    const parameters = words.slice(length);
    const wanted = command.parameters ?? [];
    if (parameters.length === wanted.length) return { command, parameters };
    if (wanted.length > 0) throw new UsageError(`Wanted ${usage(command)}`);
  }
  throw unknownCommand(words.join(" "));
}

/** How a command is called, as in `known forget ID`. */
export function usage({ name, parameters = [] }: Command): string {
  return [name, ...parameters].join(" ");
}

function unknownCommand(name: string): UsageError {
  const names = COMMANDS.map((command) => command.name).filter((name) => name !== "");
  const meant = nearest(name, names);
  return new UsageError(
    meant === undefined
      ? `Unknown command "${name}", wanted ${names.join(", ")}, or none to run a node`
      : `Unknown command "${name}", did you mean "${meant}"?`,
  );
}
