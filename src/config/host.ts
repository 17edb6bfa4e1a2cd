/**
 * What the command line needs of the machine it runs on. `src/io` gives the real thing, tests give
 * one in memory. The types stand here because both `src/cli` and `src/io` may look this far down.
 */

import type { Address } from "../base/address.ts";
import type { Config } from "./schema.ts";

/** Files to read, places to print to, and the way to run a node. */
export interface Host {
  /**
   * The text of a file.
   *
   * @param path relative to the working directory, or absolute
   * @throws {HostError} by rejecting, when the file cannot be read
   */
  readText(path: string): Promise<string>;
  /**
   * The names (no paths) of what lies in a folder, in any order.
   *
   * @throws {HostError} by rejecting, when the folder cannot be read
   */
  listFolder(path: string): Promise<string[]>;
  /** Prints to standard output, exactly `text`: the caller ends the line. */
  out(text: string): void;
  /** Prints to standard error, exactly `text`. */
  err(text: string): void;
  /** Runs a node until it is told to leave, and answers with the exit code. */
  runNode(settings: NodeSettings): Promise<number>;
}

/** All that a node is started with. */
export interface NodeSettings {
  config: Config;
  /** Initial targets, each once. */
  targets: Address[];
  /** Folder of the target file, where reports and the log go; `.` is the working directory. */
  folder: string;
  /** The profile's name, where one was chosen. */
  profile?: string;
}

/**
 * Why something of the host could not be had. `not-permitted` is the runtime's doing (a Deno flag
 * helps); what the file system forbids is `other`.
 */
export type HostErrorKind = "not-found" | "not-permitted" | "other";

/** The host could not do what it was asked. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly kind: HostErrorKind;
  /** The system's own words. */
  readonly detail: string;

  constructor(kind: HostErrorKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}
