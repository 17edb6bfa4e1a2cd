import { assert, assertEquals } from "@std/assert";
import { NODE_ID_BYTES, nodeIdFromBytes } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import {
  compareDistances,
  differsAt,
  ID_BITS,
  pointOf,
  prefixLength,
  randomBeside,
} from "../../src/dht/distance.ts";

const random = new SeededRandom(1);

/** 32 bytes by chance, of which the first few are likely to be those of `like`. */
function place(like: Uint8Array = new Uint8Array(NODE_ID_BYTES)): Uint8Array {
  const own = randomInt(random, NODE_ID_BYTES + 1);
  return like.map((byte, at) => at < own ? byte : randomInt(random, 256));
}

/** The distance as the paper has it: one large number. */
function slowDistance(a: Uint8Array, b: Uint8Array): bigint {
  return a.reduce((sum, byte, at) => (sum << 8n) | BigInt(byte ^ (b[at] as number)), 0n);
}

Deno.test("compareDistances: orders as the numbers do", () => {
  for (let round = 0; round < 2_000; round++) {
    const target = place();
    const [a, b] = [place(target), place(target)];
    const [far, near] = [slowDistance(target, a), slowDistance(target, b)];
    const wanted = far < near ? -1 : far > near ? 1 : 0;
    assertEquals(Math.sign(compareDistances(target, a, b)), wanted);
    assertEquals(compareDistances(target, a, a), 0);
  }
});

Deno.test("prefixLength: counts the bits up to the first that differs", () => {
  for (let round = 0; round < 2_000; round++) {
    const a = place();
    const b = place(a);
    const length = prefixLength(a, b);
    const bits = slowDistance(a, b).toString(2);
    assertEquals(length, bits === "0" ? ID_BITS : ID_BITS - bits.length);
    assertEquals(prefixLength(b, a), length);
    if (length < ID_BITS) assert(differsAt(a, b, length));
    if (length > 0) assert(!differsAt(a, b, length - 1));
  }
});

Deno.test("randomBeside: a place in just the bucket that was asked for, another each time", () => {
  for (let prefix = 0; prefix < ID_BITS; prefix++) {
    const origin = place();
    const beside = randomBeside(random, origin, prefix);
    assertEquals(prefixLength(origin, beside), prefix);
    // Past a hundred free bits, equal ones would be no chance.
    if (prefix < 150) {
      assert(compareDistances(beside, randomBeside(random, origin, prefix), beside));
    }
  }
});

Deno.test("pointOf: holds an id in both its forms", () => {
  const bytes = place();
  assertEquals(pointOf(nodeIdFromBytes(bytes)), { id: nodeIdFromBytes(bytes), bytes });
});
