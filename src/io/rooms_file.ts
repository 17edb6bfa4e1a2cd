/**
 * The rooms that a node is in, as a file beside its target file: a JSON array of their names. A name is
 * the room's passphrase, so the file is for its owner alone, as a private key is.
 *
 * It is written whole whenever a room is joined or left. That is rare and the file is small, so the
 * node waits for it: who is told that a room was joined finds it joined after a power cut too. What
 * could not be written is tried again at every dump.
 */

import type { Notice } from "../controller/notice.ts";
import { describeFileError } from "./file_error.ts";
import { exposedMode } from "./pem_file.ts";
import { replaceFile } from "./private_file.ts";

/** Name of the file in the profile's folder. */
export const ROOMS_FILE = "rooms.json";

/** The names of rooms cannot be used. The message says where they are and what to do. */
export class RoomsFileError extends Error {
  override readonly name = "RoomsFileError";
}

/** Where the names of a node's rooms are kept. */
export class RoomsFile {
  /** The rooms that it was in at the end of its last run. */
  readonly names: readonly string[];
  readonly #folder: string;
  readonly #tell: (notice: Notice) => void;
  /** What the file holds, as far as this node knows. */
  #text: string;
  /** What it should hold. */
  #wanted: string;
  #isFailing = false;

  /**
   * Reads the names that are kept in a folder; none where there is no file.
   *
   * @param tell told when the file cannot be written, and when it can be again
   * @throws {RoomsFileError} when the file cannot be read, or is open to others: it is never written
   *   over then, for it may hold what nobody remembers
   */
  constructor(folder: string, tell: (notice: Notice) => void) {
    this.#folder = folder;
    this.#tell = tell;
    this.names = read(`${folder}/${ROOMS_FILE}`);
    this.#text = textOf(this.names);
    this.#wanted = this.#text;
  }

  /** Keeps these names, and no others. */
  keep(names: readonly string[]): void {
    this.#wanted = textOf(names);
    this.sync();
  }

  /** Writes what could not be written before, if anything. */
  sync(): void {
    if (this.#wanted === this.#text) return;
    try {
      // Without a profile, a node's first file in its folder may be this one.
      Deno.mkdirSync(this.#folder, { recursive: true });
      replaceFile(`${this.#folder}/${ROOMS_FILE}`, this.#wanted);
    } catch (error) {
      return this.#fail(describeFileError(error));
    }
    this.#text = this.#wanted;
    if (this.#isFailing) this.#tell({ type: "report-recovered", file: ROOMS_FILE });
    this.#isFailing = false;
  }

  #fail(reason: string): void {
    if (!this.#isFailing) this.#tell({ type: "report-failed", file: ROOMS_FILE, reason });
    this.#isFailing = true;
  }
}

function textOf(names: readonly string[]): string {
  return `${JSON.stringify(names, undefined, 2)}\n`;
}

function read(path: string): readonly string[] {
  let text: string;
  let mode: string | undefined;
  try {
    text = Deno.readTextFileSync(path);
    mode = exposedMode(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof Deno.errors.NotADirectory) return [];
    throw new RoomsFileError(`Could not read ${path}: ${describeFileError(error)}`);
  }
  if (mode !== undefined) {
    throw new RoomsFileError(
      `The names of rooms in ${path}, which are their passphrases, are open to other users ` +
        `(mode ${mode}, wanted 0600): run "chmod 600 ${path}"`,
    );
  }
  const names = parse(text);
  if (names !== undefined) return names;
  throw new RoomsFileError(
    `The file ${path} is no JSON array of names of rooms: mend it, or remove it; then this node is ` +
      "in no room",
  );
}

/** The names in a text that holds nothing else. */
function parse(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every((name) => typeof name === "string")
    ? value
    : undefined;
}
