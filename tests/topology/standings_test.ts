import { assert, assertEquals, assertGreater } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { shortestPaths } from "../../src/topology/graph.ts";
import { type Standing, Standings } from "../../src/topology/standings.ts";
import type { Advertisement } from "../../src/wire/topology.ts";
import { idOf } from "./ids.ts";

const SELF = idOf(0);

/** What all nodes say, by number, and how the node 0 sees them. */
class World {
  readonly standings = new Standings(SELF);
  readonly said = new Map<NodeId, Advertisement>();

  /** A node says which links it has, by the numbers of its neighbours. */
  say(number: number, peers: readonly number[], left = false): void {
    const id = idOf(number);
    this.said.set(id, {
      id,
      sequence: 1,
      publicKey: new Uint8Array(0),
      label: String(number),
      addresses: [],
      left,
      links: peers.map((peer) => ({ peer: idOf(peer), dialled: true, rttUs: 100 })),
      successions: [],
      sealingKey: new Uint8Array(0),
    });
  }

  /** Has the standings worked out anew; answers with what was told. */
  compute(): string[] {
    this.standings.compute((id) => this.said.get(id), this.said.values());
    return this.told();
  }

  forget(number: number): string[] {
    const node = this.said.get(idOf(number)) as Advertisement;
    this.said.delete(node.id);
    this.standings.forget(node);
    return this.told();
  }

  told(): string[] {
    return this.standings.takeEvents().map(({ type, node }) => `${type} ${node.label}`);
  }

  get(number: number): Standing | undefined {
    return this.standings.get(idOf(number));
  }
}

/** Three nodes in a line, all of them known. */
function line(): World {
  const world = new World();
  world.say(0, [1]);
  world.say(1, [0, 2]);
  world.say(2, [1]);
  world.compute();
  return world;
}

Deno.test("Standings: nothing is known of a node before it has been counted", () => {
  const world = new World();
  world.say(0, [1]);
  world.say(1, [0]);
  assertEquals([world.get(1), world.standings.all(), world.standings.paths.size], [
    undefined,
    [],
    0,
  ]);
  assertEquals(world.compute(), ["learnt 1"]);
  assertEquals(world.standings.all(), [[idOf(1), "alive"]]);
});

Deno.test("Standings: each change is told once, and no change not at all", () => {
  const world = line();
  assertEquals(world.compute(), []);
  world.say(1, [0]);
  assertEquals(world.compute(), ["lost 2"]);
  assertEquals(world.compute(), []);
  world.say(1, [0, 2]);
  assertEquals(world.compute(), ["returned 2"]);
  world.say(2, [], true);
  assertEquals(world.compute(), ["left 2"]);
  world.say(2, [1]);
  assertEquals(world.compute(), ["returned 2"]);
});

Deno.test("Standings: a node that was lost and then says that it left has left", () => {
  const world = line();
  world.say(1, [0]);
  world.compute();
  world.say(2, [], true);
  assertEquals([world.compute(), world.get(2)], [["left 2"], "left"]);
});

Deno.test("Standings: a node that was gone before it was heard of is missing, and learnt when it comes", () => {
  const world = line();
  world.say(3, [2]);
  assertEquals([world.compute(), world.get(3)], [["missing 3"], "failed"]);
  world.say(4, [], true);
  assertEquals([world.compute(), world.get(4)], [[], "left"]);
  world.say(2, [1, 3]);
  assertEquals(world.compute(), ["learnt 3"]);
});

Deno.test("Standings: who is forgotten was known, and is met as a stranger after that", () => {
  const world = line();
  world.say(3, [2]);
  world.compute();
  assertEquals(world.forget(3), []);
  assertEquals([world.forget(2), world.get(2)], [["forgotten 2"], undefined]);
  world.say(2, [1]);
  assertEquals(world.compute(), ["learnt 2"]);
});

Deno.test("Standings: the node itself stands nowhere", () => {
  const world = line();
  assertEquals(world.get(0), undefined);
  assertEquals(world.standings.all().map(([id]) => id), [idOf(1), idOf(2)]);
  assert(!world.standings.paths.has(SELF));
});

Deno.test("Standings: the version grows with every computation and whenever a node is forgotten", () => {
  const world = line();
  const before = world.standings.version;
  world.compute();
  const computed = world.standings.version;
  assertGreater(computed, before);
  world.forget(2);
  assertGreater(world.standings.version, computed);
});

Deno.test("Standings: over any changes, standings are those of the graph and events lead from one to the next", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const world = new World();
    const alive = new Set<string>();
    for (let step = 0; step < 30; step++) {
      for (let number = 0; number < 6; number++) {
        if (random.next() < 0.5) continue;
        const peers = [0, 1, 2, 3, 4, 5].filter((peer) => peer !== number && random.next() < 0.5);
        world.say(number, peers, number !== 0 && random.next() < 0.1);
      }
      if (!world.said.has(SELF)) world.say(0, [1]);
      follow(alive, world.compute(), seed);
      const paths = shortestPaths((id) => world.said.get(id), SELF);
      for (const [id, { left }] of world.said) {
        if (id === SELF) continue;
        const expected = left ? "left" : paths.has(id) ? "alive" : "failed";
        assertEquals(world.standings.get(id), expected, `seed ${seed}`);
      }
      assertEquals(world.standings.paths, paths);
      const number = 1 + randomInt(random, 5);
      if (random.next() < 0.2 && world.said.has(idOf(number))) {
        follow(alive, world.forget(number), seed);
      }
    }
  }
});

/** Who is alive, as somebody believes who only hears the events. */
function follow(alive: Set<string>, told: readonly string[], seed: number): void {
  for (const each of told) {
    const [type = "", number = ""] = each.split(" ");
    if (type === "learnt" || type === "returned") {
      assert(!alive.has(number), `${each} twice, seed ${seed}`);
      alive.add(number);
    } else {
      assert(type !== "lost" || alive.has(number), `${each}, seed ${seed}`);
      alive.delete(number);
    }
  }
}
