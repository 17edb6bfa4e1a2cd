/**
 * Keeping in step: members that become neighbours, and now and then any two neighbours, compare
 * what they know of the room, so that whatever a flood did not bring is mended, a torn room above
 * all.
 *
 *     summary ─► differs ─► index ─► statements that are lacked, and the own index ─► the same back
 *                                └─► want ─► messages
 *
 * Statements are small and pushed; messages are asked for, of one member at a time, as many others
 * may have the same ones to offer.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { type Random, randomInt } from "../base/random.ts";
import type { MessageRange, RoomEntry, RoomHead } from "../wire/rooms.ts";
import { Allowance } from "./allowance.ts";
import type { Conversation, Missing } from "./conversation.ts";
import type { Members } from "./members.ts";
import type { Post } from "./post.ts";
import type { Roll } from "./roll.ts";

/** Hashes of what is held are added up, so that their order does not matter, below this number. */
const HASH_SPACE = 2 ** 52;

/** Characters of an id that tell it from all others: an id is a hash, so these are 80 even bits. */
const HASHED_LETTERS = 16;

type Summary = Extract<RoomHead, { type: "summary" }>;
type Index = Extract<RoomHead, { type: "index" }>;

/** What an exchange works with. */
export interface ExchangeOptions {
  random: Random;
  members: Members;
  roll: Roll;
  conversation: Conversation;
  post: Post;
}

/** New neighbours compare once the change that made them so has had time to reach both. */
const FIRST_MS = 500;
const FIRST_SPREAD_MS = 1_000;

/** Between two comparisons with some neighbour. */
const PERIOD_MS = 25_000;
const PERIOD_SPREAD_MS = 10_000;

/** Who was just sent an index needs no other: both ends may have begun. */
const INDEX_HOLD_MS = 1_000;

/** A member may ask for more than it sends; honest ones ask a few times in a minute. */
const QUESTIONS = { burst: 40, refillMs: 500 };

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #allowance = new Allowance(QUESTIONS);
  /** When to compare with each new neighbour. */
  readonly #firsts = new Map<NodeId, Instant>();
  readonly #indexSentAt = new Map<NodeId, Instant>();
  #neighbours: readonly NodeId[] = [];
  #compareAt: Instant;
  /** Worked out once for each state: many neighbours ask in turn. */
  #lastSummary: { revision: number; summary: Summary } | undefined;

  constructor(now: Instant, options: ExchangeOptions) {
    this.#options = options;
    this.#compareAt = this.#nextPeriod(now);
  }

  nextWakeup(): Instant | undefined {
    if (this.#neighbours.length === 0) return undefined;
    return earliest(this.#compareAt, ...this.#firsts.values());
  }

  handleTime(now: Instant): void {
    for (const [id, at] of this.#firsts) {
      if (now < at) continue;
      this.#firsts.delete(id);
      this.#compare(id);
    }
    if (now < this.#compareAt) return;
    this.#compareAt = this.#nextPeriod(now);
    const any = this.#anyNeighbour();
    if (any !== undefined) this.#compare(any);
  }

  /** These are the neighbours from now on. */
  setNeighbours(now: Instant, neighbours: readonly NodeId[]): void {
    const before = new Set(this.#neighbours);
    const after = new Set(neighbours);
    for (const id of before) if (!after.has(id)) this.#forget(id);
    for (const id of after) if (!before.has(id)) this.#firsts.set(id, this.#firstTime(now));
    this.#neighbours = neighbours;
  }

  /** Makes this node known to somebody who may be in the room, and asks what it knows. */
  greet(now: Instant, id: NodeId): void {
    this.#options.roll.tell(id, [this.#options.roll.own.id]);
    this.#sendIndex(now, id, true);
  }

  /**
   * Asks who has what is missing here: some neighbour first, as an author cannot answer all members,
   * and then by turns the author, who has it when no neighbour may have.
   */
  ask(now: Instant, missing: readonly Missing[]): void {
    const isPresent = (id: NodeId) => this.#options.members.isPresent(id);
    const asked = missing.map((each) =>
      each.asked % 2 === 1 && isPresent(each.author) ? each.author : undefined
    );
    for (const author of new Set(asked)) {
      const to = author ?? this.#anyNeighbour();
      if (to !== undefined) this.#sendIndex(now, to, true);
    }
  }

  /** A member has sent one of the letters of this family. */
  handle(
    now: Instant,
    from: NodeId,
    head: Summary | Index | Extract<RoomHead, { type: "want" }>,
  ): void {
    if (!this.#allowance.take(now, from)) return;
    switch (head.type) {
      case "summary":
        return this.#handleSummary(now, from, head);
      case "index":
        return this.#handleIndex(now, from, head);
      case "want":
        return this.#handleWant(from, head.ranges);
    }
  }

  #handleSummary(now: Instant, from: NodeId, theirs: Summary): void {
    const ours = this.#summary();
    if (theirs.count !== ours.count || theirs.hash !== ours.hash) this.#sendIndex(now, from, true);
  }

  #handleIndex(now: Instant, from: NodeId, index: Index): void {
    const { roll, members, conversation, post } = this.#options;
    const theirs = new Map(index.entries.map((entry) => [entry.id, entry]));
    const lacked = [...members.all()]
      .filter(({ statement, presence }) => {
        const known = theirs.get(statement.id);
        // Who is gone is no news to somebody who never heard of it.
        return known === undefined ? presence === "present" : isNewer(statement, known);
      })
      .map(({ statement }) => statement.id);
    const own = theirs.get(roll.own.id);
    if (own === undefined || isNewer(roll.own, own)) lacked.push(roll.own.id);
    roll.tell(from, lacked);
    const ranges = conversation.wanted(now, index.entries);
    if (ranges.length > 0) post.send(from, { type: "want", ranges });
    if (index.asks) this.#sendIndex(now, from, false);
  }

  #handleWant(from: NodeId, ranges: readonly MessageRange[]): void {
    const { conversation, post } = this.#options;
    for (const message of conversation.supply(ranges)) post.sendMessage(from, message);
  }

  #compare(id: NodeId): void {
    this.#options.post.send(id, this.#summary());
  }

  #sendIndex(now: Instant, to: NodeId, asks: boolean): void {
    if (now < (this.#indexSentAt.get(to) ?? -Infinity) + INDEX_HOLD_MS) return;
    for (const [id, at] of this.#indexSentAt) {
      if (now >= at + INDEX_HOLD_MS) this.#indexSentAt.delete(id);
    }
    this.#indexSentAt.set(to, now);
    this.#options.post.send(to, { type: "index", asks, entries: this.#entries() });
  }

  #summary(): Summary {
    const { members, roll, conversation } = this.#options;
    const revision = members.revision + conversation.revision;
    if (this.#lastSummary?.revision === revision) return this.#lastSummary.summary;
    const ids = [...members.present(), roll.own.id];
    let hash = 0;
    for (const id of ids) {
      const { epoch } = members.get(id)?.statement ?? roll.own;
      hash = (hash + entryHash(id, epoch, conversation.position(id).next)) % HASH_SPACE;
    }
    const summary: Summary = { type: "summary", count: ids.length, hash };
    this.#lastSummary = { revision, summary };
    return summary;
  }

  #entries(): RoomEntry[] {
    const { conversation, members, roll } = this.#options;
    const statements = [...members.all()].map(({ statement }) => statement);
    return [roll.own, ...statements].map(({ id, epoch, left }) => ({
      id,
      epoch,
      left,
      ...conversation.position(id),
    }));
  }

  #forget(id: NodeId): void {
    this.#firsts.delete(id);
    this.#indexSentAt.delete(id);
  }

  #anyNeighbour(): NodeId | undefined {
    return this.#neighbours[randomInt(this.#options.random, this.#neighbours.length)];
  }

  #firstTime(now: Instant): Instant {
    return now + FIRST_MS + FIRST_SPREAD_MS * this.#options.random.next();
  }

  #nextPeriod(now: Instant): Instant {
    return now + PERIOD_MS + PERIOD_SPREAD_MS * this.#options.random.next();
  }
}

/**
 * 52 bits that differ where an entry does, by chance and not against malice: whoever makes two of
 * its own entries look alike hides nobody's but its own.
 */
function entryHash(id: NodeId, epoch: number, next: number): number {
  let a = 0xdeadbeef ^ (epoch >>> 0);
  let b = Math.imul(0x41c6ce57 ^ Math.floor(epoch / 0x1_0000_0000), 0x9e3779b1) ^ next;
  for (let i = 0; i < HASHED_LETTERS; i++) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (a >>> 12) * 0x1_0000_0000 + (b >>> 0);
}

/** Whether a statement is newer than what somebody holds of the same member. */
function isNewer(
  { epoch, left }: { epoch: number; left: boolean },
  known: { epoch: number; left: boolean },
): boolean {
  return epoch > known.epoch || (epoch === known.epoch && left && !known.left);
}
