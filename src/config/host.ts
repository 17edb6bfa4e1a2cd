/**
 * What the command line needs of the machine it runs on. `src/io` gives the real thing, tests give
 * one in memory. The types stand here because both `src/cli` and `src/io` may look this far down.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Config } from "./schema.ts";

/** Files to read and write, places to print to, a node's identity, and the way to run a node. */
export interface Host {
  /**
   * The text of a file.
   *
   * @param path relative to the working directory, or absolute
   * @throws {HostError} by rejecting, when the file cannot be read
   */
  readText(path: string): Promise<string>;
  /**
   * The text of a file that nobody but its owner may read.
   *
   * @param path relative to the working directory, or absolute
   * @throws {HostError} by rejecting, when the file cannot be read, or when others can
   */
  readSecret(path: string): Promise<string>;
  /**
   * Replaces the text of a file, as a whole or not at all. Its folder is made when it is missing.
   *
   * @param path relative to the working directory, or absolute
   * @throws {HostError} by rejecting, when it could not be written
   */
  writeText(path: string, text: string): Promise<void>;
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
  /**
   * Who a node with these settings is. A key that is missing is made and kept, as by a start.
   *
   * @throws {HostError} by rejecting, when the key cannot be used; its detail is a whole sentence
   */
  describeIdentity(settings: NodeSettings): Promise<IdentityDescription>;
  /**
   * Gives the identity kept in a folder a new key, signed by the one before.
   *
   * @throws {HostError} by rejecting, when nothing was changed; its detail is a whole sentence
   */
  rotateIdentity(folder: string): Promise<Rotation>;
}

/** Who a node is, and who it was before. */
export interface IdentityDescription {
  id: NodeId;
  /** The kind of its key, such as `Ed25519`. */
  kind: string;
  /** The file that holds the key; absent where it is in memory only. */
  file?: string;
  /** Its changes of key, the newest last. */
  successions: IdentityChange[];
}

/** A change of key. */
export interface IdentityChange {
  old: NodeId;
  new: NodeId;
  /** Milliseconds since 1970. */
  at: number;
}

/** What came of a change of key. */
export interface Rotation {
  oldId: NodeId;
  newId: NodeId;
}

/** All that a node is started with. */
export interface NodeSettings {
  /** Its `network.key` is the network's key, also where that came from `network.key_file`. */
  config: Config;
  /** Initial targets, each once: those of the target file, then those of `target.addrs`. */
  targets: Address[];
  /**
   * Folder of the target file, where reports, the log, the known peers and the identity are kept; `.`
   * is the working directory. Absent without a target file: then nothing is written.
   */
  folder?: string;
  /** The profile's name, where one was chosen. */
  profile?: string;
}

/**
 * Why something of the host could not be had. `not-permitted` is the runtime's doing (a Deno flag
 * helps); what the file system forbids is `other`. `exposed` is a secret that others can read; the
 * detail is the mode of its file, such as `0644`.
 */
export type HostErrorKind = "not-found" | "not-permitted" | "exposed" | "other";

/** The host could not do what it was asked. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly kind: HostErrorKind;
  /** The system's own words, unless the kind or the one that throws says otherwise. */
  readonly detail: string;

  constructor(kind: HostErrorKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}
