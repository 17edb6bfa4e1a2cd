import { assert, assertEquals, assertLess } from "@std/assert";
import { JITTER } from "../../src/dialer/backoff.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

const HOUR_MS = 3_600_000;
/** The default cap on the delay between two attempts. */
const CAP_MS = 30_000;

/** Whether some link leads from one group to the other. */
function crosses(one: readonly SimNode[], other: readonly SimNode[]): boolean {
  const ids = new Set(other.map(({ id }) => id));
  return one.some((node) => node.snapshot().peers.some(({ id }) => ids.has(id)));
}

/** Tears a network in two for `durationMs`, and returns how long one map took after it was mended. */
function tear(cluster: Cluster, durationMs: number): { linkMs: number; mapMs: number } {
  const half = cluster.nodes.length / 2;
  const [one, other] = [cluster.nodes.slice(0, half), cluster.nodes.slice(half)];
  cluster.cut(one, other);
  cluster.run(durationMs);
  assert(!crosses(one, other));
  assert(cluster.agrees(one) && cluster.agrees(other), `halves, seed ${cluster.seed}`);
  cluster.heal();
  const linkMs = cluster.until(() => crosses(one, other), CAP_MS * (1 + JITTER) + 1_000);
  const mapMs = cluster.until(() => cluster.agrees(), 2_000);
  return { linkMs, mapMs };
}

Deno.test("partition: healed after five minutes, one map within 2 s of the first link across", () => {
  for (let seed = 40; seed < 50; seed++) {
    const cluster = new Cluster({ seed });
    cluster.addMany(16);
    cluster.startAll();
    cluster.until(() => cluster.agrees(), 10_000);
    tear(cluster, 300_000);
  }
});

Deno.test("partition: told to try every second, one map within 2 s of the moment the network is whole", () => {
  for (let seed = 50; seed < 60; seed++) {
    const cluster = new Cluster({
      seed,
      configure: ({ network: { controller: { peers } } }) => {
        peers.conn_attempt_delay = 0.5;
        peers.conn_attempt_max_delay = 0.5;
        peers.conn_attempt_timeout = 0.5;
      },
    });
    cluster.addMany(16);
    cluster.startAll();
    cluster.until(() => cluster.agrees(), 10_000);
    const { linkMs, mapMs } = tear(cluster, 60_000);
    assertLess(linkMs + mapMs, 2_000 + 1, `seed ${seed}`);
  }
});

Deno.test("partition: healed after 48 h, when each half has long forgotten the other's nodes, one map within 2 s", () => {
  const cluster = new Cluster({
    seed: 60,
    configure: ({ network: { controller } }) => {
      // Two days of heartbeats are the same every minute.
      controller.peers.heartbeat_period = 60;
      controller.peers.heartbeat_timeout = 150;
      controller.peer_file_dump_interval = 600;
    },
  });
  const nodes = cluster.addMany(6);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 10_000);
  tear(cluster, 48 * HOUR_MS);
  const forgot = (node: SimNode) =>
    node.told.filter(({ notice }) => notice.type === "node-forgotten").length;
  assertEquals(nodes.map(forgot), [3, 3, 3, 3, 3, 3]);
});

Deno.test("partition: a link that works one way only is given up and comes back when it works both ways", () => {
  const cluster = new Cluster({ seed: 61 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 10_000);
  cluster.network.blockWay(alice.host, bob.host);
  cluster.until(() => bob.snapshot().peers.length === 0, 12_000);
  cluster.until(() => alice.snapshot().peers.length === 0, 12_000);
  cluster.heal();
  cluster.until(() => cluster.agrees(), CAP_MS * (1 + JITTER) + 1_000);
});
