/**
 * Texts as files of one folder. Each is written to a file beside its target, flushed to the disk and
 * renamed over it: a reader, a kill or a power cut at any moment finds the old text or the new one.
 *
 * The file beside it has a fixed name, so a kill leaves at most one behind, which the next write
 * takes over. One process at a time may therefore write to a folder.
 */

import type { Store } from "../base/ports.ts";
import { describeFileError } from "./file_error.ts";

/** Ends the name of a file that is being written. */
export const UNFINISHED = ".tmp";

type Done = (error?: string) => void;

/** A text, and all who are to be told what became of it. */
interface Job {
  text: string;
  told: Done[];
}

/** A {@linkcode Store} in a folder, which is made when it is missing. */
export class FolderStore implements Store {
  readonly #folder: string;
  /** The names being written, each with the text that waits for its turn, if any. */
  readonly #busy = new Map<string, { waiting?: Job }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(name: string, done: (text: string | undefined) => void): void {
    Deno.readTextFile(`${this.#folder}/${name}`).then(done, () => done(undefined));
  }

  /**
   * One write at a time for each name. A text that still waits when a newer one comes is never
   * written: who gave it is told what became of the newer one, since that is what a reader sees.
   */
  write(name: string, text: string, done: Done): void {
    const busy = this.#busy.get(name);
    if (busy === undefined) {
      this.#run(name, { text, told: [done] });
    } else {
      busy.waiting = { text, told: [...busy.waiting?.told ?? [], done] };
    }
  }

  async #run(name: string, first: Job): Promise<void> {
    const busy: { waiting?: Job } = {};
    this.#busy.set(name, busy);
    for (let job: Job | undefined = first; job !== undefined; job = busy.waiting) {
      delete busy.waiting;
      const error = await this.#replace(name, job.text);
      for (const done of job.told) done(error);
    }
    this.#busy.delete(name);
  }

  /** Why it failed, or undefined. */
  async #replace(name: string, text: string): Promise<string | undefined> {
    try {
      await replaceText(`${this.#folder}/${name}`, text);
      return undefined;
    } catch (error) {
      return describeFileError(error);
    }
  }
}

/** Replaces the text of a file as a whole. Its folder is made when it is missing. */
export async function replaceText(path: string, text: string): Promise<void> {
  const unfinished = path + UNFINISHED;
  try {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/") + 1) || ".", { recursive: true });
    await writeThrough(unfinished, text);
    await Deno.rename(unfinished, path);
  } catch (error) {
    // A part of a text on a full disk would only make the disk fuller.
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

/** Writes a file anew and waits until the disk has it. */
async function writeThrough(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.syncData();
}
