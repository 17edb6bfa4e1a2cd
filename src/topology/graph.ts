/**
 * The network as a graph, read out of the advertisements: which links there are and who claims them,
 * the paths of least round-trip time, and from these which nodes are alive.
 *
 * A node counts as alive when a chain of links that both ends claim leads to it (the two-way check of
 * OSPF, RFC 2328 section 16.1). A crashed node's last words go on claiming its links, but nobody
 * claims them back.
 */

import { Heap } from "../base/heap.ts";
import { compareIds, type NodeId } from "../base/node_id.ts";
import type { Advertisement, LinkClaim } from "../wire/topology.ts";

/** How a node is reached from the one that computed the path. */
export interface Path {
  /** The node before it on the path. */
  previous: NodeId;
  /** Sum of the links' costs. */
  cost: number;
  hops: number;
}

/** The advertisement that is held of a node, however they are kept. */
export type Lookup = (id: NodeId) => Advertisement | undefined;

/** What somebody adds to the cost of a link, in microseconds. */
export type Surcharge = (from: NodeId, to: NodeId) => number;

interface Step extends Path {
  id: NodeId;
}

function isBefore(a: Step, b: Step): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  return a.id === b.id ? a.previous < b.previous : a.id < b.id;
}

/** What each hop costs beside its round-trip time, in microseconds: of two equal ways, the shorter. */
const HOP_COST_US = 50;

/** A link that nobody has measured yet counts as slow, in microseconds. */
const UNMEASURED_US = 1_000_000;

/**
 * The cheapest path from `from` to every node that can be reached (Dijkstra 1959), `from` itself
 * excepted. Of equally cheap paths the one is taken whose nodes have lower ids, so that equal
 * knowledge gives equal paths everywhere.
 *
 * @param surcharge what a link costs besides its round-trip time, in microseconds
 */
export function shortestPaths(
  lookup: Lookup,
  from: NodeId,
  surcharge?: Surcharge,
): Map<NodeId, Path> {
  const paths = new Map<NodeId, Path>();
  const queue = new Heap<Step>(isBefore);
  queue.push({ id: from, previous: from, cost: 0, hops: 0 });
  for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
    const { id, previous, cost, hops } = step;
    if (paths.has(id)) continue;
    paths.set(id, { previous, cost, hops });
    const advertisement = lookup(id);
    if (advertisement === undefined || advertisement.left) continue;
    for (const claim of advertisement.links) {
      if (paths.has(claim.peer)) continue;
      const counter = counterClaim(lookup(claim.peer), id);
      // An own link that is up needs no word from its other end: heartbeats prove it both ways.
      if (counter === undefined && id !== from) continue;
      const next = cost + linkCost(claim, counter) + (surcharge?.(id, claim.peer) ?? 0);
      queue.push({ id: claim.peer, previous: id, cost: next, hops: hops + 1 });
    }
  }
  paths.delete(from);
  return paths;
}

/** The nodes of the path that leads from `from` to `to`, both included; undefined when none does. */
export function pathTo(
  paths: ReadonlyMap<NodeId, Path>,
  from: NodeId,
  to: NodeId,
): NodeId[] | undefined {
  const back: NodeId[] = [to];
  for (let id = to; id !== from;) {
    const previous = paths.get(id)?.previous;
    if (previous === undefined) return undefined;
    back.push(previous);
    id = previous;
  }
  return back.reverse();
}

/** The link of two nodes as both claims put together tell it. */
export interface MergedLink {
  from: NodeId;
  to: NodeId;
  rttUs: number | null;
  claimedBy: "both" | "from" | "to";
}

/**
 * Every link that one of `speakers` claims, ordered by its ends. Whoever is not a speaker (a node that
 * vanished) is not believed about its links.
 */
export function mergeLinks(
  lookup: Lookup,
  speakers: Iterable<NodeId>,
): MergedLink[] {
  const links = new Map<string, MergedLink>();
  for (const id of speakers) {
    for (const claim of lookup(id)?.links ?? []) {
      const { peer, dialled, rttUs } = claim;
      if (peer === id || lookup(peer) === undefined) continue;
      const claimedBy = dialled ? "from" : "to";
      const [from, to] = dialled ? [id, peer] : [peer, id];
      const key = `${from} ${to}`;
      const known = links.get(key);
      if (known === undefined) {
        links.set(key, { from, to, rttUs, claimedBy });
      } else {
        if (known.claimedBy !== claimedBy) known.claimedBy = "both";
        // The dialling end's measurement is shown, as it was in the first area-net.
        if (rttUs !== null && (dialled || known.rttUs === null)) known.rttUs = rttUs;
      }
    }
  }
  return [...links.values()].sort((a, b) => compareIds(a.from, b.from) || compareIds(a.to, b.to));
}

/** The other end's claim of the link to `id`; links are few, so a search beats an index. */
function counterClaim(peer: Advertisement | undefined, id: NodeId): LinkClaim | undefined {
  if (peer === undefined || peer.left) return undefined;
  for (const claim of peer.links) if (claim.peer === id) return claim;
  return undefined;
}

/** The same from both ends, or two nodes would disagree about the best way. */
function linkCost(a: LinkClaim, b: LinkClaim | undefined): number {
  const rttUs = Math.max(a.rttUs ?? -1, b?.rttUs ?? -1);
  return HOP_COST_US + (rttUs < 0 ? UNMEASURED_US : rttUs);
}
