/**
 * Which reports to write, and what to tell of it. A report is written when its text differs from the
 * one that is safely on disk, so a quiet network writes nothing; a failure is told once, not at every
 * dump, and so is the end of it.
 */

import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { peersD2 } from "./d2.ts";
import { peersJson } from "./peers_json.ts";

/** A text and the name that it is stored under. */
export interface Report {
  name: string;
  text: string;
}

/** What is known of one report's file. */
interface FileState {
  /** The text on disk; absent when it is not known. */
  saved?: string;
  writing: boolean;
  failing: boolean;
}

/** Decides at each dump which reports to write. */
export class ReportWriter {
  readonly #d2: boolean;
  readonly #files = new Map<string, FileState>();

  /** @param options.d2 whether `peers.d2` is written beside `peers.json` */
  constructor(options: { d2: boolean }) {
    this.#d2 = options.d2;
  }

  /**
   * The reports to write now. Each is taken to be under way until {@linkcode written} is told what
   * became of it, and is not handed out again before.
   */
  render(snapshot: Snapshot): Report[] {
    const reports = [{ name: "peers.json", text: peersJson(snapshot) }];
    if (this.#d2) reports.push({ name: "peers.d2", text: peersD2(snapshot) });
    return reports.filter(({ name, text }) => {
      const file = this.#file(name);
      if (file.writing || file.saved === text) return false;
      file.writing = true;
      return true;
    });
  }

  /**
   * Takes what became of a write and answers with what people are to be told of it.
   *
   * @param error why it failed; absent when `text` is safe on disk
   */
  written(name: string, text: string, error?: string): Notice[] {
    const file = this.#file(name);
    const wasFailing = file.failing;
    file.writing = false;
    file.failing = error !== undefined;
    if (error !== undefined) {
      delete file.saved;
      return wasFailing ? [] : [{ type: "report-failed", file: name, reason: error }];
    }
    file.saved = text;
    return wasFailing ? [{ type: "report-recovered", file: name }] : [];
  }

  #file(name: string): FileState {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { writing: false, failing: false };
      this.#files.set(name, file);
    }
    return file;
  }
}
