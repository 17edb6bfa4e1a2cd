/**
 * Virtual time: things happen in the order of their instants, and those of one instant in the order in
 * which they were asked for. A month passes as fast as its events can be carried out.
 */

import { Heap } from "../base/heap.ts";
import type { Cancel, Clock, Instant } from "../base/ports.ts";

interface Happening {
  at: Instant;
  order: number;
  run: (() => void) | undefined;
}

/** The wall clock shows this when virtual time begins: 1 January 2026, 00:00 UTC. */
const WALL_AT_START = 1_767_225_600_000;

export class Timeline implements Clock {
  readonly #queue = new Heap<Happening>((a, b) =>
    a.at < b.at || (a.at === b.at && a.order < b.order)
  );
  #now: Instant = 0;
  #order = 0;
  #events = 0;

  now(): Instant {
    return this.#now;
  }

  wall(): number {
    return WALL_AT_START + this.#now;
  }

  /** Things that have happened so far. */
  get events(): number {
    return this.#events;
  }

  wakeAt(at: Instant, wake: () => void): Cancel {
    const happening: Happening = { at: Math.max(at, this.#now), order: this.#order++, run: wake };
    this.#queue.push(happening);
    return () => happening.run = undefined;
  }

  /** Has `run` happen after `delayMs`. */
  after(delayMs: number, run: () => void): Cancel {
    return this.wakeAt(this.#now + delayMs, run);
  }

  /** Lets `durationMs` pass, and everything happen that falls into it. */
  run(durationMs: number): void {
    const end = this.#now + durationMs;
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > end) break;
      this.#queue.pop();
      if (next.run === undefined) continue;
      this.#now = next.at;
      this.#events++;
      next.run();
    }
    this.#now = end;
  }
}
