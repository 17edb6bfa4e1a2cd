/**
 * What this node knows of the network: it advertises its own links, takes in what others advertise,
 * works out who is alive, and forgets what grew too old.
 *
 * - Own links change: a new advertisement, as soon as the throttle lets it out.
 * - An advertisement arrives: newer than what is held, it is kept and passed on to every other
 *   neighbour; older, the sender is given the newer one; about this very node (from before a
 *   restart, say), it is answered by one with a higher number.
 * - Who is alive is worked out anew after a change, and again throttled: at 1000 nodes it costs a
 *   millisecond or two.
 *
 * Calls in; items to send and events out by `takeSends` and `takeEvents`.
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { MAX_SEQUENCE } from "../wire/limits.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  decodeAdvertisement,
  encodeAdvertisement,
  peekAdvertisement,
  type TopologyMessage,
} from "../wire/topology.ts";
import { LinkStateDatabase } from "./database.ts";
import { Flooding, type TopologySend } from "./flooding.ts";
import {
  compare,
  type Lookup,
  type MergedLink,
  mergeLinks,
  type Path,
  shortestPaths,
} from "./graph.ts";
import { OwnLinks } from "./own_links.ts";
import { Throttle } from "./throttle.ts";

/** Who this node is and how it deals with what it knows. */
export interface TopologyOptions {
  self: NodeId;
  label: string;
  /** How long an advertisement lives without being renewed, in milliseconds. */
  maxAgeMs: number;
  /** Nodes held at the most. */
  maxNodes: number;
}

/** How another node stands, as far as this one can tell; see `NodeState` of the snapshot. */
export type Standing = "alive" | "left" | "failed";

/** A change in what is known of a node. */
export interface TopologyEvent {
  type: "learnt" | "lost" | "left" | "returned" | "forgotten";
  node: Advertisement;
}

/** First and longest hold between two own advertisements. */
const ORIGINATION = { holdMs: 100, maxHoldMs: 2_000 };

/** First and longest hold between two computations of who is alive. */
const COMPUTATION = { holdMs: 10, maxHoldMs: 200 };

/** Renewals within the lifetime of an advertisement. */
const RENEWALS = 3;

export class Topology {
  readonly #options: TopologyOptions;
  readonly #database: LinkStateDatabase;
  readonly #flooding: Flooding;
  readonly #ownLinks = new OwnLinks();
  readonly #origination = new Throttle(ORIGINATION);
  readonly #computation = new Throttle(COMPUTATION);
  readonly #standings = new Map<NodeId, Standing>();
  /** Nodes that were alive at some time since they were last forgotten. */
  readonly #met = new Set<NodeId>();
  #addresses: readonly Address[] = [];
  #paths: ReadonlyMap<NodeId, Path> = new Map();
  #sequence = 0;
  #hasLeft = false;
  #renewAt: Instant = 0;
  #expireAt: Instant;
  #events: TopologyEvent[] = [];

  constructor(now: Instant, options: TopologyOptions) {
    this.#options = options;
    this.#database = new LinkStateDatabase(options.maxNodes);
    this.#flooding = new Flooding(this.#database);
    this.#expireAt = now + options.maxAgeMs / RENEWALS;
    this.#originate(now);
  }

  /** Items to send, in order; empties the list. */
  takeSends(): TopologySend[] {
    return this.#flooding.takeSends();
  }

  /** What became known, in order; empties the list. */
  takeEvents(): TopologyEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    return earliest(
      this.#origination.nextWakeup(),
      this.#computation.nextWakeup(),
      this.#flooding.nextWakeup(),
      ...this.#hasLeft ? [] : [this.#renewAt, this.#expireAt],
    );
  }

  /** Time passed. To be called after every other call too: it is what sends. */
  handleTime(now: Instant): void {
    if (!this.#hasLeft) {
      if (now >= this.#renewAt) this.#origination.want();
      if (now >= this.#expireAt) this.#expire(now);
      if (this.#ownLinks.takeChanged()) {
        this.#origination.want();
        this.#computation.want();
      }
      if (this.#origination.take(now)) this.#originate(now);
    }
    if (this.#computation.take(now)) this.#compute();
    this.#flooding.handleTime(now);
  }

  /** Says at which addresses others can dial this node. */
  setAddresses(addresses: readonly Address[]): void {
    if (addresses.join() === this.#addresses.join()) return;
    this.#addresses = addresses;
    this.#origination.want();
  }

  /** A link of this node is up. */
  handleLinkUp(now: Instant, link: LinkId, peer: NodeId, dialled: boolean): void {
    this.#ownLinks.up(peer, dialled);
    this.#flooding.addNeighbour(now, link);
  }

  /** The link to `peer` has a new smoothed round-trip time, in microseconds. */
  handleRtt(now: Instant, peer: NodeId, rttUs: number): void {
    this.#ownLinks.measured(now, peer, rttUs);
  }

  /** A link of this node is up no more; `peer` is given unless another link took its place. */
  handleLinkDown(link: LinkId, peer: NodeId | undefined): void {
    this.#flooding.removeNeighbour(link);
    if (peer !== undefined) this.#ownLinks.down(peer);
  }

  /** Says goodbye to the network; `takeSends` then holds the last advertisement for all neighbours. */
  leave(now: Instant): void {
    this.#hasLeft = true;
    this.#originate(now);
    this.#flooding.floodNow(now, this.#options.self);
  }

  /**
   * A neighbour sent a message of this family.
   *
   * @throws {WireError} when it holds an advertisement that cannot be read
   */
  handleMessage(now: Instant, link: LinkId, message: TopologyMessage): void {
    switch (message.type) {
      case "summary":
        return this.#flooding.handleSummary(now, link, message);
      case "index":
        return this.#flooding.handleIndex(now, link, message.entries);
      case "advertisements":
        for (const carried of message.carried) this.#handleAdvertisement(now, link, carried);
        return;
      default:
        message satisfies never;
    }
  }

  /** The advertisement held of a node, this one included. */
  get(id: NodeId): Advertisement | undefined {
    return this.#database.get(id)?.advertisement;
  }

  /** Every other node that is known and how it stands, ordered by id. */
  nodes(): { node: Advertisement; standing: Standing }[] {
    return [...this.#standings]
      .map(([id, standing]) => ({ node: this.get(id) as Advertisement, standing }))
      .sort((a, b) => compare(a.node.id, b.node.id));
  }

  /** Every link that this node or an alive one claims, ordered by its ends. */
  links(): MergedLink[] {
    const { self } = this.#options;
    const view = this.#view();
    // What came in since the nodes were last counted waits until they are.
    const counted = (id: NodeId) => id === self || this.#standings.has(id) ? view(id) : undefined;
    return mergeLinks(counted, [self, ...this.#paths.keys()]);
  }

  /** The advertisements as held, but the own links as they are now: the throttle is for others. */
  #view(): Lookup {
    const { self } = this.#options;
    const own = { ...this.get(self) as Advertisement, links: this.#ownLinks.claims() };
    return (id) => id === self ? own : this.get(id);
  }

  #originate(now: Instant): void {
    const { self, label, maxAgeMs } = this.#options;
    this.#ownLinks.publish(now);
    const advertisement: Advertisement = {
      id: self,
      sequence: ++this.#sequence,
      label,
      addresses: this.#addresses,
      left: this.#hasLeft,
      links: this.#hasLeft ? [] : this.#ownLinks.claims(),
    };
    const body = encodeAdvertisement(advertisement);
    this.#database.store({ advertisement, body, writtenAt: now });
    this.#renewAt = now + maxAgeMs / RENEWALS;
    this.#flooding.flood(self);
    this.#computation.want();
  }

  /** Forgets what its originator did not renew. */
  #expire(now: Instant): void {
    this.#expireAt = now + this.#options.maxAgeMs / RENEWALS;
    const removed = this.#database.removeWrittenBefore(now - this.#options.maxAgeMs);
    for (const { advertisement: node } of removed) {
      this.#standings.delete(node.id);
      if (this.#met.delete(node.id)) this.#events.push({ type: "forgotten", node });
    }
    if (removed.length > 0) this.#computation.want();
  }

  #handleAdvertisement(now: Instant, link: LinkId, { ageS, body }: CarriedAdvertisement): void {
    const entry = peekAdvertisement(body);
    const { id } = entry;
    if (id === this.#options.self) return this.#handleOwn(entry.sequence, body);
    const writtenAt = now - ageS * 1000;
    if (writtenAt < now - this.#options.maxAgeMs) return;
    switch (this.#database.judge(entry)) {
      case "newer": {
        // A copy of its own: the frame it came in is larger and would stay for it.
        const advertisement = decodeAdvertisement(body);
        this.#database.store({ advertisement, body: body.slice(), writtenAt });
        this.#flooding.knows(link, id);
        this.#flooding.flood(id, link);
        return this.#computation.want();
      }
      case "same":
        return this.#flooding.knows(link, id);
      case "older":
        return this.#flooding.tell(link, id);
      case "no-room":
        return;
    }
  }

  /**
   * Somebody holds an advertisement of this very node. If it is from an earlier life, whose numbers
   * may have come further or just as far, speak up with a higher one. Above the highest there is none.
   */
  #handleOwn(sequence: number, body: Uint8Array): void {
    if (sequence < this.#sequence || sequence === MAX_SEQUENCE) return;
    const own = this.#database.get(this.#options.self)?.body;
    if (own !== undefined && equalBytes(own, body)) return;
    this.#sequence = sequence;
    this.#origination.want();
  }

  /** Works out anew which nodes are alive, and tells what changed. */
  #compute(): void {
    this.#paths = shortestPaths(this.#view(), this.#options.self);
    for (const { advertisement: node } of this.#database.values()) {
      if (node.id === this.#options.self) continue;
      const before = this.#standings.get(node.id);
      const after = node.left ? "left" : this.#paths.has(node.id) ? "alive" : "failed";
      if (before === after) continue;
      this.#standings.set(node.id, after);
      this.#announce(node, before, after);
    }
  }

  /** Tells what changed; nothing of a node that was gone before it was heard of. */
  #announce(node: Advertisement, before: Standing | undefined, after: Standing): void {
    const isKnown = this.#met.has(node.id);
    if (after === "alive") {
      this.#met.add(node.id);
      this.#events.push({ type: isKnown ? "returned" : "learnt", node });
    } else if (after === "left" && isKnown) {
      this.#events.push({ type: "left", node });
    } else if (before === "alive") {
      this.#events.push({ type: "lost", node });
    }
  }
}
