import { assert, assertEquals } from "@std/assert";
import { SeededRandom, shuffled } from "../../src/base/random.ts";
import { compareDistances, type Point, prefixLength } from "../../src/dht/distance.ts";
import { Table } from "../../src/dht/table.ts";
import { anyPoint, idAt, idsOf, pointAt } from "./points.ts";

const SELF = pointAt("0000");

function points(count: number, seed: number): Point[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => anyPoint(random));
}

/** Those of bucket 0 that have a place, in the order of their numbers. */
function farOnes(table: Table): readonly string[] {
  return idsOf(table.closest(pointAt("1").bytes, 100).filter(({ bytes }) => bytes[0] === 0x80));
}

const far = (number: number) => idAt("1", number);

Deno.test("Table: names the closest of all that have a place, whatever the target", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const self = anyPoint(new SeededRandom(seed));
    const others = points(10 * seed, 100 + seed);
    // With buckets this large nobody is left out, so a plain sort says what is right.
    const table = new Table(self, 1_000);
    for (const { id } of others) table.add(id, true);
    for (const { bytes: target } of [self, ...others.slice(0, 5), ...points(20, seed)]) {
      const wanted = others.toSorted((a, b) => compareDistances(target, a.bytes, b.bytes));
      assertEquals(idsOf(table.closest(target, 20)), idsOf(wanted.slice(0, 20)));
    }
  }
});

Deno.test("Table: holds as many of each length of prefix as a bucket has places, and all close ones", () => {
  const others = points(2_000, 7);
  const table = new Table(SELF, 20);
  for (const { id } of others) table.add(id, true);
  const held = table.closest(SELF.bytes, 10_000);
  assertEquals(table.size, held.length);
  for (let prefix = 0; prefix < 12; prefix++) {
    const inBucket = (point: Point) => prefixLength(SELF.bytes, point.bytes) === prefix;
    const count = others.filter(inBucket).length;
    assertEquals(held.filter(inBucket).length, Math.min(20, count));
  }
});

Deno.test("Table: knows itself not", () => {
  const table = new Table(SELF, 2);
  assertEquals(table.add(SELF.id, true), false);
  assertEquals([table.size, table.closest(SELF.bytes, 5)], [0, []]);
});

Deno.test("Table.add: who was there first stays, the newest spare takes a place that falls free", () => {
  const table = new Table(SELF, 2);
  assertEquals([1, 2, 3, 4].map((number) => table.add(far(number), true)), [
    true,
    true,
    false,
    false,
  ]);
  assertEquals(farOnes(table), [far(1), far(2)]);
  table.remove(far(1));
  assertEquals(farOnes(table), [far(2), far(4)]);
  table.remove(far(4));
  assertEquals(farOnes(table), [far(2), far(3)]);
  table.remove(far(3));
  assertEquals(farOnes(table), [far(2)]);
});

Deno.test("Table.add: keeps as many spares as places, and forgets the one heard of longest ago", () => {
  const table = new Table(SELF, 2);
  for (let number = 1; number <= 5; number++) table.add(far(number), true);
  for (const gone of [1, 2, 4, 5]) table.remove(far(gone));
  assertEquals(farOnes(table), []);
});

Deno.test("Table.remove: a spare that is gone takes no place", () => {
  const table = new Table(SELF, 1);
  for (const number of [1, 2]) table.add(far(number), true);
  table.remove(far(2));
  table.remove(far(1));
  table.remove(far(9));
  assertEquals(table.size, 0);
});

Deno.test("Table.handleSilence: a silent node gives its place to a spare", () => {
  const table = new Table(SELF, 2);
  for (const number of [1, 2, 3]) table.add(far(number), true);
  table.handleSilence(far(1));
  assertEquals(farOnes(table), [far(2), far(3)]);
  // It is a spare now, to be had when there is no better one.
  table.remove(far(2));
  assertEquals(table.size, 2);
  assertEquals(farOnes(table), [far(3)]);
  assertEquals(table.add(far(1), false), false);
  assertEquals(farOnes(table), [far(1), far(3)]);
});

Deno.test("Table.handleSilence: without a spare it stays, and is not named until it writes", () => {
  const table = new Table(SELF, 2);
  for (const number of [1, 2]) table.add(far(number), true);
  table.handleSilence(far(1));
  assertEquals([table.size, farOnes(table)], [2, [far(2)]]);
  table.add(far(1), false);
  assertEquals(farOnes(table), [far(1), far(2)]);
});

Deno.test("Table.handleSilence: a new node takes the place of a silent one", () => {
  const table = new Table(SELF, 2);
  for (const number of [1, 2]) table.add(far(number), true);
  table.handleSilence(far(2));
  assertEquals(table.add(far(3), true), true);
  assertEquals(farOnes(table), [far(1), far(3)]);
});

Deno.test("Table.handleSilence: a silent node that the map never told of is forgotten", () => {
  const table = new Table(SELF, 2);
  table.add(far(1), true);
  for (const number of [2, 3, 4]) table.add(far(number), false);
  table.handleSilence(far(4));
  table.handleSilence(far(2));
  assertEquals(farOnes(table), [far(1), far(3)]);
  table.handleSilence(far(3));
  assertEquals([farOnes(table), table.hasUnlisted], [[far(1)], false]);
});

Deno.test("Table.closest: when all were silent they are named, for else nobody could be asked", () => {
  const table = new Table(SELF, 4);
  for (const number of [1, 2, 3]) table.add(far(number), true);
  for (const number of [1, 2, 3]) table.handleSilence(far(number));
  assertEquals(farOnes(table), [far(1), far(2), far(3)]);
});

Deno.test("Table.hasUnlisted: tells of places whose nodes the map never told of", () => {
  const table = new Table(SELF, 1);
  table.add(far(1), true);
  table.add(far(2), false);
  assert(!table.hasUnlisted, "a spare has no place");
  table.remove(far(1));
  assert(table.hasUnlisted);
  table.add(far(2), true);
  table.add(far(2), false);
  assert(!table.hasUnlisted, "the map has told of it since");
});

Deno.test("Table.sparse: names buckets with room, as far in as there are nodes", () => {
  const table = new Table(SELF, 1);
  assertEquals(table.sparse(), []);
  table.add(idAt("1"), true);
  table.add(idAt("0001"), true);
  assertEquals(table.sparse(), [1, 2]);
});

Deno.test("Table: stays within its bounds and never names who is gone, whatever happens", () => {
  const random = new SeededRandom(5);
  const others = points(300, 9);
  const table = new Table(SELF, 4);
  const gone = new Set<string>();
  for (let round = 0; round < 3_000; round++) {
    const [one] = shuffled(random, others);
    if (one === undefined) continue;
    const chance = random.next();
    if (chance < 0.5) {
      table.add(one.id, random.next() < 0.5);
      gone.delete(one.id);
    } else if (chance < 0.75) {
      table.remove(one.id);
      gone.add(one.id);
    } else {
      table.handleSilence(one.id);
    }
    const named = table.closest(one.bytes, 20);
    assert(named.every(({ id }) => !gone.has(id)));
    assertEquals(new Set(idsOf(named)).size, named.length);
    for (let prefix = 0; prefix < 10; prefix++) {
      const inBucket = named.filter(({ bytes }) => prefixLength(SELF.bytes, bytes) === prefix);
      assert(inBucket.length <= 4);
    }
  }
});
