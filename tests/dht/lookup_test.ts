import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { SeededRandom, shuffled } from "../../src/base/random.ts";
import { compareDistances, type Point } from "../../src/dht/distance.ts";
import { Lookup, type LookupOptions, MAX_LOOKUP_MS, SLOW_MS } from "../../src/dht/lookup.ts";
import { anyPoint, idsOf, pointAt } from "./points.ts";

const TARGET = pointAt("0");
const SELF = pointAt("1111");

/** At a distance from the target that grows with the number. */
const node = (number: number) => pointAt("0", number);
const nodes = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => node(from + at));
const bytesOf = (points: readonly Point[]) => points.map(({ bytes }) => bytes);

function lookupFrom(start: readonly Point[], options: Partial<LookupOptions> = {}): Lookup {
  return new Lookup(0, { target: TARGET.bytes, self: SELF.id, count: 4, start, ...options });
}

/** Answers all that is asked, until it is over; gives back in which rounds how many were asked. */
function finish(lookup: Lookup, answer: (id: NodeId) => readonly Uint8Array[]): number[] {
  const rounds: number[] = [];
  while (!lookup.isOver(0)) {
    const asks = lookup.takeAsks(0);
    assert(asks.length > 0, "it waits for nothing");
    rounds.push(asks.length);
    for (const id of asks) lookup.handleAnswer(id, answer(id));
  }
  return rounds;
}

Deno.test("Lookup: with nobody to ask it is over at once", () => {
  const lookup = lookupFrom([]);
  assert(lookup.isOver(0));
  assertEquals([lookup.takeAsks(0), lookup.closest, lookup.hops, lookup.answers], [[], [], 0, 0]);
});

Deno.test("Lookup: asks the closest three, then the next as answers come", () => {
  const lookup = lookupFrom(nodes(1, 6));
  assertEquals(lookup.takeAsks(0), idsOf(nodes(1, 3)));
  assertEquals(lookup.takeAsks(0), []);
  lookup.handleAnswer(node(2).id, []);
  assertEquals(lookup.takeAsks(0), [node(4).id]);
  assert(!lookup.isOver(0));
});

Deno.test("Lookup: is over when the closest of all have answered, and asks nobody further away", () => {
  const lookup = lookupFrom(nodes(1, 6));
  assertEquals(finish(lookup, () => []), [3, 1]);
  assertEquals(idsOf(lookup.closest), idsOf(nodes(1, 4)));
  assertEquals([lookup.answers, lookup.hops], [4, 1]);
});

Deno.test("Lookup: follows names to the closest nodes, and counts the way there", () => {
  const lookup = lookupFrom([node(100)]);
  const closer = new Map([[100, [50, 60]], [50, [20, 25]], [20, [1, 2, 3, 4]]]);
  const numberOf = new Map([...nodes(1, 100)].map(({ id }, at) => [id, at + 1]));
  finish(lookup, (id) => bytesOf((closer.get(numberOf.get(id) ?? 0) ?? []).map(node)));
  assertEquals(idsOf(lookup.closest), idsOf(nodes(1, 4)));
  assertEquals(lookup.hops, 4);
});

Deno.test("Lookup: finds the closest of a large network of which each node knows a few", () => {
  const random = new SeededRandom(3);
  const all = Array.from({ length: 300 }, () => anyPoint(random));
  const byDistance = (from: Point) =>
    all.toSorted((a, b) => compareDistances(from.bytes, a.bytes, b.bytes));
  // A few neighbours and a few of all, and of these the closest to the target.
  const known = new Map(all.map((each) => [
    each.id,
    [...byDistance(each).slice(1, 9), ...shuffled(random, all).slice(0, 20)],
  ]));
  for (let round = 0; round < 20; round++) {
    const target = anyPoint(random);
    const start = shuffled(random, all).slice(0, 3);
    const lookup = lookupFrom(start, { target: target.bytes, count: 8 });
    finish(lookup, (id) => {
      const named = (known.get(id) ?? []).toSorted((a, b) =>
        compareDistances(target.bytes, a.bytes, b.bytes)
      );
      return bytesOf(named.slice(0, 8));
    });
    assertEquals(idsOf(lookup.closest), idsOf(byDistance(target).slice(0, 8)));
  }
});

Deno.test("Lookup: a slow node makes room for the next, and may still answer", () => {
  const lookup = lookupFrom(nodes(1, 6), { count: 6 });
  lookup.takeAsks(0);
  assertEquals(lookup.nextWakeup(), SLOW_MS);
  assertEquals(lookup.takeAsks(SLOW_MS - 1), []);
  assertEquals(lookup.takeAsks(SLOW_MS), idsOf(nodes(4, 6)));
  for (const { id } of nodes(1, 6)) lookup.handleAnswer(id, []);
  assert(lookup.isOver(SLOW_MS));
  assertEquals(lookup.answers, 6);
});

Deno.test("Lookup: the next closest take the places of those that fail", () => {
  const lookup = lookupFrom(nodes(1, 8));
  lookup.takeAsks(0);
  lookup.handleSilence(node(1).id);
  lookup.handleRefusal(node(2).id);
  lookup.handleGone(node(3).id);
  lookup.handleGone(node(5).id);
  finish(lookup, () => []);
  assertEquals(idsOf(lookup.closest), idsOf([node(4), ...nodes(6, 8)]));
  assertEquals([lookup.asked, lookup.answers, lookup.silences], [7, 4, 1]);
});

Deno.test("Lookup: a node that answered and then is gone is not among the closest", () => {
  const lookup = lookupFrom(nodes(1, 3));
  finish(lookup, () => []);
  lookup.handleGone(node(2).id);
  assertEquals(idsOf(lookup.closest), idsOf([node(1), node(3)]));
});

Deno.test("Lookup: nodes known to answer are not asked, and count among the closest", () => {
  const lookup = lookupFrom(nodes(1, 6), { answered: nodes(3, 4) });
  assertEquals(finish(lookup, () => []), [2]);
  assertEquals(idsOf(lookup.closest), idsOf(nodes(1, 4)));
  assertEquals(lookup.answers, 2);
});

Deno.test("Lookup: asks no one twice, itself never, and takes no answer it did not ask for", () => {
  const lookup = lookupFrom([node(1)]);
  const asked = lookup.takeAsks(0);
  lookup.handleAnswer(node(2).id, bytesOf([node(3)]));
  lookup.handleAnswer(node(1).id, bytesOf([node(1), SELF, node(9), node(9)]));
  lookup.handleAnswer(node(1).id, bytesOf([node(4)]));
  asked.push(...lookup.takeAsks(0));
  lookup.handleSilence(node(9).id);
  lookup.handleAnswer(node(9).id, []);
  asked.push(...lookup.takeAsks(0));
  assertEquals([asked, lookup.answers], [[node(1).id, node(9).id], 1]);
  assert(lookup.isOver(0));
});

Deno.test("Lookup: a liar costs a few requests, not one for every node it makes up", () => {
  const honest = nodes(1_000, 1_010);
  const lookup = lookupFrom(honest, { count: 10 });
  const [liar] = lookup.takeAsks(0);
  assert(liar !== undefined);
  lookup.handleAnswer(liar, bytesOf(nodes(1, 64)));
  const invented = new Set(idsOf(nodes(1, 64)));
  const answering = honest.length;
  let wasted = 0;
  for (let now = 0; !lookup.isOver(now); now += 4_000) {
    for (const id of lookup.takeAsks(now)) {
      if (!invented.has(id)) continue;
      wasted++;
      lookup.handleSilence(id);
    }
    for (const { id } of honest) lookup.handleAnswer(id, []);
    assert(now < MAX_LOOKUP_MS, "it takes too long");
  }
  assert(wasted <= 6, `${wasted} requests`);
  assertEquals(lookup.closest.length, Math.min(10, answering));
});

Deno.test("Lookup: what a liar names is asked all the same when others name it too", () => {
  const lookup = lookupFrom(nodes(1_000, 1_002));
  const [liar, honest] = lookup.takeAsks(0);
  assert(liar !== undefined && honest !== undefined);
  lookup.handleAnswer(liar, bytesOf(nodes(1, 9)));
  const wasted: NodeId[] = [];
  for (let asks = lookup.takeAsks(0); asks.length > 0; asks = lookup.takeAsks(0)) {
    for (const id of asks) lookup.handleSilence(id);
    wasted.push(...asks);
  }
  assertEquals(wasted, idsOf(nodes(1, 3)));
  lookup.handleAnswer(honest, bytesOf([node(9)]));
  assertEquals(lookup.takeAsks(0), [node(9).id]);
});

Deno.test("Lookup: many silent nodes do not discredit who named more that answer", () => {
  const lookup = lookupFrom([node(1_000)], { count: 20 });
  lookup.takeAsks(0);
  lookup.handleAnswer(node(1_000).id, bytesOf(nodes(1, 20)));
  // Every third stays silent.
  let asked = 0;
  while (!lookup.isOver(0)) {
    for (const id of lookup.takeAsks(0)) {
      if (asked++ % 3 === 0) lookup.handleSilence(id);
      else lookup.handleAnswer(id, []);
    }
  }
  assertEquals(asked, 20);
});

Deno.test("Lookup: asks a bounded number of nodes, even when each names closer ones", () => {
  const lookup = lookupFrom([node(100_000)]);
  let next = 99_999;
  let asked = 0;
  while (!lookup.isOver(0)) {
    for (const id of lookup.takeAsks(0)) {
      asked++;
      lookup.handleAnswer(id, bytesOf(nodes(next - 63, next).reverse()));
      next -= 64;
    }
  }
  assertEquals(asked, 3 * 4 + 20);
  assertEquals(lookup.closest.length, 4);
});

Deno.test("Lookup: ends after a bounded time, with those who answered", () => {
  const lookup = lookupFrom(nodes(1, 9));
  lookup.takeAsks(0);
  lookup.handleAnswer(node(2).id, []);
  assert(!lookup.isOver(MAX_LOOKUP_MS - 1));
  assert(lookup.isOver(MAX_LOOKUP_MS));
  assertEquals(lookup.takeAsks(MAX_LOOKUP_MS), []);
  assertEquals(idsOf(lookup.closest), [node(2).id]);
});
