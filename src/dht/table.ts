/**
 * The nodes that this one would ask: few of the far ones, all of those close to it. Bucket number i holds
 * up to k nodes whose ids have exactly i leading bits in common with the own one (Maymounkov and Mazières
 * 2002, section 2.2). That is the paper's tree once it has split as far as it may: there only the bucket
 * of the own id splits, so each of the others ends up with one length of prefix.
 *
 * As in the paper, long-known nodes keep their places, for those stay longest, and what comes to a full
 * bucket is a spare that waits for one to fall free (section 4.1). A node that did not answer loses its
 * place to a spare; without one it stays, and is named to nobody while there are others. Whether a node
 * lives is for the map to say, so nothing is ever pinged here.
 *
 * Not the package k-bucket: it asks for Node's `events` and `crypto`, which neither the core nor a browser
 * has, takes 256-bit distances for doubles, and looks for the closest in the wrong buckets once it went
 * back up its tree.
 */

import type { NodeId } from "../base/node_id.ts";
import { compareDistances, differsAt, type Point, pointOf, prefixLength } from "./distance.ts";

interface Contact extends Point {
  readonly bucket: Bucket;
  /** Whether the map told of it; else it has only written. */
  isListed: boolean;
  /** Whether it left the last request unanswered. */
  isSilent: boolean;
}

/** Both in the order in which they were last heard of. */
interface Bucket {
  readonly places: Map<NodeId, Contact>;
  readonly spares: Map<NodeId, Contact>;
}

export class Table {
  readonly #self: Point;
  readonly #bucketSize: number;
  /** By the length of the prefix that their nodes have in common with this one. */
  readonly #buckets: Bucket[] = [];
  readonly #contacts = new Map<NodeId, Contact>();

  /** @param bucketSize k: places in a bucket, and spares that it keeps */
  constructor(self: Point, bucketSize: number) {
    this.#self = self;
    this.#bucketSize = bucketSize;
  }

  /** Nodes that have a place. */
  get size(): number {
    let size = 0;
    for (const { places } of this.#buckets) size += places.size;
    return size;
  }

  /** Whether a node has a place that the map never told of: the map does not tell all. */
  get hasUnlisted(): boolean {
    return this.#buckets.some(({ places }) =>
      [...places.values()].some(({ isListed }) => !isListed)
    );
  }

  /**
   * A node was heard of.
   *
   * @param isListed whether by the map, else by itself
   * @returns whether it got a place that it did not have before
   */
  add(id: NodeId, isListed: boolean): boolean {
    if (id === this.#self.id) return false;
    const contact = this.#contacts.get(id) ?? this.#newContact(id);
    const { places, spares } = contact.bucket;
    contact.isSilent = false;
    contact.isListed ||= isListed;
    if (places.delete(id)) {
      places.set(id, contact);
      return false;
    }
    spares.delete(id);
    if (places.size < this.#bucketSize || this.#demote(contact.bucket)) {
      places.set(id, contact);
      return true;
    }
    this.#addSpare(contact);
    return false;
  }

  /** A node is gone. */
  remove(id: NodeId): void {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return;
    const { bucket } = contact;
    this.#contacts.delete(id);
    bucket.spares.delete(id);
    if (bucket.places.delete(id)) this.#promote(bucket);
  }

  /** A node did not answer. One of which the map never told either is taken for gone. */
  handleSilence(id: NodeId): void {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return;
    if (!contact.isListed) return this.remove(id);
    contact.isSilent = true;
    const { bucket } = contact;
    const hasBetter = [...bucket.spares.values()].some(({ isSilent }) => !isSilent);
    if (!hasBetter || !bucket.places.delete(id)) return;
    this.#promote(bucket);
    this.#addSpare(contact);
  }

  /**
   * The closest nodes to a target that have a place, the closest first. Those that were silent are left
   * out, unless all were: then it is more likely this node that could not be heard.
   */
  closest(target: Uint8Array, count: number): Point[] {
    const answering = this.#closest(target, count, false);
    return answering.length > 0 ? answering : this.#closest(target, count, true);
  }

  /** The numbers of buckets with free places, as far as there are nodes further in. */
  sparse(): number[] {
    return [...this.#buckets.keys()].filter((at) =>
      (this.#buckets[at]?.places.size ?? 0) < this.#bucketSize
    );
  }

  #closest(target: Uint8Array, count: number, silentToo: boolean): Point[] {
    const closest: Point[] = [];
    for (const { places } of this.#bucketsTo(target)) {
      if (closest.length >= count) break;
      const fit = [...places.values()].filter(({ isSilent }) => silentToo || !isSilent);
      closest.push(...fit.sort((a, b) => compareDistances(target, a.bytes, b.bytes)));
    }
    return closest.slice(0, count);
  }

  /**
   * The buckets in such an order that each node in one is closer to the target than any in a later one.
   * Where the target differs from the own id, a bucket has the target's bit and all further in have not;
   * where it does not differ, it is the other way round.
   */
  *#bucketsTo(target: Uint8Array): Generator<Bucket> {
    const buckets = [...this.#buckets.entries()];
    const own = this.#self.bytes;
    for (const [at, bucket] of buckets) if (differsAt(own, target, at)) yield bucket;
    for (const [at, bucket] of buckets.reverse()) if (!differsAt(own, target, at)) yield bucket;
  }

  #newContact(id: NodeId): Contact {
    const point = pointOf(id);
    const at = prefixLength(this.#self.bytes, point.bytes);
    while (this.#buckets.length <= at) {
      this.#buckets.push({ places: new Map(), spares: new Map() });
    }
    const bucket = this.#buckets[at] as Bucket;
    const contact = { ...point, bucket, isListed: false, isSilent: false };
    this.#contacts.set(id, contact);
    return contact;
  }

  #addSpare(contact: Contact): void {
    const { spares } = contact.bucket;
    spares.set(contact.id, contact);
    const [oldest] = spares.keys();
    if (oldest === undefined || spares.size <= this.#bucketSize) return;
    spares.delete(oldest);
    this.#contacts.delete(oldest);
  }

  /** Makes a silent node give up its place to one that is just heard of; tells whether there is one. */
  #demote(bucket: Bucket): boolean {
    for (const contact of bucket.places.values()) {
      if (!contact.isSilent) continue;
      bucket.places.delete(contact.id);
      this.#addSpare(contact);
      return true;
    }
    return false;
  }

  /** Gives a free place to the spare that was heard of last, if possible one that was not silent. */
  #promote(bucket: Bucket): void {
    const spares = [...bucket.spares.values()];
    const spare = spares.findLast(({ isSilent }) => !isSilent) ?? spares.at(-1);
    if (spare === undefined) return;
    bucket.spares.delete(spare.id);
    bucket.places.set(spare.id, spare);
  }
}
