/**
 * How much may be under way to one recipient: more as long as things arrive, half as much when something
 * on the way had no room or did not arrive (congestion control after RFC 5681). So several senders
 * share a slow link, rather than filling its queue over and over.
 */

/** What it begins with, the least and the most, in bytes. */
const FIRST_BYTES = 1_048_576;
const MIN_BYTES = 131_072;
const MAX_BYTES = 4_194_304;

/** What it grows by for each whole window that arrived, once it has been cut. */
const STEP_BYTES = 65_536;

export class Window {
  #bytes = FIRST_BYTES;
  #wasCut = false;

  /** Bytes that may be under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So many bytes have arrived. */
  arrived(bytes: number): void {
    const growth = this.#wasCut ? (STEP_BYTES * bytes) / this.#bytes : bytes;
    this.#bytes = Math.min(MAX_BYTES, this.#bytes + growth);
  }

  /** Something was lost, or found no room. */
  cut(): void {
    this.#wasCut = true;
    this.#bytes = Math.max(MIN_BYTES, this.#bytes / 2);
  }
}
