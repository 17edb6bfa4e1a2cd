/** Who a node is and whom it accepts, over restarts, changes of key and wrong clocks. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Config } from "../../src/config/schema.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import {
  formatKnownPeers,
  type KnownPeer,
  parseKnownPeers,
} from "../../src/identity/known_peers.ts";
import { KNOWN_PEERS_FILE } from "../../src/identity/known_peers_file.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { KeyThief } from "./key_thief.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DUMP_MS = 5 * SECOND_MS;
/** The cap on the delay between two attempts with its jitter, and some time for what follows. */
const LATEST_MS = 30 * SECOND_MS * (1 + JITTER) + 5 * SECOND_MS;

Deno.test("identity: all nodes restarted at once with no targets meet again through known_peers.json alone", () => {
  for (let seed = 0; seed < 20; seed++) {
    const cluster = new Cluster({ seed });
    const nodes = cluster.addMany(6);
    restartWithoutTargets(cluster, nodes);
    cluster.until(() => cluster.agrees(), 2 * DUMP_MS);
  }
});

Deno.test("identity: without that file nobody would find anybody", () => {
  const cluster = new Cluster({ seed: 1 });
  const nodes = cluster.addMany(6);
  restartWithoutTargets(cluster, nodes, (node) => node.store.texts.clear());
  cluster.run(MINUTE_MS);
  assertEquals(nodes.flatMap((node) => node.snapshot().peers), []);
});

function restartWithoutTargets(
  cluster: Cluster,
  nodes: readonly SimNode[],
  prepare: (node: SimNode) => void = () => {},
): void {
  cluster.startAll();
  cluster.run(3 * DUMP_MS);
  assert(cluster.agrees());
  for (const node of nodes) node.kill();
  cluster.run(MINUTE_MS);
  for (const node of nodes) {
    node.targets = [];
    for (const name of node.store.texts.keys()) {
      if (name !== KNOWN_PEERS_FILE) node.store.texts.delete(name);
    }
    prepare(node);
    node.start();
  }
}

Deno.test("identity: a node rejoins though all its targets are down", () => {
  const cluster = new Cluster({ seed: 2 });
  const [alice, bob, carol] = cluster.addMany(3) as [SimNode, SimNode, SimNode];
  bob.targets = [alice.address];
  carol.targets = [alice.address];
  cluster.startAll();
  cluster.run(3 * DUMP_MS);
  carol.kill();
  alice.crash();
  cluster.run(MINUTE_MS);
  carol.start();
  cluster.until(() => cluster.agrees([bob, carol]), DUMP_MS);
});

Deno.test("identity: a node that comes back while nobody is there goes on looking for those it knew", () => {
  for (let minutes = 1; minutes <= 10; minutes++) {
    const cluster = new Cluster({ seed: minutes });
    const [alice, bob] = cluster.addMany(2) as [SimNode, SimNode];
    cluster.startAll();
    cluster.run(3 * DUMP_MS);
    for (const node of [alice, bob]) node.kill();
    bob.targets = [];
    bob.start();
    cluster.run(minutes * MINUTE_MS);
    // Alice is to be found, not to find.
    alice.store.texts.clear();
    alice.start();
    cluster.until(() => cluster.agrees(), LATEST_MS);
  }
});

Deno.test("identity: two halves that were all restarted while the network was torn find each other with no targets", () => {
  for (let seed = 0; seed < 5; seed++) {
    const cluster = new Cluster({ seed });
    const nodes = cluster.addMany(12);
    cluster.startAll();
    cluster.run(6 * DUMP_MS);
    assert(cluster.agrees());
    const halves = [nodes.slice(0, 6), nodes.slice(6)] as const;
    cluster.cut(...halves);
    cluster.run(MINUTE_MS);
    for (const node of nodes) {
      node.kill();
      node.targets = [];
      node.start();
    }
    cluster.run(10 * MINUTE_MS);
    assert(cluster.agrees(halves[0]) && cluster.agrees(halves[1]), `halves, seed ${seed}`);
    cluster.heal();
    cluster.until(() => cluster.agrees(), LATEST_MS);
  }
});

Deno.test("identity: another key at a known target is refused, told once, tried rarely, and let in by an edit at once", () => {
  const cluster = new Cluster({ seed: 4 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  cluster.startAll();
  cluster.run(3 * DUMP_MS);
  const before = alice.id;
  assertEquals(pinnedBy(bob), [before]);
  alice.kill();
  cluster.run(SECOND_MS);
  alice.replaceKey();
  alice.store.texts.clear();
  alice.start();

  cluster.run(31 * MINUTE_MS);
  assertEquals(bob.snapshot().peers, []);
  assertEquals(pinnedBy(bob), [before]);
  const refusals = failures(bob).filter(({ reason }) => reason.includes(before));
  assertEquals(refusals.filter(({ repeated }) => !repeated).length, 1);
  const [first] = refusals;
  assertStringIncludes(first?.reason ?? "", `expected ${before}, met ${alice.id}`);
  assertStringIncludes(first?.reason ?? "", `area-net known trust ${alice.id} ${alice.address}`);
  assertEquals(first?.nextInMs, 5 * MINUTE_MS);
  assertGreater(refusals.length, 4);
  assertLess(refusals.length, 8);

  trust(bob, alice.id, alice.address);
  cluster.until(() => cluster.agrees(), DUMP_MS + 2 * SECOND_MS);
  cluster.run(2 * DUMP_MS);
  assertEquals(pinnedBy(bob), [alice.id]);
});

/** Edits known_peers.json as `known trust` does. */
function trust(node: SimNode, id: NodeId, address: Address): void {
  const peers = knownTo(node).map((peer) => ({ ...peer, pinned: false }));
  const trusted: KnownPeer = {
    id,
    label: "",
    addresses: [address],
    firstSeen: 0,
    lastSeen: 0,
    pinned: true,
    formerly: [],
  };
  node.store.texts.set(KNOWN_PEERS_FILE, formatKnownPeers([trusted, ...peers]));
}

for (
  const [what, trust, isLinked, reason] of [
    ["tofu takes a stranger", () => ({}), true, undefined],
    ["pinned refuses a stranger", () => ({ mode: "pinned" }), false, /neither listed nor pinned/],
    ["pinned takes a listed one", (id) => ({ mode: "pinned", allow: [id] }), true, undefined],
    [
      "an allow list without it refuses",
      (_, self) => ({ allow: [self] }),
      false,
      /not on the allow/,
    ],
    ["an allow list with it takes", (id) => ({ allow: [id] }), true, undefined],
    [
      "a deny list refuses, also an allowed one",
      (id) => ({ allow: [id], deny: [id] }),
      false,
      /deny/,
    ],
    [
      "open refuses whom the deny list names",
      (id) => ({ mode: "open", deny: [id] }),
      false,
      /deny/,
    ],
  ] as [string, (id: NodeId, self: NodeId) => Partial<Trust>, boolean, RegExp | undefined][]
) {
  Deno.test(`identity: trust, ${what}, whoever dials`, () => {
    for (const dialler of ["guard", "guest"]) {
      const cluster = new Cluster({ seed: 5 });
      const guest = cluster.add("guest");
      const spare = cluster.add("spare");
      const guard = cluster.add("guard", {
        configure: ({ network: { controller } }) =>
          Object.assign(controller.trust, trust(guest.id, spare.id)),
      });
      if (dialler === "guard") guard.targets = [guest.address];
      else guest.targets = [guard.address];
      guest.start();
      guard.start();
      cluster.run(DUMP_MS);
      assertEquals(guard.snapshot().peers.length === 1, isLinked, dialler);
      if (reason !== undefined) assertMatch(reasons(guard), reason, dialler);
    }
  });
}

type Trust = Config["network"]["controller"]["trust"];

for (const [what, key] of [["another", "open barley"], ["no", ""]] as const) {
  Deno.test(`identity: a node with ${what} network key stays outside, and both sides say why`, () => {
    const cluster = new Cluster({ seed: 6 });
    const locked = { configure: ({ network }: Config) => void (network.key = "open sesame") };
    const alice = cluster.add("alice", locked);
    const bob = cluster.add("bob", { ...locked, targets: [alice] });
    const thief = cluster.add("thief", {
      targets: [alice],
      configure: ({ network }) => void (network.key = key),
    });
    cluster.startAll();
    cluster.run(DUMP_MS);
    assert(cluster.agrees([alice, bob]));
    assertEquals(thief.snapshot().peers, []);
    for (const node of [alice, thief]) {
      assertMatch(reasons(node), /networks differ \(the network key is another or missing\)/);
    }
  });
}

Deno.test("identity: a proof of the network key is worth nothing on another connection", () => {
  const cluster = new Cluster({
    seed: 7,
    configure: ({ network }) => void (network.key = "open sesame"),
  });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob");
  const thief = new KeyThief(cluster);
  bob.targets = [thief.address];
  cluster.startAll();
  cluster.until(() => thief.proof !== undefined, DUMP_MS);
  thief.show(alice.address);
  cluster.run(SECOND_MS);
  assertEquals(thief.refusal, "network");
  assertEquals(alice.snapshot().peers, []);
});

Deno.test("identity: after a change of key all follow, those too that were away, and the old id is gone", () => {
  const cluster = new Cluster({ seed: 8 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  const carol = cluster.add("carol", { targets: [bob] });
  const dave = cluster.add("dave", { targets: [alice] });
  cluster.startAll();
  cluster.run(3 * DUMP_MS);
  dave.crash();
  cluster.run(MINUTE_MS);

  const ids = [alice.id];
  for (let change = 0; change < 2; change++) {
    alice.rotate();
    cluster.until(() => cluster.agrees([alice, bob, carol]), 2 * SECOND_MS);
    cluster.run(MINUTE_MS);
    ids.push(alice.id);
  }
  dave.start();
  cluster.until(() => cluster.agrees(), 2 * SECOND_MS);
  cluster.run(2 * DUMP_MS);

  const now = ids.pop() as NodeId;
  for (const node of cluster.nodes) {
    const seen = node.snapshot().nodes.filter(({ label }) => label === "alice");
    assertEquals(seen.map(({ id }) => id), [now], node.name);
  }
  for (const node of [bob, dave]) {
    assertEquals(pinnedBy(node), [now], node.name);
    const known = knownTo(node).filter(({ label }) => label === "alice");
    assertEquals(known.map(({ id, formerly }) => ({ id, formerly })), [{ id: now, formerly: ids }]);
  }
});

for (const minutes of [-9, 9]) {
  Deno.test(`identity: a clock that is wrong by ${minutes} minutes does no harm`, () => {
    const { cluster } = withWrongClock(minutes);
    cluster.until(() => cluster.agrees(), 2 * DUMP_MS);
  });
}

for (const minutes of [-30, -15, 15, 30]) {
  Deno.test(`identity: a clock that is wrong by ${minutes} minutes parts its node from the map until it is mended`, () => {
    const { cluster, wrong, others } = withWrongClock(minutes);
    cluster.run(MINUTE_MS);
    for (const node of others) assertEquals(drawnBy(node, others).length, 2);
    // One that is behind finds the others too far ahead; one that is ahead is found so by them.
    const blind = minutes < 0 ? [wrong] : others;
    const hidden = minutes < 0 ? others : [wrong];
    for (const node of blind) assertEquals(drawnBy(node, hidden), []);
    wrong.kill();
    setClock(wrong, 0);
    cluster.run(MINUTE_MS);
    wrong.start();
    cluster.until(() => cluster.agrees(), LATEST_MS);
  });
}

/** Which of the nodes are alive on a node's map. */
function drawnBy(node: SimNode, nodes: readonly SimNode[]): SimNode[] {
  const alive = node.snapshot().nodes.filter(({ state }) => state === "own" || state === "alive");
  return nodes.filter((each) => alive.some(({ id }) => id === each.id));
}

/** Three nodes, one of whose clocks is wrong. */
function withWrongClock(minutes: number): { cluster: Cluster; wrong: SimNode; others: SimNode[] } {
  const cluster = new Cluster({ seed: 9 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  const wrong = cluster.add("wrong", { targets: [alice] });
  setClock(wrong, minutes);
  cluster.startAll();
  return { cluster, wrong, others: [alice, bob] };
}

function setClock({ host }: SimNode, minutes: number): void {
  host.wall = () => host.network.timeline.wall() + minutes * MINUTE_MS;
}

function knownTo(node: SimNode): KnownPeer[] {
  return parseKnownPeers(node.store.texts.get(KNOWN_PEERS_FILE) ?? "");
}

function pinnedBy(node: SimNode): NodeId[] {
  return knownTo(node).filter(({ pinned }) => pinned).map(({ id }) => id);
}

function failures({ told }: SimNode) {
  return told.flatMap(({ notice }) => notice.type === "dial-failed" ? [notice] : []);
}

/** Why links did not come about, by the words of a node. */
function reasons({ told }: SimNode): string {
  return told.flatMap(({ notice }) =>
    notice.type === "dial-failed" || notice.type === "refused" ? [notice.reason] : []
  ).join("\n");
}
