/**
 * Looks for nodes that the map does not tell of. While it tells of all, no lookup is needed to know the
 * neighbourhood, and nothing is done here. Once a node writes that it never told of, this node looks up
 * its own id and a place in every bucket that has room (Maymounkov and Mazières 2002, section 2.3, "joins
 * the network"), and again as long as there are such nodes, ever less often.
 */

import type { Instant } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import { type Point, randomBeside } from "./distance.ts";
import { maxAsked } from "./lookup.ts";
import type { Table } from "./table.ts";
import { Walk } from "./walk.ts";

/** Milliseconds in which the map may tell of a node that has written before. */
export const FIRST_REFRESH_MS = 2_000;

/** Milliseconds between the first two refreshes, doubled each time, and at the most. */
const PERIOD_MS = 60_000;
const MAX_PERIOD_MS = 600_000;

export class Refresh {
  readonly #self: Point;
  readonly #table: Table;
  readonly #random: Random;
  readonly #count: number;
  #dueAt: Instant | undefined;
  #periodMs = PERIOD_MS;

  /** @param count k: nodes that each lookup looks for */
  constructor(self: Point, table: Table, random: Random, count: number) {
    this.#self = self;
    this.#table = table;
    this.#random = random;
    this.#count = count;
  }

  /** A node got a place of which the map has not told. */
  handleUnlisted(now: Instant): void {
    this.#dueAt ??= now + this.#withJitter(FIRST_REFRESH_MS);
  }

  nextWakeup(): Instant | undefined {
    return this.#dueAt;
  }

  /** The lookups that are due now. */
  takeWalks(now: Instant): Walk[] {
    if (this.#dueAt === undefined || now < this.#dueAt) return [];
    if (!this.#table.hasUnlisted) {
      this.#dueAt = undefined;
      this.#periodMs = PERIOD_MS;
      return [];
    }
    this.#dueAt = now + this.#withJitter(this.#periodMs);
    this.#periodMs = Math.min(MAX_PERIOD_MS, 2 * this.#periodMs);
    const own = this.#self.bytes;
    const beside = this.#table.sparse().map((prefix) => randomBeside(this.#random, own, prefix));
    return [own, ...beside].map((target) => this.#newWalk(now, target));
  }

  #newWalk(now: Instant, target: Uint8Array): Walk {
    const start = this.#table.closest(target, maxAsked(this.#count));
    return new Walk(now, { target, self: this.#self.id, count: this.#count, start });
  }

  #withJitter(delayMs: number): number {
    return delayMs * (1 + 0.2 * this.#random.next());
  }
}
