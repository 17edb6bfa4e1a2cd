/** Whom to dial, when, and how often: see {@linkcode Book} for the kinds of addresses there are. */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { type Random, randomInt, shuffled } from "../base/random.ts";
import { Book, dueAt, type Entry } from "./book.ts";
import { backoffMs, type BackoffOptions, JITTER, withJitter } from "./backoff.ts";

/** Limits and times of dialling. */
export interface DialerOptions {
  backoff: BackoffOptions;
  /** Attempts under way at once. */
  maxSimultaneous: number;
  /** Failures in a row after which a candidate is left to rest. */
  maxAttempts: number;
  /** Candidates kept, and lost addresses kept. */
  maxIdle: number;
  /** Links below which candidates are dialled. */
  minLinks: number;
}

/** An attempt to make. */
export interface Attempt {
  address: Address;
  /** Whether somebody asked for the link. */
  wanted: boolean;
  /** Whether it is made for a companion alone. */
  isForCompanion: boolean;
}

/** What follows from a failed attempt. */
export interface DialFailure {
  address: Address;
  /** Failures in a row, this one included. */
  failures: number;
  /** Milliseconds until the next attempt. */
  nextInMs: number;
  /** Whether it failed for the same reason as the time before. */
  repeated: boolean;
}

/** What the book holds of one address. */
export interface BookEntry {
  /** The node last reached there, or said to be there. */
  id: NodeId | undefined;
  /** Whether somebody asked for a link to it. */
  isTarget: boolean;
  isDialling: boolean;
}

/** A node that could be dialled. */
export interface Reachable {
  id: NodeId;
  address: Address;
}

/** A link that lived this long was a good one: the next failure counts as the first. */
const GOOD_LINK_MS = 15_000;

/** How many caps a candidate rests that could not be reached in several attempts. */
const REST_CAPS = 10;

export class Dialer {
  readonly #options: DialerOptions;
  readonly #random: Random;
  readonly #book = new Book();

  constructor(options: DialerOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** Keeps a link to `address` from now on, and dials it at once. */
  addTarget(now: Instant, address: Address): void {
    const entry = this.#book.get(address) ?? this.#book.add(now, address, "target", undefined);
    entry.origin = "target";
    entry.failures = 0;
    if (entry.state.type === "waiting") entry.state.at = now;
  }

  /** Whether somebody asked for a link to the node behind some address. */
  isTarget(id: NodeId): boolean {
    return this.#book.where((entry) => entry.origin === "target" && entry.id === id).length > 0;
  }

  /** What the book holds of an address, if it does. */
  entryAt(address: Address): BookEntry | undefined {
    const entry = this.#book.get(address);
    if (entry === undefined) return undefined;
    const { id, origin, state } = entry;
    return { id, isTarget: origin === "target", isDialling: state.type === "dialling" };
  }

  /** The addresses at which a node was last reached, or is said to be. */
  addressesOf(id: NodeId): Address[] {
    return this.#book.where((entry) => entry.id === id).map(({ address }) => address);
  }

  /**
   * When an address is dialled next, or since when it is being dialled; undefined where there is no
   * need to, and that takes news or fewer links than there are.
   *
   * @param linkCount links up or about to be, attempts of this dialer not counted
   */
  nextAttemptAt(address: Address, linkCount: number): Instant | undefined {
    const entry = this.#book.get(address);
    if (entry?.state.type === "dialling") return entry.state.startedAt;
    if (entry?.state.type !== "waiting") return undefined;
    const dialling = this.#book.dialling();
    const wantsMore = linkCount + dialling.length < this.#options.minLinks;
    return entry.origin !== "candidate" || wantsMore ? entry.state.at : undefined;
  }

  /** Nobody wants a link to this node any more: its addresses are dialled no further. */
  removeNode(id: NodeId): void {
    for (const entry of this.#book.where((each) => each.id === id)) {
      if (entry.state.type === "dialling") entry.origin = "unwanted";
      else this.#book.remove(entry);
    }
  }

  /** The targets without a link, and who was last met there. */
  waitingTargets(): { address: Address; id: NodeId | undefined }[] {
    return this.#book.idle("target").map(({ address, id }) => ({ address, id }));
  }

  /** Takes addresses at which somebody was met before, to be dialled while links are few. */
  addCandidates(now: Instant, addresses: readonly Address[]): void {
    for (const address of addresses.slice(0, this.#options.maxIdle)) {
      if (this.#book.get(address) === undefined) {
        this.#book.add(now, address, "candidate", undefined);
      }
    }
  }

  /**
   * Says which nodes of the network there are and have no link to this one. Takes as many as there is
   * room for, by chance; forgets candidates from among them that are there no more.
   */
  setCandidates(now: Instant, nodes: readonly Reachable[]): void {
    const offered = new Map(nodes.map((node) => [node.address, node]));
    for (const entry of this.#book.idle("candidate")) {
      if (entry.id !== undefined && !offered.has(entry.address)) this.#book.remove(entry);
    }
    const fresh = nodes.filter(({ address }) => this.#isFree(address));
    for (const { id, address } of shuffled(this.#random, fresh)) {
      if (!this.#makeRoom(now)) return;
      this.#book.remove(this.#book.get(address));
      this.#book.add(now, address, "candidate", id);
    }
  }

  /**
   * Says which companions have no link to this node, instead of those said before.
   *
   * @param delayOf how long to wait before the first attempt, in milliseconds
   */
  setCompanions(
    now: Instant,
    nodes: readonly Reachable[],
    delayOf: (id: NodeId) => number,
  ): void {
    const addresses = new Set(nodes.map(({ address }) => address));
    for (const entry of this.#book.idle("companion")) {
      if (!addresses.has(entry.address)) this.#book.remove(entry);
    }
    for (const { id, address } of nodes) {
      const known = this.#book.get(address);
      if (known?.origin === "target" || known?.origin === "companion") continue;
      const entry = known ?? this.#book.add(now + delayOf(id), address, "companion", id);
      entry.origin = "companion";
      entry.id = id;
    }
  }

  /**
   * A node vanished without a word: tries once a cap whether it can be reached.
   *
   * @param notBefore the earliest first attempt
   */
  addLost(now: Instant, { id, address }: Reachable, notBefore: Instant = now): void {
    const known = this.#book.get(address);
    if (known?.origin === "target" || known?.origin === "lost") return;
    const entry = known ?? this.#book.add(now, address, "candidate", id);
    entry.id = id;
    this.#lose(now, entry, notBefore);
  }

  /** A node is back, or said goodbye: it is not lost any more. */
  forgetLost(id: NodeId): void {
    for (const entry of this.#book.where((each) => each.origin === "lost" && each.id === id)) {
      if (entry.state.type === "waiting") this.#book.remove(entry);
    }
  }

  /** There is news of nodes at these addresses, so a target among them is worth an attempt now. */
  handleNews(now: Instant, addresses: readonly Address[]): void {
    for (const address of addresses) {
      const entry = this.#book.get(address);
      if (entry?.state.type !== "waiting") continue;
      const soon = now + this.#random.next() * this.#options.backoff.initialMs;
      entry.state.at = Math.min(entry.state.at, soon);
    }
  }

  /**
   * The addresses to dial now. Each must be answered by `handleDialling` before the next call.
   *
   * @param linkCount links up or about to be, attempts of this dialer not counted
   */
  due(now: Instant, linkCount: number): Attempt[] {
    const dialling = this.#book.dialling();
    let slots = this.#options.maxSimultaneous - dialling.length;
    const due: Attempt[] = [];
    const take = (entries: readonly Entry[], most: number) => {
      for (const { address, origin } of entries.slice(0, Math.max(0, Math.min(most, slots)))) {
        due.push({
          address,
          wanted: origin === "target",
          isForCompanion: origin === "companion",
        });
        slots--;
      }
    };
    take(this.#book.due(now, "target"), Infinity);
    take(this.#book.due(now, "companion"), this.#slotsFor("companion"));
    take(this.#book.due(now, "lost"), this.#slotsFor("lost"));
    const missing = this.#options.minLinks - linkCount - dialling.length - due.length;
    if (missing > 0) take(shuffled(this.#random, this.#book.due(now, "candidate")), missing);
    return due;
  }

  /** When `due` may have something new to say, as far as that depends on time. */
  nextWakeup(linkCount: number): Instant | undefined {
    const dialling = this.#book.dialling();
    if (dialling.length >= this.#options.maxSimultaneous) return undefined;
    const wantsMore = linkCount + dialling.length < this.#options.minLinks;
    const isWanted = {
      target: true,
      companion: this.#slotsFor("companion") > 0,
      lost: this.#slotsFor("lost") > 0,
      candidate: wantsMore,
      unwanted: false,
    };
    let next: Instant | undefined;
    for (const { origin, state } of this.#book.all()) {
      if (state.type === "waiting" && isWanted[origin]) next = earliest(next, state.at);
    }
    return next;
  }

  /** The attempt at `address` has begun as `link`. */
  handleDialling(now: Instant, address: Address, link: LinkId): void {
    const entry = this.#book.get(address);
    if (entry !== undefined) entry.state = { type: "dialling", link, startedAt: now };
  }

  /** The attempt `link` reached the node `id`, with which there is a link now, this or another. */
  handleReached(link: LinkId, id: NodeId): void {
    const entry = this.#book.dialledAs(link);
    if (entry === undefined) return;
    if (entry.origin !== "target") return this.#book.remove(entry);
    entry.id = id;
    entry.state = { type: "linked", id };
  }

  /**
   * The attempt `link` came to nothing.
   *
   * @param reason in words, to tell a repeated failure from a new one
   * @param notBefore the earliest next attempt, where something forbids one sooner
   */
  handleFailed(
    now: Instant,
    link: LinkId,
    reason: string,
    notBefore: Instant = now,
  ): DialFailure | undefined {
    const entry = this.#book.dialledAs(link);
    if (entry === undefined) return undefined;
    if (entry.origin === "unwanted") {
      this.#book.remove(entry);
      return undefined;
    }
    const startedAt = (entry.state as { startedAt: Instant }).startedAt;
    const repeated = entry.lastFailure === reason;
    entry.failures++;
    entry.lastFailure = reason;
    const { address, failures } = entry;
    const at = Math.max(startedAt + this.#delayAfter(entry), notBefore, now);
    entry.state = { type: "waiting", at };
    return { address, failures, repeated, nextInMs: at - now };
  }

  /**
   * There is no link to the node `id` any more.
   *
   * @param upMs how long the link was up, in milliseconds
   */
  handleDown(now: Instant, id: NodeId, upMs: number): void {
    for (
      const entry of this.#book.where(({ state }) => state.type === "linked" && state.id === id)
    ) {
      if (upMs >= GOOD_LINK_MS) entry.failures = 0;
      entry.failures++;
      entry.lastFailure = undefined;
      entry.state = { type: "waiting", at: now + this.#backoff(entry.failures) };
    }
  }

  /** Puts an entry among the lost, where it may drive out another one. */
  #lose(now: Instant, entry: Entry, notBefore: Instant): void {
    const lost = this.#book.idle("lost");
    if (lost.length >= this.#options.maxIdle) {
      // By chance rather than the oldest: which half of a torn network was lost first says nothing.
      this.#book.remove(lost[randomInt(this.#random, lost.length)] ?? entry);
    }
    entry.origin = "lost";
    // Not all at once, and not in step with the other nodes that lost it.
    const at = Math.max(now + this.#options.backoff.maxMs * this.#random.next(), notBefore);
    if (entry.state.type === "waiting") entry.state = { type: "waiting", at };
  }

  #backoff(failures: number): number {
    return backoffMs(failures, this.#options.backoff, this.#random);
  }

  /** Milliseconds from the start of a failed attempt to the next. */
  #delayAfter(entry: Entry): number {
    const { maxMs } = this.#options.backoff;
    if (entry.origin === "lost") return withJitter(maxMs, this.#random);
    const isTired = entry.origin !== "target" && entry.failures >= this.#options.maxAttempts;
    if (!isTired) return this.#backoff(entry.failures);
    entry.failures = 0;
    return withJitter(REST_CAPS * maxMs, this.#random);
  }

  /**
   * How many more nodes of a kind may be dialled now of which there may be many that cannot be reached:
   * they hang until given up, and others need slots too.
   */
  #slotsFor(origin: "companion" | "lost"): number {
    const dialling = this.#book.dialling().filter((entry) => entry.origin === origin);
    return Math.ceil(this.#options.maxSimultaneous / 2) - dialling.length;
  }

  /** Whether there is room for one more candidate; one that rests gives its place away. */
  #makeRoom(now: Instant): boolean {
    const candidates = this.#book.idle("candidate");
    if (candidates.length < this.#options.maxIdle) return true;
    const longest = (1 + JITTER) * this.#options.backoff.maxMs;
    const resting = candidates.find((entry) => dueAt(entry) > now + longest);
    this.#book.remove(resting);
    return resting !== undefined;
  }

  /** Whether a candidate may take the place of what the book says about `address`. */
  #isFree(address: Address): boolean {
    const entry = this.#book.get(address);
    return entry === undefined || (entry.origin === "lost" && entry.state.type === "waiting");
  }
}
