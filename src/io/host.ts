/** This machine, as the command line needs it. */

import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { Host } from "../cli/host.ts";
import {
  HostError,
  type HostErrorKind,
  type IdentityDescription,
  type NodeSettings,
  type Rotation,
} from "../config/host.ts";
import { openBrowser } from "./browser.ts";
import { connectControl, connectMethods } from "./control_client.ts";
import { describeFileError } from "./file_error.ts";
import { replaceText } from "./folder_store.ts";
import { identitySource, loadIdentity, rotateIdentity } from "./identity_file.ts";
import { NodeCrypto } from "./node_crypto.ts";
import { exposedMode, IdentityError } from "./pem_file.ts";
import { runNode } from "./run_node.ts";
import { columns, interruption, print, readInput, rows } from "./terminal.ts";

/** The real {@linkcode Host}: files, standard output and error, and nodes on real sockets. */
export function host(): Host {
  return {
    readText: (path) => orHostError(Deno.readTextFile(path)),
    readSecret: (path) => orHostError(readSecret(path)),
    writeText: (path, text) => orHostError(replaceText(path, text)),
    listFolder: (path) => orHostError(namesIn(path)),
    out: (text) => print(Deno.stdout, text),
    err: (text) => print(Deno.stderr, text),
    columns,
    rows,
    readInput: (limit) => orHostError(readInput(limit)),
    interruption,
    runNode,
    describeIdentity: (settings) => orHostError(describeIdentity(settings)),
    rotateIdentity: (folder) => orHostError(rotate(folder)),
    connectControl,
    connectChain: connectMethods,
    // A node that is started does none of these, and need not load what does.
    openRendezvous: async (settings) =>
      (await import("./chain_host.ts")).openRendezvousOrExplain(settings),
    joinChain: async (settings) => (await import("./chain_host.ts")).runMember(settings),
    openBrowser,
    openLines: async (options) => (await import("./console.ts")).openLines(options),
  };
}

async function readSecret(path: string): Promise<string> {
  const text = await Deno.readTextFile(path);
  const mode = exposedMode(path);
  if (mode !== undefined) throw new HostError("exposed", mode);
  return text;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

// deno-lint-ignore require-await -- what it throws is to reject, as the host promises
async function describeIdentity(settings: NodeSettings): Promise<IdentityDescription> {
  const { signer, kind, file, successions } = loadIdentity(identitySource(settings));
  return {
    id: signer.id,
    kind,
    ...(file !== undefined && { file }),
    successions: successions.map(({ oldKey, newKey, atMs }) => ({
      old: idOf(oldKey),
      new: idOf(newKey),
      at: atMs,
    })),
  };
}

// deno-lint-ignore require-await -- as above
async function rotate(folder: string): Promise<Rotation> {
  const { old, new: next } = rotateIdentity(folder);
  return { oldId: old.id, newId: next.id };
}

function idOf(publicKey: Uint8Array): NodeId {
  return nodeIdFromBytes(new NodeCrypto().sha256(publicKey));
}

async function orHostError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (error instanceof IdentityError) throw new HostError("other", error.message);
    throw new HostError(kindOf(error), describeFileError(error));
  }
}

function kindOf(error: unknown): HostErrorKind {
  if (error instanceof Deno.errors.NotFound) return "not-found";
  // Not PermissionDenied: that is the file system's doing, which no flag of Deno mends.
  return error instanceof Deno.errors.NotCapable ? "not-permitted" : "other";
}
