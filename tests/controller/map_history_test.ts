import { assert, assertEquals } from "@std/assert";
import { compareIds, type NodeId } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { type MapChange, MapState, type NetworkMap } from "../../src/controller/map_change.ts";
import { MapHistory } from "../../src/controller/map_history.ts";
import type { LinkView, NodeState, NodeView } from "../../src/controller/snapshot.ts";
import { id, link, node, snapshot } from "../report/networks.ts";

const BOB = node("bob", 8095, { state: "own" });
const ALICE = node("alice", 8090);

function mapOf(nodes: NodeView[], links: LinkView[] = []): NetworkMap {
  return snapshot("bob", { nodes, links });
}

/** What a map says, in an order that does not depend on how it came to be. */
function contents({ nodes, links }: Pick<NetworkMap, "nodes" | "links">): unknown {
  return {
    nodes: nodes.map(({ id, label, state, addresses: [addr] }) => ({ id, label, state, addr }))
      .sort((a, b) => compareIds(a.id, b.id)),
    links: links.toSorted((a, b) => compareIds(a.from, b.from) || compareIds(a.to, b.to)),
  };
}

/** The map that a history leads to, by all of its changes up to a time. */
function replay(changes: readonly MapChange[], until = Infinity): unknown {
  const state = new MapState();
  for (const change of changes.filter(({ at }) => at <= until)) state.apply(change);
  return contents({ nodes: state.nodes(), links: state.links() });
}

const NAMES = ["bob", "alice", "carol", "dave", "erin", "fred"];

/** A map as chance has it; own node included. */
function randomMap(random: SeededRandom): NetworkMap {
  const pick = <T>(items: readonly T[]) => items[randomInt(random, items.length)] as T;
  const states: NodeState[] = ["alive", "left", "failed"];
  const names = NAMES.filter((name) => name === "bob" || random.next() < 0.7);
  const nodes = names.map((name) =>
    node(name, pick([undefined, 1, 2]), {
      label: pick(["", name]),
      state: name === "bob" ? "own" : pick(states),
    })
  );
  const links = names.flatMap((from) =>
    names.filter((to) => to !== from && random.next() < 0.4).map((to) =>
      link(from, to, pick([null, 1, 2]), pick(["both", "from", "to"]))
    )
  );
  return mapOf(nodes, links);
}

Deno.test("MapHistory: replaying it gives the present map, and what it was at any time", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const ageMs = 1 + randomInt(random, 300);
    const limits = {
      ageMs,
      count: 1 + randomInt(random, 40),
      bytes: 1000 * (1 + randomInt(random, 40)),
    };
    const history = new MapHistory(limits);
    const taken: { at: number; map: NetworkMap }[] = [];
    const mapAt = (time: number) => taken.findLast(({ at }) => at <= time)?.map as NetworkMap;
    let now = 1_000_000;
    for (let step = 0; step < 60; step++) {
      now += randomInt(random, 3) * randomInt(random, 20);
      const map = random.next() < 0.2 && taken.length > 0 ? mapAt(now) : randomMap(random);
      history.take(now, map);
      taken.push({ at: now, map });
      const since = random.next() < 0.5 ? undefined : now - randomInt(random, 400);
      const changes = history.changes(now, since);
      const hint = `seed ${seed}, step ${step}`;
      assertEquals(replay(changes), contents(map), hint);
      const start = changes[0]?.at ?? NaN;
      assert(start >= Math.max(now - ageMs, since ?? 0) && start <= now, hint);
      assert(changes.length <= limits.count + 1, hint);
      for (let time = start; time <= now; time += 1 + randomInt(random, 30)) {
        assertEquals(replay(changes, time), contents(mapAt(time)), `${hint}, at ${time}`);
      }
      assert(changes.every(({ at }, i) => i === 0 || at >= (changes[i - 1]?.at ?? NaN)), hint);
    }
  }
});

Deno.test("MapHistory: tells nothing of what shows the same", () => {
  const history = new MapHistory();
  assertEquals(history.changes(1), []);
  const first = history.take(1, mapOf([BOB, ALICE], [link("bob", "alice", 1)]));
  assertEquals([first?.nodes.length, first?.links.length], [2, 1]);
  const more = [...ALICE.addresses, ...BOB.addresses];
  const same = mapOf([BOB, { ...ALICE, addresses: more }], [link("bob", "alice", 1)]);
  assertEquals(history.take(2, same), undefined);
  assertEquals(history.changes(2).length, 1);
});

Deno.test("MapHistory: keeps an hour, and of what is older the map that came of it", () => {
  const history = new MapHistory();
  const hour = 3_600_000;
  history.take(0, mapOf([BOB]));
  history.take(1000, mapOf([BOB, ALICE]));
  history.take(2000, mapOf([BOB]));
  assertEquals(history.changes(hour + 999).map(({ at }) => at), [999, 1000, 2000]);
  assertEquals(history.changes(hour + 1000).map(({ at }) => at), [1000, 2000]);
  const [last, ...others] = history.changes(10 * hour);
  assertEquals(others, []);
  assertEquals([last?.at, last?.nodes.length], [9 * hour, 1]);
});

Deno.test("MapHistory: a year of flapping takes no more room than its limits", () => {
  const limits = { ageMs: 3_600_000, count: 50, bytes: 1e9 };
  const byCount = new MapHistory(limits);
  const byBytes = new MapHistory({ ...limits, count: 1e9, bytes: 20_000 });
  const label = "x".repeat(64);
  for (let at = 0; at < 2000; at++) {
    const other = node("alice", 8090, { label, state: at % 2 === 0 ? "alive" : "failed" });
    for (const history of [byCount, byBytes]) history.take(at, mapOf([BOB, other]));
  }
  assertEquals(byCount.changes(2000).length, 51);
  const kept = byBytes.changes(2000);
  const bytes = JSON.stringify(kept.slice(1)).length;
  assert(kept.length > 20 && bytes < 20_000, `${kept.length} changes in ${bytes} bytes`);
  assertEquals(kept[0]?.nodes.length, 2);
});

Deno.test("MapHistory: a change that is larger than all that may be kept is part of the first map", () => {
  const history = new MapHistory({ ageMs: 1e6, count: 10, bytes: 500 });
  history.take(1, mapOf([BOB]));
  history.take(2, mapOf([BOB, ...NAMES.slice(1).map((name) => node(name)), node("z", 1)]));
  const [first, ...others] = history.changes(3);
  assertEquals([first?.at, first?.nodes.length, others.length], [2, 7, 0]);
});

Deno.test("MapHistory: time in it never goes back, though the wall clock may be set", () => {
  const history = new MapHistory();
  const dayMs = 86_400_000;
  history.take(10 * dayMs, mapOf([BOB]));
  history.take(10 * dayMs + 1000, mapOf([BOB, ALICE]));
  // The clock was ten days ahead.
  history.take(500, mapOf([BOB]));
  history.take(900, mapOf([BOB, ALICE]));
  assertEquals(history.changes(1000).map(({ at }) => at), [500, 900]);
  assertEquals(history.changes(1000, 0)[0]?.nodes.length, 1);
  // And back again, without a change.
  assertEquals(history.changes(100).map(({ at }) => at), [100]);
  assertEquals(history.changes(101).map(({ at }) => at), [100]);
});

Deno.test("MapState: a link that goes with its nodes leaves nothing behind", () => {
  const state = new MapState();
  const ends = { from: id("bob"), to: id("alice") };
  const empty = { at: 0, self: id("bob"), nodes: [], links: [], goneNodes: [], goneLinks: [] };
  state.apply({ ...empty, nodes: [BOB, ALICE], links: [link("bob", "alice", 1)] });
  const copy = new MapState(state);
  const strangers: NodeId[] = [id("zed")];
  state.apply({ ...empty, goneNodes: [BOB.id, ALICE.id, ...strangers], goneLinks: [ends, ends] });
  assertEquals([state.nodes(), state.links()], [[], []]);
  assertEquals(copy.whole(7, id("bob")), {
    ...empty,
    at: 7,
    nodes: [ALICE, BOB],
    links: [link("bob", "alice", 1)],
  });
});
