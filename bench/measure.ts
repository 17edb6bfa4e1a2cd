/** Measuring, and the rows of the table that comes of it. */

/** One line of the table. */
export interface Row {
  what: string;
  value: number;
  unit: string;
}

/** How long a rate is measured after the warm-up, in milliseconds. */
const MEASURE_MS = 500;
const WARM_UP_MS = 200;

/** How often `run` can be called per second. */
export function perSecond(run: () => void): number {
  callsWithin(WARM_UP_MS, run);
  const { calls, elapsedMs } = callsWithin(MEASURE_MS, run);
  return calls / (elapsedMs / 1000);
}

function callsWithin(durationMs: number, run: () => void): { calls: number; elapsedMs: number } {
  const begin = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    // A look at the clock costs as much as a small frame, so it is not taken for each.
    for (let i = 0; i < 100; i++) run();
    calls += 100;
    elapsedMs = performance.now() - begin;
  }
  return { calls, elapsedMs };
}

/** How long `run` takes, in milliseconds. */
export function elapsed(run: () => void): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
