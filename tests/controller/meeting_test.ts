/** Two nodes that dial each other at once end up with one link, the same at both ends. */

import { assertEquals } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

/** Delays wide enough that messages of two connections pass each other in every order. */
const UNEVEN = { minDelayMs: 1, maxDelayMs: 40, jitterMs: 60, loss: 0.05 };

/** The links of a node with another, as "dialler listener". */
function linksBetween(node: SimNode, other: SimNode): string[] {
  return node.snapshot().peers.filter(({ id }) => id === other.id).map(({ direction }) =>
    direction === "outgoing" ? `${node.name} ${other.name}` : `${other.name} ${node.name}`
  );
}

function pairOf(cluster: Cluster): [SimNode, SimNode] {
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  alice.targets = [bob.address];
  return [alice, bob];
}

/** Whether both know the same single link, with one connection beneath it. */
function assertOneLink(cluster: Cluster, alice: SimNode, bob: SimNode): void {
  const where = `seed ${cluster.seed}`;
  assertEquals(linksBetween(alice, bob).length, 1, where);
  assertEquals(linksBetween(alice, bob), linksBetween(bob, alice), where);
  assertEquals([alice.host.connectionCount, bob.host.connectionCount], [1, 1], where);
}

Deno.test("Controller: simultaneous dials end in one link, kept by both", () => {
  const kept = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const cluster = new Cluster({ seed, network: UNEVEN });
    const [alice, bob] = pairOf(cluster);
    alice.start();
    cluster.run(randomInt(new SeededRandom(seed), 60));
    bob.start();
    cluster.run(5_000);
    assertOneLink(cluster, alice, bob);
    for (const link of linksBetween(alice, bob)) kept.add(link);
    const before = alice.told.length + bob.told.length;
    cluster.run(60_000);
    assertOneLink(cluster, alice, bob);
    assertEquals(alice.told.length + bob.told.length, before, `seed ${seed}: all is quiet`);
  }
  assertEquals(kept.size, 2);
});

Deno.test("Controller: so they do after one of them restarts, in every way it can", () => {
  for (let seed = 0; seed < 300; seed++) {
    const cluster = new Cluster({ seed, network: UNEVEN });
    const random = new SeededRandom(seed);
    const [alice, bob] = pairOf(cluster);
    cluster.startAll();
    for (let life = 0; life < 3; life++) {
      cluster.run(randomInt(random, 400));
      const node = random.next() < 0.5 ? alice : bob;
      const end = randomInt(random, 3);
      if (end === 0) node.kill();
      else if (end === 1) node.crash();
      else node.leave();
      cluster.run(randomInt(random, 200));
      node.start();
    }
    cluster.run(60_000);
    assertOneLink(cluster, alice, bob);
  }
});

Deno.test("Controller: a target whose own dial won and then died on the way is dialled again", () => {
  for (let seed = 0; seed < 200; seed++) {
    const cluster = new Cluster({ seed, network: UNEVEN });
    const [alice, bob] = pairOf(cluster);
    cluster.startAll();
    cluster.run(1 + seed % 200);
    bob.crash();
    cluster.run(60_000);
    // Bob is back and dials nobody: alice alone was told to keep the link.
    bob.targets = [];
    bob.store.texts.clear();
    bob.start();
    cluster.run(45_000);
    assertEquals(linksBetween(alice, bob).length, 1, `seed ${seed}`);
  }
});
