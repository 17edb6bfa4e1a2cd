import type { Notice } from "./notice.ts";

/** Refusals that are told one by one between two reports. */
const MAX_TOLD = 20;

/** Keeps a flood of strangers from flooding the log: the first refusals are told, the rest counted. */
export class Refusals {
  readonly #tell: (notice: Notice) => void;
  #count = 0;

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  /** Somebody was refused. */
  add(notice: Notice & { type: "refused" }): void {
    this.#count++;
    if (this.#count <= MAX_TOLD) this.#tell(notice);
  }

  /** Tells how many were not told, and begins anew. To be called now and then. */
  sum(): void {
    const count = this.#count - MAX_TOLD;
    this.#count = 0;
    if (count > 0) this.#tell({ type: "refused-more", count });
  }
}
