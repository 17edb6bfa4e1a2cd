/** Going from node to node by arrow keys. */

import type { Point } from "./layout.ts";

/** Among points, the one that somebody means who goes from `start` in a direction. */
export function nextInDirection(
  start: string,
  points: ReadonlyMap<string, Point>,
  direction: Point,
): string | undefined {
  const from = points.get(start);
  if (from === undefined) return points.keys().next().value;
  let best: { id: string; cost: number } | undefined;
  for (const [id, { x, y }] of points) {
    const [dx, dy] = [x - from.x, y - from.y];
    const along = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y - dy * direction.x);
    // Rather one that is straight ahead than one that is near.
    if (id === start || along <= 0 || aside > 2 * along) continue;
    const cost = along + 2 * aside;
    if (best === undefined || cost < best.cost) best = { id, cost };
  }
  return best?.id;
}
