/** Large messages on slow links: all arrive, and nothing else has to wait for them. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import type { Cluster } from "../../src/sim/cluster.ts";
import { LAN } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { Post } from "./postmen.ts";
import { addChain, plainCluster } from "./shapes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MEETING_MS = 30 * SECOND_MS;
const MIB = 1_048_576;

/** 1 MB/s each way of each link. */
const BYTES_PER_MS = 1_000;
const SLOW = { ...LAN, bytesPerMs: BYTES_PER_MS };

/** What a connection holds at the most: up to its mark, and the frame that went beyond it. */
const CONNECTION_BYTES = 262_144 + 67_000;
/** What a heartbeat takes on a link where nothing is before it. */
const IDLE_MS = 10;

Deno.test("bandwidth: 20 messages of 1 MiB over two slow hops all arrive, and heartbeats wait for no more than one mark", () => {
  for (let seed = 0; seed < 3; seed++) {
    const cluster = plainCluster({ seed, network: SLOW });
    const post = new Post(cluster);
    const [from, , to] = addChain(cluster, ["from", "hop", "to"]);
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    const begin = cluster.timeline.now();
    post.correspond(from, to, { count: 20, inHand: 6, size: MIB, timeoutMs: MINUTE_MS });
    let slowestMs = 0;
    while (post.answered < 20 && cluster.timeline.now() < begin + 2 * MINUTE_MS) {
      cluster.run(100);
      slowestMs = Math.max(slowestMs, ...rttsOf(cluster));
    }
    assertEquals(post.outcomes(), { delivered: 20 }, `seed ${seed}`);
    assertEquals(post.errors(), [], `seed ${seed}`);
    assertEquals(linksLost(cluster), [], `seed ${seed}`);
    // Both ways of a link are measured at once: the one back carries but receipts.
    assertLess(slowestMs, CONNECTION_BYTES / BYTES_PER_MS + IDLE_MS, `seed ${seed}`);
    // The link was busy, or nothing would be shown: at least nine tenths of what it can carry.
    const tookMs = cluster.timeline.now() - begin;
    assertLess(tookMs, (20 * MIB) / BYTES_PER_MS / 0.9, `seed ${seed}`);
  }
});

Deno.test("bandwidth: a short letter to another recipient overtakes the large ones before it", () => {
  const cluster = plainCluster({ seed: 4, network: SLOW });
  const post = new Post(cluster);
  const [from, hop, to] = addChain(cluster, ["from", "hop", "to"]);
  post.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  for (let i = 0; i < 6; i++) post.send(from, to, { size: MIB, timeoutMs: MINUTE_MS });
  cluster.run(SECOND_MS);
  const short = post.send(from, hop);
  cluster.until(() => short.outcome !== undefined, 3 * SECOND_MS);
  assertEquals(short.outcome?.type, "delivered");
  assertLess(post.answered, 6);
  cluster.until(() => post.isIdle, MINUTE_MS);
  assertEquals(post.errors(), []);
});

Deno.test("bandwidth: two who send over one slow link both get through, and neither waits for the other's end", () => {
  for (let seed = 0; seed < 3; seed++) {
    const cluster = plainCluster({ seed, network: SLOW });
    const post = new Post(cluster);
    const [one, hop, to] = addChain(cluster, ["one", "hop", "to"]);
    const other = cluster.add("other", { targets: [hop] });
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    const begin = cluster.timeline.now();
    const size = 200_000;
    for (const from of [one, other]) {
      post.correspond(from, to, { count: 50, inHand: 5, size, timeoutMs: MINUTE_MS });
    }
    const answeredTo = ({ id }: SimNode) =>
      post.letters.filter(({ from, outcome }) => from === id && outcome !== undefined).length;
    cluster.until(() => answeredTo(one) === 50 || answeredTo(other) === 50, 2 * MINUTE_MS);
    // The slower one had a quarter of the link at the least.
    assertGreater(Math.min(answeredTo(one), answeredTo(other)), 50 / 3, `seed ${seed}`);
    cluster.until(() => answeredTo(one) === 50 && answeredTo(other) === 50, 2 * MINUTE_MS);
    assertEquals(post.outcomes(), { delivered: 100 }, `seed ${seed}`);
    assertEquals(post.errors(), [], `seed ${seed}`);
    assertEquals(linksLost(cluster), [], `seed ${seed}`);
    const tookMs = cluster.timeline.now() - begin;
    assertLess(tookMs, (100 * size) / BYTES_PER_MS / 0.8, `seed ${seed}`);
  }
});

Deno.test("bandwidth: a hop that dies with much in its queues loses nothing", () => {
  for (const end of ["kill", "crash", "leave", "suspend"] as const) {
    const cluster = plainCluster({ seed: 6, network: SLOW });
    const post = new Post(cluster);
    const [from, hop, , to, around] = addChain(cluster, ["from", "hop", "far", "to", "around"]);
    from.targets = [around.address];
    post.startAll();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    post.correspond(from, to, { count: 10, inHand: 6, size: MIB, timeoutMs: MINUTE_MS });
    cluster.until(() => post.answered > 2, MINUTE_MS);
    const { outcome } = post.letters[0] ?? {};
    const id = outcome?.type === "delivered" ? outcome.path[1] : undefined;
    (id === hop.id ? hop : around)[end]();
    cluster.until(() => post.answered === 10, 2 * MINUTE_MS);
    assertEquals(post.outcomes(), { delivered: 10 }, end);
    assertEquals(post.errors(), [], end);
  }
});

/** The smoothed round-trip times of all links, by both ends, in milliseconds. */
function rttsOf({ nodes }: Cluster): number[] {
  return nodes.flatMap((node) => node.snapshot().peers.map(({ rttUs }) => (rttUs ?? 0) / 1_000));
}

function linksLost({ nodes }: Cluster): string[] {
  const told = nodes.flatMap((node) => node.told.map(({ notice }) => notice));
  return told.flatMap((notice) => notice.type === "link-down" ? [notice.reason] : []);
}
