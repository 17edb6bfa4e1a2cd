/**
 * The space that ids live in, and how far apart two of them are: their bits by exclusive or, read as a
 * number of 256 bits (Maymounkov and Mazières, "Kademlia: A Peer-to-peer Information System Based on the
 * XOR Metric", 2002, section 2.1). For every point and distance there is exactly one other point, so all
 * ways to a point meet close to it, from wherever they start.
 */

import { NODE_ID_BYTES, type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import { type Random, randomInt } from "../base/random.ts";

/** An id in both its forms: the text names it, the bytes say where it lies. */
export interface Point {
  readonly id: NodeId;
  readonly bytes: Uint8Array;
}

/** Bits of an id. */
export const ID_BITS = 8 * NODE_ID_BYTES;

/** Where an id lies. */
export function pointOf(id: NodeId): Point {
  return { id, bytes: nodeIdToBytes(id) };
}

/** Leading bits that two ids of 32 bytes have in common, 0 to 256. */
export function prefixLength(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < NODE_ID_BYTES; at++) {
    const difference = byteAt(a, at) ^ byteAt(b, at);
    if (difference !== 0) return 8 * at + Math.clz32(difference) - 24;
  }
  return ID_BITS;
}

/** Whether bit number `at` differs, 0 being the most significant. */
export function differsAt(a: Uint8Array, b: Uint8Array, at: number): boolean {
  return ((byteAt(a, at >> 3) ^ byteAt(b, at >> 3)) & (0x80 >> (at & 7))) !== 0;
}

/** Negative when `a` is closer to `target` than `b`, positive when `b` is, 0 when they are one. */
export function compareDistances(target: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < NODE_ID_BYTES; at++) {
    const middle = byteAt(target, at);
    const order = (byteAt(a, at) ^ middle) - (byteAt(b, at) ^ middle);
    if (order !== 0) return order;
  }
  return 0;
}

/** A place by chance that has exactly `prefix` leading bits in common with `origin`, 0 to 255. */
export function randomBeside(random: Random, origin: Uint8Array, prefix: number): Uint8Array {
  const place = Uint8Array.from({ length: NODE_ID_BYTES }, () => randomInt(random, 256));
  const whole = prefix >> 3;
  place.set(origin.subarray(0, whole));
  const kept = 0xff00 >> (prefix & 7) & 0xff;
  const flipped = 0x80 >> (prefix & 7);
  const own = byteAt(origin, whole);
  place[whole] = (own & kept) | (~own & flipped) |
    (byteAt(place, whole) & ~kept & ~flipped & 0xff);
  return place;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
