/**
 * How long to wait for an acknowledgement before sending again: the retransmission timeout of RFC 6298,
 * from the smoothed round-trip time and how much it varies.
 *
 *     first sample    SRTT = R                      RTTVAR = R / 2
 *     later ones      RTTVAR = 3/4 · RTTVAR + 1/4 · |SRTT - R|      SRTT = 7/8 · SRTT + 1/8 · R
 *     timeout         SRTT + 4 · RTTVAR, doubled for each timeout in a row
 *
 * It differs from the RFC in its limits alone: a second at the least is too long for a link that is
 * lost after three, so it is 200 ms, as in the TCP of Linux.
 */

const FIRST_MS = 500;
const MIN_MS = 200;
const MAX_MS = 2_000;

export class RtoEstimator {
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #doublings = 0;

  /** Smoothed round-trip time in milliseconds, undefined before the first sample. */
  get smoothedMs(): number | undefined {
    return this.#smoothedMs;
  }

  /** Milliseconds from sending something to sending it again. */
  get timeoutMs(): number {
    const base = this.#smoothedMs === undefined
      ? FIRST_MS
      : this.#smoothedMs + Math.max(4 * this.#variationMs, 1);
    return Math.min(MAX_MS, Math.max(MIN_MS, base) * 2 ** this.#doublings);
  }

  /** @param sampleMs from sending something once to its acknowledgement (Karn's algorithm) */
  add(sampleMs: number): void {
    const smoothed = this.#smoothedMs;
    if (smoothed === undefined) {
      this.#smoothedMs = sampleMs;
      this.#variationMs = sampleMs / 2;
      return;
    }
    this.#variationMs += (Math.abs(smoothed - sampleMs) - this.#variationMs) / 4;
    this.#smoothedMs = smoothed + (sampleMs - smoothed) / 8;
  }

  /** It was waited for in vain. */
  backOff(): void {
    // Ten doublings are beyond any limit.
    this.#doublings = Math.min(this.#doublings + 1, 10);
  }

  /** Something new was acknowledged. */
  recover(): void {
    this.#doublings = 0;
  }
}
