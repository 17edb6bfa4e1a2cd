/**
 * How hard a picture is to read: links that cross each other, and links that pass so close to a node
 * that they seem to end there, which misleads and therefore counts for more.
 */

import type { Point } from "./layout.ts";
import type { Network } from "./network.ts";

/** A link that passes nearer to a node than this, in units of the plane, seems to be one of its own. */
const TOO_CLOSE = 24;
const WEIGHTS = { passing: 4, crossing: 1 };

interface Segment {
  a: Point;
  b: Point;
  from: string;
  to: string;
}

/** 0 for a picture in which every link can be followed at a glance. */
export function clutterOf(network: Network, places: ReadonlyMap<string, Point>): number {
  const segments = [...network.links.values()].flatMap(({ from, to }): Segment[] => {
    const [a, b] = [places.get(from), places.get(to)];
    return a === undefined || b === undefined ? [] : [{ a, b, from, to }];
  });
  let clutter = 0;
  for (const [at, segment] of segments.entries()) {
    for (const [id, point] of places) {
      if (id === segment.from || id === segment.to) continue;
      if (distanceTo(segment, point) < TOO_CLOSE) clutter += WEIGHTS.passing;
    }
    for (const other of segments.slice(0, at)) {
      const ends = new Set([segment.from, segment.to, other.from, other.to]);
      if (ends.size === 4 && cross(segment, other)) clutter += WEIGHTS.crossing;
    }
  }
  return clutter;
}

function distanceTo({ a, b }: Segment, point: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy || 1;
  const share = ((point.x - a.x) * dx + (point.y - a.y) * dy) / length;
  const nearest = Math.min(1, Math.max(0, share));
  return Math.hypot(a.x + nearest * dx - point.x, a.y + nearest * dy - point.y);
}

function cross(one: Segment, other: Segment): boolean {
  return side(one, other.a) !== side(one, other.b) && side(other, one.a) !== side(other, one.b);
}

/** On which side of a line a point lies. */
function side({ a, b }: Segment, { x, y }: Point): boolean {
  return (b.x - a.x) * (y - a.y) > (b.y - a.y) * (x - a.x);
}
