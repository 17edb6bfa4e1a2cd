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
import { formerIds } from "../identity/successions.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import { WireError } from "../wire/error.ts";
import type { Succession } from "../wire/succession.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  peekAdvertisement,
  type TopologyMessage,
} from "../wire/topology.ts";
import { openAdvertisement } from "./authentic.ts";
import { LinkStateDatabase } from "./database.ts";
import { Flooding, type TopologySend } from "./flooding.ts";
import {
  type Lookup,
  type MergedLink,
  mergeLinks,
  pathTo,
  shortestPaths,
  type Surcharge,
} from "./graph.ts";
import { Originator } from "./originator.ts";
import { type Standing, Standings, type TopologyEvent } from "./standings.ts";
import { Throttle } from "./throttle.ts";

/** Who this node is and how it deals with what it knows. */
export interface TopologyOptions {
  signer: Signer;
  crypto: Crypto;
  /** Changes of this node's key, the newest last. */
  successions: readonly Succession[];
  /** Public key to which messages for this node are sealed. */
  sealingKey: Uint8Array;
  label: string;
  /** How long an advertisement lives without being renewed, in milliseconds. */
  maxAgeMs: number;
  /** Nodes held at the most. */
  maxNodes: number;
  /** By how much another node's clock may differ from this one's, in milliseconds. */
  maxSkewMs: number;
}

/**
 * First and longest hold between two computations of who is alive, in milliseconds. The longest grows with
 * the network, as the work does: while a thousand nodes come and go, one look in two seconds has to do.
 */
const HOLD_MS = 10, MAX_HOLD_MS = 200, MAX_HOLD_MS_A_NODE = 2;

/** Renewals within the lifetime of an advertisement. */
const RENEWALS = 3;

export class Topology {
  readonly #options: TopologyOptions;
  readonly #self: NodeId;
  readonly #database: LinkStateDatabase;
  readonly #flooding: Flooding;
  readonly #originator: Originator;
  readonly #computation: Throttle;
  readonly #standings: Standings;
  /** Ids that their nodes have given up, each with the one that took its place. */
  readonly #superseded = new Map<NodeId, NodeId>();
  #wallOffsetMs: number;
  #refused = 0;
  #expireAt: Instant;

  constructor(now: Instant, wallOffsetMs: number, options: TopologyOptions) {
    this.#options = options;
    this.#self = options.signer.id;
    this.#standings = new Standings(this.#self);
    const database = new LinkStateDatabase(options.maxNodes);
    this.#database = database;
    this.#computation = new Throttle({
      holdMs: HOLD_MS,
      get maxHoldMs() {
        return Math.max(MAX_HOLD_MS, MAX_HOLD_MS_A_NODE * database.size);
      },
    });
    this.#flooding = new Flooding(this.#database);
    this.#originator = new Originator({ ...options, renewMs: options.maxAgeMs / RENEWALS });
    this.#wallOffsetMs = wallOffsetMs;
    this.#expireAt = now + options.maxAgeMs / RENEWALS;
    const formerly = formerIds(options.crypto, this.#self, options.successions) ?? [];
    for (const id of formerly) this.#supersede(id, this.#self);
    this.#originate(now);
  }

  /** Says what to add to an instant to have milliseconds since 1970: the wall clock may be set. */
  setWallOffset(ms: number): void {
    this.#wallOffsetMs = ms;
  }

  /** Advertisements that were refused as forged, altered or impossibly dated. */
  get refused(): number {
    return this.#refused;
  }

  /** Items to send, in order; empties the list. */
  takeSends(): TopologySend[] {
    return this.#flooding.takeSends();
  }

  /** What became known, in order; empties the list. */
  takeEvents(): TopologyEvent[] {
    return this.#standings.takeEvents();
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    return earliest(
      this.#originator.nextWakeup(),
      this.#computation.nextWakeup(),
      this.#flooding.nextWakeup(),
      this.#expireAt,
    );
  }

  /** Time passed. To be called after every other call too: it is what sends. */
  handleTime(now: Instant): void {
    if (now >= this.#expireAt) this.#expire(now);
    if (this.#originator.links.takeChanged()) {
      this.#originator.want();
      this.#computation.want();
    }
    const mustCorrect = this.#originator.isFromFuture(this.#wall(now));
    if (this.#originator.isDue(now) || mustCorrect) this.#originate(now);
    if (this.#computation.take(now)) {
      const nodes = [...this.#database.values()].map(({ advertisement }) => advertisement);
      this.#standings.compute(this.#view(), nodes);
    }
    this.#flooding.handleTime(now);
  }

  /** Says at which addresses others can dial this node. */
  setAddresses(addresses: readonly Address[]): void {
    this.#originator.setAddresses(addresses);
  }

  /** Compares what is known with every neighbour now; returns how many there are. */
  compareAll(now: Instant): number {
    return this.#flooding.compareAll(now);
  }

  /** A link of this node is up. */
  handleLinkUp(now: Instant, link: LinkId, peer: NodeId, dialled: boolean): void {
    this.#originator.links.up(peer, dialled);
    this.#flooding.addNeighbour(now, link);
  }

  /** The link to `peer` has a new smoothed round-trip time, in microseconds. */
  handleRtt(now: Instant, peer: NodeId, rttUs: number): void {
    this.#originator.links.measured(now, peer, rttUs);
  }

  /** A link of this node is up no more; `peer` is given unless another link took its place. */
  handleLinkDown(link: LinkId, peer: NodeId | undefined): void {
    this.#flooding.removeNeighbour(link);
    if (peer !== undefined) this.#originator.links.down(peer);
  }

  /** Says goodbye to the network; `takeSends` then holds the last advertisement for all neighbours. */
  leave(now: Instant): void {
    this.#originator.leave();
    this.#originate(now);
    this.#flooding.floodNow(this.#self);
  }

  /**
   * A neighbour sent a message of this family.
   *
   * @throws {WireError} when it holds an advertisement that cannot be read, is forged, or is dated as
   *   none can be
   */
  handleMessage(now: Instant, link: LinkId, message: TopologyMessage): void {
    switch (message.type) {
      case "summary":
        return this.#flooding.handleSummary(now, link, message);
      case "index":
        return this.#flooding.handleIndex(now, link, message.entries);
      case "advertisements":
        return this.#handleAdvertisements(now, link, message.carried);
      default:
        message satisfies never;
    }
  }

  /** The advertisement held of a node, this one included. */
  get(id: NodeId): Advertisement | undefined {
    return this.#database.get(id)?.advertisement;
  }

  /** How another node stands, or undefined if it was never heard of. */
  standing(id: NodeId): Standing | undefined {
    return this.#standings.get(id);
  }

  /** Every other node that is known and how it stands, ordered by id. */
  nodes(): { node: Advertisement; standing: Standing }[] {
    return this.#standings.all()
      .map(([id, standing]) => ({ node: this.get(id) as Advertisement, standing }));
  }

  /** Grows whenever the paths may have changed, or what is known of a node. */
  get version(): number {
    return this.#standings.version;
  }

  /** Whether this node has a link with `id`. */
  isNeighbour(id: NodeId): boolean {
    return this.#originator.links.has(id);
  }

  /**
   * The path of least round-trip time to a node, this one first, or undefined when there is none.
   *
   * @param surcharge what links cost besides their round-trip times, in microseconds
   */
  path(to: NodeId, surcharge?: Surcharge): NodeId[] | undefined {
    const known = pathTo(this.#standings.paths, this.#self, to);
    const first = known?.[1];
    // Links of this node may have come or gone since paths were last worked out.
    const isCurrent = first !== undefined && this.isNeighbour(first);
    if (surcharge === undefined && isCurrent) return known;
    return pathTo(shortestPaths(this.#view(), this.#self, surcharge), this.#self, to);
  }

  /** Whether every link of a path is still claimed, as far as this node knows. */
  isWhole(path: readonly NodeId[]): boolean {
    const [, first] = path;
    if (first !== undefined && !this.isNeighbour(first)) return false;
    return path.every((id, at) => {
      const before = path[at - 1];
      if (before === undefined || before === this.#self) return true;
      return this.get(before)?.links.some(({ peer }) => peer === id) === true &&
        this.#standings.get(before) === "alive";
    });
  }

  /** Every link that this node or an alive one claims, ordered by its ends. */
  links(): MergedLink[] {
    const view = this.#view();
    // What came in since the nodes were last counted waits until they are.
    const isCounted = (id: NodeId) => id === this.#self || this.#standings.get(id) !== undefined;
    const counted = (id: NodeId) => isCounted(id) ? view(id) : undefined;
    return mergeLinks(counted, [this.#self, ...this.#standings.paths.keys()]);
  }

  /** The advertisements as held, but the own links as they are now: the throttle is for others. */
  #view(): Lookup {
    const own = {
      ...this.get(this.#self) as Advertisement,
      links: this.#originator.links.claims(),
    };
    return (id) => id === this.#self ? own : this.get(id);
  }

  #wall(now: Instant): number {
    return Math.floor(now + this.#wallOffsetMs);
  }

  #originate(now: Instant): void {
    this.#database.store(this.#originator.originate(now, this.#wall(now)));
    this.#flooding.flood(this.#self);
    this.#computation.want();
  }

  /** Forgets what its originator did not renew. */
  #expire(now: Instant): void {
    this.#expireAt = now + this.#options.maxAgeMs / RENEWALS;
    const oldest = this.#wall(now) - this.#options.maxAgeMs;
    // The own one too is that old when the clock has been set.
    if (this.#originator.sequence < oldest) this.#originate(now);
    for (const node of this.#database.removeBelow(oldest)) this.#forget(node);
  }

  #forget(node: Advertisement): void {
    this.#standings.forget(node);
    this.#computation.want();
  }

  #handleAdvertisements(
    now: Instant,
    link: LinkId,
    carried: readonly CarriedAdvertisement[],
  ): void {
    try {
      for (const each of carried) this.#handleAdvertisement(now, link, each);
    } catch (error) {
      this.#refused++;
      throw error;
    }
  }

  #handleAdvertisement(now: Instant, link: LinkId, carried: CarriedAdvertisement): void {
    const entry = peekAdvertisement(carried.body);
    const { id } = entry;
    if (!this.#isTimely(now, entry.sequence)) return;
    if (this.#superseded.has(id) && !this.#isBack(id, carried)) return;
    if (id === this.#self) return this.#handleOwn(entry.sequence, carried);
    switch (this.#database.judge(entry)) {
      case "newer":
        this.#accept(carried);
        this.#flooding.knows(link, id);
        this.#flooding.flood(id, link);
        return this.#computation.want();
      case "same":
        return this.#flooding.knows(link, id);
      case "older":
        return this.#flooding.tell(link, id);
      case "no-room":
        return;
    }
  }

  /**
   * Whether an advertisement may be taken by its date. One whose lifetime is over is news to nobody;
   * one from the future is not taken either, as no later one could replace it.
   *
   * @throws {WireError} when no clock that differs by as much as is allowed explains the date: the
   *   neighbour, whose clock may be that much ahead of ours, must have refused it itself
   */
  #isTimely(now: Instant, writtenMs: number): boolean {
    const { maxAgeMs, maxSkewMs } = this.#options;
    const aheadMs = writtenMs - this.#wall(now);
    if (aheadMs > 2 * maxSkewMs) {
      throw new WireError(
        `An advertisement is dated ${Math.round(aheadMs / 1000)} s ahead of this node's clock`,
      );
    }
    return aheadMs <= maxSkewMs && aheadMs >= -maxAgeMs;
  }

  /** Keeps an advertisement, a copy of it: the frame it came in is larger and would stay for it. */
  #accept(carried: CarriedAdvertisement): void {
    const { advertisement, formerly } = openAdvertisement(this.#options.crypto, carried);
    const { body, signature } = carried;
    this.#database.store({ advertisement, body: body.slice(), signature: signature.slice() });
    for (const id of formerly) this.#supersede(id, advertisement.id);
  }

  /** A node has given up the id `old`; nothing is believed any more that is said under it. */
  #supersede(old: NodeId, by: NodeId): void {
    if (old === this.#self || old === by) return;
    if (this.#superseded.size < this.#options.maxNodes) this.#superseded.set(old, by);
    const node = this.get(old);
    if (node === undefined) return;
    this.#database.remove(old);
    this.#forget(node);
  }

  /** Whether a node has gone back to an id that it had given up, which the one between must say. */
  #isBack(id: NodeId, carried: CarriedAdvertisement): boolean {
    const { formerly } = openAdvertisement(this.#options.crypto, carried);
    const between = this.#superseded.get(id);
    if (between === undefined || !formerly.includes(between)) return false;
    this.#superseded.delete(id);
    return true;
  }

  /**
   * Somebody holds an advertisement of this very node. If it is from an earlier life, whose numbers
   * may have come further or just as far, speak up with a higher one.
   */
  #handleOwn(sequence: number, carried: CarriedAdvertisement): void {
    if (sequence < this.#originator.sequence) return;
    const own = this.#database.get(this.#self)?.body;
    if (own !== undefined && equalBytes(own, carried.body)) return;
    openAdvertisement(this.#options.crypto, carried);
    this.#originator.outbid(sequence);
  }
}
