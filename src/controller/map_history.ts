/**
 * How the map came to be what it is: the map as it was some time ago, and every change since. What
 * is older than an hour, or more than the limits allow, melts into that first map, so the history of
 * a node that runs for months takes no more room than that of a busy hour.
 */

import { Fifo } from "../base/fifo.ts";
import { changeBetween, type MapChange, MapState, type NetworkMap } from "./map_change.ts";
import type { NodeView } from "./snapshot.ts";

/** How much is kept. */
export interface HistoryLimits {
  /** How far back it reaches, in milliseconds. */
  ageMs: number;
  /** Changes, besides the first map. */
  count: number;
  /** Their length as JSON, more or less, which is also what they take to send. */
  bytes: number;
}

/** At ten changes a second, the count is what half an hour brings. */
const LIMITS: HistoryLimits = { ageMs: 3_600_000, count: 20_000, bytes: 8 * 1_048_576 };

/** A change that is kept. */
interface Entry {
  at: number;
  readonly change: MapChange;
  readonly bytes: number;
}

export class MapHistory {
  readonly #limits: HistoryLimits;
  /** The map as it was when the first entry changed it. */
  readonly #origin = new MapState();
  /** When that map came to be what it is. */
  #originAt = 0;
  readonly #entries = new Fifo<Entry>();
  #bytes = 0;
  #present: NetworkMap | undefined;
  /** The latest time that was given, in milliseconds since 1970. */
  #latest = -Infinity;

  constructor(limits: HistoryLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * Takes the map as it is at `now`, in milliseconds since 1970.
   *
   * @returns how it differs from the one before; the first is a change from nothing
   */
  take(now: number, map: NetworkMap): MapChange | undefined {
    this.#setClock(now);
    const change = changeBetween(now, this.#present ?? { ...map, nodes: [], links: [] }, map);
    if (change === undefined) return undefined;
    const isFirst = this.#present === undefined;
    this.#present = map;
    if (isFirst) {
      this.#origin.apply(change);
      this.#originAt = now;
    } else {
      const bytes = sizeOf(change);
      this.#entries.push({ at: now, change, bytes });
      this.#bytes += bytes;
    }
    this.#forget(now);
    return change;
  }

  /**
   * The whole map as it was at `since`, or as long ago as is known, and every change from then on.
   * Nothing before the first map was taken.
   */
  changes(now: number, since = -Infinity): MapChange[] {
    if (this.#present === undefined) return [];
    this.#setClock(now);
    this.#forget(now);
    const start = Math.max(this.#originAt, now - this.#limits.ageMs, Math.min(since, now));
    const first = new MapState(this.#origin);
    const later: MapChange[] = [];
    for (const { at, change } of this.#entries) {
      if (at <= start) first.apply(change);
      else later.push(at === change.at ? change : { ...change, at });
    }
    return [first.whole(start, this.#present.self), ...later];
  }

  /**
   * The wall clock may have been set back. What would then lie in the future counts as of now: the
   * order of changes is true whatever the clock says, and time in a history never goes back.
   */
  #setClock(now: number): void {
    if (now < this.#latest) {
      this.#originAt = Math.min(this.#originAt, now);
      for (const entry of this.#entries) entry.at = Math.min(entry.at, now);
    }
    this.#latest = now;
  }

  /** Has what is too old, or too much, melt into the first map. */
  #forget(now: number): void {
    const { ageMs, count, bytes } = this.#limits;
    for (;;) {
      const oldest = this.#entries.peek();
      const isOver = this.#entries.size > count || this.#bytes > bytes;
      if (oldest === undefined || !(isOver || oldest.at <= now - ageMs)) return;
      this.#entries.shift();
      this.#bytes -= oldest.bytes;
      this.#origin.apply(oldest.change);
      this.#originAt = oldest.at;
    }
  }
}

/** About what a change takes as JSON, the whole of a message around it included. */
function sizeOf({ nodes, links, goneNodes, goneLinks }: MapChange): number {
  const texts = nodes.reduce((sum, node) => sum + textOf(node), 0);
  return 200 + texts + 110 * nodes.length + 200 * links.length + 55 * goneNodes.length +
    130 * goneLinks.length;
}

/** What of a node has any length that others choose; a character is three bytes at the most. */
function textOf({ label, addresses }: NodeView): number {
  return 3 * label.length + (addresses[0]?.length ?? 0);
}
