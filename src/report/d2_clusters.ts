/**
 * What of a network too large to be read a diagram shows: the own node and its neighbours one by one,
 * and the others as clusters.
 *
 * Nodes share a cluster when they hang together without the nodes that are shown, and when they are as
 * far away. So clusters of one distance are never linked to one another, which keeps the picture clear,
 * and what stands on a single neighbour is seen to do so. Groups that hang on the same neighbours are
 * put together, or two hundred leaves of one node would be two hundred clusters.
 *
 * Round-trip times have no say: they would have nodes change sides all the time, and whoever looks
 * wants to see what really changed. Clusters by the neighbour on the best path were tried; in a
 * network where everybody has several links, each of them is linked to each other.
 */

import { compareIds, type NodeId } from "../base/node_id.ts";
import type { LinkView, Snapshot } from "../controller/snapshot.ts";

/** Nodes that are drawn as one. */
export interface Cluster {
  /** Links that lead to each of them: at least as many at the greatest distance; undefined: none do. */
  distance: number | undefined;
  /** The node with the lowest id of all that hang together, at whatever distance. */
  group: NodeId;
  members: NodeId[];
}

/** What is drawn: a node, or a cluster of them. */
export type Place = NodeId | Cluster;

/** Links that are drawn as one, since at least one of their ends is a cluster. */
export interface Bundle {
  /** The nearer end first. */
  ends: readonly [Place, Place];
  count: number;
  /** Whether of each of them only one end says that it exists. */
  isOneSided: boolean;
}

/** A network put together so that it can be read. */
export interface Overview {
  /** The nodes that are drawn each for itself. */
  nodes: ReadonlySet<NodeId>;
  clusters: readonly Cluster[];
  /** Links between those nodes. */
  links: readonly LinkView[];
  bundles: readonly Bundle[];
}

/** All nodes, links and ends of links that there are. */
export type Known = Pick<Snapshot, "self" | "nodes" | "links">;

/** From here on distances are not told apart. */
export const FAR = 4;

/** Every node of a network. Links may lead to some that nothing else is known of. */
export function allIds({ self, nodes, links }: Known): Set<NodeId> {
  const ends = links.flatMap(({ from, to }) => [from, to]);
  return new Set([self, ...nodes.map(({ id }) => id), ...ends].sort(compareIds));
}

/** @param maxPlaces most nodes and clusters that are drawn; a few more where it is below 12 */
export function overviewOf(known: Known, maxPlaces: number): Overview {
  const distances = distancesOf(known);
  const places = placesOf(known, distances, maxPlaces);
  const ordered = inOrder(new Set(places.values()), distances);
  const nodes = new Set(ordered.filter((place) => typeof place === "string"));
  return {
    nodes,
    clusters: ordered.filter((place) => typeof place !== "string"),
    links: known.links.filter(({ from, to }) => nodes.has(from) && nodes.has(to)),
    bundles: bundlesOf(known.links, places, ordered),
  };
}

/**
 * How many links lead to each node, at the least. Links that one end alone claims count where no
 * others lead: they show where a node was that is lost.
 */
function distancesOf({ self, links }: Known): Map<NodeId, number> {
  const distances = new Map<NodeId, number>([[self, 0]]);
  const isSure = ({ from, to, claimedBy }: LinkView) =>
    claimedBy === "both" || from === self || to === self;
  /** The nodes of each distance. */
  const rings: NodeId[][] = [[self]];
  for (const used of [links.filter(isSure), links]) {
    const linked = linkedNodes(used);
    // What is found in one ring is looked at with the next.
    for (const [distance, ring] of rings.entries()) {
      for (const next of ring.flatMap((id) => linked.get(id) ?? [])) {
        if (distances.has(next)) continue;
        distances.set(next, distance + 1);
        (rings[distance + 1] ??= []).push(next);
      }
    }
  }
  return distances;
}

/** Where each node is drawn. */
function placesOf(
  known: Known,
  distances: ReadonlyMap<NodeId, number>,
  maxPlaces: number,
): Map<NodeId, Place> {
  const { self, links } = known;
  const ids = [...allIds(known)];
  const neighbours = ids.filter((id) => distances.get(id) === 1);
  const shown = new Set([self, ...neighbours.slice(0, Math.floor(maxPlaces / 2))]);
  const places = new Map<NodeId, Place>([...shown].map((id) => [id, id]));
  const others = ids.filter((id) => !shown.has(id));
  // A group may have a cluster at each distance; the first is that of neighbours not shown.
  const rings = neighbours.length < shown.size ? FAR - 1 : FAR;
  const room = Math.max(1, Math.floor((maxPlaces - shown.size - 1) / rings));
  const reached = others.filter((id) => distances.has(id));
  const groups = fewest(groupsOf(reached, shown, linkedNodes(links)), room);
  const apart = others.filter((id) => !distances.has(id));
  for (const group of apart.length === 0 ? groups : [...groups, apart]) {
    for (const cluster of clustersOf(group, distances)) {
      // One node is told more by its own name than by a count.
      for (const id of cluster.members) places.set(id, cluster.members.length === 1 ? id : cluster);
    }
  }
  return places;
}

/** The nodes of `ids`, which are in order, in groups that hang on the same ones of those shown. */
function groupsOf(
  ids: readonly NodeId[],
  shown: ReadonlySet<NodeId>,
  linked: ReadonlyMap<NodeId, readonly NodeId[]>,
): NodeId[][] {
  const groups = new Map<string, NodeId[]>();
  const seen = new Set<NodeId>();
  for (const start of ids) {
    if (seen.has(start)) continue;
    const doors = new Set<NodeId>();
    const component = [start];
    seen.add(start);
    for (const id of component) {
      for (const next of linked.get(id) ?? []) {
        if (shown.has(next)) doors.add(next);
        else if (!seen.has(next)) component.push(next);
        seen.add(next);
      }
    }
    const key = [...doors].sort(compareIds).join(" ");
    groups.set(key, [...groups.get(key) ?? [], ...component]);
  }
  return [...groups.values()].map((group) => group.sort(compareIds));
}

/** The same groups, the smallest of them put together where there are too many. */
function fewest(groups: readonly NodeId[][], max: number): NodeId[][] {
  if (groups.length <= max) return [...groups];
  const bySize = groups.toSorted((a, b) => b.length - a.length || compareIds(lowest(a), lowest(b)));
  return [...bySize.slice(0, max - 1), bySize.slice(max - 1).flat().sort(compareIds)];
}

function lowest([id]: readonly NodeId[]): NodeId {
  return id as NodeId;
}

/** The nodes of a group, which are in order, by their distance. */
function clustersOf(
  group: readonly NodeId[],
  distances: ReadonlyMap<NodeId, number>,
): Iterable<Cluster> {
  const clusters = new Map<number | undefined, Cluster>();
  for (const id of group) {
    const links = distances.get(id);
    const distance = links === undefined ? undefined : Math.min(links, FAR);
    const cluster = clusters.get(distance);
    if (cluster === undefined) {
      clusters.set(distance, { distance, group: lowest(group), members: [id] });
    } else cluster.members.push(id);
  }
  return clusters.values();
}

/** The nearest first. */
function inOrder(places: Iterable<Place>, distances: ReadonlyMap<NodeId, number>): Place[] {
  const distanceOf = (place: Place) =>
    (typeof place === "string" ? distances.get(place) : place.distance) ?? Infinity;
  const nameOf = (place: Place) => typeof place === "string" ? place : place.group;
  return [...places].sort((a, b) => {
    const [near, far] = [distanceOf(a), distanceOf(b)];
    return near === far ? compareIds(nameOf(a), nameOf(b)) : near - far;
  });
}

/** The nodes at the other ends of each node's links, ordered by id. */
function linkedNodes(links: readonly LinkView[]): Map<NodeId, NodeId[]> {
  const linked = new Map<NodeId, NodeId[]>();
  const add = (id: NodeId, other: NodeId) => {
    const others = linked.get(id);
    if (others === undefined) linked.set(id, [other]);
    else others.push(other);
  };
  for (const { from, to } of links) {
    add(from, to);
    add(to, from);
  }
  for (const others of linked.values()) others.sort(compareIds);
  return linked;
}

/** The links that have a cluster at one end or at both, those inside of one left out. */
function bundlesOf(
  links: readonly LinkView[],
  places: ReadonlyMap<NodeId, Place>,
  ordered: readonly Place[],
): Bundle[] {
  const ranks = new Map(ordered.map((place, rank) => [place, rank]));
  const rankOf = (id: NodeId) => ranks.get(places.get(id) ?? id) ?? 0;
  const bundles = new Map<number, Bundle>();
  for (const { from, to, claimedBy } of links) {
    const [near, far] = [rankOf(from), rankOf(to)].sort((a, b) => a - b) as [number, number];
    const ends = [ordered[near], ordered[far]] as [Place, Place];
    if (near === far || ends.every((end) => typeof end === "string")) continue;
    const key = near * ordered.length + far;
    const bundle = bundles.get(key) ?? { ends, count: 0, isOneSided: true };
    bundle.count++;
    bundle.isOneSided &&= claimedBy !== "both";
    bundles.set(key, bundle);
  }
  return [...bundles].sort(([a], [b]) => a - b).map(([, bundle]) => bundle);
}
