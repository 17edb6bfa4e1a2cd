/**
 * What the command line needs of the machine it runs on. `src/io` gives the real thing, tests give
 * one in memory; `src/io` may import this file alone of `src/cli`.
 */

import type { Address } from "../base/address.ts";
import type { Cancel } from "../base/ports.ts";
import type { MemberNotice } from "../chain/member_notice.ts";
import type { MemberStatus } from "../chain/member_status.ts";
import type { ChainMethods } from "../control/chain_methods.ts";
import type { ControlClient, MethodClient } from "../control/client.ts";
import type { IdentityDescription, NodeSettings, Rotation } from "../config/host.ts";

/** Where a command prints to, and whom it listens to while it runs. */
export interface Stdio {
  /** Prints to standard output, exactly `text`: the caller ends the line. */
  out(text: string): void;
  /** Prints to standard error, exactly `text`. */
  err(text: string): void;
  /** Columns of the terminal that standard output goes to; undefined where it goes elsewhere. */
  columns(): number | undefined;
  /** The same of its lines. */
  rows(): number | undefined;
  /**
   * What standard input holds, to its end or up to `limit` bytes: then there may be more.
   *
   * @throws {HostError} by rejecting, when it cannot be read
   */
  readInput(limit: number): Promise<Uint8Array>;
  /** Asks to be told of Ctrl-C, which otherwise ends the program. Dispose of it to have that back. */
  interruption(): Interruption;
}

/** How one who goes on until told otherwise is told. */
export interface Interruption extends Disposable {
  /** Aborted by Ctrl-C, and when nobody reads standard output any more. */
  readonly signal: AbortSignal;
}

/** Files, standard streams, a node's identity, and the ways to run a node and to talk to one. */
export interface Host extends Stdio {
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
  /**
   * Connects to the control socket of a running node.
   *
   * @throws {ControlUnreachable} by rejecting, when no node answers there
   */
  connectControl(path: string): Promise<ControlClient>;
  /**
   * Connects to the control socket of a running member of a line.
   *
   * @throws {ControlUnreachable} by rejecting, when no member answers there
   */
  connectChain(path: string): Promise<MethodClient<ChainMethods>>;
  /**
   * Opens the three rendezvous servers.
   *
   * @throws {HostError} by rejecting, when one of them cannot listen; its detail is a whole sentence
   */
  openRendezvous(options: RendezvousSettings): Promise<RunningRendezvous>;
  /**
   * Makes this process a member of a line.
   *
   * @throws {HostError} by rejecting, when it cannot be one; its detail is a whole sentence
   */
  joinChain(options: ChainSettings): Promise<RunningMember>;
  /**
   * Opens an address in the user's browser.
   *
   * @returns whether a program was started for it
   */
  openBrowser(url: string): Promise<boolean>;
  /** Takes standard input line by line, with a prompt where somebody types at a terminal. */
  openLines(options: LineOptions): Promise<Lines>;
}

/** Where rendezvous servers listen, port 0 being any that is free, and whom they introduce. */
export interface RendezvousSettings {
  chain: Address;
  repair: Address;
  echo: Address;
  /** Whether private addresses are introduced. Default: by servers that have one themselves. */
  allowsPrivate?: boolean;
}

/** Rendezvous servers that run, and where they listen. */
export interface RunningRendezvous extends AsyncDisposable {
  readonly chain: Address;
  readonly repair: Address;
  readonly echo: Address;
}

/** Which line is joined, and how this member is reached by other programs. */
export interface ChainSettings {
  chain: Address;
  repair: Address;
  echo: Address;
  label: string;
  allowsPrivate?: boolean;
  /** Of its control socket. */
  socket: string;
  /** The profile's name. Without one, several may be started in one folder: one gets the socket. */
  profile?: string;
}

/** A member of a line that runs. */
export interface RunningMember extends AsyncDisposable {
  /** Why it has no control socket, in one sentence; undefined where it has one. */
  readonly socketProblem: string | undefined;
  /** Resolves once it has left. */
  readonly ended: Promise<void>;
  status(): MemberStatus;
  /** Tells `watcher` of all that happens. Call the result to stop. */
  watch(watcher: (notice: MemberNotice) => void): Cancel;
  /** Tells `watcher` of the line at each change of it. Call the result to stop. */
  watchLine(watcher: (status: MemberStatus) => void): Cancel;
  /** Says goodbye to both neighbours; `ended` tells when that is done. */
  leave(): void;
}

/** How lines are asked for. None of it matters where they come from a pipe. */
export interface LineOptions {
  /** Stands before what is typed, as in `bob> `. */
  prompt: string;
  /** Told of each press of Tab; rejecting, or taking long, harms nothing. */
  complete(line: string): Promise<Completion>;
}

/** What the end of a line can become. */
export interface Completion {
  /** The end of the line as it is. */
  stem: string;
  /** What can stand in its place. */
  candidates: readonly string[];
}

/** Standard input by lines, and standard output that does not disturb the line being typed. */
export interface Lines extends Disposable {
  /** Whether somebody types them at a terminal. */
  readonly isTerminal: boolean;
  /** The next line without its end; undefined once there is none. One call at a time. */
  next(): Promise<string | undefined>;
  /** Prints to standard output, above the prompt. */
  out(text: string): void;
  /** Prints to standard error, above the prompt. */
  err(text: string): void;
  /** As that of {@linkcode Stdio}; of several that are open, Ctrl-C aborts the newest. */
  interruption(): Interruption;
}
