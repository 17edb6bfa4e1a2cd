/** What people tell a node to do about its links: they mean it, and the node remembers. */

import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { Post } from "./postmen.ts";
import { addChain, plainCluster } from "./shapes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MEETING_MS = 10 * SECOND_MS;
/** The cap on the delay between two attempts with its jitter, and some time for what follows. */
const LATEST_MS = 30 * SECOND_MS * (1 + JITTER) + 5 * SECOND_MS;

/** Three nodes that have met, each linked with both others; bob and carol dialled alice, carol bob. */
function triangle(seed = 1) {
  const cluster = new Cluster({ seed });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  const carol = cluster.add("carol", { targets: [alice, bob] });
  cluster.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  return { cluster, alice, bob, carol };
}

function isLinked(one: SimNode, other: SimNode): boolean {
  return one.snapshot().peers.some(({ id }) => id === other.id);
}

function noticesOf<T extends Notice["type"]>(node: SimNode, type: T) {
  return node.told.map(({ notice }) => notice).filter((notice): notice is Notice & { type: T } =>
    notice.type === type
  );
}

Deno.test("disconnect: the link ends, whoever dialled it, and neither end makes it again", () => {
  for (const isDialler of [true, false]) {
    const { cluster, alice, bob, carol } = triangle();
    const [one, other] = isDialler ? [bob, alice] : [alice, bob];
    const ups = noticesOf(other, "link-up").length;
    assert(one.api.disconnect(other.id));
    assert(!isLinked(one, other));
    cluster.until(() => cluster.agrees(), SECOND_MS);
    assert(!isLinked(other, one));
    cluster.run(60 * MINUTE_MS);
    for (const node of [one, other]) {
      assertEquals(noticesOf(node, "link-up").length, ups, node.name);
      const peers = node.snapshot().peers.map(({ id }) => id);
      assertEquals(peers, [carol.id], node.name);
    }
    assert(cluster.agrees());
  }
});

Deno.test("disconnect: both ends tell of it as meant, the third sees the link go and no node lost", () => {
  const { cluster, alice, bob, carol } = triangle();
  alice.api.disconnect(bob.id);
  cluster.run(10 * MINUTE_MS);
  for (const [node, peer] of [[alice, bob], [bob, alice]] as const) {
    const [down, ...more] = noticesOf(node, "link-down");
    assertEquals(more, []);
    assertEquals(down?.peer, { id: peer.id, label: peer.name });
    assertEquals(down?.isFarewell, true);
    assertStringIncludes(down?.reason ?? "", "by hand");
  }
  assertEquals(noticesOf(carol, "link-down"), []);
  for (const node of [alice, bob, carol]) {
    assertEquals(noticesOf(node, "node-lost"), [], node.name);
    assertEquals(linksOf(node), [`bob-carol`, `alice-carol`].sort(), node.name);
  }
});

Deno.test("disconnect: the other end is refused in so many words, and does not go on asking", () => {
  const { cluster, alice, bob } = triangle();
  alice.api.disconnect(bob.id);
  cluster.run(60 * MINUTE_MS);
  const failed = noticesOf(bob, "dial-failed");
  assert(failed.length > 0);
  for (const { reason } of failed) assertStringIncludes(reason, "by hand");
  // It waits for a person, five minutes at a time.
  assertLess(failed.length, 60 / 5 + 2);
});

Deno.test("disconnect: messages for that node go around", () => {
  const { cluster, alice, bob, carol } = triangle();
  const post = new Post(cluster);
  for (const node of cluster.nodes) post.read(node);
  post.correspond(alice, bob, { count: 2_000, inHand: 100 });
  cluster.until(() => post.answered > 500, MINUTE_MS, 1);
  alice.api.disconnect(bob.id);
  cluster.until(() => post.answered === 2_000, MINUTE_MS);
  assertEquals(post.outcomes(), { delivered: 2_000 });
  assertEquals(post.errors(), []);
  const last = post.letters.at(-1)?.outcome;
  assertEquals(last?.type === "delivered" && last.path, [alice.id, carol.id, bob.id]);
});

Deno.test("disconnect: holds until somebody there connects again; the other end cannot lift it", () => {
  for (const isDialler of [true, false]) {
    const { cluster, alice, bob } = triangle();
    const [one, other] = isDialler ? [bob, alice] : [alice, bob];
    one.api.disconnect(other.id);
    cluster.run(MINUTE_MS);
    other.api.connect(one.address);
    cluster.run(MINUTE_MS);
    assert(!isLinked(one, other));
    one.api.connect(other.address);
    cluster.until(() => isLinked(one, other) && isLinked(other, one), SECOND_MS);
    cluster.until(() => cluster.agrees(), SECOND_MS);
    // It is kept again, too.
    cluster.cut([one], [other]);
    cluster.run(MINUTE_MS);
    cluster.heal();
    cluster.until(() => isLinked(one, other) && isLinked(other, one), LATEST_MS);
  }
});

Deno.test("disconnect: is forgotten with a restart of the node that was told", () => {
  const { cluster, alice, bob } = triangle();
  alice.api.disconnect(bob.id);
  cluster.run(MINUTE_MS);
  alice.kill();
  alice.start();
  cluster.until(() => isLinked(alice, bob), 5 * MINUTE_MS + LATEST_MS);
  cluster.until(() => cluster.agrees(), MEETING_MS);
});

Deno.test("disconnect: a link that is only being made does not come up either, at whatever moment", () => {
  for (let step = 0; step < 60; step++) {
    const cluster = plainCluster({ seed: step });
    const [alice, bob] = addChain(cluster, ["alice", "bob"]);
    cluster.startAll();
    cluster.run(step / 8);
    const [one, other] = step % 2 === 0 ? [alice, bob] : [bob, alice];
    const wasUp = isLinked(one, other);
    assertEquals(one.api.disconnect(other.id), wasUp, `after ${step / 8} ms`);
    cluster.run(10 * MINUTE_MS);
    assertEquals([isLinked(one, other), isLinked(other, one)], [false, false], `step ${step}`);
  }
});

Deno.test("disconnect: of a node that is not a neighbour there is nothing to end, now or later", () => {
  const cluster = plainCluster({ seed: 3 });
  const [alice, bob, carol] = addChain(cluster, ["alice", "bob", "carol"]);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  assertEquals(alice.api.disconnect(carol.id), false);
  assertEquals(alice.api.disconnect("a".repeat(52) as NodeId), false);
  // Carol would dial a node that it lost, and may not.
  bob.crash();
  cluster.run(10 * MINUTE_MS);
  assertEquals([alice, carol].flatMap((node) => node.snapshot().peers), []);
});

Deno.test("connect: dials at once and keeps the link, though nobody is there for long", () => {
  const cluster = plainCluster({ seed: 4 });
  const [alice, bob] = [cluster.add("alice"), cluster.add("bob")];
  cluster.startAll();
  cluster.run(MINUTE_MS);
  assertEquals(alice.snapshot().peers, []);
  alice.api.connect(bob.address);
  cluster.until(() => cluster.agrees() && isLinked(alice, bob), SECOND_MS);
  bob.crash();
  cluster.run(60 * MINUTE_MS);
  bob.start();
  cluster.until(() => isLinked(alice, bob), LATEST_MS);
});

Deno.test("connect: with an id, that node alone is let in there, from now on", () => {
  for (const isRight of [true, false]) {
    const cluster = plainCluster({ seed: 5 });
    const [alice, bob] = [cluster.add("alice"), cluster.add("bob")];
    const other = cluster.add("other");
    alice.start();
    bob.start();
    cluster.run(SECOND_MS);
    alice.api.connect(bob.address, isRight ? bob.id : other.id);
    cluster.run(MINUTE_MS);
    assertEquals(isLinked(alice, bob), isRight);
    if (isRight) {
      bob.kill();
      bob.replaceKey();
      // Somebody else sits there from now on, who knows nobody and will not come by itself.
      bob.store.texts.clear();
      bob.start();
      cluster.run(2 * LATEST_MS);
      assert(!isLinked(alice, bob));
    }
    const reason = noticesOf(alice, "dial-failed").at(-1)?.reason ?? "";
    assertStringIncludes(reason, "expected");
    assertStringIncludes(reason, bob.id);
    // A person who says so is believed.
    alice.api.connect(bob.address, bob.id);
    cluster.until(() => isLinked(alice, bob), SECOND_MS);
  }
});

Deno.test("discover: asks every neighbour, says how many, and changes nothing that was known", () => {
  const { cluster, alice, bob, carol } = triangle();
  const loner = cluster.add("loner");
  loner.start();
  cluster.run(SECOND_MS);
  assertEquals(loner.api.discover(), 0);
  const before = alice.snapshot();
  assertEquals([alice, bob, carol].map(({ api }) => api.discover()), [2, 2, 2]);
  cluster.run(SECOND_MS);
  assert(cluster.agrees([alice, bob, carol]));
  const { nodes, links } = alice.snapshot();
  assertEquals(nodes, before.nodes);
  assertEquals(links.length, before.links.length);
  bob.leave();
  assertEquals(carol.api.discover(), 2);
  cluster.run(SECOND_MS);
  assertEquals(carol.api.discover(), 1);
});

Deno.test("leave: tells how many heard it, all others see it as left, and nothing is done afterwards", () => {
  const { cluster, alice, bob, carol } = triangle();
  const heard: number[] = [];
  const { api } = alice;
  api.leave((count) => heard.push(count));
  assertEquals(heard, [2]);
  assert(!alice.isRunning);
  cluster.run(SECOND_MS);
  for (const node of [bob, carol]) {
    const view = node.snapshot().nodes.find(({ id }) => id === alice.id);
    assertEquals(view?.state, "left", node.name);
  }
  api.leave((count) => heard.push(count));
  assertEquals(heard, [2, 0]);
  assertEquals([api.discover(), api.disconnect(bob.id)], [0, false]);
  api.connect(bob.address);
  cluster.run(MINUTE_MS);
  assertEquals(alice.host.connectionCount, 0);
});

Deno.test("leave: a node that nobody is linked with is heard by nobody", () => {
  const cluster = plainCluster({ seed: 6 });
  const alice = cluster.add("alice");
  alice.start();
  cluster.run(SECOND_MS);
  const heard: number[] = [];
  alice.api.leave((count) => heard.push(count));
  assertEquals(heard, [0]);
});

/** The links on a node's map that both ends claim, as labels. */
function linksOf(node: SimNode): string[] {
  const { nodes, links } = node.snapshot();
  const label = (id: NodeId) => nodes.find((view) => view.id === id)?.label ?? "";
  const both = links.filter(({ claimedBy }) => claimedBy === "both");
  return both.map(({ from, to }) => [label(from), label(to)].sort().join("-")).sort();
}
