import { assert, assertEquals, assertLess } from "@std/assert";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

const HEARTBEAT = { periodMs: 2_000, timeoutMs: 10_000 };

/** Nodes 0, 1, 2, …, each with the one before it for a target, that all agree. */
function chain(count: number, seed = 1): { cluster: Cluster; nodes: SimNode[] } {
  const cluster = new Cluster({ seed });
  const nodes: SimNode[] = [];
  for (let i = 0; i < count; i++) {
    nodes.push(cluster.add(`node${i}`, { targets: nodes.slice(-1) }));
  }
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 20_000);
  cluster.run(5_000);
  return { cluster, nodes };
}

function stateOf(by: SimNode, of: SimNode): string | undefined {
  return by.snapshot().nodes.find(({ id }) => id === of.id)?.state;
}

Deno.test("Controller: who leaves is seen to have left by all within a second", () => {
  const { cluster, nodes } = chain(8);
  const [leaver, ...others] = nodes as [SimNode, ...SimNode[]];
  leaver.leave();
  assertEquals(leaver.isRunning, false);
  cluster.until(() => others.every((node) => stateOf(node, leaver) === "left"), 1_000);
  for (const node of others) {
    const told = node.told.map(({ notice }) => notice.type);
    assertEquals(told.filter((type) => type === "node-left").length, 1);
    assertEquals(told.includes("node-lost"), false);
  }
});

Deno.test("Controller: who is killed is lost to all within a second", () => {
  const { cluster, nodes } = chain(8);
  const [victim, ...others] = nodes as [SimNode, ...SimNode[]];
  victim.kill();
  cluster.until(() => others.every((node) => stateOf(node, victim) === "failed"), 1_000);
});

Deno.test("Controller: a crash is noticed within the heartbeat timeout and one period", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { cluster, nodes } = chain(6, seed);
    const victim = nodes[seed % 6] as SimNode;
    const others = nodes.filter((node) => node !== victim);
    cluster.run(seed * 137);
    victim.crash();
    const noticed = () => others.every((node) => stateOf(node, victim) === "failed");
    cluster.until(noticed, HEARTBEAT.timeoutMs + HEARTBEAT.periodMs);
  }
});

Deno.test("Controller: a snapshot is ordered by ids, whatever order things became known in", () => {
  const { nodes } = chain(12);
  for (const node of nodes) {
    const { nodes: known, links, peers, self } = node.snapshot();
    assertEquals(self, node.id);
    assertEquals(known.map(({ id }) => id), nodes.map(({ id }) => id).sort());
    const ends = links.map(({ from, to }) => `${from} ${to}`);
    assertEquals(ends, ends.toSorted());
    const ids = peers.map(({ id }) => id);
    assertEquals(ids, ids.toSorted());
    assertEquals(known.filter(({ state }) => state === "own").map(({ id }) => id), [node.id]);
  }
});

Deno.test("Controller: a peer's address is where it listens, also for who was dialled by it", () => {
  const { nodes } = chain(2);
  const [alice, bob] = nodes as [SimNode, SimNode];
  assertEquals(alice.snapshot().peers.map(({ address }) => address), [bob.address]);
  assertEquals(bob.snapshot().peers.map(({ address }) => address), [alice.address]);
});

Deno.test("Controller: reports are written once for each change, and not while all is quiet", () => {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  const written: string[] = [];
  const write = alice.store.write.bind(alice.store);
  alice.store.write = (name, text, done) => {
    if (name === "peers.json") written.push(text);
    write(name, text, done);
  };
  cluster.startAll();
  cluster.run(600_000);
  assertEquals(written, [`[\n  "${bob.address}"\n]\n`]);
  bob.kill();
  cluster.run(600_000);
  assertEquals(written.slice(1), ["[]\n"]);
  bob.start();
  cluster.run(600_000);
  assertEquals(written.length, 3);
  assertEquals(alice.peersJson, [bob.address]);
});

Deno.test("Controller: a link that could not be made for a while is made after all", () => {
  const cluster = new Cluster({ seed: 1 });
  const middle = cluster.add("middle");
  const [left, right] = ["left", "right"].map((name) => cluster.add(name, { targets: [middle] }));
  assert(left !== undefined && right !== undefined);
  cluster.network.blockWay(left.host, right.host);
  cluster.network.blockWay(right.host, left.host);
  cluster.startAll();
  cluster.run(120_000);
  assertEquals(left.snapshot().peers.length, 1);
  cluster.heal();
  // Candidates rest for ten caps of 30 s; both ends may have to end theirs.
  cluster.until(() => left.snapshot().peers.length === 2, 600_000, 1_000);
});

Deno.test("Controller: notices of a failing target come at every attempt and say when the next is", () => {
  const cluster = new Cluster({ seed: 1 });
  const ghost = cluster.add("ghost");
  const alice = cluster.add("alice", { targets: [ghost] });
  alice.start();
  cluster.run(60_000);
  const failed = alice.told.filter(({ notice }) => notice.type === "dial-failed");
  assertEquals(
    failed.map(({ notice }) => notice.type === "dial-failed" && notice.attempt),
    failed.map((_, i) => i + 1),
  );
  for (const [i, { at, notice }] of failed.entries()) {
    const next = failed[i + 1];
    if (notice.type !== "dial-failed" || next === undefined) continue;
    assertLess(Math.abs(at + (notice.nextInMs ?? NaN) - next.at), 10);
    assertEquals(notice.repeated, i > 0);
  }
});
