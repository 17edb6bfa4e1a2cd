/** Real time. */

import type { Cancel, Clock, Instant } from "../base/ports.ts";

/** The longest delay that `setTimeout` knows; it takes anything longer as "at once". */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The clock of this machine. An instant that has passed wakes soon, never within the call. */
export class SystemClock implements Clock {
  now(): Instant {
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  wakeAt(at: Instant, wake: () => void): Cancel {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const sleep = () => {
      const delayMs = Math.min(Math.max(Math.ceil(at - performance.now()), 0), LONGEST_DELAY_MS);
      timer = setTimeout(rouse, delayMs);
    };
    const rouse = () => performance.now() < at ? sleep() : wake();
    sleep();
    return () => clearTimeout(timer);
  }
}
