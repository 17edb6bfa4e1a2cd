/**
 * The changes of a node's key, as a file beside it: an array, the newest last.
 *
 *     [{ "old": SPKI in base64, "new": SPKI in base64, "at": "2026-11-21T10:00:00.000Z",
 *        "signature": by the old key, in base64 }]
 *
 * It may be ahead of the key by one change, when a process was killed between writing the two.
 */

import { equalBytes } from "../base/bytes.ts";
import type { Signer } from "../base/ports.ts";
import { formerIds } from "../identity/successions.ts";
import { MAX_SUCCESSIONS } from "../wire/limits.ts";
import type { Succession } from "../wire/succession.ts";
import { describeFileError } from "./file_error.ts";
import { NodeCrypto } from "./node_crypto.ts";
import { IdentityError } from "./pem_file.ts";
import { replaceFile } from "./private_file.ts";

/** Name of the file in the profile's folder. */
export const SUCCESSIONS_FILE = "identity.successions.json";

/**
 * The changes that led to a key, the newest last. None when there is no file, or when the key is
 * not mentioned in it.
 *
 * @throws {IdentityError} when the file cannot be read, or the changes are not proven
 */
export function readSuccessions(folder: string, { id, publicKey }: Signer): Succession[] {
  const path = `${folder}/${SUCCESSIONS_FILE}`;
  const whole = parse(readIfThere(path), path);
  const last = whole.findLastIndex(({ newKey }) => equalBytes(newKey, publicKey));
  const chain = whole.slice(0, last + 1);
  // Others refuse a node whose changes are not proven.
  if (formerIds(new NodeCrypto(), id, chain) !== undefined) return chain;
  throw unusable(path, "holds changes of key that are not proven");
}

/** Keeps the newest {@linkcode MAX_SUCCESSIONS} of these changes. */
export function writeSuccessions(folder: string, chain: readonly Succession[]): void {
  const entries = chain.slice(-MAX_SUCCESSIONS).map(({ oldKey, newKey, atMs, signature }) => ({
    old: oldKey.toBase64(),
    new: newKey.toBase64(),
    at: new Date(atMs).toISOString(),
    signature: signature.toBase64(),
  }));
  replaceFile(`${folder}/${SUCCESSIONS_FILE}`, `${JSON.stringify(entries, undefined, 2)}\n`);
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "[]";
    if (error instanceof Deno.errors.NotADirectory) return "[]";
    throw new IdentityError(`Could not read ${path}: ${describeFileError(error)}`);
  }
}

function parse(text: string, path: string): Succession[] {
  try {
    return (JSON.parse(text) as Record<string, string>[]).map((entry) => ({
      oldKey: Uint8Array.fromBase64(entry.old ?? ""),
      newKey: Uint8Array.fromBase64(entry.new ?? ""),
      atMs: parseTime(entry.at),
      signature: Uint8Array.fromBase64(entry.signature ?? ""),
    }));
  } catch {
    throw unusable(path, "cannot be read as changes of key");
  }
}

function parseTime(text = ""): number {
  const ms = Date.parse(text);
  if (ms >= 0) return ms;
  throw new SyntaxError(`"${text}" is no time after 1970`);
}

function unusable(path: string, what: string): IdentityError {
  return new IdentityError(
    `The file ${path} ${what}: put back a copy of it, or remove it; then peers that knew this node ` +
      "by an earlier key take it for another one",
  );
}
