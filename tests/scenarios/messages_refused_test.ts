/** Back-pressure: where there is no room a letter is refused, its sender is told, and nothing is lost. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import type { Content, Outcome } from "../../src/messaging/outcome.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { Post } from "./postmen.ts";
import { addBridges, addChain, plainCluster } from "./shapes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MEETING_MS = 30 * SECOND_MS;
const MIB = 1_048_576;

const REFUSED_BY_THEM: Outcome = { type: "refused", by: "them" };

/** Three nodes in a row that have met, the last of which has room for so many messages. */
function threeNodes(maxUnread?: number) {
  const cluster = plainCluster({
    seed: 1,
    configure: ({ network: { controller: { messages } } }) => {
      messages.max_unread_count = maxUnread ?? messages.max_unread_count;
    },
  });
  const [from, hop, to] = addChain(cluster, ["from", "hop", "to"]);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), MEETING_MS);
  return { cluster, from, hop, to };
}

/** Sends letters for which nobody listens; what becomes of each comes to stand in the list. */
function tell(from: SimNode, to: SimNode, contents: readonly Content[]): (Outcome | undefined)[] {
  const outcomes: (Outcome | undefined)[] = contents.map(() => undefined);
  for (const [at, content] of contents.entries()) {
    from.api.send({ to: to.id, content, timeoutMs: MINUTE_MS }, (outcome) => {
      assertEquals(outcomes[at], undefined, "answered twice");
      outcomes[at] = outcome;
    });
  }
  return outcomes;
}

function typesOf(outcomes: readonly (Outcome | undefined)[]): (string | undefined)[] {
  return outcomes.map((outcome) => outcome?.type);
}

/** The letters that were told as delivered. */
function delivered<T>(contents: readonly T[], outcomes: readonly (Outcome | undefined)[]): T[] {
  return contents.filter((_, at) => outcomes[at]?.type === "delivered");
}

/** Reads what nobody has read. */
function readUnread(node: SimNode): Content[] {
  const unread = node.api.unread();
  const all = node.api.inbox().map(({ content }) => content);
  return all.slice(all.length - unread);
}

Deno.test("refused: a full inbox takes no more, its sender is told, and once it was read it takes again", () => {
  const { cluster, from, to } = threeNodes(5);
  const kept: Content[] = [];
  for (let round = 0; round < 3; round++) {
    const outcomes: (Outcome | undefined)[] = [];
    for (let i = 0; i < 9; i++) {
      const [outcome] = tellAndWait(cluster, from, to, [`${round} ${i}`]);
      outcomes.push(outcome);
    }
    assertEquals(typesOf(outcomes.slice(0, 5)), Array(5).fill("delivered"));
    assertEquals(outcomes.slice(5), Array(4).fill(REFUSED_BY_THEM));
    assertEquals(to.api.unread(), 5);
    kept.push(...readUnread(to));
    assertEquals(to.api.unread(), 0);
  }
  assertEquals(kept, [0, 1, 2].flatMap((round) => [0, 1, 2, 3, 4].map((i) => `${round} ${i}`)));
  assertEquals(to.snapshot().messages.received, 15);
  assertEquals(from.snapshot().messages.refused, 12);
});

Deno.test("refused: of a flood that nobody reads just those wait whose senders were told so", () => {
  const { cluster, from, to } = threeNodes();
  const texts = Array.from({ length: 5_000 }, (_, i) => `letter ${i}`);
  const outcomes = tellAndWait(cluster, from, to, texts);
  assertEquals([...new Set(typesOf(outcomes))].sort(), ["delivered", "refused"]);
  assertEquals(readUnread(to), delivered(texts, outcomes));
});

Deno.test("refused: a reader who comes in between gets all that was not refused, in order", () => {
  const { cluster, from, to } = threeNodes(50);
  const texts = Array.from({ length: 2_000 }, (_, i) => `letter ${i}`);
  const outcomes: (Outcome | undefined)[] = [];
  for (let i = 0; i < texts.length; i += 40) {
    outcomes.push(...tellAndWait(cluster, from, to, texts.slice(i, i + 40)));
    assertLess(to.api.unread(), 50 + 1);
    if (i % 80 === 0) to.api.inbox();
  }
  assertEquals(to.snapshot().messages.received, delivered(texts, outcomes).length);
  assertGreater(delivered(texts, outcomes).length, 1_000);
});

Deno.test("refused: large messages are weighed when their first piece comes, and no more wait than may", () => {
  const { cluster, from, to } = threeNodes();
  const contents = Array.from({ length: 24 }, (_, i) => new Uint8Array(MIB).fill(i));
  const outcomes = contents.flatMap((content) => tellAndWait(cluster, from, to, [content]));
  // Room for 16 MiB.
  assertEquals(typesOf(outcomes.slice(0, 16)), Array(16).fill("delivered"));
  assertEquals(outcomes.slice(16), Array(8).fill(REFUSED_BY_THEM));
  const kept = to.api.inbox().map(({ content }) => content);
  assertEquals(kept.map((content) => content[0]), [...contents.keys()].slice(0, 16));
  assertEquals(typesOf(tellAndWait(cluster, from, to, ["small"])), ["delivered"]);
});

Deno.test("refused: of what comes in at one moment, since it waited for one before it, no more is taken than may wait", () => {
  let refused = 0;
  for (let seed = 0; seed < 10; seed++) {
    const cluster = plainCluster({
      seed,
      network: { minDelayMs: 1, maxDelayMs: 150, jitterMs: 0, loss: 0 },
      configure: ({ network }) => network.controller.messages.max_unread_count = 1,
    });
    const { from, between, to } = addBridges(cluster, 2);
    for (const node of [from, between[0], to]) node?.start();
    cluster.until(() => cluster.agrees(), MEETING_MS);
    // Where the second way is the shorter one, what takes it is there before the last on the first.
    between[1]?.start();
    const texts: Content[] = [], kept: Content[] = [];
    const outcomes: (Outcome | undefined)[] = [];
    for (let i = 0; i < 400; i++) {
      const text = `letter ${i}`;
      texts.push(text);
      from.api.send({ to: to.id, content: text, timeoutMs: MINUTE_MS }, (outcome) => {
        outcomes[i] = outcome;
      });
      cluster.run(30);
      assertLess(to.api.unread(), 1 + 1, `seed ${seed}`);
      kept.push(...readUnread(to));
    }
    cluster.run(SECOND_MS);
    kept.push(...readUnread(to));
    refused += texts.length - kept.length;
    assertEquals(kept, delivered(texts, outcomes), `seed ${seed}`);
  }
  assertGreater(refused, 0);
});

Deno.test("refused: beyond what may wait here the own node refuses at once, and takes again when that is gone", () => {
  const { cluster, from, hop, to } = threeNodes();
  const post = new Post(cluster);
  post.read(to);
  hop.suspend();
  for (let i = 0; i < 20; i++) post.send(from, to, { size: MIB });
  cluster.run(0);
  // Room for 8 MiB.
  const refused = post.letters.filter(({ outcome }) => outcome?.type === "refused");
  assertEquals(
    refused.map(({ outcome }) => outcome),
    Array(13).fill({ type: "refused", by: "us" }),
  );
  assertEquals(refused.map(({ number }) => number), [...post.letters.keys()].slice(7));
  // Others are no worse off for it.
  const other = post.send(from, hop);
  hop.resume();
  cluster.until(() => post.isIdle || other.outcome !== undefined, SECOND_MS);
  cluster.until(() => post.answered === 20 + 1, 10 * SECOND_MS);
  const later = post.send(from, to, { size: MIB });
  cluster.until(() => post.isIdle, 10 * SECOND_MS);
  assertEquals(post.outcomes([...post.letters.slice(0, 7), later]), { delivered: 8 });
  assertEquals(from.snapshot().messages.refused, 13);
});

/** Sends letters and lets time pass until each has its answer. */
function tellAndWait(
  cluster: Cluster,
  from: SimNode,
  to: SimNode,
  contents: readonly Content[],
): (Outcome | undefined)[] {
  const outcomes = tell(from, to, contents);
  cluster.until(() => !outcomes.includes(undefined), MINUTE_MS);
  return outcomes;
}
