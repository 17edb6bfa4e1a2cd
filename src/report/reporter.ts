import type { Store } from "../base/ports.ts";
import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { type ReportSettings, ReportWriter } from "./writer.ts";

/** Writes the reports of one node to its store, and tells when that fails or works again. */
export class Reporter {
  readonly #writer: ReportWriter;
  readonly #store: Store;
  readonly #tell: (notice: Notice) => void;

  constructor(store: Store, settings: ReportSettings, tell: (notice: Notice) => void) {
    this.#writer = new ReportWriter(settings);
    this.#store = store;
    this.#tell = tell;
    for (const name of this.#writer.wanted) {
      store.read(name, (text) => this.#writer.found(name, text));
    }
  }

  /** Writes whatever of `snapshot` is not on disk yet. */
  report(snapshot: Snapshot): void {
    for (const { name, text } of this.#writer.render(snapshot)) {
      this.#store.write(name, text, (error) => {
        for (const notice of this.#writer.written(name, error)) this.#tell(notice);
      });
    }
  }
}
