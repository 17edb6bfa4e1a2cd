/**
 * How long to wait for a receipt before sending again: the retransmission timer of TCP (RFC 6298),
 * a smoothed round trip and four times its mean deviation, doubled with each wait in vain.
 */

/** Before anything is known of the way, and bounds, in milliseconds. */
const FIRST_MS = 1_000;
const MIN_MS = 300;
const MAX_MS = 4_000;

/** Shares of a new sample in the average and in its deviation. */
const GAIN = 1 / 8, DEVIATION_GAIN = 1 / 4;

export class Patience {
  #smoothedMs: number | undefined;
  #deviationMs = 0;
  #doublings = 0;

  /** In milliseconds. */
  get ms(): number {
    const once = this.#smoothedMs === undefined
      ? FIRST_MS
      : Math.max(MIN_MS, this.#smoothedMs + 4 * this.#deviationMs);
    return Math.max(once, Math.min(once * 2 ** this.#doublings, MAX_MS));
  }

  /** A receipt came after so many milliseconds of something that was sent once (Karn's algorithm). */
  measured(ms: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = ms;
      this.#deviationMs = ms / 2;
      return;
    }
    this.#deviationMs += DEVIATION_GAIN * (Math.abs(this.#smoothedMs - ms) - this.#deviationMs);
    this.#smoothedMs += GAIN * (ms - this.#smoothedMs);
  }

  /** A wait was in vain. */
  double(): void {
    // Beyond some doublings the bound holds in any case.
    this.#doublings = Math.min(this.#doublings + 1, 10);
  }

  /** Things arrive again. */
  renew(): void {
    this.#doublings = 0;
  }
}
