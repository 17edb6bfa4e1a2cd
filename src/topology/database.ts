/**
 * The link-state database: the newest advertisement of every node that was heard of. It decides
 * which of two is newer and how old is too old, and sums itself up in one number, so that two
 * neighbours can tell by 15 bytes that they agree.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Advertisement, IndexEntry } from "../wire/topology.ts";

/** An advertisement as it is kept. */
export interface StoredAdvertisement {
  advertisement: Advertisement;
  /** The originator's own bytes. */
  body: Uint8Array;
  /** And its signature over them. */
  signature: Uint8Array;
}

/** How an advertisement compares with what is held: news, known already, out of date, or no room. */
export type Verdict = "newer" | "same" | "older" | "no-room";

export class LinkStateDatabase {
  readonly #entries = new Map<NodeId, StoredAdvertisement>();
  readonly #maxNodes: number;
  #hash = 0;

  /** @param maxNodes nodes held at the most */
  constructor(maxNodes: number) {
    this.#maxNodes = maxNodes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A number that two databases share if, and but for chance only if, they hold the same. */
  get hash(): number {
    return this.#hash;
  }

  get(id: NodeId): StoredAdvertisement | undefined {
    return this.#entries.get(id);
  }

  values(): IterableIterator<StoredAdvertisement> {
    return this.#entries.values();
  }

  /** What is held, entry by entry. */
  index(): IndexEntry[] {
    return [...this.#entries].map(([id, { advertisement }]) => ({
      id,
      sequence: advertisement.sequence,
    }));
  }

  /** Whether an advertisement is news, or why it is not. */
  judge({ id, sequence }: IndexEntry): Verdict {
    const known = this.#entries.get(id)?.advertisement.sequence;
    if (known === undefined) return this.#entries.size < this.#maxNodes ? "newer" : "no-room";
    return sequence > known ? "newer" : sequence === known ? "same" : "older";
  }

  /** Keeps an advertisement in place of the one that was held of that node. */
  store(stored: StoredAdvertisement): void {
    const { id, sequence } = stored.advertisement;
    const known = this.#entries.get(id)?.advertisement.sequence;
    if (known !== undefined) this.#mix(id, known, -1);
    this.#mix(id, sequence, 1);
    this.#entries.set(id, stored);
  }

  /** Takes out the advertisements with a sequence below `oldest`, and returns them. */
  removeBelow(oldest: number): Advertisement[] {
    const old = [...this.#entries.values()].map(({ advertisement }) => advertisement)
      .filter(({ sequence }) => sequence < oldest);
    for (const { id } of old) this.remove(id);
    return old;
  }

  /** Takes out what is held of a node. */
  remove(id: NodeId): void {
    const sequence = this.#entries.get(id)?.advertisement.sequence;
    if (sequence === undefined) return;
    this.#entries.delete(id);
    this.#mix(id, sequence, -1);
  }

  /** Adds or takes away one entry's share of the hash; a sum, so that order does not matter. */
  #mix(id: NodeId, sequence: number, sign: 1 | -1): void {
    const sum = this.#hash + sign * entryHash(id, sequence);
    // Every step stays below 2^53: a sum that was rounded would never be taken away again.
    this.#hash = sum < 0 ? sum + HASH_SPACE : sum % HASH_SPACE;
  }
}

const HASH_SPACE = 2 ** 52;

/**
 * 52 bits of an entry: two 32-bit multiplicative hashes over the same input. Against chance, not
 * against malice: who forges a collision only keeps its own news from its own neighbours.
 */
function entryHash(id: NodeId, sequence: number): number {
  let a = 0xdeadbeef ^ (sequence >>> 0);
  let b = 0x41c6ce57 ^ Math.floor(sequence / 0x1_0000_0000);
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (a >>> 12) * 0x1_0000_0000 + (b >>> 0);
}
