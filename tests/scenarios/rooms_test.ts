import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import type { RoomEvent } from "../../src/controller/room_api.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import { WAN } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { addChain, addRing, plainCluster } from "./shapes.ts";
import { linkedTo, membersSeenBy, Town } from "./town.ts";

const ROOM = "the kitchen";

/** What happens in a room at a node, in short. */
function diary(node: SimNode, room = ROOM): string[] {
  const lines: string[] = [];
  node.api.rooms.listen(room, (event) => lines.push(inShort(event)));
  return lines;
}

function inShort(event: RoomEvent): string {
  const { member: { label }, type } = event;
  return type === "message" ? `${label}: ${event.content}` : `${label} ${type}`;
}

function allSee(nodes: readonly SimNode[], room = ROOM): boolean {
  const names = nodes.map(({ name }) => name).sort().join();
  return nodes.every((node) => membersSeenBy(node, room).join() === names);
}

Deno.test("rooms: members meet by the name wherever they are, and everybody hears everything once", () => {
  const cluster = plainCluster({ seed: 1 });
  const nodes = addChain(cluster, ["alice", "bob", "carol", "dave", "erin"]);
  const [alice, bob, carol, dave, erin] = nodes;
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 5_000);
  const members = [alice, carol, erin];
  for (const member of members) assert(member.api.rooms.join(ROOM));
  cluster.until(() => allSee(members), 5_000);
  const diaries = members.map((member) => diary(member));
  assertEquals(alice.api.rooms.say(ROOM, "soup is ready"), 2);
  assertEquals(erin.api.rooms.say(ROOM, "coming"), 2);
  cluster.run(2_000);
  assertEquals(diaries.map((lines) => lines.toSorted()), [
    ["erin: coming"],
    ["alice: soup is ready", "erin: coming"],
    ["alice: soup is ready"],
  ]);
  for (const other of [bob, dave]) {
    assertEquals(other.api.rooms.list(), []);
    assertEquals(other.api.rooms.say(ROOM, "hello?"), undefined);
  }
  // Who joins another room is in another room.
  dave.api.rooms.join("the kitchen ");
  cluster.run(10_000);
  assertEquals(membersSeenBy(dave, "the kitchen "), ["dave"]);
  assert(allSee(members));
});

Deno.test("rooms: joining, leaving and vanishing are told apart, by all members", () => {
  const cluster = new Cluster({ seed: 2 });
  const nodes = ["alice", "bob", "carol", "dave"].map((name) => cluster.add(name));
  const [alice, bob, carol, dave] = nodes as [SimNode, SimNode, SimNode, SimNode];
  for (const node of [bob, carol, dave]) node.targets = [alice.address, bob.address];
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 5_000);
  alice.api.rooms.join(ROOM);
  const lines = diary(alice);
  for (const node of [bob, carol, dave]) {
    node.api.rooms.join(ROOM);
    cluster.until(
      () => allSee([alice, node]) || membersSeenBy(alice, ROOM).includes(node.name),
      5_000,
    );
  }
  cluster.until(() => allSee(nodes), 5_000);
  bob.api.rooms.leave(ROOM);
  cluster.until(() => allSee([alice, carol, dave]), 1_000);
  dave.leave();
  cluster.until(() => allSee([alice, carol]), 1_000);
  const heartbeatTimeoutMs = 10_000;
  carol.crash();
  const noticed = cluster.until(() => allSee([alice]), heartbeatTimeoutMs + 2_000);
  assertLess(noticed, heartbeatTimeoutMs + 1_000);
  carol.start();
  cluster.until(() => allSee([alice, carol]), 30_000);
  assertEquals(lines, [
    "bob joined",
    "carol joined",
    "dave joined",
    "bob left",
    "dave left",
    "carol vanished",
    "carol joined",
  ]);
});

Deno.test("rooms: a node is in its rooms again after a restart, until it leaves them", () => {
  const cluster = plainCluster({ seed: 3 });
  const [alice, bob] = addChain(cluster, ["alice", "bob"]);
  cluster.startAll();
  for (const node of [alice, bob]) node.api.rooms.join(ROOM);
  cluster.until(() => allSee([alice, bob]), 5_000);
  bob.kill();
  bob.start();
  cluster.until(() => allSee([alice, bob]), 30_000);
  const lines = diary(alice);
  bob.api.rooms.say(ROOM, "back");
  cluster.until(() => lines.includes("bob: back"), 2_000);
  assert(bob.api.rooms.leave(ROOM));
  bob.leave();
  bob.start();
  cluster.run(30_000);
  assertEquals([membersSeenBy(alice, ROOM), bob.api.rooms.list()], [["alice"], []]);
});

Deno.test("rooms: two halves that formed apart become one, and nothing said within a half is lost in it", () => {
  for (let seed = 10; seed < 15; seed++) {
    const cluster = plainCluster({ seed });
    const nodes = addRing(cluster, new SeededRandom(seed), 8);
    const [west, east] = [nodes.slice(0, 4), nodes.slice(4)];
    cluster.startAll();
    cluster.until(() => cluster.agrees(), 5_000);
    cluster.cut(west, east);
    cluster.run(20_000);
    for (const node of nodes) node.api.rooms.join(ROOM);
    cluster.until(() => allSee(west) && allSee(east), 20_000);
    cluster.heal();
    const healed = cluster.until(() => cluster.agrees(), 120_000, 100);
    const merged = cluster.until(() => allSee(nodes), 90_000, 100);
    assertLess(merged, 5_000, `seed ${seed}, merged ${merged} ms after ${healed} ms`);
    const diaries = nodes.map((node) => diary(node));
    for (const node of nodes) assertEquals(node.api.rooms.say(ROOM, `I am ${node.name}`), 7);
    cluster.run(5_000);
    const said = nodes.map(({ name }) => `${name}: I am ${name}`);
    diaries.forEach((lines, at) => {
      assertEquals(lines.toSorted(), said.filter((_, by) => by !== at).toSorted(), `seed ${seed}`);
    });
  }
});

Deno.test("rooms: members are linked with one another while they are members, and targets always", () => {
  const cluster = plainCluster({ seed: 4 });
  const nodes = addChain(cluster, ["alice", "bob", "carol", "dave", "erin"]);
  const [alice, bob, carol, , erin] = nodes;
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 5_000);
  const members = [alice, carol, erin];
  for (const member of members) member.api.rooms.join(ROOM);
  const areLinked = () =>
    members.every((one) =>
      members.every((other) => one === other || linkedTo(one).includes(other.id))
    );
  cluster.until(areLinked, 10_000);
  for (const member of members) member.api.rooms.leave(ROOM);
  cluster.run(29_000);
  assert(areLinked(), "Expected them to stay for a while");
  cluster.until(() => linkedTo(alice).length === 1, 10_000);
  assertEquals(linkedTo(alice), [bob.id]);
  cluster.until(() => cluster.agrees(), 5_000);
  cluster.run(60_000);
  assertEquals(nodes.map((node) => linkedTo(node).length), [1, 2, 2, 2, 1]);
});

Deno.test("rooms: with everything lost and late now and then, each message still comes once", () => {
  const cluster = new Cluster({ seed: 5, network: WAN });
  const nodes = cluster.addMany(20);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 60_000, 100);
  for (const node of nodes) node.api.rooms.join(ROOM);
  cluster.until(() => allSee(nodes), 60_000, 100);
  cluster.run(10_000);
  const diaries = nodes.map((node) => diary(node));
  for (let round = 0; round < 10; round++) {
    for (const node of nodes) node.api.rooms.say(ROOM, `${round}`);
    cluster.run(100);
  }
  cluster.run(30_000);
  diaries.forEach((lines, at) => {
    const others = nodes.filter((_, each) => each !== at);
    for (const { name } of others) {
      const heard = lines.filter((line) => line.startsWith(`${name}: `));
      assertEquals(heard, Array.from({ length: 10 }, (_, round) => `${name}: ${round}`));
    }
    assertEquals(lines.length, 190);
  });
});

Deno.test("rooms: nodes come and go, and whoever joins finds the room, and the steady hear everything", () => {
  const cluster = new Cluster({ seed: 6 });
  const nodes = cluster.addMany(60);
  const town = new Town(cluster, new SeededRandom(6));
  cluster.startAll();
  cluster.run(10_000);
  // Some are there already when the others come.
  nodes.forEach((node, at) => {
    town.settle(node, `room ${at % 12}`);
    if (at === 23) cluster.run(20_000);
  });
  cluster.run(20_000);
  for (let second = 0; second < 120; second++) {
    // 10 % of 60 nodes in a minute.
    if (second % 10 === 0) town.churn();
    town.say();
    cluster.run(1_000);
  }
  cluster.run(20_000);
  const { joins, met, sayings, due, came, tooMany, medianHops } = town.figures();
  assertGreater(joins, 36);
  assertGreater(sayings, 50);
  assertEquals([met, came, tooMany], [joins, due, 0]);
  assertLess(medianHops, Math.log2(nodes.length) / 2 + 1.001);
});
