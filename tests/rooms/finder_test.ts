import { assert, assertEquals, assertLess } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { Finder } from "../../src/rooms/finder.ts";
import { idOf } from "../topology/ids.ts";

const found = (...numbers: readonly number[]) =>
  numbers.map((number) => ({ id: idOf(number), epoch: 1 }));

/** Lets searches take no time, and answers with the milliseconds between them. */
function searches(finder: Finder, from: number, until: number, isAlone: boolean): number[] {
  const times: number[] = [];
  for (let now = from; now <= until;) {
    if (finder.takeSearch(now)) {
      times.push(now);
      finder.handleFound(now, [], isAlone);
    }
    now = Math.max(now + 1, finder.nextWakeup() ?? Infinity);
  }
  return times.slice(1).map((at, i) => at - (times[i] as number));
}

Deno.test("Finder: searches at once, and once at a time", () => {
  const finder = new Finder(0, new SeededRandom(1));
  assertEquals(finder.nextWakeup(), 0);
  assert(finder.takeSearch(0));
  assertEquals(finder.nextWakeup(), undefined);
  assert(!finder.takeSearch(1e6));
});

Deno.test("Finder: alone it searches ever less often, from a second to a minute", () => {
  const between = searches(new Finder(0, new SeededRandom(1)), 0, 600_000, true);
  for (const [at, ms] of between.entries()) {
    const leastMs = Math.min(60_000, 1_000 * 2 ** at);
    assert(ms >= leastMs && ms <= 1.2 * leastMs + 1, `${ms} after ${at} searches`);
  }
  assert(between.length >= 10);
});

Deno.test("Finder: in company it searches every minute", () => {
  const finder = new Finder(0, new SeededRandom(1));
  finder.handleCompany();
  const between = searches(finder, 0, 600_000, false);
  assert(between.length >= 7);
  for (const ms of between) assert(ms >= 60_000 && ms <= 72_001, `${ms}`);
});

Deno.test("Finder: who is left alone searches again at once, and often", () => {
  const finder = new Finder(0, new SeededRandom(1));
  finder.handleCompany();
  searches(finder, 0, 100_000, false);
  finder.handleAlone(100_000);
  const between = searches(finder, 100_000, 130_000, true);
  assertLess(between[0] ?? Infinity, 1_300);
});

Deno.test("Finder: is settled when the first search finds nobody", () => {
  const finder = new Finder(0, new SeededRandom(1));
  assert(!finder.isSettled);
  finder.takeSearch(0);
  assert(!finder.isSettled);
  finder.handleFound(100, [], true);
  assert(finder.isSettled);
});

Deno.test("Finder: is settled when those found have had time to answer, or one is known", () => {
  const silent = new Finder(0, new SeededRandom(1));
  silent.takeSearch(0);
  silent.handleFound(100, found(1), true);
  assert(!silent.isSettled);
  assertEquals(silent.takeGreetings(100, () => true), [idOf(1)]);
  silent.takeSearch(2_000);
  assert(!silent.isSettled);
  silent.takeSearch(2_100);
  assert(silent.isSettled);

  const answered = new Finder(0, new SeededRandom(1));
  answered.handleCompany();
  assert(answered.isSettled);
});

Deno.test("Finder: greets a few at a time, until nobody is unknown", () => {
  const finder = new Finder(0, new SeededRandom(1));
  finder.takeSearch(0);
  finder.handleFound(0, found(1, 2, 3, 4, 5, 6, 7, 8), true);
  const first = finder.takeGreetings(0, () => true);
  assertEquals(first.length, 3);
  assertEquals(finder.takeGreetings(1_999, () => true), []);
  const second = finder.takeGreetings(2_000, () => true);
  assertEquals(new Set([...first, ...second]).size, 6);
  assertEquals(finder.takeGreetings(4_000, () => false), []);
  assertEquals(finder.takeGreetings(6_000, () => true), []);
});

Deno.test("Finder: searches soon when the room's place moved, and not twice at once", () => {
  const finder = new Finder(0, new SeededRandom(1));
  finder.takeSearch(0);
  finder.handleMoved(10);
  assert(!finder.takeSearch(5_000));
  finder.handleFound(5_000, [], false);
  finder.handleMoved(6_000);
  assertLess(finder.nextWakeup() ?? Infinity, 8_001);
});
