import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { fiveNodes } from "./five_nodes.ts";

const DUMP_MS = 5_000;
const SECOND_MS = 1_000;

Deno.test("five nodes: within two dumps all know all, alice is dropped when killed and back when started", () => {
  const { cluster, alice, bob, carol, dave, erin } = fiveNodes({ seed: 1 });
  const all = [alice, bob, carol, dave, erin];
  for (const node of all) {
    node.start();
    cluster.run(SECOND_MS);
  }

  cluster.run(2 * DUMP_MS);
  assert(cluster.agrees());
  for (const node of all) assertEquals(node.peersJson, addressesBut(node, all));
  assertEquals(drawn(bob), { nodes: 5, links: 10, lost: [] });

  alice.kill();
  const left = [bob, carol, dave, erin];
  cluster.run(DUMP_MS + SECOND_MS);
  for (const node of left) assertEquals(node.peersJson, addressesBut(node, left));
  assertEquals(drawn(bob), { nodes: 5, links: 6, lost: ["alice"] });

  cluster.run(60 * SECOND_MS);
  alice.start();
  cluster.run(2 * DUMP_MS);
  assert(cluster.agrees());
  for (const node of all) assertEquals(node.peersJson, addressesBut(node, all));
  assertEquals(drawn(bob), { nodes: 5, links: 10, lost: [] });

  for (const node of all) node.leave();
  cluster.run(SECOND_MS);
  assertEquals(all.filter((node) => node.isRunning), []);
  assertEquals(all.map((node) => node.host.connectionCount), [0, 0, 0, 0, 0]);
});

Deno.test("five nodes: with no links beyond the initial targets every node knows every node and link", () => {
  const { cluster, alice, bob, carol, dave, erin } = fiveNodes({
    seed: 2,
    configure: ({ network }) => network.controller.peers.min_link_count = 0,
  });
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 2 * DUMP_MS);
  const wanted = [[bob, alice], [bob, carol], [carol, erin], [dave, alice], [erin, dave]];
  const ends = wanted.map(([from, to]) => `${from?.id} ${to?.id}`).sort();
  for (const node of cluster.nodes) {
    assertEquals(node.snapshot().links.map(({ from, to }) => `${from} ${to}`).sort(), ends);
  }
});

Deno.test("five nodes: a node that leaves is shown as left, not as lost, within a second", () => {
  const { cluster, bob, carol } = fiveNodes({ seed: 3 });
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 2 * DUMP_MS);
  carol.leave();
  cluster.run(SECOND_MS);
  for (const node of cluster.nodes.filter((each) => each !== carol)) {
    const view = node.snapshot().nodes.find(({ id }) => id === carol.id);
    assertEquals(view?.state, "left", node.name);
  }
  assert(bob.told.some(({ notice }) => notice.type === "node-left"));
  assert(!bob.told.some(({ notice }) => notice.type === "node-lost"));
});

Deno.test("five nodes: all of them restarted at once meet again", () => {
  const { cluster } = fiveNodes({ seed: 4 });
  cluster.startAll();
  cluster.run(3 * DUMP_MS);
  for (const node of cluster.nodes) node.kill();
  cluster.run(60 * SECOND_MS);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 2 * DUMP_MS);
});

Deno.test("five nodes: the same seed tells the same story, another seed another", () => {
  const story = (seed: number) => {
    const { cluster, alice } = fiveNodes({ seed });
    cluster.startAll();
    cluster.run(20 * SECOND_MS);
    alice.crash();
    cluster.run(20 * SECOND_MS);
    return cluster.trace.hash;
  };
  assertEquals(story(5), story(5));
  assert(story(5) !== story(6));
});

Deno.test("five nodes: a folder that cannot be written is told once, and again when it can", () => {
  const { cluster, bob, alice } = fiveNodes({ seed: 7 });
  cluster.startAll();
  bob.store.fault = "No space left on device";
  cluster.run(4 * DUMP_MS);
  const told = () => bob.told.map(({ notice }) => notice).filter(({ type }) => /report/.test(type));
  assertEquals(told().map(({ type }) => type), ["report-failed", "report-failed"]);
  assertEquals(bob.peersJson, []);

  bob.store.fault = undefined;
  cluster.run(DUMP_MS + SECOND_MS);
  assertEquals(told().slice(2).map(({ type }) => type), ["report-recovered", "report-recovered"]);
  assertEquals(bob.peersJson.length, 4);
  assertStringIncludes(bob.store.texts.get("peers.d2") ?? "", alice.name);
});

function addressesBut(node: SimNode, all: readonly SimNode[]): string[] {
  return all.filter((each) => each !== node).map(({ address }) => address).sort();
}

/** What a node's diagram holds: nodes, links that carry a round-trip time, labels of lost nodes. */
function drawn(node: SimNode): { nodes: number; links: number; lost: string[] } {
  const lines = (node.store.texts.get("peers.d2") ?? "").split("\n");
  const links = lines.filter((line) => /^\w+ -> \w+: \d+ µs$/.test(line));
  const nodes = lines.filter((line) => /^\w+: "\w+ \\n \(\d+\)/.test(line));
  const lost = nodes.filter((line) => line.includes("{class: lost}"));
  return {
    nodes: nodes.length,
    links: links.length,
    lost: lost.map((line) => /"(\w+)/.exec(line)?.[1] ?? ""),
  };
}

Deno.test("five nodes: told to dial targets alone, they make no link that nobody asked for", () => {
  for (let seed = 0; seed < 60; seed++) {
    const cluster = new Cluster({
      seed,
      configure: ({ network: { controller: { peers } } }) => {
        peers.min_link_count = 0;
        // A node that looks lost while its links are not heard of yet is dialled within this time.
        peers.conn_attempt_max_delay = 1;
      },
    });
    const [alice, dave, erin, carol, bob] = ["alice", "dave", "erin", "carol", "bob"]
      .map((name) => cluster.add(name)) as [SimNode, SimNode, SimNode, SimNode, SimNode];
    dave.targets = [alice.address];
    erin.targets = [dave.address];
    carol.targets = [erin.address];
    bob.targets = [alice.address, carol.address];
    for (const node of cluster.nodes) {
      node.start();
      cluster.run(300);
    }
    cluster.until(() => cluster.agrees(), 10_000);
    cluster.run(5_000);
    assertEquals(alice.snapshot().links.length, 5, `seed ${seed}`);
  }
});
