/**
 * When to look for the other members of a room, and whom of those found to greet.
 *
 * Alone, a member looks again soon, then less and less often; in company it looks once in a while
 * all the same, for a room that came up in two places at once is made one by somebody who finds the
 * other. A few of those found are greeted at a time: each knows the others as a rule, and once it
 * has answered there is nobody left to greet.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { type Random, shuffled } from "../base/random.ts";
import type { RoomRecord } from "../wire/rooms.ts";

/** Between two searches of a member that is alone, at first; each time twice as long. */
const FIRST_MS = 1_000;

/** Between two searches of a member in company, and at the most. */
const PERIOD_MS = 60_000;

/** Share by which chance makes these times longer. */
const JITTER = 0.2;

/** A change near the room's place is noticed by many members: they do not all search at once. */
const MOVED_SPREAD_MS = 2_000;

/** Members that are greeted at a time, and how long they have for an answer. */
const GREETED = 3;
const ANSWER_MS = 2_000;

export class Finder {
  readonly #random: Random;
  #searchAt: Instant | undefined;
  /** Searches in a row after which this node was alone. */
  #fruitless = 0;
  #candidates: RoomRecord[] = [];
  #greetAt: Instant = -Infinity;
  /** When whoever was found has had time to answer; undefined while the first search goes on. */
  #settledAt: Instant | undefined;
  #isSettled = false;

  constructor(now: Instant, random: Random) {
    this.#random = random;
    this.#searchAt = now;
  }

  /** Whether those are known who are there: the first search is over, and its finds have answered. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  nextWakeup(): Instant | undefined {
    const greetAt = this.#candidates.length === 0 ? undefined : this.#greetAt;
    return earliest(this.#searchAt, greetAt, this.#isSettled ? undefined : this.#settledAt);
  }

  /** Another member is known. */
  handleCompany(): void {
    this.#isSettled = true;
    this.#fruitless = 0;
  }

  /** This node is the only member that it knows, after there were others. */
  handleAlone(now: Instant): void {
    this.#fruitless = 0;
    this.#searchWithin(now, FIRST_MS);
  }

  /** Others are nearest to the room's place now, and may hold records that were not found. */
  handleMoved(now: Instant): void {
    this.#searchWithin(now, MOVED_SPREAD_MS * this.#random.next());
  }

  /** A search is over; these are the members that it found and that are not known yet. */
  handleFound(now: Instant, unknown: readonly RoomRecord[], isAlone: boolean): void {
    this.#candidates = shuffled(this.#random, unknown);
    this.#settledAt ??= unknown.length === 0 ? now : now + ANSWER_MS;
    this.#isSettled ||= now >= this.#settledAt;
    const delayMs = isAlone
      ? Math.min(PERIOD_MS, FIRST_MS * 2 ** Math.min(this.#fruitless++, 30))
      : PERIOD_MS;
    this.#searchAt = now + delayMs * (1 + JITTER * this.#random.next());
  }

  /** Whether to search now; a yes counts as done, and `handleFound` has to follow. */
  takeSearch(now: Instant): boolean {
    if (this.#settledAt !== undefined && now >= this.#settledAt) this.#isSettled = true;
    if (this.#searchAt === undefined || now < this.#searchAt) return false;
    this.#searchAt = undefined;
    return true;
  }

  /**
   * Whom to greet now.
   *
   * @param isUnknown whether that is still worth it
   */
  takeGreetings(now: Instant, isUnknown: (found: RoomRecord) => boolean): NodeId[] {
    if (this.#candidates.length === 0 || now < this.#greetAt) return [];
    const unknown = this.#candidates.filter(isUnknown);
    const greeted = unknown.splice(0, GREETED).map(({ id }) => id);
    this.#candidates = unknown;
    if (greeted.length > 0) this.#greetAt = now + ANSWER_MS;
    return greeted;
  }

  #searchWithin(now: Instant, delayMs: number): void {
    // While a search goes on, its end says when the next one is.
    if (this.#searchAt === undefined) return;
    this.#searchAt = Math.min(this.#searchAt, now + delayMs);
  }
}
