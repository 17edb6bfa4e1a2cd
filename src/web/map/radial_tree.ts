/**
 * A first arrangement of a network: the tree of shortest ways from the own node, drawn outwards, each
 * branch in a sector as wide as it has ends. Neighbours stand near each other from the beginning, so
 * that the forces that follow have few knots to untie, which is what they are bad at.
 */

import type { Network } from "./network.ts";

/** Where a node goes: a direction, and how many links away from the middle. */
export interface Spot {
  angle: number;
  depth: number;
}

interface Branch {
  id: string;
  depth: number;
  children: Branch[];
  /** Branches below it that end; at least one. */
  ends: number;
}

/** The spot of every node. Those that no links lead to are branches of their own from the middle. */
export function radialTree(network: Network): Map<string, Spot> {
  const roots = branchesOf(network);
  const spots = new Map<string, Spot>();
  const [own, ...others] = roots;
  if (own === undefined) return spots;
  const middle: Branch = { ...own, children: [...own.children, ...others] };
  const waiting: { branch: Branch; from: number; width: number }[] = [
    { branch: middle, from: 0, width: 2 * Math.PI },
  ];
  for (const { branch, from, width } of waiting) {
    spots.set(branch.id, { angle: from + width / 2, depth: branch.depth });
    const all = branch.children.reduce((sum, { ends }) => sum + ends, 0);
    let at = from;
    for (const child of branch.children) {
      const share = (width * child.ends) / all;
      waiting.push({ branch: child, from: at, width: share });
      at += share;
    }
  }
  return spots;
}

/** The trees that all nodes are in, that of the own node first. */
function branchesOf(network: Network): Branch[] {
  const neighbours = neighboursOf(network);
  const known = new Set<string>();
  const roots: Branch[] = [];
  for (const start of [network.self, ...[...network.nodes.keys()].sort()]) {
    if (known.has(start) || !network.nodes.has(start)) continue;
    known.add(start);
    const root = { id: start, depth: roots.length === 0 ? 0 : 1, children: [], ends: 1 };
    roots.push(root);
    // The list grows while it is walked.
    const inOrder: Branch[] = [root];
    for (const branch of inOrder) {
      for (const id of neighbours.get(branch.id) ?? []) {
        if (known.has(id)) continue;
        known.add(id);
        const child = { id, depth: branch.depth + 1, children: [], ends: 1 };
        branch.children.push(child);
        inOrder.push(child);
      }
    }
    for (const branch of inOrder.reverse()) {
      if (branch.children.length === 0) continue;
      branch.ends = branch.children.reduce((sum, { ends }) => sum + ends, 0);
    }
  }
  return roots;
}

/** For each node those that it has links with and that are on the map, in order. */
function neighboursOf({ nodes, links }: Network): Map<string, string[]> {
  const neighbours = new Map<string, string[]>([...nodes.keys()].map((id) => [id, []]));
  for (const { from, to } of links.values()) {
    if (!nodes.has(from) || !nodes.has(to)) continue;
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  for (const ids of neighbours.values()) ids.sort();
  return neighbours;
}
