/** Who is let in and who is not, by whole nodes: the network key, known peers, lists, changed keys. */

import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import type { Config } from "../../src/config/schema.ts";
import type { Notice } from "../../src/controller/notice.ts";
import {
  formatKnownPeers,
  type KnownPeer,
  parseKnownPeers,
} from "../../src/identity/known_peers.ts";
import { KNOWN_PEERS_FILE } from "../../src/identity/known_peers_file.ts";
import { NetworkKey } from "../../src/identity/network_key.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { Stranger } from "./stranger.ts";

const DUMP_MS = 5_000;
const MINUTE_MS = 60_000;

type Change = (config: Config) => void;

/** Bob, whose only target is alice, each with a configuration of its own. */
function pair(configure: { alice?: Change; bob?: Change } = {}) {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice", configure.alice && { configure: configure.alice });
  const bob = cluster.add("bob", {
    targets: [alice],
    ...(configure.bob && { configure: configure.bob }),
  });
  cluster.startAll();
  cluster.run(2 * DUMP_MS);
  return { cluster, alice, bob };
}

function areLinked(one: SimNode, other: SimNode): boolean {
  return one.snapshot().peers.some(({ id }) => id === other.id) &&
    other.snapshot().peers.some(({ id }) => id === one.id);
}

function reasonsOf(node: SimNode, type: "dial-failed" | "refused"): string[] {
  return node.told.map(({ notice }) => notice)
    .filter((notice): notice is Notice & { reason: string } => notice.type === type)
    .map(({ reason }) => reason);
}

function knownTo(node: SimNode): KnownPeer[] {
  return parseKnownPeers(node.store.texts.get(KNOWN_PEERS_FILE) ?? "");
}

const withKey = (key: string): Change => ({ network }) => network.key = key;
const withTrust = (trust: Partial<Config["network"]["controller"]["trust"]>): Change => (config) =>
  Object.assign(config.network.controller.trust, trust);

Deno.test("Controller: nodes with the same network key link, others are refused and both say why", () => {
  const same = pair({ alice: withKey("one"), bob: withKey("one") });
  assert(areLinked(same.alice, same.bob));
  for (const [ours, theirs] of [["one", "two"], ["one", ""], ["", "two"]] as const) {
    const { alice, bob } = pair({ alice: withKey(ours), bob: withKey(theirs) });
    assert(!areLinked(alice, bob));
    assertStringIncludes(reasonsOf(alice, "refused")[0] ?? "", "the network key is another");
    assertStringIncludes(reasonsOf(bob, "dial-failed")[0] ?? "", "the network key is another");
  }
});

Deno.test("Controller: a proof of the network key that was made for another connection is refused", () => {
  const { cluster, alice } = pair({ alice: withKey("one"), bob: withKey("one") });
  const stranger = new Stranger(cluster);
  const key = new NetworkKey(cluster.crypto, "one");
  const { id } = stranger.signer();
  const spy = stranger.call(alice.address);
  cluster.run(100);
  const proof = key.proof(id, spy.binding as Uint8Array);
  assertEquals(stranger.enter(alice.address, { claims: { proof } }).farewell, "network");
  spy.say({
    type: "hello",
    introduction: {
      network: "area-net",
      id,
      instance: 1,
      label: "",
      addresses: [],
      capabilities: [],
      seenAt: alice.address,
      proof,
      successions: [],
    },
    wanted: true,
  });
  cluster.run(100);
  assertEquals(spy.heard.map(({ type }) => type), ["welcome"]);
});

Deno.test("Controller: whoever gives another id than that of its key is sent away", () => {
  const { cluster, alice, bob } = pair();
  const visit = new Stranger(cluster).enter(alice.address, { claims: { id: bob.id } });
  assertEquals(visit.farewell, "protocol");
  assert(areLinked(alice, bob));
});

Deno.test("Controller: whoever claims another's past without proof is not trusted, and takes over nothing", () => {
  const { cluster, alice, bob } = pair();
  const stranger = new Stranger(cluster);
  const { publicKey: newKey, sign } = stranger.signer();
  const oldKey = cluster.crypto.newSigner(cluster.network.random).publicKey;
  const successions = [{ oldKey, newKey, atMs: 1, signature: sign(newKey) }];
  assertEquals(stranger.enter(alice.address, { claims: { successions } }).farewell, "untrusted");
  cluster.run(DUMP_MS);
  assertEquals(knownTo(alice).map(({ id }) => id), [bob.id]);
});

Deno.test("Controller: the first one reached at a target is pinned there, a caller is only remembered", () => {
  const { alice, bob } = pair();
  const [toBob] = knownTo(bob);
  assertEquals([toBob?.id, toBob?.pinned, toBob?.addresses], [alice.id, true, [alice.address]]);
  const [toAlice] = knownTo(alice);
  assertEquals([toAlice?.id, toAlice?.pinned, toAlice?.addresses], [bob.id, false, [bob.address]]);
});

Deno.test("Controller: a changed key at a target is refused with both ids and the command that accepts it, and tried slowly", () => {
  const { cluster, alice, bob } = pair();
  const before = alice.id;
  alice.kill();
  alice.replaceKey();
  alice.store.texts.clear();
  alice.start();
  cluster.run(30 * MINUTE_MS);
  assert(!areLinked(alice, bob));
  const refusals = reasonsOf(bob, "dial-failed").filter((reason) => reason.includes("not trusted"));
  assertLess(refusals.length, 8);
  const [reason = ""] = refusals;
  for (const words of [before, alice.id, `area-net known trust ${alice.id} ${alice.address}`]) {
    assertStringIncludes(reason, words);
  }
});

Deno.test("Controller: an edit of the known peers that accepts the new key is followed without a restart", () => {
  const { cluster, alice, bob } = pair();
  alice.kill();
  alice.replaceKey();
  alice.store.texts.clear();
  alice.start();
  cluster.run(2 * MINUTE_MS);
  assert(!areLinked(alice, bob));
  const [old] = knownTo(bob);
  assert(old !== undefined);
  bob.store.texts.set(KNOWN_PEERS_FILE, formatKnownPeers([{ ...old, id: alice.id }]));
  cluster.until(() => areLinked(alice, bob), 3 * DUMP_MS);
});

Deno.test("Controller: a node that rotates its key is followed at its pins, also by who was away", () => {
  for (const isAway of [false, true]) {
    const { cluster, alice, bob } = pair();
    const before = alice.id;
    if (isAway) bob.kill();
    alice.rotate();
    cluster.run(MINUTE_MS);
    alice.rotate();
    cluster.run(MINUTE_MS);
    if (isAway) bob.start();
    cluster.until(() => areLinked(alice, bob), MINUTE_MS);
    cluster.run(2 * DUMP_MS);
    const peers = knownTo(bob);
    assertEquals(peers.map(({ id, pinned }) => ({ id, pinned })), [{ id: alice.id, pinned: true }]);
    assertEquals(peers[0]?.formerly[0], before);
    assert(cluster.agrees());
  }
});

Deno.test("Controller: a key may be rotated as often as anybody likes", () => {
  const { cluster, alice, bob } = pair();
  for (let time = 0; time < 12; time++) {
    alice.rotate();
    cluster.until(() => areLinked(alice, bob), MINUTE_MS);
    cluster.run(DUMP_MS);
  }
});

Deno.test("Controller: in mode open a changed key is nothing to speak of", () => {
  const { cluster, alice, bob } = pair({ bob: withTrust({ mode: "open" }) });
  alice.kill();
  alice.replaceKey();
  alice.start();
  cluster.until(() => areLinked(alice, bob), MINUTE_MS);
  assertEquals(knownTo(bob).filter(({ pinned }) => pinned), []);
});

Deno.test("Controller: in mode pinned nobody comes in who is neither listed nor pinned", () => {
  const { cluster, alice, bob } = pair({ alice: withTrust({ mode: "pinned" }) });
  assert(!areLinked(alice, bob));
  assertStringIncludes(reasonsOf(alice, "refused")[0] ?? "", "neither listed nor pinned");
  const stranger = new Stranger(cluster);
  assertEquals(stranger.enter(alice.address).farewell, "untrusted");
  const open = pair({ alice: withTrust({ mode: "pinned", allow: [bob.id] }) });
  assert(areLinked(open.alice, open.bob), "the same seed gives the same keys");
});

Deno.test("Controller: who is on the deny list is refused, whatever else is said of it", () => {
  const { bob: { id } } = pair();
  const { alice, bob } = pair({ alice: withTrust({ mode: "open", allow: [id], deny: [id] }) });
  assertEquals(bob.id, id);
  assert(!areLinked(alice, bob));
  assertStringIncludes(reasonsOf(alice, "refused")[0] ?? "", "it is on the deny list");
});

Deno.test("Controller: a node whose targets are all gone finds back through the peers that it knows", () => {
  const cluster = new Cluster({ seed: 1 });
  const [alice, bob, carol] = cluster.addMany(3) as [SimNode, SimNode, SimNode];
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 10_000);
  cluster.run(2 * DUMP_MS);
  for (const node of [alice, bob, carol]) node.kill();
  for (const node of [alice, bob, carol]) {
    node.targets = [];
    node.start();
  }
  cluster.until(() => cluster.agrees(), MINUTE_MS);
});
