/**
 * The records that this node keeps, its own among them: one for each location and owner, for as long as
 * their owners renew them.
 *
 * Who is there stays: where there is no room, what comes anew is refused. To push out what was renewed
 * longest ago would let a flood of new records drive out those of people who are in a room and renew them.
 * No one owner gets more than a part of all the room; each location has the room that fits into an answer.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Crypto, Instant } from "../base/ports.ts";
import { MAX_RECORDS_AT_LOCATION, RECORD_DIGEST_BYTES } from "../wire/limits.ts";

/** Milliseconds that a record is kept without being renewed: two renewals may fail. */
export const RECORD_LIFETIME_MS = 180_000;

/** Records of one owner, where there is room for that: enough for a node in 32 rooms. */
const LEAST_SHARE = 32;

/** Into so many parts all the room is cut, of which an owner gets one. */
const SHARES = 16;

interface KeptRecord {
  readonly location: NodeId;
  readonly owner: NodeId;
  readonly payload: Uint8Array;
  /** The first bytes of its hash. */
  readonly digest: string;
  readonly until: Instant;
}

export class Records {
  readonly #crypto: Crypto;
  readonly #maxCount: number;
  readonly #byLocation = new Map<NodeId, Map<NodeId, KeptRecord>>();
  /** All of them, in the order in which they end. */
  readonly #all = new Set<KeptRecord>();
  readonly #countByOwner = new Map<NodeId, number>();

  /** @param maxCount records kept in all */
  constructor(crypto: Crypto, maxCount: number) {
    this.#crypto = crypto;
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Keeps or renews a record in place of what its owner had there; false: there is no room. */
  store(now: Instant, location: NodeId, owner: NodeId, payload: Uint8Array): boolean {
    this.expire(now);
    const before = this.#byLocation.get(location)?.get(owner);
    if (before === undefined && !this.#hasRoom(location, owner)) return false;
    if (before !== undefined) this.#delete(before);
    const digest = digestText(recordDigest(this.#crypto, payload));
    this.#add({ location, owner, payload, digest, until: now + RECORD_LIFETIME_MS });
    return true;
  }

  /** Drops the record of an owner, if there is one. */
  withdraw(location: NodeId, owner: NodeId): void {
    const record = this.#byLocation.get(location)?.get(owner);
    if (record !== undefined) this.#delete(record);
  }

  /**
   * What is kept at a location.
   *
   * @param known digests of payloads that are left out
   */
  at(now: Instant, location: NodeId, known: readonly Uint8Array[] = []): Uint8Array[] {
    this.expire(now);
    const records = this.#byLocation.get(location);
    if (records === undefined) return [];
    const left = new Set(known.map(digestText));
    return [...records.values()].filter(({ digest }) => !left.has(digest))
      .map(({ payload }) => payload);
  }

  /** Drops what was not renewed. */
  expire(now: Instant): void {
    for (const record of this.#all) {
      if (now < record.until) return;
      this.#delete(record);
    }
  }

  /** When `expire` will drop something. */
  nextWakeup(): Instant | undefined {
    for (const { until } of this.#all) return until;
    return undefined;
  }

  #hasRoom(location: NodeId, owner: NodeId): boolean {
    const share = Math.max(LEAST_SHARE, Math.floor(this.#maxCount / SHARES));
    return this.#all.size < this.#maxCount &&
      (this.#byLocation.get(location)?.size ?? 0) < MAX_RECORDS_AT_LOCATION &&
      (this.#countByOwner.get(owner) ?? 0) < share;
  }

  #add(record: KeptRecord): void {
    const { location, owner } = record;
    const there = this.#byLocation.get(location) ?? new Map<NodeId, KeptRecord>();
    this.#byLocation.set(location, there.set(owner, record));
    this.#all.add(record);
    this.#countByOwner.set(owner, (this.#countByOwner.get(owner) ?? 0) + 1);
  }

  #delete(record: KeptRecord): void {
    const { location, owner } = record;
    this.#all.delete(record);
    const there = this.#byLocation.get(location);
    there?.delete(owner);
    if (there?.size === 0) this.#byLocation.delete(location);
    const count = (this.#countByOwner.get(owner) ?? 0) - 1;
    if (count > 0) this.#countByOwner.set(owner, count);
    else this.#countByOwner.delete(owner);
  }
}

/** By what a payload is named to nodes that may have it too. */
export function recordDigest(crypto: Crypto, payload: Uint8Array): Uint8Array {
  return crypto.sha256(payload).subarray(0, RECORD_DIGEST_BYTES);
}

/** A digest as a text of as many characters, which can be compared and be a key. */
export function digestText(digest: Uint8Array): string {
  return String.fromCharCode(...digest);
}
