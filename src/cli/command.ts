import type { Host } from "../config/host.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT } from "./exit_code.ts";

/** One thing that the program can do. */
export interface Command {
  /** The words that call it; empty for what is done without any. */
  name: string;
  /** What the words after its name stand for, all of which must be given. */
  parameters?: readonly string[];
  /** One line for the help text. */
  help: string;
  /** Whether it can print for programs. */
  json?: boolean;
  /**
   * Does it.
   *
   * @param parameters as many as it asks for
   * @returns the exit code
   * @throws {ConfigError} when the configuration cannot be used
   * @throws {CommandError} when it cannot be done
   */
  run(args: Arguments, host: Host, parameters: readonly string[]): Promise<number> | number;
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
