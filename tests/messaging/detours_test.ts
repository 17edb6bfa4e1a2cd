import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Detours } from "../../src/messaging/detours.ts";
import { MAX_HOPS } from "../../src/wire/limits.ts";
import { idOf } from "../wire/samples.ts";
import { type Way, Ways } from "./ways.ts";

const [A, B, C, D, E] = [1, 2, 3, 4, 5].map(idOf) as [NodeId, NodeId, NodeId, NodeId, NodeId];
const SHORT: Way = [A, B, E];
const MIDDLE: Way = [A, C, E];
const LONG: Way = [A, C, D, E];
const SUSPICION_MS = 10_000;

Deno.test("Detours: takes the best way there is", () => {
  assertEquals(new Detours(new Ways(SHORT, MIDDLE), E).path(0), SHORT);
  assertEquals(new Detours(new Ways(), E).path(0), undefined);
});

Deno.test("Detours: asks the map again only when that has changed", () => {
  const ways = new Ways(SHORT);
  const detours = new Detours(ways, E);
  const path = detours.path(0);
  assert(detours.path(1) === path);
  ways.set(MIDDLE, SHORT);
  assertEquals(detours.path(2), MIDDLE);
});

Deno.test("Detours: asks the map again when it is told to", () => {
  const ways = new Ways(SHORT);
  const detours = new Detours(ways, E);
  detours.path(0);
  ways.set(MIDDLE);
  ways.version--;
  assertEquals(detours.path(0), SHORT);
  detours.reconsider();
  assertEquals(detours.path(0), MIDDLE);
});

Deno.test("Detours: passes by all that was on a way from which nothing came back", () => {
  const detours = new Detours(new Ways(SHORT, [A, D, B, E], LONG), E);
  detours.suspect(0, SHORT);
  assertEquals(detours.path(0), LONG);
});

Deno.test("Detours: its own links to the recipient may fail, the recipient is not passed by", () => {
  const direct: Way = [A, E];
  const detours = new Detours(new Ways(direct, SHORT), E);
  detours.suspect(0, direct);
  assertEquals(detours.path(0), SHORT);
});

Deno.test("Detours: a link that is suspected is passed by in that direction, its ends are not", () => {
  const detours = new Detours(new Ways([A, C, D, E], [A, D, C, E], SHORT), E);
  detours.suspectLink(0, C, D);
  assertEquals(detours.path(0), [A, D, C, E]);
});

Deno.test("Detours: a neighbour without whom there is no way is not what is given up first", () => {
  const ways = [[A, B, C, E], [A, B, D, E]];
  const detours = new Detours(new Ways(...ways), E);
  for (const now of [0, 1, 2, 3]) {
    const path = detours.path(now);
    assertEquals(path, ways[now % 2]);
    detours.suspect(now, path as Way);
  }
});

Deno.test("Detours: suspicion ends, each one in its own time", () => {
  const detours = new Detours(new Ways(SHORT, MIDDLE, LONG), E);
  detours.suspectLink(0, B, E);
  detours.suspectLink(4_000, C, E);
  assertEquals(detours.path(4_000), LONG);
  assertEquals(detours.path(SUSPICION_MS - 1), LONG);
  assertEquals(detours.path(SUSPICION_MS), SHORT);
  detours.suspectLink(SUSPICION_MS, B, E);
  assertEquals(detours.path(SUSPICION_MS), LONG);
  assertEquals(detours.path(4_000 + SUSPICION_MS), MIDDLE);
});

Deno.test("Detours: what is suspected again is passed by for longer", () => {
  const detours = new Detours(new Ways(SHORT, MIDDLE), E);
  detours.suspectLink(0, B, E);
  detours.suspectLink(8_000, B, E);
  assertEquals(detours.path(SUSPICION_MS), MIDDLE);
  assertEquals(detours.path(8_000 + SUSPICION_MS), SHORT);
});

Deno.test("Detours: when every way was tried in vain, it begins again with the best", () => {
  const detours = new Detours(new Ways(SHORT, MIDDLE), E);
  detours.suspect(0, SHORT);
  detours.suspect(0, MIDDLE);
  assertEquals(detours.path(0), SHORT);
  detours.suspect(1, SHORT);
  assertEquals(detours.path(1), MIDDLE);
});

Deno.test("Detours: a way longer than a route may be is none", () => {
  const ids = Array.from({ length: MAX_HOPS + 2 }, (_, at) => idOf(at));
  const to = ids.at(-1) as NodeId;
  assertEquals(new Detours(new Ways(ids), to).path(0), undefined);
  const way = ids.slice(1);
  assertEquals(new Detours(new Ways(way), to).path(0)?.length, MAX_HOPS + 1);
});

Deno.test("Detours: whatever is suspected and when, it knows a way while there is one", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const all = [SHORT, MIDDLE, LONG, [A, E], [A, B, D, E]];
    const ways = new Ways(...all);
    const detours = new Detours(ways, E);
    let now = 0;
    for (let step = 0; step < 200; step++) {
      now += randomInt(random, 3_000);
      const path = detours.path(now);
      assert(path !== undefined, `seed ${seed}`);
      if (random.next() < 0.5) detours.suspect(now, path);
      const at = 1 + randomInt(random, path.length - 1);
      detours.suspectLink(now, path[at - 1] as NodeId, path[at] as NodeId);
      if (random.next() < 0.2) ways.set(...all.filter(() => random.next() < 0.7), SHORT);
    }
    assertEquals(detours.path(now + SUSPICION_MS), ways.path(E), `seed ${seed}`);
  }
});
