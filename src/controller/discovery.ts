/** Turns what becomes known of the network into addresses for the dialer. */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { BanList } from "../dialer/ban_list.ts";
import type { Dialer, Reachable } from "../dialer/dialer.ts";
import type { KnownPeer } from "../identity/known_peers.ts";
import type { TopologyEvent } from "../topology/standings.ts";
import type { Topology } from "../topology/topology.ts";
import type { Links } from "./links.ts";
import type { Parted } from "./parted.ts";

/** The parts that a discovery goes between. */
export interface DiscoveryOptions {
  topology: Topology;
  dialer: Dialer;
  links: Links;
  bans: BanList;
  /** Nodes with which a person ended the link. */
  parted: Parted;
  /** Whether an address can be dialled at all from here. */
  reaches(address: Address): boolean;
}

/**
 * Milliseconds before a node is dialled that was never seen alive. One that is heard of before its links
 * are looks lost for a moment, and a link to it would stay though nobody wants it.
 */
const HEARSAY_MS = 1_000;

export class Discovery {
  readonly #options: DiscoveryOptions;
  /** Peers of an earlier run that have not been missed yet. */
  #remembered: Reachable[] = [];
  /** Whether there may be other nodes to dial than those last offered. */
  #isStale = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Dials peers of an earlier run while links are few, those that come first first. */
  rejoin(now: Instant, peers: readonly KnownPeer[]): void {
    this.#remembered = peers.flatMap(({ id, addresses }) => {
      const address = this.#dialable(addresses);
      return address === undefined ? [] : [{ id, address }];
    });
    this.#options.dialer.addCandidates(now, this.#remembered.map(({ address }) => address));
  }

  /**
   * Some time has passed since the start: peers of an earlier run that are not in the network are as
   * lost as if they had vanished from it, and perhaps the only way to another half.
   */
  missRemembered(now: Instant): void {
    const { topology, dialer } = this.#options;
    for (const peer of this.#remembered) {
      if (topology.standing(peer.id) !== "alive") dialer.addLost(now, peer);
    }
    this.#remembered = [];
  }

  /** What the node knows or is linked to has changed. */
  handleChange(): void {
    this.#isStale = true;
  }

  /** A node came or went. */
  handleEvent(now: Instant, event: TopologyEvent): void {
    const { dialer } = this.#options;
    const { id, addresses } = event.node;
    const address = this.#dialable(addresses);
    this.#isStale = true;
    if (this.#options.parted.has(id)) return;
    switch (event.type) {
      case "lost":
        if (address !== undefined) dialer.addLost(now, { id, address });
        return;
      case "missing":
        if (address !== undefined) dialer.addLost(now, { id, address }, now + HEARSAY_MS);
        return;
      case "learnt":
      case "returned":
        dialer.forgetLost(id);
        return dialer.handleNews(now, addresses);
      case "left":
        return dialer.forgetLost(id);
      case "forgotten":
        // Off the map, but whoever is lost goes on being tried.
        return;
      default:
        event.type satisfies never;
    }
  }

  /** Tells the dialer of the nodes that could be dialled, if that has changed. */
  offer(now: Instant): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#options.dialer.setCandidates(now, this.#candidates(now));
  }

  /** Where a node of the network can be dialled, if there is no link to it and could be one. */
  reachable(now: Instant, id: NodeId): Reachable | undefined {
    const { topology, links, bans, parted } = this.#options;
    const address = this.#dialable(topology.get(id)?.addresses ?? []);
    if (topology.standing(id) !== "alive" || address === undefined) return undefined;
    if (links.isLinked(id) || parted.has(id)) return undefined;
    return bans.bannedUntil(id, now) === undefined ? { id, address } : undefined;
  }

  #candidates(now: Instant): Reachable[] {
    return this.#options.topology.nodes()
      .map(({ node }) => this.reachable(now, node.id))
      .filter((each) => each !== undefined);
  }

  #dialable(addresses: readonly Address[]): Address | undefined {
    return addresses.find((each) => this.#options.reaches(each));
  }
}
