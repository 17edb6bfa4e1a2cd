/**
 * Which reports to write, and what to tell of it. A report is written when it says something else
 * than the one that is safely on disk, so a quiet network writes nothing; a failure is told once, not
 * at every dump, and so is the end of it.
 */

import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { peersD2, withoutTime } from "./d2.ts";
import { peersJson } from "./peers_json.ts";

/** The part of the configuration that says which reports are written, and how. */
export interface ReportSettings {
  /** Whether `peers.d2` is written beside `peers.json`. */
  readonly d2: boolean;
  /** Nodes up to which it shows each of them. */
  readonly d2_max_nodes: number;
}

/** A text and the name that it is stored under. */
export interface Report {
  name: string;
  text: string;
}

/** The file of the diagram. */
const DIAGRAM = "peers.d2";

/** What is known of one report's file. */
interface FileState {
  /** What the text on disk says; absent when it is not known. */
  saved?: string;
  /** The same of the text that is being written. */
  pending?: string;
  failing: boolean;
}

/** Decides at each dump which reports to write. */
export class ReportWriter {
  readonly #settings: ReportSettings;
  readonly #files = new Map<string, FileState>();
  /** What must be told of by {@linkcode found} before it is written. */
  readonly #unread = new Set<string>();

  constructor(settings: ReportSettings) {
    this.#settings = settings;
    if (settings.d2) this.#unread.add(DIAGRAM);
  }

  /**
   * The reports of an earlier run that are wanted back: those that tell when they last changed, and so
   * are not to be written anew by a node that was restarted and finds everything as it was.
   */
  get wanted(): readonly string[] {
    return [...this.#unread];
  }

  /** Takes the text of a report of an earlier run; undefined where there is none. */
  found(name: string, text: string | undefined): void {
    this.#unread.delete(name);
    if (text !== undefined) this.#file(name).saved = withoutTime(text);
  }

  /**
   * The reports to write now. Each is taken to be under way until {@linkcode written} is told what
   * became of it, and is not handed out again before.
   */
  render(snapshot: Snapshot): Report[] {
    const reports = [{ name: "peers.json", text: peersJson(snapshot) }];
    if (this.#settings.d2) reports.push({ name: DIAGRAM, text: this.#diagram(snapshot) });
    return reports.filter(({ name, text }) => {
      const file = this.#file(name);
      const says = withoutTime(text);
      const isBusy = file.pending !== undefined || this.#unread.has(name);
      if (isBusy || file.saved === says) return false;
      file.pending = says;
      return true;
    });
  }

  /**
   * Takes what became of a write and answers with what people are to be told of it.
   *
   * @param error why it failed; absent when the text is safe on disk
   */
  written(name: string, error?: string): Notice[] {
    const file = this.#file(name);
    const wasFailing = file.failing;
    const { pending } = file;
    delete file.pending;
    file.failing = error !== undefined;
    if (error !== undefined) {
      delete file.saved;
      return wasFailing ? [] : [{ type: "report-failed", file: name, reason: error }];
    }
    if (pending !== undefined) file.saved = pending;
    return wasFailing ? [{ type: "report-recovered", file: name }] : [];
  }

  #diagram(snapshot: Snapshot): string {
    return peersD2(snapshot, {
      maxNodes: this.#settings.d2_max_nodes,
      changedAtMs: snapshot.at + snapshot.wallOffsetMs,
    });
  }

  #file(name: string): FileState {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { failing: false };
      this.#files.set(name, file);
    }
    return file;
  }
}
