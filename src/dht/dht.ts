/**
 * A distributed hash table of signed records: Kademlia (Maymounkov and Mazières, "Kademlia: A Peer-to-peer
 * Information System Based on the XOR Metric", 2002) over letters, which any node can send to any other.
 *
 *     publish ──► Publications ─► Publishing ┐
 *     search  ──────────────────► Search     ├─► Requests ──► letters ──► Holder of another node
 *     nodes unknown to the map ─► Walk       ┘                            its Table and Records
 *
 * A record lies at the hash of its topic's public key. Only who has the topic's key can store there and see
 * what is stored, and the nodes that keep it can tell, but cannot read the name that the key comes from.
 *
 * What is taken for granted in other tables is not needed here: letters prove who sent them, so no answer
 * can be forged, and the map tells who lives, so nobody is pinged.
 *
 * Calls in; letters and events out by `takeSends` and `takeEvents`.
 */

import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import { decodeDhtMessage, type DhtMessage, encodeDhtMessage } from "../wire/dht.ts";
import { MAX_RECORD_BYTES } from "../wire/limits.ts";
import { type Point, pointOf } from "./distance.ts";
import { Holder } from "./holder.ts";
import { maxAsked } from "./lookup.ts";
import { Publication } from "./publication.ts";
import { Publications } from "./publications.ts";
import { Records } from "./records.ts";
import { Refresh } from "./refresh.ts";
import { Requests, type Task } from "./requests.ts";
import { Search } from "./search.ts";
import { Table } from "./table.ts";

/** Who this node is, and what it does for others. */
export interface DhtOptions {
  self: NodeId;
  crypto: Crypto;
  random: Random;
  /** k: nodes in a bucket, and nodes that keep each record. */
  bucketSize: number;
  /** Records kept at once, for others nearly all of them. */
  maxRecords: number;
}

/** What the owner is told. */
export type DhtEvent =
  /** A search is over. */
  | {
    type: "searched";
    location: NodeId;
    /** What was found, this node's own among it where it is kept there; each once, in no order. */
    payloads: readonly Uint8Array[];
    /** Requests, one after the other, until the closest node was known. */
    hops: number;
    /** Nodes that answered; 0: it failed, or there is no other node. */
    answers: number;
  }
  /** Other nodes are closest to a location where this one keeps a record; it is being published anew. */
  | { type: "moved"; location: NodeId };

/** A letter to another node. */
export interface DhtSend {
  to: NodeId;
  content: Uint8Array;
}

export class Dht {
  readonly #options: DhtOptions;
  readonly #self: Point;
  readonly #table: Table;
  readonly #records: Records;
  readonly #holder: Holder;
  readonly #refresh: Refresh;
  readonly #requests = new Requests();
  /** What is under way, and what to do when it is over. */
  readonly #tasks = new Map<Task, (now: Instant) => void>();
  readonly #searches = new Map<NodeId, Search>();
  readonly #publications: Publications;
  #sends: DhtSend[] = [];
  #events: DhtEvent[] = [];

  constructor(now: Instant, options: DhtOptions) {
    const { crypto, random, bucketSize } = options;
    this.#options = options;
    this.#self = pointOf(options.self);
    this.#table = new Table(this.#self, bucketSize);
    this.#records = new Records(crypto, options.maxRecords);
    const shown = { crypto, table: this.#table, records: this.#records, bucketSize };
    this.#holder = new Holder(now, shown);
    this.#publications = new Publications(now);
    this.#refresh = new Refresh(this.#self, this.#table, random, bucketSize);
  }

  /** Nodes in the table, records kept, and requests of others that were refused since the start. */
  get counts(): { nodes: number; records: number; refused: number } {
    const { size: nodes } = this.#table;
    return { nodes, records: this.#records.size, refused: this.#holder.refused };
  }

  /** Letters to send, in order; empties the list. */
  takeSends(): DhtSend[] {
    const sends = this.#sends;
    if (sends.length > 0) this.#sends = [];
    return sends;
  }

  /** What happened, in order; empties the list. */
  takeEvents(): DhtEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    let next = earliest(
      this.#requests.nextWakeup(),
      this.#records.nextWakeup(),
      this.#refresh.nextWakeup(),
      this.#publications.nextWakeup(),
    );
    for (const task of this.#tasks.keys()) next = earliest(next, task.nextWakeup());
    return next;
  }

  /** Time passed. */
  handleTime(now: Instant): void {
    for (const { to, task } of this.#requests.takeOverdue(now)) {
      this.#table.handleSilence(to);
      if (this.#tasks.has(task)) task.handleSilence(to);
    }
    this.#records.expire(now);
    for (const walk of this.#refresh.takeWalks(now)) this.#tasks.set(walk, () => {});
    this.#follow(now);
  }

  /** A node of the map is alive. */
  addNode(now: Instant, id: NodeId): void {
    if (id === this.#self.id) return;
    this.#table.add(id, true);
    this.#publications.handleAdded(now, id);
    this.#follow(now);
  }

  /** A node is not alive any more, as far as the map tells: lost, left or forgotten. */
  removeNode(now: Instant, id: NodeId): void {
    this.#table.remove(id);
    this.#requests.handleGone(id);
    this.#publications.handleRemoved(now, id);
    for (const task of this.#tasks.keys()) task.handleGone(id);
    this.#follow(now);
  }

  /**
   * Keeps a record of this node at the nodes closest to a topic until `withdraw`. Another payload takes
   * the place of the one before.
   *
   * @param topic its key: whoever has it can see the record, and where it lies is its id
   * @param payload at most 256 bytes; what they mean is up to those who have the key
   * @throws {RangeError} when it is larger
   */
  publish(now: Instant, topic: Signer, payload: Uint8Array): void {
    if (payload.length > MAX_RECORD_BYTES) {
      throw new RangeError(
        `A record has ${payload.length} bytes, wanted at most ${MAX_RECORD_BYTES}`,
      );
    }
    const known = this.#publications.get(topic.id);
    if (known === undefined) {
      this.#publications.add(this.#newPublication(now, topic, payload));
    } else if (!equalBytes(known.payload, payload)) {
      known.setPayload(now, payload);
    }
    this.#follow(now);
  }

  /** Ends what `publish` began, and tells those who keep the record. */
  withdraw(now: Instant, location: NodeId): void {
    const publication = this.#publications.get(location);
    if (publication === undefined) return;
    this.#publications.delete(publication);
    if (publication.run !== undefined) this.#tasks.delete(publication.run);
    for (const to of publication.withdraw(now)) this.#send(to, { type: "withdraw", location });
    this.#follow(now);
  }

  /**
   * Searches once for what is kept at a topic. The event "searched" follows within some 30 seconds; a
   * search that is under way already is joined.
   */
  search(now: Instant, topic: Signer): void {
    const location = topic.id;
    if (this.#searches.has(location)) return;
    const { crypto, bucketSize: count } = this.#options;
    const start = this.#table.closest(pointOf(location).bytes, maxAsked(count));
    const kept = this.#records.at(now, location);
    const self = this.#self.id;
    const search = new Search(now, { topic, self, crypto, count, start, kept });
    this.#searches.set(location, search);
    this.#tasks.set(search, () => this.#endSearch(search));
    this.#follow(now);
  }

  /**
   * A letter of this kind came.
   *
   * @param from who has proven to have sent it
   * @throws {WireError} when its content is not as it should be
   */
  handleMessage(now: Instant, from: NodeId, content: Uint8Array): void {
    const message = decodeDhtMessage(content);
    if (from === this.#self.id) return;
    this.#meet(now, from);
    switch (message.type) {
      case "request": {
        const { number } = message;
        const answer = this.#holder.answer(now, from, message.request);
        this.#send(from, { type: "answer", number, answer });
        break;
      }
      case "answer": {
        const task = this.#requests.take(message.number, from)?.task;
        if (task !== undefined && this.#tasks.has(task)) {
          task.handleAnswer(now, from, message.answer);
        }
        break;
      }
      case "withdraw":
        this.#records.withdraw(message.location, from);
        break;
      default:
        message satisfies never;
    }
    this.#follow(now);
  }

  /** A node wrote, so it lives, whether or not the map has told so. */
  #meet(now: Instant, from: NodeId): void {
    if (!this.#table.add(from, false)) return;
    if (this.#table.hasUnlisted) this.#refresh.handleUnlisted(now);
    this.#publications.handleAdded(now, from);
  }

  #newPublication(now: Instant, topic: Signer, payload: Uint8Array): Publication {
    const { random, bucketSize: count } = this.#options;
    const [self, table, records] = [this.#self, this.#table, this.#records];
    return new Publication(now, payload, { topic, self, random, table, records, count });
  }

  /** Carries on with all that is under way. */
  #follow(now: Instant): void {
    this.#beginRun(now);
    // What is begun while others end comes last, and gets its turn too.
    for (const [task, end] of this.#tasks) {
      for (const { to, request } of task.takeAsks(now)) {
        const number = this.#requests.add(now, to, task);
        this.#send(to, { type: "request", number, request });
      }
      if (!task.isOver(now)) continue;
      this.#tasks.delete(task);
      end(now);
    }
  }

  #beginRun(now: Instant): void {
    const beginning = this.#publications.begin(now);
    if (beginning === undefined) return;
    const { publication, run, hasMoved } = beginning;
    if (hasMoved) this.#events.push({ type: "moved", location: publication.location });
    this.#tasks.set(run, (now) => {
      this.#publications.finish(now, publication);
      this.#beginRun(now);
    });
  }

  #endSearch(search: Search): void {
    const { location, payloads, hops, answers } = search;
    this.#searches.delete(location);
    this.#events.push({ type: "searched", location, payloads, hops, answers });
  }

  #send(to: NodeId, message: DhtMessage): void {
    this.#sends.push({ to, content: encodeDhtMessage(message) });
  }
}
