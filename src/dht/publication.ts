/**
 * A record that this node keeps at the nodes closest to its location, and when it has to act for that:
 *
 * - to renew it, every minute: two renewals may fail before it ends;
 * - when others became the closest, after a moment in which more of that may happen;
 * - when the last run failed, after a delay that grows.
 *
 * A renewal goes to those who were closest before. That costs a third of a lookup and misses nothing the
 * map tells; what it does not tell is found by a whole lookup every few minutes. When some of the closest
 * changed, the others still answer, so only the very closest are asked who came in their place.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant, Signer } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import type { DhtRequest } from "../wire/dht.ts";
import { compareDistances, type Point, pointOf } from "./distance.ts";
import { Holders } from "./holders.ts";
import { maxAsked, PARALLELISM } from "./lookup.ts";
import { Publishing } from "./publishing.ts";
import type { Records } from "./records.ts";
import { storeStatement } from "./statements.ts";
import type { Table } from "./table.ts";
import { Walk } from "./walk.ts";

/** Milliseconds between two renewals, before chance takes or adds up to a tenth. */
export const RENEWAL_MS = 60_000;

/** Milliseconds in which further changes among the closest nodes are waited for. */
export const GATHER_MS = 1_000;

/** Milliseconds after the first failed run; doubled by each that follows, up to a renewal. */
export const RETRY_MS = 2_000;

/** Of so many renewals, one looks up who is closest from the start. */
const RENEWALS_A_LOOKUP = 5;

/** What a publication needs of its node. */
export interface PublicationOptions {
  topic: Signer;
  self: Point;
  random: Random;
  table: Table;
  records: Records;
  /** k: nodes that keep the record. */
  count: number;
}

export class Publication {
  readonly #options: PublicationOptions;
  readonly #place: Point;
  readonly #holders = new Holders();
  #payload: Uint8Array;
  #request: DhtRequest;
  /** At which it belongs, as far as is known, the closest first. */
  #closest: readonly Point[] = [];
  /** Whether `#closest` left nobody out who did not answer. */
  #isSure = true;
  #run: Publishing | undefined;
  #dueAt: Instant;
  #renewAt: Instant;
  #changedAt: Instant = Infinity;
  #renewals = 0;
  #failures = 0;

  constructor(now: Instant, payload: Uint8Array, options: PublicationOptions) {
    this.#options = options;
    this.#place = pointOf(options.topic.id);
    this.#payload = payload.slice();
    this.#request = this.#newRequest();
    this.#dueAt = now;
    this.#renewAt = now;
  }

  get location(): NodeId {
    return this.#place.id;
  }

  /** What it last published, or is about to. */
  get payload(): Uint8Array {
    return this.#payload;
  }

  /** What carries it out now, if anything does. */
  get run(): Publishing | undefined {
    return this.#run;
  }

  /** Puts something else in its place. */
  setPayload(now: Instant, payload: Uint8Array): void {
    this.#payload = payload.slice();
    this.#request = this.#newRequest();
    this.#tellAll(now);
  }

  /** A node came. */
  handleAdded(now: Instant, { id, bytes }: Point): void {
    const last = this.#closest.at(-1);
    const isFar = this.#closest.length >= this.#options.count && last !== undefined &&
      compareDistances(this.#place.bytes, last.bytes, bytes) < 0;
    if (!isFar && !this.#closest.some((each) => each.id === id)) this.#handleChange(now);
  }

  /** A node is gone. */
  handleRemoved(now: Instant, id: NodeId): void {
    this.#holders.handleGone(id);
    const isOther = (each: Point) => each.id !== id;
    const closest = this.#run?.closest ?? [];
    if (!closest.every(isOther) || !this.#closest.every(isOther)) this.#handleChange(now);
    this.#closest = this.#closest.filter(isOther);
  }

  /** When `begin` is to be called; undefined while a run is under way. */
  nextWakeup(): Instant | undefined {
    return this.#run === undefined ? Math.min(this.#dueAt, this.#changedAt) : undefined;
  }

  /** Begins a run; tells whether it does so because others became the closest. */
  begin(now: Instant): { run: Publishing; hasMoved: boolean } {
    const hasMoved = now >= this.#changedAt;
    if (hasMoved) this.#changedAt = Infinity;
    const isRenewal = now >= this.#renewAt;
    const isWhole = isRenewal && this.#renewals % RENEWALS_A_LOOKUP === 0;
    if (isRenewal) this.#beginRenewal(now);
    const mustLook = isWhole || hasMoved || !this.#isSure || this.#failures > 0;
    const run = new Publishing({
      request: this.#request,
      holders: this.#holders,
      walk: mustLook ? this.#newWalk(now, isWhole) : undefined,
      closest: this.#closest,
    });
    this.#run = run;
    return { run, hasMoved };
  }

  /** The run is over. */
  finish(now: Instant): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#closest = run.closest;
    this.#isSure = run.isSure;
    this.#keepHere(now);
    this.#failures = run.hasFailed ? this.#failures + 1 : 0;
    const retryAt = run.hasFailed ? now + this.#backoffMs() : Infinity;
    this.#dueAt = Math.min(this.#renewAt, retryAt);
    // The payload has changed since: what was stored is not what is to be kept.
    if (run.request !== this.#request) this.#tellAll(now);
  }

  /** Ends it; answers with the nodes that may keep the record. */
  withdraw(now: Instant): NodeId[] {
    this.#options.records.withdraw(this.location, this.#options.self.id);
    return this.#holders.living(now);
  }

  #tellAll(now: Instant): void {
    this.#holders.age(now);
    this.#dueAt = now;
  }

  #handleChange(now: Instant): void {
    const gatherMs = GATHER_MS * (1 + 0.2 * this.#options.random.next());
    this.#changedAt = Math.min(this.#changedAt, now + gatherMs);
  }

  #beginRenewal(now: Instant): void {
    this.#renewals++;
    this.#renewAt = now + RENEWAL_MS * (0.9 + 0.2 * this.#options.random.next());
    this.#holders.age(now);
  }

  #newWalk(now: Instant, isWhole: boolean): Walk {
    const { table, self, count } = this.#options;
    const target = this.#place.bytes;
    const known = this.#closest.filter(({ id }) => this.#holders.isKnown(id));
    const answered = isWhole ? [] : known.slice(PARALLELISM);
    const start = [...this.#closest, ...table.closest(target, maxAsked(count))];
    return new Walk(now, { target, self: self.id, count, start, answered });
  }

  /** Where this node is among the closest itself, others may ask it for its record. */
  #keepHere(now: Instant): void {
    const { self, count, records } = this.#options;
    const last = this.#closest.at(-1);
    const isClosest = this.#closest.length < count || last === undefined ||
      compareDistances(this.#place.bytes, self.bytes, last.bytes) < 0;
    if (isClosest) records.store(now, this.location, self.id, this.#payload);
    else records.withdraw(this.location, self.id);
  }

  #backoffMs(): number {
    const ladder = Math.min(RENEWAL_MS, RETRY_MS * 2 ** Math.min(this.#failures - 1, 10));
    return ladder * (1 + 0.2 * this.#options.random.next());
  }

  #newRequest(): DhtRequest {
    const { topic, self } = this.#options;
    const payload = this.#payload;
    const signature = topic.sign(storeStatement(self.id, payload));
    return { type: "store", publicKey: topic.publicKey, payload, signature };
  }
}
