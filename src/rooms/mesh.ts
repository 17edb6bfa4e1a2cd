/**
 * With whom a member speaks directly, of all that are in a room. In a small room with everybody; in
 * a larger one the members stand in six rings, each in another order, and everybody speaks with the
 * one before and the one after in each: a union of Hamiltonian cycles, which are known to give a
 * graph with short ways that hangs together (Law and Siu, "Distributed construction of random
 * expander networks", INFOCOM 2003).
 *
 * Everybody who knows the same members finds the same graph without a word being said; both ends of
 * a link agree on it; and who comes or goes changes the neighbours of a dozen others and of nobody
 * else. Chords at growing distances in one ring make ways as short, but one member more shifts most
 * of them.
 */

import { compareIds, type NodeId } from "../base/node_id.ts";

/** Neighbours of a member at the most. */
export const MAX_NEIGHBOURS = 12;

const RINGS = MAX_NEIGHBOURS / 2;

/** An id is a hash, so every piece of it gives an order of its own: one each so many characters. */
const RING_STEP = 8;

/**
 * The neighbours of `self` among the members of a room, ordered by id.
 *
 * @param others all other members
 */
export function neighboursOf(self: NodeId, others: readonly NodeId[]): NodeId[] {
  if (others.length <= MAX_NEIGHBOURS) return [...others].sort(compareIds);
  const neighbours = new Set<NodeId>();
  for (let ring = 0; ring < RINGS; ring++) {
    for (const each of besides(self, others, ring * RING_STEP)) neighbours.add(each);
  }
  return [...neighbours].sort(compareIds);
}

/** Those before and after `self` in the ring of ids that are read from the character `start` on. */
function besides(self: NodeId, others: readonly NodeId[], start: number): NodeId[] {
  let [before, after, first, last]: (NodeId | undefined)[] = [];
  for (const id of others) {
    if (precedes(id, self, start)) {
      if (before === undefined || precedes(before, id, start)) before = id;
    } else if (after === undefined || precedes(id, after, start)) after = id;
    if (first === undefined || precedes(id, first, start)) first = id;
    if (last === undefined || precedes(last, id, start)) last = id;
  }
  return [before ?? last, after ?? first].filter((id) => id !== undefined);
}

/** Whether one id comes before another when both are read from the character `start` on, and round. */
function precedes(a: NodeId, b: NodeId, start: number): boolean {
  for (let i = 0; i < a.length; i++) {
    const at = (start + i) % a.length;
    const difference = a.charCodeAt(at) - b.charCodeAt(at);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
