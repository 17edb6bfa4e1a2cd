/**
 * The identity of a node: an Ed25519 key, made at its first start and kept from then on in its
 * profile's folder, so that it is the same node after a restart.
 *
 * The file is written whole and never over another one: two nodes started at once in one folder
 * cannot take each other's identity away.
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { rmSync } from "node:fs";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import { describeFileError } from "./file_error.ts";

/** Name of the key's file in the profile's folder. */
export const IDENTITY_FILE = "identity.key";

/** Who this node is. */
export interface Identity {
  /** The SHA-256 of the public key in SPKI DER. */
  id: NodeId;
  /** Why the key is in memory only and ends with the process, though a folder was given. */
  unsaved?: string;
}

/** The identity that is kept cannot be used. The message says where it is and what to do. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

/**
 * The identity kept in a folder, made if there is none.
 *
 * @param folder of the profile; without it the identity lives in memory
 * @throws {IdentityError} when there is a file, but no key in it, or when others may read it
 */
export function loadIdentity(folder: string | undefined): Identity {
  if (folder === undefined) return { id: idOf(newKey()) };
  const path = `${folder}/${IDENTITY_FILE}`;
  const kept = readKey(path);
  if (kept !== undefined) return { id: idOf(kept) };
  const key = newKey();
  try {
    Deno.mkdirSync(folder, { recursive: true });
    saveKey(path, key);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      const winner = readKey(path);
      if (winner !== undefined) return { id: idOf(winner) };
    }
    return {
      id: idOf(key),
      unsaved: `Could not write ${path}: ${describeFileError(error)}; ` +
        "this node will be another one after a restart",
    };
  }
  return { id: idOf(key) };
}

/** The key in a file, or undefined when there is no file. */
function readKey(path: string): KeyObject | undefined {
  let pem: string;
  let mode: number | null;
  try {
    ({ mode } = Deno.statSync(path));
    pem = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw new IdentityError(`Could not read the identity ${path}: ${describeFileError(error)}`);
  }
  // Windows keeps no such modes.
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new IdentityError(
      `The identity ${path} is open to other users (mode ${octal(mode)}, wanted 0600): ` +
        `run "chmod 600 ${path}"`,
    );
  }
  return parseKey(pem, path);
}

function parseKey(pem: string, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new IdentityError(
      `The identity ${path} holds no private key in PEM: put back a copy of it, ` +
        "or remove it to start as a new node",
    );
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new IdentityError(
      `The identity ${path} holds a key of type ${key.asymmetricKeyType}, wanted ed25519: ` +
        "put back a copy of the right one, or remove it to start as a new node",
    );
  }
  return key;
}

/**
 * Writes the key to a file of its own and links it to its name, which fails where a rename would
 * replace what is there.
 *
 * @throws {Deno.errors.AlreadyExists} when there is a key by now
 */
function saveKey(path: string, key: KeyObject): void {
  const unfinished = `${path}.${Deno.pid}.tmp`;
  const pem = key.export({ type: "pkcs8", format: "pem" }) as string;
  try {
    writePrivately(unfinished, pem);
    Deno.linkSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function writePrivately(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  file.writeSync(new TextEncoder().encode(text));
  file.syncSync();
}

function newKey(): KeyObject {
  return generateKeyPairSync("ed25519").privateKey;
}

function idOf(key: KeyObject): NodeId {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return nodeIdFromBytes(createHash("sha256").update(spki).digest());
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
