/**
 * With which members of its rooms a node wants links of its own: neighbours in the meshes, of every
 * room in turn, up to a bound. Links that are wanted already stay so as long as their ends are
 * neighbours: a link costs more to make than it costs to keep.
 */

import type { NodeId } from "../base/node_id.ts";

/**
 * @param before what was wanted so far
 * @param rooms the neighbours in each room
 */
export function chooseLinks(
  before: ReadonlySet<NodeId>,
  rooms: readonly (readonly NodeId[])[],
  maxLinks: number,
): ReadonlySet<NodeId> {
  const neighbours = new Set(rooms.flat());
  const wanted = new Set([...before].filter((id) => neighbours.has(id)).slice(0, maxLinks));
  const longest = Math.max(0, ...rooms.map(({ length }) => length));
  for (let at = 0; at < longest; at++) {
    for (const room of rooms) {
      const id = room[at];
      if (wanted.size >= maxLinks) return wanted;
      if (id !== undefined) wanted.add(id);
    }
  }
  return wanted;
}
