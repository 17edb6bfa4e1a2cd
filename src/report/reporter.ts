import type { Store } from "../base/ports.ts";
import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { ReportWriter } from "./writer.ts";

/** Writes the reports of one node to its store, and tells when that fails or works again. */
export class Reporter {
  readonly #writer: ReportWriter;
  readonly #store: Store;
  readonly #tell: (notice: Notice) => void;

  /** @param d2 whether `peers.d2` is written beside `peers.json` */
  constructor(store: Store, d2: boolean, tell: (notice: Notice) => void) {
    this.#writer = new ReportWriter({ d2 });
    this.#store = store;
    this.#tell = tell;
  }

  /** Writes whatever of `snapshot` is not on disk yet. */
  report(snapshot: Snapshot): void {
    for (const { name, text } of this.#writer.render(snapshot)) {
      this.#store.write(name, text, (error) => {
        for (const notice of this.#writer.written(name, text, error)) this.#tell(notice);
      });
    }
  }
}
