import { assert, assertEquals, assertLess } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { type Change, linkKey, Network } from "../../src/web/map/network.ts";
import { Timeline } from "../../src/web/map/timeline.ts";
import { change, fiveNodes, idOf, link, node } from "./networks.ts";

const HOUR_MS = 3_600_000;

Deno.test("Timeline: knows nothing until it is told", () => {
  const timeline = new Timeline();
  assertEquals([timeline.from, timeline.to], [undefined, undefined]);
  timeline.reset([]);
  assertEquals(timeline.from, undefined);
  assertEquals(timeline.at(5).nodes.size, 0);
});

Deno.test("Timeline: a moment is what it was, before and after a node was lost", () => {
  const timeline = new Timeline();
  timeline.reset([fiveNodes(1000)]);
  timeline.push(change(2000, { nodes: [node("erin", "lost")] }));
  timeline.push(change(3000, { nodes: [node("erin")] }));
  const stateAt = (time: number) => timeline.at(time).nodes.get(idOf("erin"))?.state;
  assertEquals([0, 1999, 2000, 2999, 3000].map(stateAt), [
    "alive",
    "alive",
    "lost",
    "lost",
    "alive",
  ]);
  assertEquals(timeline.live.nodes.get(idOf("erin"))?.state, "alive");
  assertEquals([timeline.from, timeline.to], [1000, 3000]);
});

Deno.test("Timeline: links come and go by their ends", () => {
  const timeline = new Timeline();
  timeline.reset([fiveNodes(0)]);
  const ends = { from: idOf("erin"), to: idOf("bob") };
  timeline.push(change(10, { gone_links: [ends] }));
  timeline.push(change(20, { links: [link("bob", "erin", 5)] }));
  assert(!timeline.live.links.has(linkKey(ends)), "Expected the link to be gone");
  assertEquals(timeline.live.links.size, 10);
  assert(timeline.at(9).links.has(linkKey(ends)), "Expected the link to be there before");
});

Deno.test("Timeline: a clock that is set back neither reorders nor loses a change", () => {
  const timeline = new Timeline();
  timeline.reset([fiveNodes(5000)]);
  timeline.push(change(9000, { nodes: [node("erin", "lost")] }));
  timeline.push(change(100, { nodes: [node("erin")] }));
  assertEquals(timeline.to, 9000);
  assertEquals(timeline.at(8999).nodes.get(idOf("erin"))?.state, "alive");
  assertEquals(timeline.at(9000).nodes.get(idOf("erin"))?.state, "alive");
});

Deno.test("Timeline: a history that is told anew replaces the one before", () => {
  const timeline = new Timeline();
  timeline.reset([fiveNodes(0)]);
  timeline.push(change(10, { nodes: [node("frank")] }));
  timeline.reset([change(50, { nodes: [node("bob", "own")] })]);
  assertEquals([...timeline.live.nodes.keys()], [idOf("bob")]);
  assertEquals([timeline.from, timeline.changes().length], [50, 0]);
});

Deno.test("Timeline: of a day only the last hour is kept, and it is right", () => {
  const timeline = new Timeline();
  timeline.reset([fiveNodes(0)]);
  const secondMs = 1000;
  for (let at = secondMs; at <= 24 * HOUR_MS; at += secondMs) {
    timeline.push(change(at, { links: [link("erin", "bob", at)] }));
    assertLess(timeline.changes().length, HOUR_MS / secondMs + 2);
  }
  const last = 24 * HOUR_MS;
  assertEquals(timeline.from, last - HOUR_MS - secondMs);
  const key = linkKey({ from: idOf("erin"), to: idOf("bob") });
  for (const time of [last, last - HOUR_MS / 2, last - HOUR_MS]) {
    assertEquals(timeline.at(time).links.get(key)?.rtt_us, time);
  }
});

Deno.test("Timeline: changes that name much are kept for a shorter time", () => {
  const timeline = new Timeline({ ageMs: HOUR_MS, items: 100 });
  timeline.reset([fiveNodes(0)]);
  for (let at = 1; at <= 1000; at++) {
    timeline.push(change(at, { nodes: Array.from("abcde", (name) => node(name)) }));
  }
  const kept = timeline.changes();
  const items = kept.reduce((sum, { nodes }) => sum + 1 + nodes.length, 0);
  assert(items <= 100, `Expected at most 100 items, there are ${items}`);
  assertEquals(timeline.live.nodes.size, 10);
  assertEquals(timeline.at(0).nodes.size, 10, "What is older has melted into the start");
});

Deno.test("Timeline: replaying random histories gives what was at every moment", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new SeededRandom(seed);
    const timeline = new Timeline({ ageMs: 300, items: 500 });
    const truth = new Network();
    const moments: { at: number; map: string }[] = [];
    const history = Array.from({ length: 200 }, (_, at) => randomChange(random, at));
    for (const each of history) {
      truth.apply(each);
      if (each === history[0]) timeline.reset([each]);
      else timeline.push(each);
      moments.push({ at: each.at, map: JSON.stringify(truth.toMap()) });
    }
    const from = timeline.from ?? Infinity;
    const known = moments.filter(({ at }) => at >= from);
    assert(known.length > 50, `Seed ${seed}: expected more to be known than ${known.length}`);
    for (const { at, map } of known) {
      assertEquals(JSON.stringify(timeline.at(at).toMap()), map, `Seed ${seed} at ${at}`);
    }
    assertEquals(JSON.stringify(timeline.live.toMap()), moments.at(-1)?.map);
  }
});

function randomChange(random: SeededRandom, at: number): Change {
  const names = ["bob", "c", "d", "e", "f"];
  const pick = () => names[randomInt(random, names.length)] as string;
  const maybe = <T>(make: () => T): T[] => random.next() < 0.4 ? [make()] : [];
  const [from, to] = [pick(), pick()];
  return change(at * 2, {
    nodes: maybe(() => node(pick(), random.next() < 0.5 ? "alive" : "lost")),
    links: maybe(() => link(from, to, randomInt(random, 1000))),
    gone_nodes: maybe(() => idOf("zz")),
    gone_links: maybe(() => ({ from: idOf(to), to: idOf(from) })),
  });
}
