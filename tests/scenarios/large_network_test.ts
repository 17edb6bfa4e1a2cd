import { assert, assertEquals, assertLess } from "@std/assert";
import { Cluster } from "../../src/sim/cluster.ts";
import { WAN } from "../../src/sim/network.ts";

Deno.test("large network: 100 nodes on a random connected target graph all know the full map", () => {
  const cluster = new Cluster({ seed: 11 });
  cluster.addMany(100);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 5_000, 100);
});

Deno.test("large network: 50 nodes far apart, with loss, all know the full map and every round-trip time", () => {
  const cluster = new Cluster({ seed: 12, network: WAN });
  cluster.addMany(50);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 30_000, 500);
  cluster.run(10_000);
  assert(cluster.agrees());
  for (const node of cluster.nodes) {
    assertEquals(node.snapshot().links.filter(({ rttUs }) => rttUs === null), []);
  }
});

Deno.test("large network: a node that crashes without a word is noticed within the heartbeat timeout and one period", () => {
  const heartbeatMs = 10_000 + 2_000;
  for (let seed = 20; seed < 30; seed++) {
    const cluster = new Cluster({ seed });
    const nodes = cluster.addMany(12);
    cluster.startAll();
    cluster.until(() => cluster.agrees(), 10_000);
    const victim = nodes[seed % nodes.length];
    victim?.crash();
    const noticed = () =>
      nodes.every((node) =>
        node === victim ||
        node.snapshot().nodes.find(({ id }) => id === victim?.id)?.state === "failed"
      );
    assertLess(cluster.until(noticed, heartbeatMs), heartbeatMs + 1, `seed ${seed}`);
  }
});

Deno.test("large network: nodes come and go at random, and one map is left in the end", () => {
  for (let seed = 30; seed < 35; seed++) {
    const cluster = new Cluster({ seed });
    const nodes = cluster.addMany(20);
    cluster.startAll();
    cluster.run(2_000);
    for (let step = 0; step < 40; step++) {
      const node = nodes[(step * 7 + seed) % nodes.length];
      if (node?.isRunning) [node.kill, node.crash, node.leave][step % 3]?.call(node);
      else node?.start();
      cluster.run(700);
    }
    for (const node of nodes) node.start();
    // Some were lost without a word just now, and some targets were down for long.
    cluster.until(() => cluster.agrees(), 60_000, 500);
  }
});
