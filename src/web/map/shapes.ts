/** Outlines of nodes and links as SVG paths, for the page and for exported pictures alike. */

import type { Point } from "./layout.ts";
import type { NodeState } from "./network.ts";

/**
 * The outline of a node around the origin. States differ by shape, so that they can be told apart
 * without colours: a square is the own node, a disc is alive, a diamond is lost.
 */
export function nodeOutline(state: NodeState, radius: number): string {
  switch (state) {
    case "own": {
      const side = round(radius * 0.92);
      const corner = round(radius * 0.35);
      const edge = round(2 * (side - corner));
      return `M${-side + corner} ${-side}h${edge}q${corner} 0 ${corner} ${corner}v${edge}` +
        `q0 ${corner} ${-corner} ${corner}h${-edge}q${-corner} 0 ${-corner} ${-corner}v${-edge}` +
        `q0 ${-corner} ${corner} ${-corner}z`;
    }
    case "lost": {
      const reach = round(radius * 1.2);
      return `M0 ${-reach}L${reach} 0L0 ${reach}L${-reach} 0z`;
    }
    case "alive":
    case "left": {
      const r = round(radius);
      return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    }
    default:
      return state satisfies never;
  }
}

/** A link as it is drawn. */
export interface LinkOutline {
  line: string;
  /** The arrow's head, at the node that was dialled. */
  head: string;
  /** Where its text stands. */
  middle: Point;
  /** How much of the line there is, in pixels. */
  length: number;
}

/** Between the edge of a node and its links. */
const GAP = 3;

/**
 * A link from one point to another.
 *
 * @param radius of the nodes at its ends
 * @param width of the line
 * @param aside how far it keeps to its right, where another one leads the other way
 */
export function linkOutline(
  from: Point,
  to: Point,
  radius: number,
  width: number,
  aside: number,
): LinkOutline {
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const along = { x: (to.x - from.x) / distance, y: (to.y - from.y) / distance };
  const across = { x: -along.y, y: along.x };
  const at = (way: number, side: number): Point => ({
    x: from.x + along.x * way + across.x * (side + aside),
    y: from.y + along.y * way + across.y * (side + aside),
  });
  const begin = Math.min(radius + GAP, distance / 2);
  const tip = Math.max(distance - radius - GAP, distance / 2);
  const size = Math.min(5 + 1.6 * width, Math.max(tip - begin, 0));
  const spread = size * 0.5;
  return {
    line: `M${text(at(begin, 0))}L${text(at(tip - size * 0.8, 0))}`,
    head: `M${text(at(tip, 0))}L${text(at(tip - size, spread))}L${text(at(tip - size, -spread))}z`,
    middle: at((begin + tip) / 2, 0),
    length: Math.max(tip - begin, 0),
  };
}

function text({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

/** A tenth of a pixel is finer than anybody sees, and makes for short paths. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
