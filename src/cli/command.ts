import type { MethodName } from "../control/methods.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT } from "./exit_code.ts";
import type { Host } from "./host.ts";
import type { CommandOption } from "./options.ts";

/** One thing that the program can do. */
export interface Command {
  /** The words that call it; empty for what is done without any. */
  name: string;
  /** What the words after its name stand for, all of which must be given. */
  parameters?: readonly string[];
  /** What any number of further words stands for; absent where there may be none. */
  rest?: string;
  /** One line for the help text. */
  help: string;
  /** Those of the options that not every command takes. */
  options?: readonly CommandOption[];
  /** What it asks of a running node; absent where it asks none. */
  method?: MethodName;
  /**
   * Does it.
   *
   * @param words as many as it asks for
   * @returns the exit code
   * @throws {ConfigError} when the configuration cannot be used
   * @throws {UsageError} when it was called in a way that cannot be understood
   * @throws {CommandError} when it cannot be done
   */
  run(args: Arguments, host: Host, words: readonly string[]): Promise<number> | number;
}

/** A command that was understood and cannot be done. The message says why, and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.badInput) {
    super(message);
    this.exitCode = exitCode;
  }
}
