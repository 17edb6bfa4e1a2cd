/** What once went wrong in rooms of whole nodes. */

import { assert, assertEquals, assertLess } from "@std/assert";
import type { Config } from "../../src/config/schema.ts";
import { LAN, WAN } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { addChain, plainCluster } from "./shapes.ts";
import { linkedTo, membersSeenBy } from "./town.ts";

const ROOM = "the attic";

/** What a node hears in the room, in short, and when. */
function listen(node: SimNode): { at: number; text: string }[] {
  const heard: { at: number; text: string }[] = [];
  node.api.rooms.listen(ROOM, ({ type, member: { label }, ...event }) => {
    const what = "content" in event ? `${label}: ${event.content}` : `${label} ${type}`;
    heard.push({ at: node.host.now(), text: what });
  });
  return heard;
}

function textsOf(heard: readonly { text: string }[]): string[] {
  return heard.map(({ text }) => text);
}

function allSee(nodes: readonly SimNode[]): boolean {
  return nodes.every((node) => membersSeenBy(node, ROOM).length === nodes.length);
}

/** Nodes in a row that are members, and have been for a while. */
function household<const N extends readonly string[]>(
  seed: number,
  names: N,
  { network = LAN, configure = (_config: Config) => {} } = {},
) {
  const cluster = plainCluster({ seed, network, configure });
  const nodes = addChain(cluster, names);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 20_000);
  for (const node of nodes) node.api.rooms.join(ROOM);
  cluster.until(() => allSee(nodes), 20_000);
  cluster.run(5_000);
  return { cluster, nodes };
}

Deno.test("rooms: what somebody says before it leaves is heard, whoever tells first that it left", () => {
  const { cluster, nodes: [alice, bob, carol] } = household(3, ["alice", "bob", "carol"]);
  const diaries = [alice, bob].map(listen);
  for (let i = 0; i < 30; i++) carol.api.rooms.say(ROOM, `word ${i}`);
  carol.api.rooms.leave(ROOM);
  cluster.run(5_000);
  for (const heard of diaries) {
    const words = textsOf(heard).filter((text) => text !== "carol left");
    assertEquals(words, Array.from({ length: 30 }, (_, i) => `carol: word ${i}`));
    assertEquals(heard.length, 31);
  }
});

Deno.test("rooms: what somebody says right before its node leaves is heard too", () => {
  const { cluster, nodes: [alice, bob] } = household(8, ["alice", "bob"]);
  const heard = listen(alice);
  for (let i = 0; i < 30; i++) bob.api.rooms.say(ROOM, `word ${i}`);
  bob.leave();
  cluster.run(5_000);
  const words = Array.from({ length: 30 }, (_, i) => `bob: word ${i}`);
  assertEquals(textsOf(heard), [...words, "bob left"]);
});

Deno.test("rooms: after hours apart, what was said meanwhile comes once, and nothing comes again", () => {
  const { cluster, nodes: [alice, bob] } = household(2, ["alice", "bob"]);
  const diaries = [alice, bob].map(listen);
  const say = (text: string) => {
    for (const node of [alice, bob]) node.api.rooms.say(ROOM, text);
    cluster.run(1_000);
  };
  say("before");
  cluster.cut([alice]);
  // Statements of those who are gone are kept for an hour.
  cluster.run(2.5 * 3_600_000);
  say("meanwhile");
  cluster.heal();
  cluster.run(60_000);
  say("after");
  const told = (name: string) => [
    `${name}: before`,
    `${name} vanished`,
    `${name} joined`,
    `${name}: meanwhile`,
    `${name}: after`,
  ];
  assertEquals(diaries.map(textsOf), [told("bob"), told("alice")]);
});

Deno.test("rooms: who is back with another key has vanished under the old one at once", () => {
  const { cluster, nodes: [alice, , carol] } = household(1, ["alice", "bob", "carol"]);
  const heard = listen(alice);
  carol.crash();
  carol.rotate();
  carol.start();
  cluster.until(() => textsOf(heard).includes("carol joined"), 20_000);
  assertEquals(textsOf(heard), ["carol vanished", "carol joined"]);
  const learntAt = alice.told.findLast(({ notice }) => notice.type === "node-learnt")?.at ?? 0;
  assertLess(Math.abs((heard[0]?.at ?? Infinity) - learntAt), 100);
});

Deno.test("rooms: a link that somebody asked for stays when its end is a member no more", () => {
  const { cluster, nodes } = household(1, ["alice", "bob", "carol"]);
  const [alice, , carol] = nodes;
  cluster.until(() => linkedTo(alice).includes(carol.id), 10_000);
  for (const [asks, other] of [[alice, carol], [carol, alice]] as const) {
    const dialled = asks.snapshot().peers.find(({ id }) => id === other.id);
    if (dialled?.direction === "outgoing") asks.connect(other.address);
  }
  for (const node of nodes) node.api.rooms.leave(ROOM);
  const from = cluster.timeline.now();
  cluster.run(120_000);
  assert(linkedTo(alice).includes(carol.id));
  const ended = nodes.flatMap(({ told }) => told)
    .filter(({ at, notice }) => at > from && notice.type === "link-down");
  assertEquals(ended, []);
});

Deno.test("rooms: a link that comes up when its end is a member no more ends again", () => {
  const cluster = plainCluster({ seed: 6, network: WAN });
  const nodes = addChain(cluster, ["alice", "bob", "carol"]);
  const [alice, bob, carol] = nodes;
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 20_000);
  for (const node of [alice, carol]) node.api.rooms.join(ROOM);
  const isDialling = (node: SimNode) => node.snapshot().attempts.length > 0;
  cluster.until(() => isDialling(alice) && isDialling(carol), 20_000, 1);
  for (const node of [alice, carol]) node.api.rooms.leave(ROOM);
  cluster.run(5_000);
  assert(linkedTo(alice).includes(carol.id), "Expected the dial to come to its end");
  cluster.run(60_000);
  assertEquals([alice, carol].map(linkedTo), [[bob.id], [bob.id]]);
});

Deno.test("rooms: what is missed is brought even if its author alone still has it", () => {
  const { cluster, nodes } = household(3, ["alice", "bob", "carol", "dave"], { network: WAN });
  const [alice, bob, carol, dave] = nodes;
  bob.api.rooms.leave(ROOM);
  alice.api.disconnect(dave.id);
  const heard = listen(dave);
  let said = 0;
  const talk = (durationMs: number) => {
    for (let ms = 0; ms < durationMs; ms += 50) {
      alice.api.rooms.say(ROOM, `${said++}`);
      cluster.run(50);
    }
  };
  talk(5_000);
  // The only way is gone, and who stood there has heard nothing when it is back.
  carol.crash();
  talk(15_000);
  carol.start();
  talk(10_000);
  cluster.run(30_000);
  const texts = textsOf(heard).filter((text) => text.startsWith("alice: "));
  assertEquals(texts, Array.from({ length: said }, (_, i) => `alice: ${i}`));
});

Deno.test("rooms: a node that may be in fewer rooms than it was starts all the same", () => {
  let limits: Config["network"]["controller"]["rooms"] | undefined;
  const configure = (config: Config) => void (limits = config.network.controller.rooms);
  const { cluster, nodes: [alice] } = household(1, ["alice"], { configure });
  for (const name of ["blue room", "green room"]) alice.api.rooms.join(name);
  alice.leave();
  assert(limits !== undefined);
  limits.max_count = 2;
  alice.start();
  cluster.run(1_000);
  assertEquals(alice.api.rooms.list().map(({ name }) => name), ["blue room", "green room"]);
});
