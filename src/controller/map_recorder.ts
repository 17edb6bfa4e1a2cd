/**
 * Keeps the history of a node's map, and tells those who follow it of each change.
 *
 * It looks at the map a moment after the number of its version has grown, so that what belongs
 * together is one change: of a node that leaves, each neighbour tells in an advertisement of its own.
 * That makes ten looks a second at the most, and fewer where the map is so large that looking takes
 * long. Nothing is looked at before somebody wants to know, for in a simulation of a thousand nodes
 * nobody does.
 */

import { Fifo } from "../base/fifo.ts";
import type { Cancel, Clock } from "../base/ports.ts";
import type { MapChange } from "./map_change.ts";
import { MapHistory } from "./map_history.ts";
import type { Snapshot } from "./snapshot.ts";

/** How long news wait for more of them, in milliseconds. */
const HOLD_MS = 100;

/** The same for each node of the map: to look at a thousand takes five milliseconds, or 2 % of this. */
const HOLD_PER_NODE_MS = 0.25;

/** The map as it is. */
export interface MapSource {
  /** Grows whenever it may have changed. */
  version(): number;
  snapshot(): Snapshot;
}

type Listener = (change: MapChange) => void;

export class MapRecorder {
  readonly #clock: Clock;
  readonly #source: MapSource;
  readonly #history = new MapHistory();
  readonly #listeners = new Set<Listener>();
  /** Who is still to be told of what. */
  readonly #untold = new Fifo<{ listener: Listener; change: MapChange }>();
  #isTelling = false;
  #isRecording = false;
  #isStopped = false;
  /** Of the map that was looked at last. */
  #version: number | undefined;
  /** Nodes on that map. */
  #size = 0;
  #cancelLook: Cancel | undefined;

  constructor(clock: Clock, source: MapSource) {
    this.#clock = clock;
    this.#source = source;
  }

  /** Keeps the history from now on. */
  start(): void {
    if (this.#isRecording) return;
    this.#isRecording = true;
    this.#look();
  }

  /** Something happened. To be called as often as anything does. */
  handleNews(): void {
    const isWaiting = this.#cancelLook !== undefined;
    if (!this.#isRecording || this.#isStopped || isWaiting || this.#isCurrent()) return;
    const holdMs = Math.max(HOLD_MS, HOLD_PER_NODE_MS * this.#size);
    this.#cancelLook = this.#clock.wakeAt(this.#clock.now() + holdMs, () => {
      this.#cancelLook = undefined;
      if (!this.#isCurrent()) this.#look();
    });
  }

  /**
   * The whole map as it was at `since`, or as long ago as is known, and every change from then until
   * now.
   *
   * @param since milliseconds since 1970
   */
  changes(since?: number): MapChange[] {
    this.start();
    if (!this.#isCurrent()) this.#look();
    return this.#history.changes(this.#clock.wall(), since);
  }

  /** Hands every change that comes to `listener`. */
  listen(listener: Listener): Cancel {
    this.start();
    // One function may listen twice, and stop once.
    const own: Listener = (change) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Looks at nothing more by itself. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  #isCurrent(): boolean {
    return this.#source.version() === this.#version;
  }

  #look(): void {
    this.#version = this.#source.version();
    const map = this.#source.snapshot();
    this.#size = map.nodes.length;
    const change = this.#history.take(this.#clock.wall(), map);
    if (change !== undefined) this.#tell(change);
  }

  /** One who is told may ask for more, which has the map looked at again: that is told afterwards. */
  #tell(change: MapChange): void {
    for (const listener of this.#listeners) this.#untold.push({ listener, change });
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        if (this.#listeners.has(next.listener)) next.listener(next.change);
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
