import type { Store } from "../base/ports.ts";
import type { Timeline } from "./timeline.ts";

/** What a disk takes to make a text safe, in milliseconds. */
const WRITE_MS = 1;

/** A folder in memory, which outlives the process that writes to it. */
export class SimStore implements Store {
  readonly texts = new Map<string, string>();
  /** Why nothing can be written at present, if so. */
  fault: string | undefined;
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  read(name: string, done: (text: string | undefined) => void): void {
    this.#timeline.after(WRITE_MS, () => done(this.texts.get(name)));
  }

  write(name: string, text: string, done: (error?: string) => void): void {
    this.#timeline.after(WRITE_MS, () => {
      if (this.fault === undefined) this.texts.set(name, text);
      done(this.fault);
    });
  }
}
