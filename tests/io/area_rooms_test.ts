/** Rooms as objects, on rooms in memory; tests/io/rooms_test.ts has them on real nodes. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RoomEvent } from "../../src/controller/room_api.ts";
import { RoomLeftError } from "../../src/io/area_room.ts";
import { AreaRooms } from "../../src/io/area_rooms.ts";
import { FakeRooms } from "../control/fake_rooms.ts";
import { id } from "../report/networks.ts";

const BOB = { id: id("bb"), label: "bob" };
const ALICE = { id: id("aa"), label: "alice" };
const ERIN = { id: id("ed"), label: "erin" };

/** Rooms of a node, which tells of them as a node does. */
function rooms(maxEvents = 100) {
  const fake = new FakeRooms(BOB);
  const area = new AreaRooms(() => fake, maxEvents);
  const keep = () => area.keep(fake.list().map(({ name }) => name));
  return { fake, area, keep };
}

function event(text: string): RoomEvent {
  return {
    room: "kitchen",
    at: 1,
    member: ALICE,
    type: "message",
    content: text,
    isPrivate: false,
  };
}

/** The texts of messages, and the types of other events. */
function told(event: RoomEvent): string {
  return event.type === "message" ? String(event.content) : event.type;
}

Deno.test("AreaRooms.join: one object for each room, for as long as it is joined", () => {
  const { fake, area, keep } = rooms();
  const kitchen = area.join("kitchen");
  assert(area.join("kitchen") === kitchen);
  assertEquals([kitchen.name, kitchen.isLeft, kitchen.isSettled], ["kitchen", false, false]);
  fake.settle("kitchen", ALICE);
  assertEquals([kitchen.isSettled, kitchen.members()], [true, [BOB, ALICE]]);
  assertEquals(kitchen.leave(), true);
  keep();
  assertEquals([kitchen.isLeft, kitchen.leave(), kitchen.members()], [true, false, []]);
  const again = area.join("kitchen");
  assert(again !== kitchen);
  assertEquals([again.isLeft, kitchen.isLeft], [false, true]);
});

Deno.test("AreaRooms.join: a name in another Unicode form is the same room", () => {
  const { area } = rooms();
  const kitchen = area.join("Ku\u0308che");
  assertEquals(kitchen.name, "Küche");
  assert(area.join("Küche") === kitchen);
});

Deno.test("AreaRooms.join: what a room refuses is thrown, and nothing is joined", () => {
  const { area } = rooms();
  assertThrows(() => area.join("ab"), RangeError, "too short");
  assertEquals(area.list(), []);
});

Deno.test("AreaRooms.list: has those that were joined elsewhere, and drops those left elsewhere", () => {
  const { fake, area, keep } = rooms();
  fake.join("cellar");
  const mine = area.join("kitchen");
  const [cellar, kitchen] = area.list();
  assertEquals([cellar?.name, kitchen === mine], ["cellar", true]);
  fake.leave("kitchen");
  keep();
  assertEquals([mine.isLeft, area.list().map(({ name }) => name)], [true, ["cellar"]]);
});

Deno.test("Room.say: goes to all or to some, and to nobody once the room was left", () => {
  const { fake, area, keep } = rooms();
  const kitchen = area.join("kitchen");
  fake.settle("kitchen", ALICE, ERIN);
  assertEquals(kitchen.say("all"), 2);
  assertEquals(kitchen.say(Uint8Array.of(1), { to: [ERIN.id] }), 1);
  assertEquals(fake.said.map(({ to }) => to), [undefined, [ERIN.id]]);
  assertThrows(() => kitchen.say("x".repeat(60_001)), RangeError);
  fake.leave("kitchen");
  // Before the node has told of it, and after.
  for (const hear of [() => {}, keep]) {
    hear();
    const error = assertThrows(() => kitchen.say("late"), RoomLeftError);
    assertEquals(error.room, "kitchen");
  }
});

Deno.test("Room.on: hears what is of its type, listen all, until they are told to stop", () => {
  const { fake, area } = rooms();
  const kitchen = area.join("kitchen");
  const messages: string[] = [];
  const comers: string[] = [];
  const all: string[] = [];
  const stop = kitchen.on("message", ({ content }) => messages.push(String(content)));
  kitchen.on("joined", ({ member }) => comers.push(member.label));
  const stopAll = kitchen.listen((event) => all.push(told(event)));
  fake.happen(event("one"));
  fake.happen({ room: "kitchen", at: 2, member: ERIN, type: "joined" });
  stop();
  stopAll();
  stopAll();
  fake.happen(event("two"));
  assertEquals([messages, comers, all], [["one"], ["erin"], ["one", "joined"]]);
  assertEquals(kitchen.events().map(told), ["one", "joined", "two"]);
});

Deno.test("Room: for await hears everything from its beginning until the room is left", async () => {
  const { fake, area, keep } = rooms();
  const kitchen = area.join("kitchen");
  fake.happen(event("before"));
  const heard: string[] = [];
  const loop = (async () => {
    for await (const event of kitchen) heard.push(told(event));
  })();
  fake.happen(event("one"));
  fake.happen(event("two"));
  kitchen.leave();
  keep();
  await loop;
  assertEquals(heard, ["one", "two"]);
  assertEquals(fake.listening("kitchen"), 0);
  for await (const event of kitchen) throw new Error(`Nothing is left to hear of ${event.type}`);
});

Deno.test("Room: a loop that is broken out of gives back what it held", async () => {
  const { fake, area } = rooms();
  const kitchen = area.join("kitchen");
  const loop = (async () => {
    for await (const event of kitchen) return told(event);
    return "nothing";
  })();
  fake.happen(event("one"));
  fake.happen(event("two"));
  assertEquals([await loop, fake.listening("kitchen")], ["one", 0]);
});

Deno.test("Room: several loops hear the same, and several readers of one loop each its own", async () => {
  const { fake, area } = rooms();
  const kitchen = area.join("kitchen");
  const [first, second] = [kitchen[Symbol.asyncIterator](), kitchen[Symbol.asyncIterator]()];
  const waiting = [first.next(), first.next(), second.next()];
  fake.happen(event("one"));
  fake.happen(event("two"));
  const values = (await Promise.all(waiting)).map(({ value }) => value && told(value));
  assertEquals(values, ["one", "two", "one"]);
});

Deno.test("Room: one who does not read keeps the newest events, within the bound", async () => {
  const { fake, area } = rooms(3);
  const events = area.join("kitchen")[Symbol.asyncIterator]();
  for (let number = 1; number <= 1_000; number++) fake.happen(event(`${number}`));
  area.end();
  const left: string[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => events }) left.push(told(event));
  assertEquals(left, ["998", "999", "1000"]);
});

Deno.test("AreaRooms.end: ends every loop, and nothing can be joined any more", async () => {
  const { fake, area } = rooms();
  const kitchen = area.join("kitchen");
  const reading = kitchen[Symbol.asyncIterator]().next();
  const told: string[] = [];
  kitchen.listen(({ type }) => told.push(type));
  area.end();
  assertEquals((await reading).done, true);
  fake.happen(event("late"));
  assertEquals([told, kitchen.isLeft, kitchen.events(), area.list()], [[], true, [], []]);
  assertThrows(() => area.join("kitchen"), RoomLeftError);
  assertThrows(() => kitchen.say("late"), RoomLeftError);
  assertEquals(kitchen.leave(), false, "It stays joined for the next run");
});
