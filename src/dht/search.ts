/**
 * One search for what is kept at a topic: a lookup whose answers bring records along. Every node that
 * answers is asked for them, for each may have some that others lost; what one has sent is not sent again
 * by those asked later. What a liar adds is bounded by what an answer holds, and the topic's members can
 * tell it from theirs.
 */

import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import type { DhtAnswer, DhtRequest } from "../wire/dht.ts";
import { MAX_RECORDS_AT_LOCATION } from "../wire/limits.ts";
import type { Point } from "./distance.ts";
import { Lookup } from "./lookup.ts";
import { digestText, recordDigest } from "./records.ts";
import type { Ask, Task } from "./requests.ts";
import { searchStatement } from "./statements.ts";

export interface SearchOptions {
  topic: Signer;
  self: NodeId;
  crypto: Crypto;
  /** k: as many of the closest nodes have to answer. */
  count: number;
  /** Nodes to ask first, as many as a lookup may ask. */
  start: readonly Point[];
  /** What this node itself keeps there. */
  kept: readonly Uint8Array[];
}

export class Search implements Task {
  readonly location: NodeId;
  readonly #crypto: Crypto;
  readonly #publicKey: Uint8Array;
  readonly #proof: Uint8Array;
  readonly #lookup: Lookup;
  /** By their digests as text. */
  readonly #found = new Map<string, { digest: Uint8Array; payload: Uint8Array }>();

  constructor(now: Instant, { topic, self, crypto, count, start, kept }: SearchOptions) {
    this.location = topic.id;
    this.#crypto = crypto;
    this.#publicKey = topic.publicKey;
    this.#proof = topic.sign(searchStatement(self));
    this.#lookup = new Lookup(now, { target: nodeIdToBytes(topic.id), self, count, start });
    for (const payload of kept) this.#find(payload);
  }

  /** What was found, each payload once. */
  get payloads(): Uint8Array[] {
    return [...this.#found.values()].map(({ payload }) => payload);
  }

  /** Requests, one after the other, that led to the closest node. */
  get hops(): number {
    return this.#lookup.hops;
  }

  /** Nodes that answered. */
  get answers(): number {
    return this.#lookup.answers;
  }

  isOver(now: Instant): boolean {
    return this.#lookup.isOver(now);
  }

  nextWakeup(): Instant {
    return this.#lookup.nextWakeup();
  }

  takeAsks(now: Instant): Ask[] {
    const asked = this.#lookup.takeAsks(now);
    if (asked.length === 0) return [];
    const request = this.#request();
    return asked.map((to) => ({ to, request }));
  }

  handleAnswer(_now: Instant, from: NodeId, answer: DhtAnswer): void {
    if (answer.type !== "nodes") return this.#lookup.handleRefusal(from);
    this.#lookup.handleAnswer(from, answer.ids);
    for (const payload of answer.payloads) this.#find(payload);
  }

  handleSilence(from: NodeId): void {
    this.#lookup.handleSilence(from);
  }

  handleGone(id: NodeId): void {
    this.#lookup.handleGone(id);
  }

  #request(): DhtRequest {
    // A liar can fill the list with what only it sends: then the others send more, and nothing is missed.
    const known = [...this.#found.values()].slice(0, MAX_RECORDS_AT_LOCATION)
      .map(({ digest }) => digest);
    return { type: "search", publicKey: this.#publicKey, proof: this.#proof, known };
  }

  #find(payload: Uint8Array): void {
    const digest = recordDigest(this.#crypto, payload);
    const name = digestText(digest);
    if (!this.#found.has(name)) this.#found.set(name, { digest, payload });
  }
}
