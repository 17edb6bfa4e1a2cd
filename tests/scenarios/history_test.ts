/** The history that whole nodes keep of their map, while others come, crash, leave and return. */

import { assert, assertEquals } from "@std/assert";
import { compareIds } from "../../src/base/node_id.ts";
import { type MapChange, MapState } from "../../src/controller/map_change.ts";
import type { NodeState, Snapshot } from "../../src/controller/snapshot.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

function contents({ nodes, links }: Pick<Snapshot, "nodes" | "links">): unknown {
  return {
    nodes: nodes.map(({ id, label, state, addresses: [addr] }) => ({ id, label, state, addr }))
      .sort((a, b) => compareIds(a.id, b.id)),
    links: links.toSorted((a, b) => compareIds(a.from, b.from) || compareIds(a.to, b.to)),
  };
}

/** The state in which a node was at a time. */
function stateAt(changes: readonly MapChange[], node: SimNode, at: number): NodeState | undefined {
  const map = new MapState();
  for (const change of changes.filter((change) => change.at <= at)) map.apply(change);
  return map.nodes().find(({ id }) => id === node.id)?.state;
}

Deno.test("Node.history: tells what each node was at any time, and ends with the map as it is", () => {
  const cluster = new Cluster({ seed: 5 });
  const nodes = cluster.addMany(5);
  const [watcher, crashed, gone] = nodes as [SimNode, SimNode, SimNode];
  cluster.startAll();
  const told: MapChange[] = [];
  watcher.api.watchMap((change) => told.push(change));
  const wall = () => cluster.timeline.wall();
  cluster.until(() => cluster.agrees(), 10_000);
  cluster.run(1_000);
  const whole = wall();
  crashed.crash();
  cluster.run(15_000);
  const lost = wall();
  crashed.start();
  cluster.run(60_000);
  const back = wall();
  gone.leave();
  cluster.run(5_000);
  const left = wall();
  const changes = watcher.api.history();
  const states = (node: SimNode) =>
    [whole, lost, back, left].map((at) => stateAt(changes, node, at));
  assertEquals(states(crashed), ["alive", "failed", "alive", "alive"]);
  assertEquals(states(gone), ["alive", "alive", "alive", "left"]);
  assertEquals(states(watcher), ["own", "own", "own", "own"]);
  for (const known of [changes, told]) {
    const map = new MapState();
    for (const change of known) map.apply(change);
    const state = { nodes: map.nodes(), links: map.links() };
    assertEquals(contents(state), contents(watcher.snapshot()));
  }
});

Deno.test("Node.history: a quiet network adds nothing to it", () => {
  const cluster = new Cluster({ seed: 6 });
  const [first] = cluster.addMany(5) as [SimNode];
  cluster.startAll();
  first.api.history();
  cluster.until(() => cluster.agrees(), 10_000);
  cluster.run(30_000);
  const before = first.api.history().length;
  cluster.run(600_000);
  assertEquals(first.api.history().length, before);
});

Deno.test("Node.history: a node that nobody asks takes the same course as one that records", () => {
  const traces = [false, true].map((isRecorded) => {
    const cluster = new Cluster({ seed: 7 });
    const nodes = cluster.addMany(6);
    cluster.startAll();
    if (isRecorded) { for (const node of nodes) node.api.history(); }
    cluster.run(5_000);
    nodes[3]?.kill();
    cluster.run(20_000);
    return nodes.filter(({ isRunning }) => isRunning).map((node) => contents(node.snapshot()));
  });
  assert((traces[0]?.length ?? 0) === 5);
  assertEquals(traces[1], traces[0]);
});
