/**
 * How a link looks by its round trip. The steps are those that people think in, from the same room to
 * the other side of the world, and the same on every map, so that two pictures can be compared. Colour
 * never stands alone: a slower link is also thicker, and its time is written on it.
 */

/** One step of the scale. */
export interface Warmth {
  /** The class that gives the colour. */
  name: string;
  /** Of the line, in pixels. */
  width: number;
  /** For the legend. */
  words: string;
}

/** A link whose round trip is not known. */
const UNMEASURED: Warmth = { name: "unmeasured", width: 1.25, words: "not measured" };

const STEPS: readonly (Warmth & { belowUs: number })[] = [
  { name: "warmth-0", width: 1.5, words: "below 1 ms", belowUs: 1_000 },
  { name: "warmth-1", width: 2, words: "below 10 ms", belowUs: 10_000 },
  { name: "warmth-2", width: 2.75, words: "below 50 ms", belowUs: 50_000 },
  { name: "warmth-3", width: 3.5, words: "below 200 ms", belowUs: 200_000 },
  { name: "warmth-4", width: 4.5, words: "200 ms and more", belowUs: Infinity },
];

/** Every step, the fastest first, then the one for links that are not measured. */
export const WARMTHS: readonly Warmth[] = [...STEPS, UNMEASURED];

export function warmthOf(rttUs: number | null): Warmth {
  if (rttUs === null) return UNMEASURED;
  return STEPS.find(({ belowUs }) => rttUs < belowUs) ?? UNMEASURED;
}

/** The sizes of what is drawn, in pixels of the screen however far the picture is zoomed out. */
export interface Sizes {
  /** Of a node. */
  radius: number;
  /** By which the width of a link is taken. */
  lines: number;
}

/** The more nodes there are, the finer the picture. */
export function sizesFor(nodeCount: number): Sizes {
  if (nodeCount <= 12) return { radius: 16, lines: 1 };
  if (nodeCount <= 60) return { radius: 11, lines: 0.85 };
  if (nodeCount <= 150) return { radius: 8, lines: 0.65 };
  return { radius: 6, lines: 0.5 };
}
