/**
 * Whom to dial, when, and how often.
 *
 * The book holds addresses of three kinds:
 *
 * - `target`: somebody asked for this link (the target file, `connect`). Never given up: as long as no
 *   link to the node behind it is up, it is dialled again after a backoff that stops growing at the cap.
 * - `candidate`: a node of the network that this node has no link to, or an address remembered from
 *   an earlier run. Dialled only while there are fewer links than wanted; after a few failures it is
 *   left to rest and another takes its place.
 * - `lost`: a node that was in the network and vanished without a word. Perhaps the network was
 *   torn and the other half is alive behind it, so it is dialled once a cap; for as long as it takes,
 *   since a split has no longest duration.
 *
 * An entry is `linked` only when it was this node that reached somebody there: an incoming node's
 * word about where it listens must not keep us from dialling a target.
 *
 *        waiting ──(due)──► dialling ──(up, or a duplicate)──► linked ──(link down)──► waiting
 *           ▲                  │
 *           └────(failed)──────┘
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { type Random, randomInt, shuffled } from "../base/random.ts";
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

/** Why an address is in the book; `unwanted` until the attempt that is under way there has ended. */
type Origin = "target" | "candidate" | "lost" | "unwanted";

type EntryState =
  | { type: "waiting"; at: Instant }
  | { type: "dialling"; link: LinkId; startedAt: Instant }
  | { type: "linked"; id: NodeId };

interface Entry {
  address: Address;
  origin: Origin;
  /** The node last reached there, or said to be there. */
  id: NodeId | undefined;
  state: EntryState;
  /** Failures in a row. */
  failures: number;
  lastFailure: string | undefined;
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
  readonly #book = new Map<Address, Entry>();

  constructor(options: DialerOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** Keeps a link to `address` from now on, and dials it at once. */
  addTarget(now: Instant, address: Address): void {
    const entry = this.#book.get(address) ?? this.#add(now, address, "target", undefined);
    entry.origin = "target";
    entry.failures = 0;
    if (entry.state.type === "waiting") entry.state.at = now;
  }

  /** Whether somebody asked for a link to the node behind some address. */
  isTarget(id: NodeId): boolean {
    return this.#entries((entry) => entry.origin === "target" && entry.id === id).length > 0;
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
    return this.#entries((entry) => entry.id === id).map(({ address }) => address);
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
    const dialling = this.#entries(({ state }) => state.type === "dialling");
    const wantsMore = linkCount + dialling.length < this.#options.minLinks;
    return entry.origin !== "candidate" || wantsMore ? entry.state.at : undefined;
  }

  /** Nobody wants a link to this node any more: its addresses are dialled no further. */
  removeNode(id: NodeId): void {
    for (const entry of this.#entries((each) => each.id === id)) {
      if (entry.state.type === "dialling") entry.origin = "unwanted";
      else this.#remove(entry);
    }
  }

  /** The targets without a link, and who was last met there. */
  waitingTargets(): { address: Address; id: NodeId | undefined }[] {
    return this.#idle("target").map(({ address, id }) => ({ address, id }));
  }

  /** Takes addresses at which somebody was met before, to be dialled while links are few. */
  addCandidates(now: Instant, addresses: readonly Address[]): void {
    for (const address of addresses.slice(0, this.#options.maxIdle)) {
      if (!this.#book.has(address)) this.#add(now, address, "candidate", undefined);
    }
  }

  /**
   * Says which nodes of the network there are and have no link to this one. Takes as many as there is
   * room for, by chance; forgets candidates from among them that are there no more.
   */
  setCandidates(now: Instant, nodes: readonly Reachable[]): void {
    const offered = new Map(nodes.map((node) => [node.address, node]));
    for (const entry of this.#idle("candidate")) {
      if (entry.id !== undefined && !offered.has(entry.address)) this.#remove(entry);
    }
    const fresh = nodes.filter(({ address }) => this.#isFree(address));
    for (const { id, address } of shuffled(this.#random, fresh)) {
      if (!this.#makeRoom(now)) return;
      this.#remove(this.#book.get(address));
      this.#add(now, address, "candidate", id);
    }
  }

  /**
   * A node vanished without a word: tries once a cap whether it can be reached.
   *
   * @param notBefore the earliest first attempt
   */
  addLost(now: Instant, { id, address }: Reachable, notBefore: Instant = now): void {
    const known = this.#book.get(address);
    if (known !== undefined && known.origin !== "candidate") return;
    const entry = known ?? this.#add(now, address, "candidate", id);
    entry.id = id;
    this.#lose(now, entry, notBefore);
  }

  /** A node is back, or said goodbye: it is not lost any more. */
  forgetLost(id: NodeId): void {
    for (const entry of this.#entries((each) => each.origin === "lost" && each.id === id)) {
      if (entry.state.type === "waiting") this.#remove(entry);
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
  due(now: Instant, linkCount: number): { address: Address; wanted: boolean }[] {
    const dialling = this.#entries((entry) => entry.state.type === "dialling");
    let slots = this.#options.maxSimultaneous - dialling.length;
    const due: { address: Address; wanted: boolean }[] = [];
    const take = (entries: readonly Entry[], most: number) => {
      for (const entry of entries.slice(0, Math.max(0, Math.min(most, slots)))) {
        due.push({ address: entry.address, wanted: entry.origin === "target" });
        slots--;
      }
    };
    take(this.#dueOf(now, "target"), Infinity);
    take(this.#dueOf(now, "lost"), this.#slotsForLost());
    const missing = this.#options.minLinks - linkCount - dialling.length - due.length;
    if (missing > 0) take(shuffled(this.#random, this.#dueOf(now, "candidate")), missing);
    return due;
  }

  /** When `due` may have something new to say, as far as that depends on time. */
  nextWakeup(linkCount: number): Instant | undefined {
    const dialling = this.#entries((entry) => entry.state.type === "dialling");
    if (dialling.length >= this.#options.maxSimultaneous) return undefined;
    const wantsMore = linkCount + dialling.length < this.#options.minLinks;
    const isWanted = {
      target: true,
      lost: this.#slotsForLost() > 0,
      candidate: wantsMore,
      unwanted: false,
    };
    let next: Instant | undefined;
    for (const { origin, state } of this.#book.values()) {
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
    const entry = this.#dialledAs(link);
    if (entry === undefined) return;
    if (entry.origin !== "target") return this.#remove(entry);
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
    const entry = this.#dialledAs(link);
    if (entry === undefined) return undefined;
    if (entry.origin === "unwanted") {
      this.#remove(entry);
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
    for (const entry of this.#entries(({ state }) => state.type === "linked" && state.id === id)) {
      if (upMs >= GOOD_LINK_MS) entry.failures = 0;
      entry.failures++;
      entry.lastFailure = undefined;
      entry.state = { type: "waiting", at: now + this.#backoff(entry.failures) };
    }
  }

  /** Puts an entry among the lost, where it may drive out another one. */
  #lose(now: Instant, entry: Entry, notBefore: Instant): void {
    const lost = this.#idle("lost");
    if (lost.length >= this.#options.maxIdle) {
      // By chance rather than the oldest: which half of a torn network was lost first says nothing.
      this.#remove(lost[randomInt(this.#random, lost.length)] ?? entry);
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
    const isTired = entry.origin === "candidate" && entry.failures >= this.#options.maxAttempts;
    if (!isTired) return this.#backoff(entry.failures);
    entry.failures = 0;
    return withJitter(REST_CAPS * maxMs, this.#random);
  }

  /** How many more lost nodes may be dialled now: they hang until given up, and others need slots too. */
  #slotsForLost(): number {
    const dialling = this.#entries(({ origin, state }) =>
      origin === "lost" && state.type === "dialling"
    );
    return Math.ceil(this.#options.maxSimultaneous / 2) - dialling.length;
  }

  #add(now: Instant, address: Address, origin: Origin, id: NodeId | undefined): Entry {
    const state = { type: "waiting" as const, at: now };
    const entry: Entry = { address, origin, id, state, failures: 0, lastFailure: undefined };
    this.#book.set(address, entry);
    return entry;
  }

  #remove(entry: Entry | undefined): void {
    if (entry !== undefined) this.#book.delete(entry.address);
  }

  /** Whether there is room for one more candidate; one that rests gives its place away. */
  #makeRoom(now: Instant): boolean {
    const candidates = this.#idle("candidate");
    if (candidates.length < this.#options.maxIdle) return true;
    const longest = (1 + JITTER) * this.#options.backoff.maxMs;
    const resting = candidates.find((entry) => dueAt(entry) > now + longest);
    this.#remove(resting);
    return resting !== undefined;
  }

  /** Whether a candidate may take the place of what the book says about `address`. */
  #isFree(address: Address): boolean {
    const entry = this.#book.get(address);
    return entry === undefined || (entry.origin === "lost" && entry.state.type === "waiting");
  }

  #entries(which: (entry: Entry) => boolean): Entry[] {
    return [...this.#book.values()].filter(which);
  }

  #idle(origin: Origin): Entry[] {
    return this.#entries((entry) => entry.origin === origin && entry.state.type === "waiting");
  }

  #dueOf(now: Instant, origin: Origin): Entry[] {
    const due = this.#idle(origin).filter((entry) => dueAt(entry) <= now);
    // Who has waited longest comes first, or the last in the book would never have a turn.
    return due.sort((a, b) => dueAt(a) - dueAt(b));
  }

  #dialledAs(link: LinkId): Entry | undefined {
    return this.#entries(({ state }) => state.type === "dialling" && state.link === link)[0];
  }
}

function dueAt({ state }: Entry): Instant {
  return state.type === "waiting" ? state.at : Infinity;
}
