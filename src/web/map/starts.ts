/**
 * Arrangements from which the forces set out. They find the nearest rest, not the best one, so a small
 * network is given several beginnings, and the caller takes the one that ends best.
 */

import type { Point } from "./layout.ts";
import type { Network } from "./network.ts";
import { radialTree } from "./radial_tree.ts";

/** How far a node is put beside where it would stand in perfect order. */
export const ASIDE = 12;

/** Up to this many nodes and links there is time for several beginnings. */
const FEW = { nodes: 40, links: 120 };

/**
 * Places for all nodes of a network, in one or several ways.
 *
 * @param length of a link
 */
export function startsFor(network: Network, length: number): Map<string, Point>[] {
  const tree = radialTree(network);
  const outwards = placesFrom(network, (id) => {
    const { angle, depth } = tree.get(id) ?? { angle: turnOf(id), depth: 1 };
    return onCircle(angle, length * depth);
  });
  const { nodes, links } = network;
  if (nodes.size > FEW.nodes || links.size > FEW.links) return [outwards];
  const angleOf = (id: string) => tree.get(id)?.angle ?? 0;
  const byTree = [...nodes.keys()].sort((a, b) => angleOf(a) - angleOf(b) || (a < b ? -1 : 1));
  const inTurn = [...nodes.keys()].sort();
  const circles = [byTree, inTurn].map((ids) => {
    const radius = length * Math.max(0.6, ids.length / 7);
    // One node is at the top.
    const turn = (id: string) => (ids.indexOf(id) / ids.length - 0.25) * 2 * Math.PI;
    return placesFrom(network, (id) => onCircle(turn(id), radius));
  });
  return [outwards, ...circles];
}

/** An angle that belongs to an id. */
export function turnOf(id: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619);
  return ((hash >>> 0) / 2 ** 32) * 2 * Math.PI;
}

/** Each a little aside, or what begins on a straight line would stay on it for ever. */
function placesFrom({ nodes }: Network, place: (id: string) => Point): Map<string, Point> {
  return new Map([...nodes.keys()].map((id) => {
    const { x, y } = place(id);
    const aside = onCircle(turnOf(id), ASIDE);
    return [id, { x: x + aside.x, y: y + aside.y }];
  }));
}

function onCircle(angle: number, radius: number): Point {
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}
