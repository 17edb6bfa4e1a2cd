import { assertEquals, assertThrows } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import type { RoomEvent } from "../../src/controller/room_api.ts";
import { RoomDesk } from "../../src/controller/room_desk.ts";
import type { Rooms } from "../../src/rooms/rooms.ts";

const MEMBER = { id: "a".repeat(52) as NodeId, label: "alice" };

const SELF = { id: "b".repeat(52) as NodeId, label: "bob" };

/** A desk before rooms that are only names. */
function desk(maxEvents = 3) {
  const names = new Set<string>();
  let isStopped = false;
  const kept: (readonly string[])[] = [];
  const rooms = {
    join: (_now: number, name: string) => {
      if (name.length < 3) throw new RangeError("too short");
      return !names.has(name) && names.add(name) !== undefined;
    },
    leave: (_now: number, name: string) => names.delete(name),
    list: () =>
      [...names].map((name) => ({ name, isSettled: true, members: [MEMBER], hops: undefined })),
    say: () => 0,
    names: () => [...names],
  } as unknown as Rooms;
  return {
    kept,
    stop: () => void (isStopped = true),
    joined: () => [...names],
    desk: new RoomDesk({
      self: SELF,
      ask: (question) => isStopped ? undefined : question(rooms, 0),
      keep: (names) => kept.push(names),
      maxEvents,
    }),
  };
}

function said(content: string | Uint8Array, room = "kitchen"): RoomEvent {
  return { room, at: 1, member: MEMBER, type: "message", content, isPrivate: false };
}

Deno.test("RoomDesk: keeps what happened for whoever reads it next, the newest where it is too much", () => {
  const { desk: rooms } = desk();
  rooms.join("kitchen");
  for (const text of ["1", "2", "3", "4"]) rooms.handleEvent(said(text));
  assertEquals(rooms.list()[0]?.unread, 3);
  assertEquals(rooms.events("kitchen"), [said("2"), said("3"), said("4")]);
  assertEquals(rooms.list()[0]?.unread, 0);
  rooms.handleEvent(said("5"));
  assertEquals([rooms.list()[0]?.unread, rooms.events("kitchen").length], [1, 3]);
});

Deno.test("RoomDesk: of large messages it keeps as many as fit, and at least what came last", () => {
  const { desk: rooms } = desk(1_000);
  rooms.join("kitchen");
  for (let i = 0; i < 100; i++) rooms.handleEvent(said(new Uint8Array(60_000).fill(i)));
  const kept = rooms.events("kitchen");
  assertEquals(kept.length, Math.floor(4_194_304 / 60_000));
  assertEquals(kept.at(-1), said(new Uint8Array(60_000).fill(99)));
});

Deno.test("RoomDesk: whoever listens has read, and is told of its own room alone", () => {
  const { desk: rooms } = desk();
  rooms.join("kitchen");
  rooms.join("garden");
  const heard: RoomEvent[] = [];
  const stop = rooms.listen("kitchen", (event) => heard.push(event));
  rooms.handleEvent(said("here"));
  rooms.handleEvent(said("there", "garden"));
  assertEquals(heard, [said("here")]);
  assertEquals(rooms.list().map(({ name, unread }) => [name, unread]), [["garden", 1], [
    "kitchen",
    0,
  ]]);
  stop();
  rooms.handleEvent(said("later"));
  assertEquals([heard.length, rooms.list()[1]?.unread], [1, 1]);
});

Deno.test("RoomDesk: a name typed in another form of Unicode is the same name", () => {
  const { desk: rooms } = desk();
  const heard: RoomEvent[] = [];
  rooms.listen("cafe\u0301", (event) => heard.push(event));
  rooms.handleEvent(said("bonjour", "caf\u00e9"));
  assertEquals([heard.length, rooms.events("cafe\u0301").length], [1, 1]);
});

Deno.test("RoomDesk: what happened in a room before it was left is forgotten, who listens goes on", () => {
  const { desk: rooms } = desk();
  rooms.join("kitchen");
  const heard: RoomEvent[] = [];
  rooms.listen("kitchen", (event) => heard.push(event));
  rooms.handleEvent(said("before"));
  assertEquals([rooms.leave("kitchen"), rooms.leave("kitchen")], [true, false]);
  rooms.join("kitchen");
  rooms.handleEvent(said("after"));
  assertEquals(rooms.events("kitchen"), [said("after")]);
  assertEquals(heard, [said("before"), said("after")]);
});

Deno.test("RoomDesk: has the joined names kept whenever they change, and no others", () => {
  const { desk: rooms, kept } = desk();
  assertEquals([rooms.join("kitchen"), rooms.join("kitchen"), rooms.join("garden")], [
    true,
    false,
    true,
  ]);
  assertThrows(() => rooms.join("ab"), RangeError);
  rooms.leave("kitchen");
  assertEquals(kept, [["kitchen"], ["garden", "kitchen"], ["garden"]]);
});

Deno.test("RoomDesk: rooms of the last run count as joined, whether their turn has come or not", () => {
  const { desk: rooms, kept, joined } = desk();
  rooms.wasIn(["kitchen", "ab", "garden", "attic", "cellar"]);
  const names = () => rooms.list().map(({ name, isSettled }) => [name, isSettled]);
  assertEquals(names(), [["attic", false], ["cellar", false], ["garden", false], [
    "kitchen",
    false,
  ]]);
  assertEquals(rooms.list()[0]?.members, [SELF]);
  assertEquals([rooms.joinNext(), joined()], [true, ["kitchen"]]);
  assertEquals([rooms.join("attic"), rooms.join("new")], [false, true]);
  assertEquals([rooms.leave("garden"), rooms.leave("garden")], [true, false]);
  assertEquals(kept, [
    ["attic", "cellar", "garden", "kitchen", "new"],
    ["attic", "cellar", "kitchen", "new"],
  ]);
  // To speak in a room it must be joined, so its turn comes at once.
  rooms.say("cellar", "hello");
  assertEquals([rooms.joinNext(), joined()], [false, ["kitchen", "attic", "new", "cellar"]]);
  assertEquals(names(), [["attic", true], ["cellar", true], ["kitchen", true], ["new", true]]);
});

Deno.test("RoomDesk: of a node that has stopped nothing is asked any more", () => {
  const { desk: rooms, stop, kept } = desk();
  stop();
  const answers = [rooms.join("kitchen"), rooms.leave("kitchen"), rooms.say("kitchen", "hello")];
  assertEquals(answers, [false, false, undefined]);
  assertEquals([rooms.list(), kept], [[], []]);
});
