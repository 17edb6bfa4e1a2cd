/** What senders are told, and when: whatever happens, within the timeout, and the truth. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import type { Outcome } from "../../src/messaging/outcome.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import { LAN, WAN } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { Post } from "./postmen.ts";
import { addBridges, addChain, plainCluster } from "./shapes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** How long nodes may take to learn of each other, after whatever has happened. */
const MEETING_MS = 30 * SECOND_MS * (1 + JITTER) + 5 * SECOND_MS;
const MIB = 1_048_576;

/** A network on which letters go from one end over the hop to the other. */
interface Stage {
  cluster: Cluster;
  from: SimNode;
  hop: SimNode;
  to: SimNode;
}

/** What happens to it; some things happen again and again, as the seconds pass. */
type Trouble = (stage: Stage, second: number) => void;

/** Troubles after which there is no way, once they are known. */
const ENDS: Record<string, Trouble> = {
  "the recipient is killed": ({ to }) => to.kill(),
  "the recipient crashes": ({ to }) => to.crash(),
  "the recipient leaves": ({ to }) => to.leave(),
  "the recipient falls asleep": ({ to }) => to.suspend(),
  "the network is torn before the hop": ({ cluster, from }) => cluster.cut([from]),
  "the network is torn behind the hop": ({ cluster, to }) => cluster.cut([to]),
};

/** Troubles after which the two ends, who have lost each other, find a way of their own. */
const DETOURS: Record<string, Trouble> = {
  "the only hop is killed": ({ hop }) => hop.kill(),
  "the only hop crashes": ({ hop }) => hop.crash(),
  "the only hop falls asleep": ({ hop }) => hop.suspend(),
  "nothing passes to the recipient": ({ cluster, hop, to }) =>
    cluster.network.blockWay(hop.host, to.host),
  "nothing comes back from the recipient": ({ cluster, hop, to }) =>
    cluster.network.blockWay(to.host, hop.host),
  "nothing comes back to the sender": ({ cluster, hop, from }) =>
    cluster.network.blockWay(hop.host, from.host),
};

/** Troubles that never end. */
const FLAPS: Record<string, Trouble> = {
  "the hop comes and goes": ({ hop }, second) => second % 4 < 2 ? hop.kill() : hop.start(),
  "the network is torn for moments": ({ cluster, from }, second) =>
    second % 2 === 0 ? cluster.cut([from]) : cluster.heal(),
};

for (const [name, trouble] of Object.entries({ ...ENDS, ...DETOURS, ...FLAPS })) {
  Deno.test(`answers: when ${name} each is true and in time, and when that is mended letters arrive`, () => {
    for (let seed = 0; seed < 4; seed++) {
      const random = new SeededRandom(seed).fork();
      const cluster = plainCluster({ seed, network: seed % 2 === 0 ? LAN : WAN });
      const post = new Post(cluster);
      const [from, hop, to] = addChain(cluster, ["from", "hop", "to"]);
      post.startAll();
      cluster.until(() => cluster.agrees(), MEETING_MS);
      const send = () => {
        const size = randomInt(random, 4) === 0 ? { size: randomInt(random, 300_000) } : {};
        return post.send(from, to, { ...size, timeoutMs: randomInt(random, 5_000) });
      };
      for (let i = 0; i < 10; i++) send();
      cluster.run(1);
      for (let second = 0; second < 20; second++) {
        if (second === 0 || name in FLAPS) trouble({ cluster, from, hop, to }, second);
        for (let i = 0; i < 20; i++) {
          send();
          cluster.run(SECOND_MS / 20);
        }
      }
      cluster.run(5 * SECOND_MS);
      if (name in ENDS) {
        const last = send();
        cluster.run(0);
        assertEquals(last.outcome, { type: "no-route" }, `seed ${seed}`);
      }

      cluster.heal();
      for (const node of [hop, to]) {
        node.resume();
        post.start(node);
      }
      cluster.until(() => cluster.agrees(), MEETING_MS);
      const later = Array.from({ length: 10 }, () => post.send(from, to, { timeoutMs: 5_000 }));
      cluster.run(5 * SECOND_MS);
      assertEquals(post.outcomes(later), { delivered: 10 }, `seed ${seed}`);
      assertEquals(post.errors(), [], `seed ${seed}`);
    }
  });
}

Deno.test("answers: a node of which nobody has heard, and one that was never linked, have no route at once", () => {
  const cluster = plainCluster({ seed: 1 });
  const post = new Post(cluster);
  const [from, to] = addChain(cluster, ["from", "to"]);
  const stranger = cluster.add("stranger");
  post.startAll();
  cluster.until(() => cluster.agrees([from, to]), MEETING_MS);
  post.send(from, stranger);
  post.send(from, cluster.crypto.newSigner(new SeededRandom(1)).id);
  // No time passes.
  cluster.run(0);
  assertEquals(post.outcomes(), { "no-route": 2 });
  assertEquals(post.errors(), []);
});

Deno.test("answers: a sender that stops, in whatever way, tells of every letter that nothing will come of it", () => {
  for (const end of ["leave", "kill", "crash"] as const) {
    const cluster = plainCluster({ seed: 2 });
    const post = new Post(cluster);
    const [from, hop, to] = addChain(cluster, ["from", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    hop.suspend();
    for (let i = 0; i < 20; i++) post.send(from, to, { size: 50_000 });
    cluster.run(SECOND_MS);
    const { api } = from;
    from[end]();
    assertEquals(post.outcomes(), { cancelled: 20 }, end);
    const outcomes: Outcome[] = [];
    api.send({ to: to.id, content: "late", timeoutMs: 1 }, (outcome) => outcomes.push(outcome));
    assertEquals(outcomes, [{ type: "cancelled" }], end);
    hop.resume();
    cluster.run(MINUTE_MS);
    assertEquals(post.errors(), [], end);
  }
});

Deno.test("answers: a letter that may not wait at all is answered, and does not hold up the next", () => {
  const cluster = plainCluster({ seed: 3 });
  const post = new Post(cluster);
  const [from, to] = addChain(cluster, ["from", "to"]);
  post.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  for (let i = 0; i < 100; i++) {
    post.send(from, to, { timeoutMs: 0, size: 100_000 });
    post.send(from, to, { timeoutMs: SECOND_MS });
    cluster.run(20);
  }
  cluster.run(SECOND_MS);
  const timeouts = post.letters.filter(({ timeoutMs }) => timeoutMs === 0);
  const others = post.letters.filter(({ timeoutMs }) => timeoutMs > 0);
  assertEquals(post.outcomes(timeouts), { "timed-out": 100 });
  assertEquals(post.outcomes(others), { delivered: 100 });
  assertEquals(post.errors(), []);
});

Deno.test("answers: however much was given up while a hop was away, letters arrive when it is back", () => {
  for (const size of [10, MIB]) {
    const cluster = plainCluster({ seed: 4 });
    const post = new Post(cluster);
    const [from, hop, to] = addChain(cluster, ["from", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    hop.crash();
    // Until heartbeats tell that the hop is gone, all that is sent is lost: some 300 envelopes.
    for (let i = 0; i < 18; i++) {
      for (let j = 0; j < (size === MIB ? 1 : 20); j++) {
        post.send(from, to, { size, timeoutMs: 450 });
      }
      cluster.run(SECOND_MS / 2);
    }
    assertEquals(Object.keys(post.outcomes()), ["timed-out"]);
    post.start(hop);
    cluster.until(() => cluster.agrees(), MEETING_MS);
    const later = post.send(from, to, { timeoutMs: 5 * SECOND_MS });
    cluster.until(() => post.isIdle, 5 * SECOND_MS);
    assertEquals(later.outcome?.type, "delivered", `${size} bytes`);
    assertEquals(post.errors(), []);
  }
});

Deno.test("answers: a hop that falls silent behind the only neighbour is passed by within 5 s", () => {
  for (const trouble of ["crash", "suspend"] as const) {
    for (let seed = 0; seed < 10; seed++) {
      const cluster = plainCluster({ seed });
      const post = new Post(cluster);
      const near = cluster.add("near");
      const { from: fork, between, to } = addBridges(cluster, 2);
      near.targets = [fork.address];
      post.startAll();
      cluster.until(() => cluster.agrees(), MEETING_MS);
      // Who is heard of before its links are may be taken for lost, and have been dialled.
      for (const node of [...between, to]) near.api.disconnect(node.id);
      fork.api.disconnect(to.id);
      cluster.until(() => cluster.agrees(), MEETING_MS);
      const first = post.send(near, to);
      cluster.until(() => post.isIdle, SECOND_MS);
      const path = first.outcome?.type === "delivered" ? first.outcome.path : [];
      const hop = between.find(({ id }) => id === path[2]);
      assert(hop);
      hop[trouble]();
      // The map will tell only when the heartbeats are missed for 10 s.
      for (let i = 0; i < 10; i++) post.send(near, to, { timeoutMs: 5 * SECOND_MS });
      cluster.until(() => post.isIdle, 5 * SECOND_MS);
      assertEquals(post.outcomes(), { delivered: 11 }, `seed ${seed}, ${trouble}`);
      assertEquals(post.errors(), [], `seed ${seed}, ${trouble}`);
    }
  }
});

Deno.test("answers: while nobody can pass anything on to the recipient, little is sent in vain", () => {
  for (const ways of [2, 3]) {
    const cluster = plainCluster({ seed: 5 });
    const post = new Post(cluster);
    const { from, between, to } = addBridges(cluster, ways);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    // Links that come and go are told of less and less often: the map is late when they end.
    for (let i = 0; i < 12; i++) {
      to.kill();
      cluster.run(600);
      post.start(to);
      cluster.run(1_200);
    }
    to.kill();
    const before = from.snapshot().traffic.outBytes;
    for (let i = 0; i < 8; i++) post.send(from, to, { size: 1_000, timeoutMs: SECOND_MS });
    assertEquals(post.outcomes(), { none: 8 });
    while (!post.isIdle) {
      cluster.run(5);
      const sent = from.snapshot().traffic.outBytes - before;
      assertLess(sent, 100_000, `bytes for 8 letters of 1,000, over ${ways} ways`);
    }
    assertEquals(post.errors(), []);
    assert(between.every(({ isRunning }) => isRunning));
  }
});

Deno.test("answers: a link that ends with much before it is not blamed on those who carry the rest", () => {
  const cluster = plainCluster({ seed: 6, network: { ...LAN, bytesPerMs: 1_000 } });
  const post = new Post(cluster);
  const { from, between, to } = addBridges(cluster, 3);
  post.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  const before = from.snapshot().traffic.outBytes;
  const [letters, size] = [64, 65_000];
  for (let i = 0; i < letters; i++) post.send(from, to, { size });
  cluster.run(SECOND_MS);
  const { outcome } = post.letters[0] ?? {};
  const hop = between.find(({ id }) => outcome?.type === "delivered" && outcome.path[1] === id);
  assert(hop?.api.disconnect(to.id));
  cluster.until(() => post.isIdle, 20 * SECOND_MS);
  assertEquals(post.outcomes(), { delivered: letters });
  assertEquals(post.errors(), []);
  // At most all that the window holds is sent a second time.
  const sent = from.snapshot().traffic.outBytes - before;
  assertLess(sent, 2 * letters * size);
});
