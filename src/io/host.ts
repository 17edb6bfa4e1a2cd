/** This machine, as the command line needs it. */

import { type Host, HostError, type HostErrorKind } from "../config/host.ts";
import { describeFileError } from "./file_error.ts";
import { runNode } from "./run_node.ts";

/** The real {@linkcode Host}: files, standard output and error, and nodes on real sockets. */
export function host(): Host {
  return {
    readText: (path) => orHostError(Deno.readTextFile(path)),
    listFolder: (path) => orHostError(namesIn(path)),
    out: (text) => print(Deno.stdout, text),
    err: (text) => print(Deno.stderr, text),
    runNode,
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

async function orHostError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new HostError(kindOf(error), describeFileError(error));
  }
}

function kindOf(error: unknown): HostErrorKind {
  if (error instanceof Deno.errors.NotFound) return "not-found";
  // Not PermissionDenied: that is the file system's doing, which no flag of Deno mends.
  return error instanceof Deno.errors.NotCapable ? "not-permitted" : "other";
}

/** Writes all of it before returning, since the caller may exit next. */
function print(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch (error) {
    // The reader has gone, as `head` does: nobody is left to tell.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
