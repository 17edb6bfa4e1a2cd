/**
 * Smoothed round-trip time of one link (the SRTT of RFC 6298: an eighth of each new sample).
 *
 * The first few samples are not averaged: the first round trips of a fresh link pay for code that
 * runs for the first time, and an average would carry that error for a minute. Their minimum stands
 * in until there are enough.
 */

/** Samples of which only the smallest counts. */
export const WARM_UP_SAMPLES = 4;

/** Share of a new sample in the average. */
const GAIN = 1 / 8;

export class RttEstimator {
  #smoothedUs = Infinity;
  #samples = 0;

  /** @param sampleUs one measured round trip in microseconds */
  add(sampleUs: number): void {
    this.#smoothedUs = this.warmingUp
      ? Math.min(this.#smoothedUs, sampleUs)
      : this.#smoothedUs + GAIN * (sampleUs - this.#smoothedUs);
    this.#samples++;
  }

  /** Whether more samples are wanted soon. */
  get warmingUp(): boolean {
    return this.#samples < WARM_UP_SAMPLES;
  }

  /** Whole microseconds, or null before the first sample. */
  get smoothedUs(): number | null {
    return this.#samples === 0 ? null : Math.round(this.#smoothedUs);
  }
}
