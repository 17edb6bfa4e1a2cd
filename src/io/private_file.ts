/**
 * Writing small files that must survive a kill or a power cut at any moment: each is written whole
 * to a file beside its place, flushed, and only then moved there.
 */

import { rmSync } from "node:fs";

/** Nobody but the owner may read it. */
const PRIVATE_MODE = 0o600;

/** Puts `text` in the place of whatever a file holds. */
export function replaceFile(path: string, text: string): void {
  writeBeside(path, text, (unfinished) => Deno.renameSync(unfinished, path));
}

/**
 * Writes a file that must not be there yet: of two who try at once, one succeeds.
 *
 * @throws {Deno.errors.AlreadyExists} when it is there by now
 */
export function createFile(path: string, text: string): void {
  writeBeside(path, text, (unfinished) => Deno.linkSync(unfinished, path));
}

function writeBeside(path: string, text: string, move: (unfinished: string) => void): void {
  const unfinished = `${path}.${Deno.pid}.tmp`;
  try {
    // One that a killed process left could be open to others.
    rmSync(unfinished, { force: true });
    writeFlushed(unfinished, text);
    move(unfinished);
    flushFolder(path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function writeFlushed(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, createNew: true, mode: PRIVATE_MODE });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.syncSync();
}

/** Until then a power cut could undo this move and keep the next one. */
function flushFolder(path: string): void {
  try {
    using folder = Deno.openSync(path.slice(0, path.lastIndexOf("/") + 1) || ".");
    folder.syncSync();
  } catch {
    // Not every system opens folders, and not every file system flushes them; the move is done.
  }
}
