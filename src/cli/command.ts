import type { Host } from "../config/host.ts";
import type { Arguments } from "./arguments.ts";

/** One thing that the program can do. */
export interface Command {
  /** The words that call it; empty for what is done without any. */
  name: string;
  /** One line for the help text. */
  help: string;
  /**
   * Does it.
   *
   * @returns the exit code
   * @throws {ConfigError} when the configuration cannot be used
   */
  run(args: Arguments, host: Host): Promise<number> | number;
}
