/**
 * What the time slider moves over: the network as it was an hour ago, every change since, and the
 * network as it is. What is older, or more than may be kept, melts into the first of these, so a
 * page that stays open for a month takes no more room than one that saw a busy hour.
 *
 * The network of any moment is found by replaying from the start. With all that may be kept that is
 * some ten milliseconds, so there is no need for pictures in between.
 */

import { type Change, Network } from "./network.ts";

/** How much is kept. */
export interface TimelineLimits {
  /** How far back it reaches, in milliseconds. */
  ageMs: number;
  /** Nodes and links named by all changes together: what takes room, whatever the changes' size. */
  items: number;
}

/** About 50 MB at the most. */
const LIMITS: TimelineLimits = { ageMs: 3_600_000, items: 200_000 };

/** Changes are let go of many at a time, since each time all others move up. */
const BATCH = 256;

export class Timeline {
  readonly #limits: TimelineLimits;
  #start = new Network();
  #changes: Change[] = [];
  /** How many of the changes have melted into the start already. */
  #melted = 0;
  #items = 0;
  #live = new Network();

  constructor(limits: TimelineLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The network as it is. It changes as changes come. */
  get live(): Network {
    return this.#live;
  }

  /** The earliest moment that is known; undefined while nothing is. */
  get from(): number | undefined {
    return this.#live.self === "" ? undefined : this.#start.at;
  }

  /** The latest change; undefined while nothing is known. */
  get to(): number | undefined {
    return this.#live.self === "" ? undefined : this.#live.at;
  }

  /** The changes that are kept, the oldest first. */
  changes(): readonly Change[] {
    return this.#changes.slice(this.#melted);
  }

  /** Begins anew with what a node tells first: a whole map, and what became of it. */
  reset([first, ...later]: readonly Change[]): void {
    this.#start = new Network();
    this.#changes = [];
    this.#melted = 0;
    this.#items = 0;
    if (first !== undefined) this.#start.apply(first);
    this.#live = new Network(this.#start);
    for (const change of later) this.push(change);
  }

  /** Takes what came next. A clock that was set back makes it as late as the change before it. */
  push(change: Change): void {
    if (this.#live.self === "") return this.reset([change]);
    const kept = change.at < this.#live.at ? { ...change, at: this.#live.at } : change;
    this.#live.apply(kept);
    this.#changes.push(kept);
    this.#items += itemsOf(kept);
    this.#forget(kept.at - this.#limits.ageMs);
  }

  /** The network as it was at `time`; before the earliest moment, as it was then. */
  at(time: number): Network {
    const network = new Network(this.#start);
    for (let at = this.#melted; at < this.#changes.length; at++) {
      const change = this.#changes[at] as Change;
      if (change.at > time) break;
      network.apply(change);
    }
    return network;
  }

  #forget(before: number): void {
    for (;;) {
      const oldest = this.#changes[this.#melted];
      const isOver = this.#items > this.#limits.items;
      if (oldest === undefined || !(isOver || oldest.at < before)) break;
      this.#start.apply(oldest);
      this.#items -= itemsOf(oldest);
      this.#melted++;
    }
    if (this.#melted < BATCH) return;
    this.#changes = this.#changes.slice(this.#melted);
    this.#melted = 0;
  }
}

/** A change that names nothing takes some room too. */
function itemsOf({ nodes, links, gone_nodes, gone_links }: Change): number {
  return 1 + nodes.length + links.length + gone_nodes.length + gone_links.length;
}
