/**
 * The way to the nodes closest to a target: the closest known ones are asked for closer ones, until the
 * closest of all have answered (Maymounkov and Mazières 2002, section 2.3). Three are asked at a time. One
 * that takes long makes room for the next, and may still answer.
 *
 *     new ──asked──► asked ──► answered
 *                      └─────► failed     silent, refused, or gone from the map
 *
 * An answer may name nodes that do not exist, closer to the target than any that does: asking for them all
 * would take minutes. So whoever named several nodes that stay silent, and more of them than answer, is
 * believed no more: what only such nodes named is not asked. In all, a lookup asks a bounded number of
 * nodes and ends after a bounded time.
 */

import { earliest } from "../base/instant.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { compareDistances, type Point } from "./distance.ts";

/** Requests under way at once, not counting slow ones: the paper's alpha. */
export const PARALLELISM = 3;

/** Milliseconds after which a request is slow. */
export const SLOW_MS = 1_000;

/** Milliseconds that a lookup takes at the most. */
export const MAX_LOOKUP_MS = 30_000;

/** Nodes named by one other that may stay silent before they are held against it. */
const MAX_FALSE_NAMES = 2;

/** Nodes that a lookup for `count` of them asks at the most: some three times what honest ones make it ask. */
export function maxAsked(count: number): number {
  return 3 * count + 20;
}

/** Where a lookup starts. */
export interface LookupOptions {
  target: Uint8Array;
  self: NodeId;
  /** k: as many of the closest nodes are looked for. */
  count: number;
  /** Nodes to ask first: as many as it may ask, for the closest may all be silent. */
  start: readonly Point[];
  /** Nodes that need not be asked, for they are known to answer. */
  answered?: readonly Point[];
}

interface Candidate extends Point {
  state: "new" | "asked" | "answered" | "failed";
  /** Requests that led here, the one to this node included. */
  readonly hops: number;
  /** Who named it; undefined: this node knew it by itself. */
  readonly namers: Candidate[] | undefined;
  /** Of those it named itself. */
  answered: number;
  silent: number;
}

export class Lookup {
  readonly #target: Uint8Array;
  readonly #self: NodeId;
  readonly #count: number;
  readonly #deadline: Instant;
  readonly #byId = new Map<NodeId, Candidate>();
  /** The closest first. */
  readonly #candidates: Candidate[] = [];
  /** Those under way that are not slow, and when they will be. */
  readonly #quick = new Map<Candidate, Instant>();
  #asked = 0;
  #answers = 0;
  #silences = 0;

  constructor(now: Instant, { target, self, count, start, answered = [] }: LookupOptions) {
    this.#target = target;
    this.#self = self;
    this.#count = count;
    this.#deadline = now + MAX_LOOKUP_MS;
    for (const point of answered) this.#insert(point, 0, undefined).state = "answered";
    for (const point of start) if (!this.#byId.has(point.id)) this.#insert(point, 1, undefined);
  }

  /** Nodes asked so far. */
  get asked(): number {
    return this.#asked;
  }

  /** Those of them that answered. */
  get answers(): number {
    return this.#answers;
  }

  /** Those of them that did not, in time. */
  get silences(): number {
    return this.#silences;
  }

  /** Requests, one after the other, that led to the closest node that answered; 0: none did. */
  get hops(): number {
    return this.#candidates.find(({ state }) => state === "answered")?.hops ?? 0;
  }

  /** The closest nodes that answered, the closest first. */
  get closest(): Point[] {
    return this.#candidates.filter(({ state }) => state === "answered").slice(0, this.#count);
  }

  /** Whether nothing is left to ask or to wait for. */
  isOver(now: Instant): boolean {
    if (now >= this.#deadline) return true;
    const mayAsk = this.#asked < maxAsked(this.#count);
    return !this.#front().some(({ state }) => state === "asked" || (state === "new" && mayAsk));
  }

  /** When `takeAsks` or `isOver` will answer anew. */
  nextWakeup(): Instant {
    return earliest(this.#deadline, ...this.#quick.values()) ?? this.#deadline;
  }

  /** The nodes to ask now, which count as asked. */
  takeAsks(now: Instant): NodeId[] {
    for (const [candidate, slowAt] of this.#quick) {
      if (now >= slowAt) this.#quick.delete(candidate);
    }
    const asks: NodeId[] = [];
    if (now >= this.#deadline) return asks;
    for (const candidate of this.#front()) {
      if (this.#quick.size >= PARALLELISM || this.#asked >= maxAsked(this.#count)) break;
      if (candidate.state !== "new") continue;
      candidate.state = "asked";
      this.#quick.set(candidate, now + SLOW_MS);
      this.#asked++;
      asks.push(candidate.id);
    }
    return asks;
  }

  /** A node named the closest it knows. */
  handleAnswer(from: NodeId, ids: readonly Uint8Array[]): void {
    const candidate = this.#byId.get(from);
    if (candidate?.state !== "asked") return;
    this.#end(candidate, "answered");
    this.#answers++;
    for (const namer of candidate.namers ?? []) namer.answered++;
    for (const bytes of ids) this.#name(bytes, candidate);
  }

  /** A node answered that it will not. */
  handleRefusal(from: NodeId): void {
    const candidate = this.#byId.get(from);
    if (candidate?.state === "asked") this.#end(candidate, "failed");
  }

  /** A node is gone, which is nobody's fault: whoever named it may not have heard yet. */
  handleGone(id: NodeId): void {
    const candidate = this.#byId.get(id);
    if (candidate !== undefined) this.#end(candidate, "failed");
  }

  /** A node did not answer. */
  handleSilence(id: NodeId): void {
    const candidate = this.#byId.get(id);
    if (candidate?.state !== "asked") return;
    this.#end(candidate, "failed");
    this.#silences++;
    for (const namer of candidate.namers ?? []) namer.silent++;
  }

  /** Those of which every one has to answer: the closest that are left. */
  #front(): Candidate[] {
    const front: Candidate[] = [];
    const width = Math.max(this.#count, PARALLELISM);
    for (const candidate of this.#candidates) {
      if (front.length >= width) break;
      if (candidate.state === "failed") continue;
      if (candidate.state !== "new" || isBelieved(candidate)) front.push(candidate);
    }
    return front;
  }

  #end(candidate: Candidate, state: "answered" | "failed"): void {
    candidate.state = state;
    this.#quick.delete(candidate);
  }

  #name(bytes: Uint8Array, namer: Candidate): void {
    const id = nodeIdFromBytes(bytes);
    if (id === this.#self) return;
    const known = this.#byId.get(id);
    if (known !== undefined) known.namers?.push(namer);
    else this.#insert({ id, bytes }, namer.hops + 1, [namer]);
  }

  #insert(point: Point, hops: number, namers: Candidate[] | undefined): Candidate {
    const { id, bytes } = point;
    const candidate: Candidate = { id, bytes, state: "new", hops, namers, answered: 0, silent: 0 };
    this.#byId.set(id, candidate);
    let low = 0;
    for (let high = this.#candidates.length; low < high;) {
      const middle = (low + high) >> 1;
      const other = this.#candidates[middle] as Candidate;
      if (compareDistances(this.#target, other.bytes, bytes) < 0) low = middle + 1;
      else high = middle;
    }
    this.#candidates.splice(low, 0, candidate);
    return candidate;
  }
}

function isBelieved({ namers }: Candidate): boolean {
  return namers === undefined ||
    namers.some(({ answered, silent }) => silent <= MAX_FALSE_NAMES || silent <= answered);
}
