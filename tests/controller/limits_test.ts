import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import type { Notice } from "../../src/controller/notice.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { GARBAGE, Stranger } from "./stranger.ts";

/** A node that nobody but strangers calls, with limits as given. */
function lonely(limits: { incoming?: number; handshakes?: number } = {}) {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice", {
    configure({ network: { controller: { incoming } } }) {
      incoming.max_conn_count = limits.incoming ?? incoming.max_conn_count;
      incoming.max_simultaneous_conn_attempts = limits.handshakes ??
        incoming.max_simultaneous_conn_attempts;
    },
  });
  alice.start();
  cluster.run(10);
  return { cluster, alice, stranger: new Stranger(cluster) };
}

function noticesOf<T extends Notice["type"]>(node: SimNode, type: T) {
  return node.told.map(({ notice }) => notice).filter((notice): notice is Notice & { type: T } =>
    notice.type === type
  );
}

Deno.test("Controller: an incoming link beyond the limit is refused as full, the others stay", () => {
  const { alice, stranger } = lonely({ incoming: 2 });
  const visits = [1, 2, 3].map((number) => stranger.enter(alice.address, { number }));
  assertEquals(visits.map(({ farewell }) => farewell), [undefined, undefined, "full"]);
  assertEquals(alice.snapshot().peers.length, 2);
  const [refused] = noticesOf(alice, "refused");
  assert(refused?.reason.includes("2 of 2 incoming links"), refused?.reason);
});

Deno.test("Controller: a wanted link displaces the youngest that nobody asked for", () => {
  const { cluster, alice, stranger } = lonely({ incoming: 3 });
  const visits = [1, 2, 3, 4].map((number) =>
    stranger.enter(alice.address, { number, wanted: number === 1 || number === 4 })
  );
  cluster.run(100);
  assertEquals(visits.map(({ farewell }) => farewell), [undefined, undefined, "full", undefined]);
  const labels = alice.snapshot().peers.map(({ label }) => label);
  assertEquals(labels.toSorted(), ["stranger 1", "stranger 2", "stranger 4"]);
});

Deno.test("Controller: a link that nobody asked for displaces none", () => {
  const { alice, stranger } = lonely({ incoming: 1 });
  stranger.enter(alice.address, { number: 1, wanted: false });
  const second = stranger.enter(alice.address, { number: 2, wanted: false });
  assertEquals(second.farewell, "full");
  assertEquals(alice.snapshot().peers[0]?.label, "stranger 1");
});

Deno.test("Controller: silent callers beyond the limit are sent away, the others after a while", () => {
  const { cluster, alice, stranger } = lonely({ handshakes: 3 });
  const visits = Array.from({ length: 10 }, () => stranger.call(alice.address));
  cluster.run(100);
  assertEquals(visits.filter(({ farewell }) => farewell === "busy").length, 7);
  assertEquals(alice.host.connectionCount, 3);
  cluster.run(5_000);
  assertEquals(alice.host.connectionCount, 0);
  assertEquals(stranger.enter(alice.address).farewell, undefined);
});

Deno.test("Controller: callers that say hello and no more are bounded too, under one name or many", () => {
  for (const nameOf of [() => 7, (i: number) => 100 + i]) {
    const { cluster, alice, stranger } = lonely({ handshakes: 3, incoming: 8 });
    for (let i = 0; i < 100; i++) {
      stranger.greet(alice.address, { number: nameOf(i) });
      cluster.run(10);
    }
    assertLess(alice.host.connectionCount, 3 + 8 + 1);
  }
});

Deno.test("Controller: garbage from a stranger ends that connection and nothing else", () => {
  const { cluster, alice, stranger } = lonely();
  const good = stranger.enter(alice.address, { number: 1 });
  const bad = stranger.call(alice.address);
  bad.send(GARBAGE);
  cluster.run(100);
  assertEquals([bad.farewell, bad.isClosed], ["protocol", true]);
  assertEquals([good.farewell, good.isClosed], [undefined, false]);
  assertEquals(alice.snapshot().peers.length, 1);
});

Deno.test("Controller: a peer that breaks the protocol is kept out for a while, under its name alone", () => {
  const { cluster, alice, stranger } = lonely();
  const good = stranger.enter(alice.address, { number: 1 });
  const bad = stranger.enter(alice.address, { number: 2 });
  bad.send(GARBAGE);
  cluster.run(100);
  assertEquals(bad.farewell, "protocol");
  const [banned] = noticesOf(alice, "banned");
  assertEquals([banned?.peer.label, banned?.forMs], ["stranger 2", 60_000]);
  assertEquals(stranger.enter(alice.address, { number: 2 }).farewell, "banned");
  assertEquals(stranger.enter(alice.address, { number: 3 }).farewell, undefined);
  assertEquals(good.isClosed, false);
  cluster.run(60_000);
  assertEquals(stranger.enter(alice.address, { number: 2 }).farewell, undefined);
});

Deno.test("Controller: garbage at every step of a link leaves a node as it was", () => {
  const { cluster, alice, stranger } = lonely();
  for (let length = 1; length <= 60; length++) {
    const noise = Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 255);
    const early = stranger.call(alice.address);
    early.send(noise);
    const late = stranger.enter(alice.address, { number: 1_000 + length });
    late.send(noise);
    cluster.run(100);
  }
  cluster.run(20_000);
  assertEquals(alice.snapshot().peers, []);
  assertEquals(alice.host.connectionCount, 0);
  assertEquals(stranger.enter(alice.address, { number: 5 }).farewell, undefined);
});

Deno.test("Controller: whoever gives another network's name is refused, and both say which", () => {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice", { configure: ({ network }) => network.name = "home" });
  const bob = cluster.add("bob", { targets: [alice] });
  cluster.startAll();
  cluster.run(1_000);
  const [failed] = noticesOf(bob, "dial-failed");
  assert(failed?.reason.includes("the networks differ"), failed?.reason);
  assert(failed?.reason.includes('"home"'), failed?.reason);
  assertEquals(noticesOf(alice, "refused").length, 1);
  assertEquals([alice.snapshot().nodes.length, bob.snapshot().nodes.length], [1, 1]);
});

Deno.test("Controller: a node that dials itself notices and links to nobody", () => {
  const cluster = new Cluster({ seed: 1 });
  const alice = cluster.add("alice");
  alice.targets = [alice.address];
  alice.start();
  cluster.run(100_000);
  const failed = noticesOf(alice, "dial-failed");
  assert(failed[0]?.reason.includes("this is the node itself"), failed[0]?.reason);
  assertGreater(failed.length, 3);
  assertEquals(alice.snapshot().peers, []);
  assertEquals(alice.host.connectionCount, 0);
});
