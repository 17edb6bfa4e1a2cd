import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Cluster } from "../../src/sim/cluster.ts";
import { WAN } from "../../src/sim/network.ts";

/** A run with everything in it that may happen, summed up. */
function story(seed: number): { hash: string; events: number; told: string } {
  const cluster = new Cluster({ seed, network: WAN });
  const nodes = cluster.addMany(8);
  const [first, second, third] = nodes;
  assert(first !== undefined && second !== undefined && third !== undefined);
  cluster.startAll();
  cluster.run(20_000);
  cluster.cut(nodes.slice(0, 4));
  cluster.run(30_000);
  cluster.heal();
  first.crash();
  second.kill();
  third.leave();
  cluster.run(20_000);
  for (const node of [first, second, third]) node.start();
  cluster.run(20_000);
  const told = JSON.stringify(nodes.map((node) => node.told));
  return { hash: cluster.trace.hash, events: cluster.timeline.events, told };
}

Deno.test("Cluster: the same seed gives the same run, another seed another", () => {
  const runs = [1, 2, 3].map(story);
  assertEquals([1, 2, 3].map(story), runs);
  assertEquals(new Set(runs.map(({ hash }) => hash)).size, 3);
});

Deno.test("Cluster: until tells how long it took, and names the seed when it took too long", () => {
  const cluster = new Cluster({ seed: 42 });
  cluster.add("alice").start();
  assertEquals(cluster.until(() => cluster.timeline.now() >= 25, 1_000), 30);
  const error = assertThrows(() => cluster.until(() => false, 100)) as Error;
  assertStringIncludes(error.message, "seed 42");
});

Deno.test("Cluster: agrees only while every running node draws the true map", () => {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  alice.start();
  assertEquals(cluster.agrees(), true);
  bob.start();
  assertEquals(cluster.agrees(), false);
  cluster.until(() => cluster.agrees(), 1_000);
  assertEquals(alice.snapshot().peers.length, 1);
  bob.crash();
  assertEquals(cluster.agrees(), false);
  cluster.until(() => cluster.agrees(), 20_000);
});

Deno.test("SimNode: what it wrote outlives it, and what it remembers it dials", () => {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  cluster.startAll();
  cluster.run(20_000);
  assertEquals(alice.peersJson, [bob.address]);
  alice.crash();
  bob.leave();
  bob.targets = [];
  bob.start();
  assertThrows(() => alice.snapshot(), Error, "alice is not running");
  cluster.run(60_000);
  alice.start();
  cluster.until(() => alice.snapshot().peers.length === 1, 1_000);
});
