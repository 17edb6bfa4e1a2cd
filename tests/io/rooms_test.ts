/** Rooms as other programs use them: nodes of their own, on real sockets. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type AreaNode,
  ControlError,
  openNode,
  type Room,
  type RoomEvent,
  RoomLeftError,
  RoomsFileError,
} from "../../mod.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** Nodes that dial the one before them, each in the kitchen, once all know that all are there. */
async function kitchenOf(...labels: string[]) {
  const nodes: AreaNode[] = [];
  for (const label of labels) {
    const targets = nodes.slice(-1).map(({ address }) => address);
    nodes.push(await openNode({ targets, settings: { label } }));
  }
  const rooms = nodes.map((node) => node.join("kitchen"));
  await until(() => rooms.every((room) => room.members().length === labels.length));
  return {
    nodes: nodes as [AreaNode, ...AreaNode[]],
    rooms: rooms as [Room, ...Room[]],
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node.close();
    },
  };
}

/** Notes all that happens in a room. */
function noted(room: Room | undefined): RoomEvent[] {
  const events: RoomEvent[] = [];
  room?.listen((event) => events.push(event));
  return events;
}

/** An event in one word or two. */
function words(event: RoomEvent): string {
  const { type, member: { label } } = event;
  return type === "message" ? `${label}: ${event.content}` : `${label} ${type}`;
}

Deno.test("AreaNode.join: a name that is too short, too long or unprintable is refused", async () => {
  await using node = await openNode();
  for (const name of ["", "ab", "é\u0301", "x".repeat(129), "a\tbc", "half \ud83d"]) {
    assertThrows(() => node.join(name), RangeError, "The name of a room has ");
  }
  assertEquals(node.rooms(), []);
  assertEquals(node.join("x".repeat(128)).name.length, 128);
});

Deno.test("Room: what one says all others hear once, in order, over nodes in between", async () => {
  await using kitchen = await kitchenOf("alice", "bob", "erin");
  const [alice, ...others] = kitchen.rooms;
  const heard = others.map(noted);
  const before = Date.now();
  const texts = Array.from({ length: 50 }, (_, number) => `no. ${number}`);
  for (const text of texts) assertEquals(alice.say(text), 2);
  const bytes = Uint8Array.from({ length: 60_000 }, (_, at) => at % 251);
  assertEquals(alice.say(bytes), 2);
  await until(() => heard.every(({ length }) => length >= texts.length + 1));
  for (const events of heard) {
    assertEquals(events.slice(0, -1).map(words), texts.map((text) => `alice: ${text}`));
    const last = events.at(-1);
    assert(last?.type === "message" && !last.isPrivate, last?.type);
    assertEquals(last.content, bytes);
    for (const { at, room, member } of events) {
      assertEquals([room, member.id], ["kitchen", kitchen.nodes[0].id]);
      assert(at >= before - 1 && at <= Date.now() + 1, `At ${at}`);
    }
  }
  for (const content of [new Uint8Array(60_001), "é".repeat(30_001), "half \ud83d"]) {
    assertThrows(() => alice.say(content), RangeError);
  }
});

Deno.test("Room: what is said to one is heard by nobody else, and marked", async () => {
  await using kitchen = await kitchenOf("alice", "bob", "erin");
  const [alice, bob, erin] = kitchen.rooms;
  const [toBob, toErin] = [noted(bob), noted(erin)];
  assertEquals(alice.say("hush", { to: [kitchen.nodes[1]?.id ?? ""] }), 1);
  assertEquals(alice.say("aloud"), 2);
  await until(() => toBob.length >= 2 && toErin.length >= 1);
  assertEquals(toErin.map(words), ["alice: aloud"]);
  const isPrivate = toBob.map((
    event,
  ) => [words(event), event.type === "message" && event.isPrivate]);
  assertEquals(isPrivate.sort(), [["alice: aloud", false], ["alice: hush", true]]);
  assertThrows(() => alice.say("hush", { to: ["a".repeat(52)] }), RangeError);
});

Deno.test("Room: who comes, leaves the room or closes its node is told, and nobody else", async () => {
  await using kitchen = await kitchenOf("alice", "bob", "erin");
  const [alice, bob, erin] = kitchen.rooms;
  const told = noted(alice);
  assertEquals(bob?.leave(), true);
  await until(() => told.length >= 1);
  await kitchen.nodes[2]?.close();
  await until(() => told.length >= 2);
  assertEquals(told.map(words), ["bob left", "erin left"]);
  assertEquals(alice.members().map(({ label }) => label), ["alice"]);
  assertEquals([bob?.isLeft, erin?.isLeft, alice.isLeft], [true, true, false]);
  kitchen.nodes[1]?.join("kitchen");
  await until(() => told.length >= 3);
  assertEquals(told.slice(2).map(words), ["bob joined"]);
});

Deno.test("Room: for await answers in the room, until the room is left over the control API", async () => {
  await using kitchen = await kitchenOf("alice", "bob");
  const [alice, bob] = kitchen.rooms;
  const heard: string[] = [];
  const loop = (async () => {
    for await (const event of alice) {
      heard.push(words(event));
      if (event.type === "message") alice.say(`you said ${event.content}`);
    }
  })();
  const answers = noted(bob);
  bob?.say("hello");
  await until(() => answers.length >= 1);
  assertEquals([heard, answers.map(words)], [["bob: hello"], ["alice: you said hello"]]);
  const { control } = kitchen.nodes[0];
  assertEquals(await control.call("room_leave", { room: "kitchen" }), {
    room: "kitchen",
    was_joined: true,
  });
  await loop;
  assertEquals(alice.isLeft, true);
  assertThrows(() => alice.say("late"), RoomLeftError);
});

Deno.test("AreaNode: with a folder it is in its rooms again after a restart, until it leaves them", async () => {
  using folder = new TempFolder();
  const open = () => openNode({ folder: folder.path, settings: { label: "bob" } });
  {
    await using node = await open();
    node.join("kitchen");
    node.join("Ku\u0308che");
    node.join("cellar").leave();
  }
  assertEquals(JSON.parse(folder.read("rooms.json")).sort(), ["kitchen", "Küche"].sort());
  {
    await using node = await open();
    assertEquals(node.rooms().map(({ name }) => name), ["Küche", "kitchen"].sort());
    for (const room of node.rooms()) room.leave();
  }
  await using node = await open();
  assertEquals([node.rooms(), folder.read("rooms.json")], [[], "[]\n"]);
});

Deno.test("openNode: names of rooms that cannot be read are refused, and stay as they are", async () => {
  using folder = new TempFolder();
  folder.write("rooms.json", "[kitchen]");
  await assertRejects(() => openNode({ folder: folder.path }), RoomsFileError, "rooms.json");
  assertEquals(folder.read("rooms.json"), "[kitchen]");
});

Deno.test("openNode: a name in the file that no room can have keeps nobody from starting", async () => {
  using folder = new TempFolder();
  folder.write("rooms.json", '["ab", "kitchen", "kitchen"]');
  await using node = await openNode({ folder: folder.path });
  assertEquals(node.rooms().map(({ name }) => name), ["kitchen"]);
});

Deno.test("AreaNode: a room is the same over the control API and as an object", async () => {
  await using node = await openNode({ settings: { label: "bob" } });
  const joined = await node.control.call("room_join", { room: "kitchen", wait_ms: 60_000 });
  const self = { id: node.id, label: "bob" };
  assertEquals(joined, { room: "kitchen", was_joined: false, settled: true, members: [self] });
  const [kitchen] = node.rooms();
  assertEquals([kitchen?.name, kitchen?.isSettled, kitchen?.members()], ["kitchen", true, [self]]);
  const refused = await assertRejects(
    () => node.control.call("room_join", { room: "ab" }),
    ControlError,
  );
  assertEquals(refused.fault.code, "bad-request");
  assertEquals((await node.control.call("room_say", { room: "kitchen", text: "hm" })).members, 0);
});
