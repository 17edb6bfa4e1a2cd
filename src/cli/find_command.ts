/** Which of several commands is meant, and whether it is called as it wants to be. */

import { nearest } from "../config/nearest.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import type { CommandOption } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** A command, and the words that it is to be done to. */
export interface Call<C extends Command> {
  command: C;
  words: readonly string[];
}

/**
 * The command that the words of the command line name.
 *
 * @param others words that could have been meant besides, and are obeyed elsewhere
 * @throws {UsageError} when there is none, or when it wants more words or fewer, or other options
 */
export function findCommand<C extends Command>(
  args: Arguments,
  commands: readonly C[],
  others: readonly string[] = [],
): Call<C> {
  const { words } = args;
  for (let length = words.length; length >= 0; length--) {
    const name = words.slice(0, length).join(" ");
    const command = commands.find((command) => command.name === name);
    if (command === undefined) continue;
    const { parameters = [], rest } = command;
    const given = words.length - length;
    if (given === parameters.length || (rest !== undefined && given > parameters.length)) {
      refuseForeignOptions(args, command, commands);
      return { command, words: words.slice(length) };
    }
    if (parameters.length > 0) throw new UsageError(`Wanted ${usage(command)}`);
  }
  throw unknownCommand(words.join(" "), [...commands.map(({ name }) => name), ...others]);
}

/** How a command is called, as in `known forget ID` or `send PEER [TEXT…]`. */
export function usage({ name, parameters = [], rest }: Command): string {
  return [name, ...parameters, ...(rest === undefined ? [] : [`[${rest}…]`])].join(" ");
}

/** The names of the commands that take an option. */
export function takersOf(option: CommandOption, commands: readonly Command[]): string[] {
  return commands.filter(({ options = [] }) => options.includes(option)).map(({ name }) => name);
}

function refuseForeignOptions(
  { given }: Arguments,
  { options = [] }: Command,
  commands: readonly Command[],
): void {
  const foreign = given.find((option) => !options.includes(option));
  if (foreign === undefined) return;
  throw new UsageError(`Option --${foreign} is for ${takersOf(foreign, commands).join(", ")}`);
}

function unknownCommand(name: string, all: readonly string[]): UsageError {
  const names = all.filter((name) => name !== "");
  const meant = nearest(name, names);
  if (meant !== undefined) {
    return new UsageError(`Unknown command "${name}", did you mean "${meant}"?`);
  }
  const longer = names.filter((each) => each.startsWith(`${name} `));
  if (longer.length > 0) {
    return new UsageError(`Unknown command "${name}", wanted ${longer.join(", ")}`);
  }
  const none = names.length < all.length ? ", or none to run a node" : "";
  return new UsageError(`Unknown command "${name}", wanted ${names.join(", ")}${none}`);
}
