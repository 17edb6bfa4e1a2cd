/** Messages through networks in which things go wrong: each arrives, once and in order. */

import { assert, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import { LAN, type NetworkOptions, WAN } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { fiveNodes } from "./five_nodes.ts";
import { type Letter, Post } from "./postmen.ts";
import { addChain, addRing, plainCluster } from "./shapes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** How long nodes may take to learn of each other. */
const MEETING_MS = 30 * SECOND_MS;

const NETWORKS = { LAN, WAN } satisfies Record<string, NetworkOptions>;
const TROUBLES = ["kill", "crash", "leave", "suspend"] as const;

Deno.test("messages: from alice to erin over two hops or more, the path names them, ends included", () => {
  const { cluster, alice, bob, carol, dave, erin } = fiveNodes({
    seed: 1,
    configure: ({ network }) => network.controller.peers.min_link_count = 0,
  });
  const post = new Post(cluster);
  post.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  const short = post.send(alice, erin);
  cluster.until(() => post.isIdle, SECOND_MS);
  assertEquals(namesOn(cluster, short), ["alice", "dave", "erin"]);

  dave.kill();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  const long = post.send(alice, erin);
  cluster.until(() => post.isIdle, SECOND_MS);
  assertEquals(namesOn(cluster, long), [alice, bob, carol, erin].map(({ name }) => name));
  assertEquals(post.errors(), []);
});

for (const [name, network] of Object.entries(NETWORKS)) {
  Deno.test(`messages: on a ${name}, over 100 seeds, a hop fails in the middle of 10 000, and each arrives once and in order`, () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new SeededRandom(seed).fork();
      const cluster = plainCluster({ seed, network });
      const post = new Post(cluster);
      addRing(cluster, random, 6 + randomInt(random, 5));
      post.startAll();
      cluster.until(() => cluster.agrees(), MEETING_MS);
      const [from, to] = strangers(cluster, random);
      const count = 10_000;
      post.correspond(from, to, { count, inHand: 100 + randomInt(random, 900) });
      const middle = count * (0.2 + 0.6 * random.next());
      cluster.until(() => post.answered >= middle, 2 * MINUTE_MS, 1);
      const hop = hopOf(cluster, random, post.letters[post.answered - 1]);
      const trouble = TROUBLES[seed % TROUBLES.length] ?? "kill";
      hop[trouble]();
      if (trouble === "suspend" && randomInt(random, 2) === 0) {
        cluster.timeline.after(3 * SECOND_MS, () => hop.resume());
      }
      cluster.until(() => post.answered === count, 5 * MINUTE_MS, 50);
      assertEquals(post.outcomes(), { delivered: count }, `seed ${seed}, ${trouble}`);
      assertEquals(post.errors(), [], `seed ${seed}, ${trouble}`);
    }
  });
}

Deno.test("messages: where there is no other way they wait until the hop is back, and none is lost or doubled", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new SeededRandom(seed).fork();
    const cluster = plainCluster({ seed, network: seed % 2 === 0 ? LAN : WAN });
    const post = new Post(cluster);
    const [from, , hop, to] = addChain(cluster, ["from", "near", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    // Each is sent while there still is a way, and some 30 envelopes hold them all.
    for (let i = 0; i < 1_000; i++) post.send(from, to, { size: 2_000, timeoutMs: 3 * MINUTE_MS });
    cluster.until(() => post.answered >= 1_000 * (0.1 + 0.8 * random.next()), MINUTE_MS, 0.1);
    assertGreater(post.letters.length, post.answered);
    const trouble = TROUBLES[seed % TROUBLES.length] ?? "kill";
    hop[trouble]();
    cluster.run(randomInt(random, 20) * SECOND_MS);
    if (trouble === "suspend") hop.resume();
    else post.start(hop);
    cluster.until(() => post.isIdle, 3 * MINUTE_MS, 100);
    assertEquals(post.outcomes(), { delivered: 1_000 }, `seed ${seed}, ${trouble}`);
    assertEquals(post.errors(), [], `seed ${seed}, ${trouble}`);
  }
});

Deno.test("messages: a recipient that restarts in the middle gets the rest in its new run, nothing twice in one", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new SeededRandom(seed).fork();
    const cluster = plainCluster({ seed, network: seed % 2 === 0 ? LAN : WAN });
    const post = new Post(cluster);
    const [from, , to] = addChain(cluster, ["from", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    for (let i = 0; i < 1_000; i++) {
      // Some of them travel in pieces, which must not be put together across runs.
      const size = i % 100 === 0 ? 100_000 : 1_000;
      post.send(from, to, { size, timeoutMs: 3 * MINUTE_MS });
    }
    cluster.until(() => post.answered >= 1_000 * (0.1 + 0.8 * random.next()), MINUTE_MS, 0.1);
    to[seed % 3 === 0 ? "leave" : seed % 3 === 1 ? "kill" : "crash"]();
    cluster.run(randomInt(random, 15_000));
    post.start(to);
    cluster.until(() => post.isIdle, 3 * MINUTE_MS, 100);
    assertEquals(post.outcomes(), { delivered: 1_000 }, `seed ${seed}`);
    assertEquals(post.errors(), [], `seed ${seed}`);
    const runs = new Set(post.letters.flatMap(({ readIn }) => readIn));
    assertEquals(runs.size, 2, `seed ${seed}`);
  }
});

Deno.test("messages: a sender that restarts is taken as the same one, and its new letters arrive", () => {
  for (let seed = 0; seed < 20; seed++) {
    const cluster = plainCluster({ seed });
    const post = new Post(cluster);
    const [from, , to] = addChain(cluster, ["from", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    for (let i = 0; i < 100; i++) post.send(from, to, { size: 4_000 });
    cluster.run(seed % 5);
    from[seed % 2 === 0 ? "kill" : "crash"]();
    assert(post.isIdle);
    if (seed % 4 < 2) cluster.run(15 * SECOND_MS);
    post.start(from);
    cluster.until(() => cluster.agrees(), MEETING_MS);
    const later = Array.from({ length: 100 }, () => post.send(from, to, { size: 4_000 }));
    cluster.until(() => post.isIdle, MINUTE_MS);
    assertEquals(post.outcomes(later), { delivered: 100 }, `seed ${seed}`);
    assertEquals(post.errors(), [], `seed ${seed}`);
  }
});

Deno.test("messages: one node writes to 99 others at once, and each gets it once", () => {
  const cluster = plainCluster({ seed: 5 });
  const post = new Post(cluster);
  const [from, ...others] = cluster.addMany(100) as [SimNode, ...SimNode[]];
  post.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS, 100);
  for (const other of others) post.send(from, other, { timeoutMs: 5 * SECOND_MS });
  cluster.until(() => post.isIdle, 5 * SECOND_MS);
  assertEquals(post.outcomes(), { delivered: 99 });
  assertEquals(post.errors(), []);
  assertEquals(new Set(post.letters.map(({ readIn }) => readIn[0])).size, 99);
});

Deno.test("messages: a node greets all others once a period, and they show it", () => {
  const cluster = plainCluster({ seed: 6 });
  const periodMs = 10 * SECOND_MS;
  const greeter = cluster.add("greeter", {
    configure: ({ network }) => network.controller.ping.period = periodMs / SECOND_MS,
  });
  const others = addChain(cluster, ["near", "middle", "far"]);
  others[0].targets = [greeter.address];
  cluster.startAll();
  cluster.run(6.5 * periodMs);
  for (const { name, told } of others) {
    const greeted = told.filter(({ notice }) => notice.type === "greeted");
    const node = { id: greeter.id, label: "greeter" };
    for (const { notice } of greeted) assertEquals(notice, { type: "greeted", node });
    const periods = greeted.map(({ at }) => Math.round(at / periodMs));
    assertEquals(periods, [1, 2, 3, 4, 5, 6], name);
  }
  assertEquals(greeter.told.filter(({ notice }) => notice.type === "greeted"), []);
  // They are no messages that would wait to be read.
  assertEquals(others.map(({ api }) => api.unread()), [0, 0, 0]);
});

Deno.test("messages: the same seed tells the same story, another seed another", () => {
  const story = (seed: number) => {
    const cluster = plainCluster({ seed, network: WAN });
    const post = new Post(cluster);
    const [from, hop, , to] = addRing(cluster, new SeededRandom(seed), 8) as SimNode[];
    assert(from && hop && to);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    post.correspond(from, to, { count: 2_000, inHand: 200 });
    post.correspond(to, from, { count: 20, inHand: 2, size: 200_000 });
    cluster.run(2 * SECOND_MS);
    hop.crash();
    cluster.run(20 * SECOND_MS);
    assertEquals(post.errors().filter((error) => !error.includes("not answered")), []);
    return cluster.trace.hash;
  };
  assertEquals(story(7), story(7));
  assertNotEquals(story(7), story(8));
});

Deno.test("messages: while three nodes of ten come and go every answer to 50 pairs is true, over 20 seeds", () => {
  const all: Letter[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const random = new SeededRandom(seed).fork();
    const cluster = plainCluster({ seed, network: seed % 2 === 0 ? LAN : WAN });
    const post = new Post(cluster);
    const nodes = cluster.addMany(20);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS, 100);
    const restless = shuffled(random, nodes).slice(0, 6);
    const pairs = Array.from({ length: 50 }, () => shuffled(random, nodes) as [SimNode, SimNode]);
    for (let step = 0; step < 40; step++) {
      const node = restless[randomInt(random, restless.length)];
      if (node?.isRunning) [node.kill, node.crash, node.leave][randomInt(random, 3)]?.call(node);
      else if (node) post.start(node);
      for (const [from, to] of pairs) {
        if (!from.isRunning) continue;
        const size = randomInt(random, 25) === 0 ? { size: randomInt(random, 150_000) } : {};
        const timeoutMs = 200 + randomInt(random, 5_000);
        post.send(from, to, { ...size, timeoutMs });
      }
      cluster.run(randomInt(random, 1_000));
    }
    cluster.run(6 * SECOND_MS);
    assertEquals(post.errors(), [], `seed ${seed}`);
    all.push(...post.letters);
  }
  const told = new Set(all.map(({ outcome }) => outcome?.type));
  assertEquals([...told].sort(), ["cancelled", "delivered", "no-route", "timed-out"]);
});

function namesOn(cluster: Cluster, { outcome }: Letter): string[] | undefined {
  if (outcome?.type !== "delivered") return undefined;
  return outcome.path.map((id) => cluster.nodes.find((node) => node.id === id)?.name ?? "nobody");
}

/** Two nodes that have no link with each other. */
function strangers(cluster: Cluster, random: SeededRandom): [SimNode, SimNode] {
  for (const from of shuffled(random, cluster.nodes)) {
    const linked = new Set([from.id, ...from.snapshot().peers.map(({ id }) => id)]);
    const [to] = shuffled(random, cluster.nodes.filter(({ id }) => !linked.has(id)));
    if (to !== undefined) return [from, to];
  }
  throw new Error(`All nodes are linked with each other, seed ${cluster.seed}`);
}

/** Some node between the two ends of the way that a letter went. */
function hopOf(cluster: Cluster, random: SeededRandom, letter: Letter | undefined): SimNode {
  const path = letter?.outcome?.type === "delivered" ? letter.outcome.path : [];
  const id = path[1 + randomInt(random, path.length - 2)];
  const hop = cluster.nodes.find((node) => node.id === id);
  assert(hop, `A letter was not delivered over a hop, seed ${cluster.seed}`);
  return hop;
}
