/**
 * Which way a recipient is reached, and which nodes and links are passed by for a while because
 * something that went over them did not come back. A crashed node is noticed by its missing
 * heartbeats after seconds; a message need not wait for that.
 *
 * A suspicion makes a way dear rather than impossible: of all ways the one that is suspected least is
 * taken, so that what cannot be avoided, an only neighbour for one, is not what is given up first.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Topology } from "../topology/topology.ts";
import { MAX_HOPS } from "../wire/limits.ts";

/** What is suspected is passed by for this long, in milliseconds: by then the map tells. */
const SUSPICION_MS = 10_000;

/** What each suspicion adds to the cost of a way, in microseconds: more than all its links together. */
const SUSPICION_COST_US = 1e9;

/** What a detour needs to know of the network. */
export type RouteMap = Pick<Topology, "path" | "version">;

/** How often something was suspected, and until when it is. */
interface Suspicion {
  until: Instant;
  times: number;
}

export class Detours {
  readonly #map: RouteMap;
  readonly #to: NodeId;
  /** Nodes by their ids, and links as "from to". */
  readonly #suspects = new Map<string, Suspicion>();
  #path: readonly NodeId[] | undefined;
  #pathVersion = -1;
  #expireAt: Instant = Infinity;

  constructor(map: RouteMap, to: NodeId) {
    this.#map = map;
    this.#to = to;
  }

  /** The way to the recipient, both ends included; undefined when there is none. */
  path(now: Instant): readonly NodeId[] | undefined {
    if (now >= this.#expireAt) this.#expire(now);
    if (this.#pathVersion !== this.#map.version) {
      this.#pathVersion = this.#map.version;
      this.#path = this.#find();
    }
    return this.#path;
  }

  /** The next question is answered anew: links of this node came or went. */
  reconsider(): void {
    this.#pathVersion = -1;
  }

  /** Nothing came back from this way: all that is on it is suspected. */
  suspect(now: Instant, path: readonly NodeId[]): void {
    for (const [at, id] of path.entries()) {
      const before = path[at - 1];
      if (before === undefined) continue;
      this.suspectLink(now, before, id);
      if (id !== this.#to) this.#add(now, id);
    }
  }

  /** A relay says that it cannot pass anything on over this link. */
  suspectLink(now: Instant, from: NodeId, to: NodeId): void {
    this.#add(now, linkKey(from, to));
  }

  #add(now: Instant, suspect: string): void {
    const times = (this.#suspects.get(suspect)?.times ?? 0) + 1;
    this.#suspects.set(suspect, { until: now + SUSPICION_MS, times });
    this.#expireAt = Math.min(this.#expireAt, now + SUSPICION_MS);
    this.reconsider();
  }

  #expire(now: Instant): void {
    this.#expireAt = Infinity;
    for (const [suspect, { until }] of this.#suspects) {
      if (now >= until) this.#suspects.delete(suspect);
      else this.#expireAt = Math.min(this.#expireAt, until);
    }
    this.reconsider();
  }

  #find(): readonly NodeId[] | undefined {
    const path = this.#suspects.size === 0
      ? this.#map.path(this.#to)
      : this.#map.path(this.#to, (from, to) =>
        SUSPICION_COST_US * (this.#timesOf(to) + this.#timesOf(linkKey(from, to))));
    return path !== undefined && path.length - 1 <= MAX_HOPS ? path : undefined;
  }

  #timesOf(suspect: string): number {
    return this.#suspects.get(suspect)?.times ?? 0;
  }
}

function linkKey(from: NodeId, to: NodeId): string {
  return `${from} ${to}`;
}
