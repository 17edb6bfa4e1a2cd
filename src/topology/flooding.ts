/**
 * Keeping in step with the neighbours: what is to be told to whom, and when it leaves.
 *
 * When a link comes up, both ends send a summary of their database. If the summaries differ, both
 * send their index, and each then sends what the other lacks. So two halves of a network that was
 * torn exchange only what differs, however long it was torn. A summary goes out now and then besides,
 * to mend whatever was missed.
 */

import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { BATCH_BYTES } from "../wire/limits.ts";
import {
  type CarriedAdvertisement,
  encodeTopologyMessage,
  type IndexEntry,
  type TopologyMessage,
} from "../wire/topology.ts";
import type { LinkStateDatabase } from "./database.ts";
import { Outbox } from "./outbox.ts";

/** Something to send to one neighbour. */
export interface TopologySend {
  link: LinkId;
  item: Uint8Array;
}

/** How often each neighbour is sent a summary besides, in milliseconds. */
const SUMMARY_PERIOD_MS = 60_000;

/** An index is sent again on the same link only after this time: what it asked for is under way. */
const INDEX_HOLD_MS = 5_000;

interface Neighbour {
  link: LinkId;
  outbox: Outbox;
  summaryAt: Instant;
  indexSentAt: Instant;
}

export class Flooding {
  readonly #database: LinkStateDatabase;
  readonly #neighbours = new Map<LinkId, Neighbour>();
  #sends: TopologySend[] = [];

  constructor(database: LinkStateDatabase) {
    this.#database = database;
  }

  /** Items to send, in order; empties the list. */
  takeSends(): TopologySend[] {
    const sends = this.#sends;
    if (sends.length > 0) this.#sends = [];
    return sends;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    let next: Instant | undefined;
    for (const { outbox, summaryAt } of this.#neighbours.values()) {
      next = earliest(next, outbox.nextWakeup(), summaryAt);
    }
    return next;
  }

  /** Sends what is due. */
  handleTime(now: Instant): void {
    for (const neighbour of this.#neighbours.values()) {
      if (now >= neighbour.summaryAt) this.#sendSummary(now, neighbour);
      this.#sendBatch(neighbour, neighbour.outbox.take(now));
    }
  }

  addNeighbour(now: Instant, link: LinkId): void {
    const neighbour = { link, outbox: new Outbox(), summaryAt: now, indexSentAt: -Infinity };
    this.#neighbours.set(link, neighbour);
  }

  removeNeighbour(link: LinkId): void {
    this.#neighbours.delete(link);
  }

  /** Sends every neighbour a summary now; returns how many there are. */
  compareAll(now: Instant): number {
    for (const neighbour of this.#neighbours.values()) this.#sendSummary(now, neighbour);
    return this.#neighbours.size;
  }

  /** Has every neighbour told of the node `id`, but for the one on `from`, who told us. */
  flood(id: NodeId, from?: LinkId): void {
    for (const { link, outbox } of this.#neighbours.values()) {
      if (link !== from) outbox.add(id);
    }
  }

  /** Tells every neighbour of the node `id` at once: there will be no later. */
  floodNow(id: NodeId): void {
    for (const neighbour of this.#neighbours.values()) {
      neighbour.outbox.remove(id);
      this.#sendBatch(neighbour, [id]);
    }
  }

  /** The neighbour on `link` holds an older advertisement of `id`. */
  tell(link: LinkId, id: NodeId): void {
    this.#neighbours.get(link)?.outbox.add(id);
  }

  /** The neighbour on `link` has the same advertisement of `id`, so it need not be told. */
  knows(link: LinkId, id: NodeId): void {
    this.#neighbours.get(link)?.outbox.remove(id);
  }

  /** The neighbour on `link` summed up what it holds. */
  handleSummary(now: Instant, link: LinkId, summary: { count: number; hash: number }): void {
    const { size, hash } = this.#database;
    if (summary.count !== size || summary.hash !== hash) this.#sendIndex(now, link);
  }

  /** The neighbour on `link` listed what it holds. */
  handleIndex(now: Instant, link: LinkId, entries: readonly IndexEntry[]): void {
    const theirs = new Map(entries.map(({ id, sequence }) => [id, sequence]));
    for (const { id, sequence } of this.#database.index()) {
      if ((theirs.get(id) ?? 0) < sequence) this.tell(link, id);
    }
    const theyHaveNews = entries.some(({ id, sequence }) =>
      sequence > (this.#database.get(id)?.advertisement.sequence ?? 0)
    );
    if (theyHaveNews) this.#sendIndex(now, link);
  }

  #sendSummary(now: Instant, neighbour: Neighbour): void {
    neighbour.summaryAt = now + SUMMARY_PERIOD_MS;
    const { size: count, hash } = this.#database;
    this.#send(neighbour.link, { type: "summary", count, hash });
  }

  #sendIndex(now: Instant, link: LinkId): void {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined || now < neighbour.indexSentAt + INDEX_HOLD_MS) return;
    neighbour.indexSentAt = now;
    this.#send(link, { type: "index", entries: this.#database.index() });
  }

  /** Sends the newest advertisements of `ids`, in as many frames as it takes. */
  #sendBatch({ link }: Neighbour, ids: readonly NodeId[]): void {
    let carried: CarriedAdvertisement[] = [];
    let bytes = 0;
    for (const id of ids) {
      const stored = this.#database.get(id);
      if (stored === undefined) continue;
      const { body, signature } = stored;
      carried.push({ body, signature });
      bytes += body.length;
      if (bytes < BATCH_BYTES) continue;
      this.#send(link, { type: "advertisements", carried });
      carried = [];
      bytes = 0;
    }
    if (carried.length > 0) this.#send(link, { type: "advertisements", carried });
  }

  #send(link: LinkId, message: TopologyMessage): void {
    this.#sends.push({ link, item: encodeTopologyMessage(message) });
  }
}
