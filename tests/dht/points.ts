/** Ids for tests of the hash table, by where they lie. */

import { type NodeId, nodeIdFromBytes } from "../../src/base/node_id.ts";
import { type Random, randomInt } from "../../src/base/random.ts";
import { type Point, pointOf } from "../../src/dht/distance.ts";

/** The point whose bits begin as given, such as "0010", and then hold `rest`, up to 2^32. */
export function pointAt(bits: string, rest = 0): Point {
  const bytes = new Uint8Array(32);
  [...bits].forEach((bit, at) => {
    if (bit === "1") bytes[at >> 3] = (bytes[at >> 3] as number) | (0x80 >> (at & 7));
  });
  new DataView(bytes.buffer).setUint32(28, rest);
  return pointOf(nodeIdFromBytes(bytes));
}

/** The id of {@linkcode pointAt}. */
export function idAt(bits: string, rest = 0): NodeId {
  return pointAt(bits, rest).id;
}

/** A point by chance. */
export function anyPoint(random: Random): Point {
  const bytes = Uint8Array.from({ length: 32 }, () => randomInt(random, 256));
  return pointOf(nodeIdFromBytes(bytes));
}

export function idsOf(points: readonly Point[]): NodeId[] {
  return points.map(({ id }) => id);
}
