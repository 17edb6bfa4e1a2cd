import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { gathered, numbers, Party, ROOM } from "./party.ts";

const others = (count: number, but: number) => numbers(count).filter((each) => each !== but);

Deno.test("Rooms: two who know the name meet, and see each other once", () => {
  const party = new Party(2);
  party.join(0);
  party.run(1_000);
  assertEquals(party.seenBy(0), [0]);
  party.join(1);
  party.run(5_000);
  for (const number of [0, 1]) {
    assertEquals(party.seenBy(number), [0, 1]);
    assertEquals(party.told(number), [`joined ${1 - number}`]);
  }
});

Deno.test("Rooms: who does not know the name is not met", () => {
  const party = new Party(3);
  party.join(0, 1);
  party.at(2, (rooms, now) => rooms.join(now, `${ROOM} 2`));
  party.run(60_000);
  assertEquals(party.seenBy(0), [0, 1]);
  assertEquals(party.guest(2).rooms.list()[0]?.members.length, 1);
});

Deno.test("Rooms: members are listed with their labels, this node in its place", () => {
  const party = gathered(3);
  const [room] = party.guest(1).rooms.list();
  assertEquals(room, {
    name: ROOM,
    isSettled: true,
    members: numbers(3).map((number) => ({ id: party.idOf(number), label: `label ${number}` })),
    hops: 1,
  });
});

Deno.test("Rooms: is settled once the first search is over and those found have answered", () => {
  const party = new Party(2);
  party.join(0);
  assertEquals(party.guest(0).rooms.list()[0]?.hops, undefined);
  const isSettled = (number: number) => party.guest(number).rooms.list()[0]?.isSettled;
  assertEquals(isSettled(0), false);
  party.run(110);
  assertEquals(isSettled(0), true);
  party.join(1);
  party.run(105);
  // It has found somebody by now, who has not answered yet.
  assertEquals([isSettled(1), party.seenBy(1)], [false, [1]]);
  party.run(200);
  assertEquals([isSettled(1), party.seenBy(1)], [true, [0, 1]]);
});

Deno.test("Rooms: however many, all see all, and each message comes once", () => {
  // Up to 13 members the author itself tells all of them, and nobody need pass anything on.
  for (const [count, most] of [[2, 1], [13, 12], [14, 14 * 12], [40, 40 * 12]] as const) {
    const party = gathered(count);
    for (const number of numbers(count)) assertEquals(party.seenBy(number), numbers(count));
    assertEquals(party.say(0, "hello"), count - 1);
    party.run(1_000);
    for (const number of others(count, 0)) assertEquals(party.told(number), ["0: hello"]);
    assertEquals(party.told(0), []);
    assertLess(party.letters, most + 1, `${count} members`);
  }
});

Deno.test("Rooms: 200 who join at one instant all meet, talk, leave and vanish", () => {
  const count = 200;
  const party = new Party(count);
  party.join(...numbers(count));
  party.run(20_000);
  for (const number of numbers(count)) {
    assertEquals(party.seenBy(number), numbers(count));
    const joined = others(count, number).map((other) => `joined ${other}`).sort();
    assertEquals(party.told(number).toSorted(), joined);
  }

  party.forget();
  const authors = [0, 50, 199];
  for (const number of authors) {
    for (const text of ["one", "two", "three"]) assertEquals(party.say(number, text), count - 1);
  }
  party.run(2_000);
  assertLess(party.letters, 9 * count * 12);
  for (const number of numbers(count)) {
    for (const author of authors) {
      const heard = party.told(number).filter((text) => text.startsWith(`${author}: `));
      const said = ["one", "two", "three"].map((text) => `${author}: ${text}`);
      assertEquals(heard, author === number ? [] : said);
    }
  }

  party.forget();
  party.leave(7);
  party.kill(8);
  party.run(1_000);
  const rest = numbers(count).filter((number) => number !== 7 && number !== 8);
  for (const number of rest) {
    assertEquals(party.told(number).toSorted(), ["left 7", "vanished 8"]);
    assertEquals(party.seenBy(number), rest);
  }
});

Deno.test("Rooms: who leaves a room is seen leaving, at once and once", () => {
  const party = gathered(5);
  party.leave(2);
  party.run(200);
  for (const number of others(5, 2)) {
    assertEquals(party.told(number), ["left 2"]);
    assertEquals(party.seenBy(number), others(5, 2));
  }
  assertEquals(party.guest(2).rooms.list(), []);
  party.kill(2);
  party.run(120_000);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["left 2"]);
});

Deno.test("Rooms: a node that leaves the network is seen leaving, and keeps its rooms", () => {
  const party = gathered(5);
  party.depart(2);
  party.run(60_000);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["left 2"]);
  assertEquals(party.guest(2).rooms.names(), [ROOM]);
  assertEquals(party.guest(2).rooms.wantedLinks(), new Set());
  assertEquals(party.guest(2).rooms.nextWakeup(), undefined);
});

Deno.test("Rooms: a node that said goodbye to all hears and says nothing more", () => {
  const party = gathered(3);
  let sent = 0;
  party.tamper = ({ from, content }) => {
    if (from === 2) sent++;
    return content;
  };
  party.at(2, (rooms, now) => rooms.leaveAll(now));
  party.at(2, (rooms, now) => rooms.leaveAll(now));
  party.say(0, "are you there?");
  assertEquals(party.say(2, "no"), undefined);
  party.run(60_000);
  assertEquals(party.told(2), []);
  assertEquals(sent, 2);
});

Deno.test("Rooms: nobody finds who has left a room", () => {
  const party = new Party(2);
  party.join(0);
  party.run(1_000);
  party.leave(0);
  party.join(1);
  party.run(60_000);
  assertEquals(party.letters, 0);
});

Deno.test("Rooms: a node that dies is seen vanishing, and back as it was joins again", () => {
  const party = gathered(5);
  party.tear(2);
  party.run(1_000);
  assertEquals(party.seenBy(2), [2]);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["vanished 2"]);
  assertEquals(party.told(2), [0, 1, 3, 4].map((number) => `vanished ${number}`));
  party.forget();
  party.heal();
  party.run(1_000);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["joined 2"]);
  assertEquals(party.seenBy(2), numbers(5));
});

Deno.test("Rooms: a node that begins anew with its key is back in the room", () => {
  const party = gathered(5);
  party.kill(2);
  party.run(5_000);
  party.restart(2);
  party.run(10_000);
  for (const number of others(5, 2)) {
    assertEquals(party.told(number), ["vanished 2", "joined 2"]);
    assertEquals(party.seenBy(number), numbers(5));
  }
  party.forget();
  party.say(2, "back again");
  party.run(1_000);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["2: back again"]);
});

Deno.test("Rooms: a node that begins anew so fast that no map lost it talks on", () => {
  const party = gathered(5);
  party.say(2, "before");
  party.run(1_000);
  party.restart(2);
  party.run(10_000);
  party.say(2, "after");
  party.run(1_000);
  for (const number of others(5, 2)) {
    assertEquals(party.messages(number), ["2: before", "2: after"]);
    assertEquals(party.seenBy(number), numbers(5));
  }
  assertEquals(party.seenBy(2), numbers(5));
});

Deno.test("Rooms: a node that begins anew and does not join has vanished", () => {
  const party = gathered(5);
  party.restart(2, false);
  party.run(20_000);
  for (const number of others(5, 2)) assertEquals(party.told(number), ["vanished 2"]);
});

Deno.test("Rooms: a node whose clock was set back is let in again", () => {
  for (const leaves of [false, true]) {
    const party = gathered(5);
    if (leaves) party.leave(2);
    else party.kill(2);
    party.run(5_000);
    party.forget();
    party.skewMs.set(2, -86_400_000);
    party.restart(2);
    party.run(20_000);
    for (const number of others(5, 2)) {
      assertEquals(party.told(number), ["joined 2"]);
      assertEquals(party.seenBy(number), numbers(5));
    }
    party.say(2, "what year is it?");
    party.run(1_000);
    for (const number of others(5, 2)) {
      assertEquals(party.messages(number), ["2: what year is it?"]);
    }
  }
});

Deno.test("Rooms: who leaves and joins again is in it again", () => {
  const party = gathered(4);
  party.leave(1);
  party.run(1_000);
  party.join(1);
  party.run(5_000);
  for (const number of others(4, 1)) assertEquals(party.told(number), ["left 1", "joined 1"]);
  assertEquals(party.seenBy(1), numbers(4));
  party.forget();
  party.say(1, "hello");
  party.say(0, "welcome");
  party.run(1_000);
  assertEquals(party.told(1), ["0: welcome"]);
  assertEquals(party.told(2).toSorted(), ["0: welcome", "1: hello"]);
});

Deno.test("Rooms: texts and bytes come as they were said", () => {
  const party = gathered(2);
  const said = ["", "\ufeffmark", "日本語 😀", "x".repeat(60_000)];
  for (const text of said) party.say(0, text);
  party.say(0, Uint8Array.of(0, 255));
  party.say(0, new Uint8Array(0));
  party.run(1_000);
  assertEquals(party.told(1), [...said.map((text) => `0: ${text}`), "0: [0 255]", "0: []"]);
});

Deno.test("Rooms: bytes that their sender changes afterwards are what it said", () => {
  const party = gathered(2);
  const bytes = Uint8Array.of(1, 2);
  party.say(0, bytes);
  bytes.fill(9);
  party.run(1_000);
  assertEquals(party.told(1), ["0: [1 2]"]);
});

Deno.test("Rooms: what is too large or half a character is refused with the limit", () => {
  const party = gathered(2);
  const refused = (content: string | Uint8Array, words: string) =>
    assertThrows(() => party.say(0, content), RangeError, words);
  refused("x".repeat(60_001), "A message of 60001 bytes to a room, wanted at most 60000");
  refused(new Uint8Array(60_001), "60001 bytes");
  refused("é".repeat(30_001), "60002 bytes");
  refused("\ud83d", "half a character");
  party.run(1_000);
  assertEquals(party.told(1), []);
});

Deno.test("Rooms: a private message reaches those who are meant, and nobody else", () => {
  const party = gathered(5);
  assertEquals(party.say(0, "psst", [1, 3, 3]), 2);
  party.run(1_000);
  for (const number of [1, 3]) assertEquals(party.told(number), ["0 in private: psst"]);
  for (const number of [2, 4]) assertEquals(party.told(number), []);
  assertEquals(party.letters, 2);
  assertEquals(party.say(0, "to nobody", []), 0);
});

Deno.test("Rooms: a private message to who is no other member is refused, and sent to none", () => {
  const party = new Party(4);
  party.join(0, 1, 2);
  party.run(5_000);
  party.kill(2);
  party.run(1_000);
  party.forget();
  for (const wrong of [0, 2, 3]) {
    assertThrows(() => party.say(0, "psst", [1, wrong]), RangeError, party.idOf(wrong));
  }
  party.run(1_000);
  assertEquals(party.told(1), []);
});

Deno.test("Rooms: there is nothing to say or leave where nothing was joined", () => {
  const party = new Party(1);
  assertEquals(party.say(0, "hello"), undefined);
  assertEquals(party.at(0, (rooms, now) => rooms.leave(now, ROOM)), false);
  assertEquals(party.at(0, (rooms, now) => rooms.leave(now, "x")), false);
});

Deno.test("Rooms: alone one talks to nobody", () => {
  const party = new Party(1);
  party.join(0);
  party.run(5_000);
  assertEquals(party.say(0, "hello"), 0);
  assertEquals(party.told(0), []);
});

Deno.test("Rooms: joining twice is joining once, however the name is typed", () => {
  const party = new Party(1);
  const join = (name: string) => party.at(0, (rooms, now) => rooms.join(now, name));
  assertEquals(join("caf\u00e9"), true);
  assertEquals(join("cafe\u0301"), false);
  assertEquals(party.guest(0).rooms.names(), ["caf\u00e9"]);
  assertEquals(party.at(0, (rooms, now) => rooms.leave(now, "cafe\u0301")), true);
});

Deno.test("Rooms: the keys of a room that is left and joined again are made once", () => {
  const party = new Party(1);
  let stretched = 0;
  const stretch = party.crypto.stretch.bind(party.crypto);
  party.crypto.stretch = (secret, salt) => {
    stretched++;
    return stretch(secret, salt);
  };
  party.join(0);
  party.leave(0);
  party.join(0);
  party.run(60_000);
  assertEquals(stretched, 1);
});

Deno.test("Rooms: refuses names that are none, and more rooms than allowed", () => {
  const party = new Party(1, 1, { maxRooms: 2 });
  const join = (name: string) => party.at(0, (rooms, now) => rooms.join(now, name));
  assertThrows(() => join("ab"), RangeError, "wanted 3 or more");
  join("room b");
  join("room a");
  assertThrows(() => join("room c"), RangeError, "in 2 rooms, wanted at most 2: leave one first");
  assertEquals(join("room a"), false);
  assertEquals(party.guest(0).rooms.names(), ["room a", "room b"]);
  assertEquals(party.guest(0).rooms.list().map(({ name }) => name), ["room a", "room b"]);
});

Deno.test("Rooms: rooms of one node are apart", () => {
  const party = new Party(3);
  for (const [number, name] of [[0, "red"], [0, "blue"], [1, "red"], [2, "blue"]] as const) {
    party.at(number, (rooms, now) => rooms.join(now, `room ${name}`));
  }
  party.run(5_000);
  party.forget();
  party.at(0, (rooms, now) => rooms.say(now, "room red", "for red"));
  party.run(1_000);
  assertEquals(party.told(1), ["0: for red"]);
  assertEquals(party.told(2), []);
});

Deno.test("Rooms: wants links with its neighbours, at most so many, and keeps wanting the same", () => {
  const party = new Party(20, 1, { maxLinks: 5 });
  party.join(...numbers(20));
  party.run(10_000);
  const before = party.guest(0).rooms.wantedLinks();
  assertEquals(before.size, 5);
  assert(!before.has(party.idOf(0)));
  // Whoever asks after every event tells by that whether there is anything new.
  assert(party.guest(0).rooms.wantedLinks() === before);
  const gone = numbers(20).find((number) => number > 0 && !before.has(party.idOf(number)));
  party.leave(gone ?? -1);
  party.run(1_000);
  assertEquals(party.guest(0).rooms.wantedLinks(), before);
});

Deno.test("Rooms: the same seed gives the same run", () => {
  const story = () => {
    const party = gathered(15, 3);
    party.loss = 0.1;
    for (const number of numbers(15)) party.say(number, `from ${number}`);
    party.kill(3);
    party.run(30_000);
    return [party.letters, ...party.guests.map(({ heard }) => heard)];
  };
  assertEquals(story(), story());
});

Deno.test("Rooms: a room in which nothing happens costs little", () => {
  const party = gathered(13);
  party.run(600_000);
  // Each member compares with one neighbour every half a minute, and searches every minute.
  assertLess(party.letters, 13 * 26);
  assertLess(party.searches, 13 * 14 + 60);
});
