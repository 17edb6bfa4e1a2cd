/** Whole nodes on a virtual network that are asked why a peer is not up. */

import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { formatAddress, parseAddress } from "../../src/base/address.ts";
import type { ListenHandler } from "../../src/base/ports.ts";
import { CAUSE_CODES, CAUSES } from "../../src/diagnosis/causes.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import { LAN } from "../../src/sim/network.ts";
import { Stranger } from "../controller/stranger.ts";
import { FAULTS } from "./faults.ts";

for (const { what, codes, happen } of FAULTS) {
  Deno.test(`why: both ends tell ${codes.join(", ")} where ${what}`, () => {
    const met = new Set<string>();
    for (const { node, about, code, up } of happen()) {
      const diagnosis = node.api.why(about);
      assertEquals(
        { who: node.name, about, code: diagnosis.code, up: diagnosis.up },
        { who: node.name, about, code, up },
        diagnosis.message,
      );
      assertEquals(diagnosis.stage, CAUSES[code].stage);
      // Whatever could be filled in was.
      assert(!/[{}]|undefined|NaN|not remembered/.test(diagnosis.message), diagnosis.message);
      assert(!/[{}]|undefined/.test(diagnosis.advice ?? ""), diagnosis.advice);
      met.add(diagnosis.code);
    }
    for (const code of codes) assert(met.has(code), code);
  });
}

Deno.test("why: the fault matrix holds every code there is", () => {
  const held = new Set<string>(FAULTS.flatMap(({ codes }) => codes));
  assertEquals(CAUSE_CODES.filter((code) => !held.has(code)), []);
});

/** Alice, and bob who dials her and nobody else. */
function pair() {
  const cluster = new Cluster({
    seed: 3,
    configure: ({ network }) => network.controller.peers.min_link_count = 0,
  });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  return { cluster, alice, bob };
}

Deno.test("why: a failure is told with its time and its count, and gone once an attempt has worked", () => {
  const { cluster, alice, bob } = pair();
  bob.start();
  alice.host.powerOn();
  cluster.run(20_000);
  const before = bob.api.why(alice.address);
  const [place] = before.addresses;
  assertEquals(before.code, "dial-refused");
  assertGreater(place?.failures ?? 0, 3);
  const now = bob.host.wall();
  assertLess(now - (place?.at ?? 0), 20_000);
  assertGreater(place?.nextAt ?? 0, now);
  assertEquals([before.lastUp, before.heard, before.peer.id], [undefined, undefined, undefined]);

  alice.start();
  cluster.until(() => bob.snapshot().peers.length === 1, 40_000);
  const after = bob.api.why(alice.address);
  assertEquals([after.code, after.peer.id, after.lastUp], ["up", alice.id, bob.host.wall()]);
  assertEquals(after.addresses.map(({ code, failures }) => [code, failures]), [[undefined, 0]]);
  cluster.run(60_000);
  alice.crash();
  cluster.until(() => bob.snapshot().peers.length === 0, 20_000);
  const lost = bob.api.why(alice.id);
  assertEquals(lost.addresses.map(({ failures }) => failures), [0]);
  assertLess(bob.host.wall() - (lost.lastUp ?? 0), 1_000);
});

Deno.test("why: a failure at an address that nothing has to do with any more is told no longer", () => {
  const { cluster, alice, bob } = pair();
  cluster.startAll();
  cluster.run(6_000);
  const dead = formatAddress({ host: alice.host.ip, port: 9999 });
  bob.connect(dead);
  cluster.run(1_000);
  assertEquals(bob.api.why(dead).code, "dial-refused");
  assertEquals(bob.api.why(alice.id).addresses.length, 1);

  // What was a target of another life is none of this one, though the node behind it is.
  bob.kill();
  bob.start();
  cluster.run(1_000);
  assertEquals(bob.api.why(dead).code, "unknown");
});

Deno.test("why: a failure at a discovered address goes with the last trace of its node", () => {
  const cluster = new Cluster({
    seed: 3,
    configure: ({ network: { controller } }) => {
      controller.topology.max_age = 300;
      controller.topology.max_clock_skew = 10;
      controller.peers.max_idle_count = 1;
    },
  });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  const carol = cluster.add("carol", {
    targets: [alice],
    configure: ({ network: { controller } }) => {
      controller.trust.deny = [bob.id];
      controller.peers.min_link_count = 0;
    },
  });
  cluster.startAll();
  cluster.run(60_000);
  assertEquals(bob.api.why(carol.id).code, "untrusted-there");
  carol.leave();
  cluster.run(3_600_000);
  assertEquals(bob.api.why(carol.id).addresses, []);
  const { code, peer } = bob.api.why(carol.address);
  assertEquals([code, peer.id], ["unknown", undefined]);
});

Deno.test("why: an attempt that finds a peer with which there is a link has worked", () => {
  const { cluster, alice, bob } = pair();
  let door: ListenHandler | undefined;
  const listen = alice.host.listen.bind(alice.host);
  alice.host.listen = (at, handler) => {
    door = handler;
    return listen(at, handler);
  };
  cluster.startAll();
  cluster.run(1_000);
  const other = formatAddress({ host: alice.host.ip, port: 9999 });
  bob.connect(other);
  cluster.run(1_000);
  assertEquals(bob.api.why(other).code, "dial-refused");
  assert(door !== undefined);
  listen(other, { ...door, accepted: door.accepted, listening() {} });
  cluster.run(60_000);
  const { code, peer, addresses } = bob.api.why(other);
  assertEquals([code, peer.id, addresses[0]?.code], ["up", alice.id, undefined]);
});

Deno.test("why: two that dialled each other at once remember no call in vain", () => {
  for (let seed = 0; seed < 50; seed++) {
    const cluster = new Cluster({ seed, network: { ...LAN, jitterMs: 60 } });
    const alice = cluster.add("alice");
    const bob = cluster.add("bob", { targets: [alice] });
    alice.targets = [bob.address];
    cluster.startAll();
    cluster.run(5_000);
    for (const node of [alice, bob]) {
      assertEquals(node.api.acquaintances().length, 1, `seed ${seed}`);
    }
  }
});

Deno.test("why: whoever is pinned at an address is the one that should be there, whatever others say", () => {
  const { cluster, alice, bob } = pair();
  cluster.startAll();
  cluster.run(6_000);
  const before = alice.id;
  alice.kill();
  alice.replaceKey();
  alice.store.texts.clear();
  alice.start();
  bob.kill();
  bob.start();
  const carol = cluster.add("carol", { targets: [alice, bob] });
  carol.start();
  cluster.run(6_000);
  const { code, peer, up } = bob.api.why(alice.address);
  assertEquals([code, peer.id, up], ["key-changed", before, false]);
  // Under its new id it is reached, and still not let in.
  const there = bob.api.why(alice.id);
  assertEquals([there.code, there.up], ["key-changed", true]);
});

Deno.test("why: when a peer was last up is known over restarts", () => {
  const { cluster, alice, bob } = pair();
  cluster.startAll();
  cluster.run(20_000);
  const seen = bob.host.wall();
  alice.crash();
  cluster.run(20_000);
  bob.kill();
  bob.start();
  cluster.run(60_000);
  const { code, lastUp, peer } = bob.api.why(alice.id);
  assertEquals([code, peer.label], ["dial-timed-out", "alice"]);
  assertGreater(lastUp ?? 0, seen - 20_001);
  assertLess(lastUp ?? 0, seen + 20_000);
});

Deno.test("why: what other nodes say of a peer is told while they are there to say it", () => {
  const { cluster, alice, bob } = pair();
  const carol = cluster.add("carol", { targets: [alice, bob] });
  const dave = cluster.add("dave", { targets: [carol] });
  cluster.startAll();
  cluster.run(6_000);
  const { linkedBy, path, heard } = alice.api.why(dave.id);
  assertEquals(linkedBy, [{ id: carol.id, label: "carol" }]);
  assertEquals(path?.map(({ label }) => label), ["alice", "carol", "dave"]);
  assertEquals(heard?.left, false);
  carol.crash();
  cluster.until(() => alice.api.why(dave.id).path === undefined, 20_000);
  assertEquals(alice.api.why(dave.id).linkedBy, []);
});

Deno.test("why: a peer that changed its key is told of under its old id too", () => {
  const { cluster, alice, bob } = pair();
  cluster.startAll();
  cluster.run(6_000);
  const before = alice.id;
  alice.rotate();
  cluster.run(6_000);
  const { code, peer } = bob.api.why(before);
  assertEquals([code, peer.id], ["up", alice.id]);
});

Deno.test("why: callers under ever new names push out each other, and nobody who has a link", () => {
  const { cluster, alice, bob } = pair();
  alice.start();
  bob.start();
  cluster.run(6_000);
  const stranger = new Stranger(cluster);
  const CALLERS = 300;
  for (let number = 1; number <= CALLERS; number++) {
    stranger.greet(alice.address, { number, claims: { network: "another" } });
    cluster.run(10);
  }
  cluster.run(6_000);
  const codeOf = (number: number) => alice.api.why(stranger.signer(number).id).code;
  assertEquals([codeOf(1), codeOf(CALLERS - 256)], ["unknown", "unknown"]);
  assertEquals([codeOf(CALLERS - 255), codeOf(CALLERS)], ["network-differs", "network-differs"]);
  assertEquals(alice.api.acquaintances().length, 256 + 1);
  assertEquals(alice.api.why(bob.id).code, "up");
});

Deno.test("why: a caller is found by where it says to listen, and by nothing else that it says", () => {
  const { cluster, alice } = pair();
  alice.start();
  cluster.run(10);
  const stranger = new Stranger(cluster);
  const claims = { network: "another", addresses: [parseAddress("[fd00::77]:9000")] };
  stranger.greet(alice.address, { claims });
  cluster.run(100);
  assertEquals(alice.api.why(parseAddress("[fd00::77]:9000")).code, "network-differs");
  assertEquals(alice.api.why(parseAddress("[fd00::77]:9001")).code, "unknown");
  // Its own address is not overshadowed by somebody who claims it.
  stranger.greet(alice.address, { number: 8, claims: { ...claims, addresses: [alice.address] } });
  cluster.run(100);
  assertEquals(alice.api.why(alice.address).code, "self");
});

Deno.test("why: asking changes nothing", () => {
  const traces = [false, true].map((isAsked) => {
    const { cluster, alice, bob } = pair();
    cluster.startAll();
    for (let second = 0; second < 60; second++) {
      if (second === 20) alice.crash();
      if (second === 40) alice.start();
      cluster.run(1_000);
      if (isAsked) { for (const about of [alice.id, alice.address, bob.id]) bob.api.why(about); }
    }
    return cluster.trace.hash;
  });
  assertEquals(traces[0], traces[1]);
});
