/** What a room becomes that came up in several places, was torn, or loses letters. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { decodeRoomLetter } from "../../src/wire/rooms.ts";
import { Forger } from "./forger.ts";
import { gathered, numbers, Party, ROOM } from "./party.ts";

/** So many nodes, of which the first half cannot reach the others, all in the room on their side. */
function apart(count: number): Party {
  const party = new Party(count);
  party.tear(...numbers(count / 2));
  party.run(100);
  party.join(...numbers(count));
  party.run(10_000);
  assertEquals(party.seenBy(0), numbers(count / 2));
  assertEquals(party.seenBy(count - 1), numbers(count).slice(count / 2));
  party.forget();
  return party;
}

Deno.test("Rooms: two halves that came up apart become one", () => {
  for (const count of [2, 6, 40]) {
    const party = apart(count);
    party.heal();
    party.run(80_000);
    for (const number of numbers(count)) assertEquals(party.seenBy(number), numbers(count));
    party.forget();
    party.say(0, "one room");
    party.run(2_000);
    for (const number of numbers(count).slice(1)) {
      assertEquals(party.messages(number), ["0: one room"]);
    }
  }
});

Deno.test("Rooms: halves become one at once when records near the room's place move", () => {
  const party = apart(6);
  party.heal();
  party.run(100);
  const { location } = decodeRoomLetter(locationLetter(party));
  const moved = { type: "moved", location } as const;
  party.at(0, (rooms, now) => rooms.handleSearched(now, moved));
  party.run(3_000);
  for (const number of numbers(6)) assertEquals(party.seenBy(number), numbers(6));
});

/** Any letter of the room. */
function locationLetter(party: Party): Uint8Array {
  let seen: Uint8Array | undefined;
  const before = party.tamper;
  party.tamper = ({ content }) => seen = content;
  party.say(0, "hello");
  party.run(100);
  party.tamper = before;
  assert(seen !== undefined);
  return seen;
}

Deno.test("Rooms: a torn room is one again, and all get what was said on the other side", () => {
  for (const count of [4, 30]) {
    const party = gathered(count);
    const left = numbers(count).slice(0, count / 2);
    party.say(0, "whole");
    party.run(1_000);
    party.tear(...left);
    party.run(1_000);
    for (const text of ["a", "b", "c"]) party.say(0, text);
    party.say(count - 1, "z");
    party.run(60_000);
    for (const number of left.slice(1)) {
      assertEquals(party.messages(number), ["0: whole", "0: a", "0: b", "0: c"]);
    }
    party.heal();
    party.run(4_000);
    // Nobody has to say anything for others to notice what they missed.
    for (const number of left.slice(1)) assertEquals(party.messages(number).length, 5);
    party.say(0, "healed");
    party.run(2_000);
    for (const number of numbers(count).slice(1)) {
      assertEquals(party.seenBy(number), numbers(count));
      const fromFirst = party.messages(number).filter((text) => text.startsWith("0: "));
      assertEquals(fromFirst, ["whole", "a", "b", "c", "healed"].map((text) => `0: ${text}`));
      const fromLast = party.messages(number).filter((text) => text === `${count - 1}: z`);
      assertEquals(fromLast.length, number === count - 1 ? 0 : 1);
    }
  }
});

Deno.test("Rooms: what a member missed is fetched once, though all the others have it", () => {
  const party = gathered(13);
  const forger = new Forger(party, 12);
  party.tear(12);
  party.run(1_000);
  for (const number of numbers(50)) party.say(0, `message ${number}`);
  party.run(1_000);
  let fetched = 0;
  party.tamper = (passing) => {
    if (passing.to === 12 && forger.read(passing)?.type === "message") fetched++;
    return passing.content;
  };
  party.heal();
  party.run(60_000);
  assertEquals(party.messages(12).length, 50);
  assertEquals(fetched, 50);
});

Deno.test("Rooms: whoever was there before the author gets all that it said, the first as well", () => {
  const party = new Party(2);
  party.join(0);
  party.run(1_000);
  party.join(1);
  party.run(5_000);
  party.loss = 1;
  party.say(1, "one");
  party.loss = 0;
  party.say(1, "two");
  party.run(5_000);
  assertEquals(party.messages(0), ["1: one", "1: two"]);
});

Deno.test("Rooms: who is left alone searches soon, however long it was in company", () => {
  const party = gathered(2);
  party.run(600_000);
  party.kill(1);
  party.run(100);
  const before = party.searches;
  party.run(5_000);
  assertLess(before + 1, party.searches);
});

Deno.test("Rooms: a statement that the map is behind with counts once the map knows its author", () => {
  const party = new Party(3);
  party.join(0, 1);
  party.run(5_000);
  const { map } = party.guest(1);
  const shown = map.get(party.idOf(2));
  map.delete(party.idOf(2));
  // Only 0 is greeted, and it passes on what it hears.
  party.tamper = ({ from, to, content }) => from === 2 && to === 1 ? undefined : content;
  party.join(2);
  party.run(400);
  assertEquals(party.seenBy(0), numbers(3));
  assertEquals(party.seenBy(1), [0, 1]);
  assert(shown !== undefined);
  map.set(party.idOf(2), shown);
  party.rumour(1, 2, "alive");
  assertEquals(party.seenBy(1), numbers(3));
});

Deno.test("Rooms: after more was said than anybody keeps, the newest of it comes, and talk goes on", () => {
  const party = gathered(4);
  party.say(0, "first");
  party.run(500);
  party.tear(3);
  party.run(500);
  for (const number of numbers(800)) party.say(0, `number ${number}`);
  party.run(1_000);
  party.heal();
  party.run(60_000);
  party.say(0, "last");
  party.run(20_000);
  const messages = party.messages(3);
  assertEquals(messages.at(0), "0: first");
  assertEquals(messages.at(-1), "0: last");
  const between = messages.slice(1, -1);
  assertEquals(between, numbers(800).slice(800 - between.length).map((n) => `0: number ${n}`));
  assert(between.length > 500);
});

Deno.test("Rooms: a newcomer gets nothing from before its time, and all that comes after", () => {
  for (const count of [5, 30]) {
    const newcomer = count - 1;
    const party = new Party(count);
    party.join(...numbers(newcomer));
    party.run(10_000);
    party.say(0, "early");
    party.say(1, "early too");
    party.run(5_000);
    party.join(newcomer);
    party.run(5_000);
    party.say(0, "now");
    party.say(2, "me too");
    party.run(60_000);
    assertEquals(party.messages(newcomer).toSorted(), ["0: now", "2: me too"]);
  }
});

Deno.test("Rooms: who left while others were away has left for them too", () => {
  const party = gathered(6);
  party.tear(4, 5);
  party.run(1_000);
  party.leave(0);
  party.run(1_800_000);
  party.heal();
  party.run(90_000);
  const rest = [1, 2, 3, 4, 5];
  for (const number of rest) assertEquals(party.seenBy(number), rest);
});

Deno.test("Rooms: a goodbye that was lost is said again to whoever still writes", () => {
  const party = gathered(4);
  party.loss = 1;
  party.leave(0);
  party.run(1_000);
  party.loss = 0;
  assertEquals(party.seenBy(1), numbers(4));
  party.run(120_000);
  for (const number of [1, 2, 3]) {
    assertEquals(party.told(number), ["left 0"]);
    assertEquals(party.seenBy(number), [1, 2, 3]);
  }
});

Deno.test("Rooms: two who left the same room do not say goodbye for ever", () => {
  const party = gathered(3);
  party.tear(0);
  party.run(1_000);
  party.leave(0);
  party.leave(1);
  party.leave(2);
  party.heal();
  party.run(60_000);
  party.forget();
  party.run(600_000);
  assertEquals(party.letters, 0);
});

Deno.test("Rooms: letters may be lost, and still all come once and in order", () => {
  for (const seed of [1, 2, 3]) {
    const count = 20;
    const party = gathered(count, seed);
    party.loss = 0.2;
    const random = new SeededRandom(seed);
    const said = new Map<number, string[]>();
    for (let i = 0; i < 60; i++) {
      const author = randomInt(random, 4);
      const text = `${author}: message ${i}`;
      said.set(author, [...said.get(author) ?? [], text]);
      party.say(author, text.slice(3));
      party.run(randomInt(random, 300));
    }
    party.run(120_000);
    for (const number of numbers(count)) {
      for (const [author, texts] of said) {
        if (author === number) continue;
        const heard = party.messages(number).filter((text) => text.startsWith(`${author}: `));
        assertEquals(heard, texts, `seed ${seed}: ${number} of ${author}`);
      }
    }
  }
});

Deno.test("Rooms: members that come and go while others talk miss nothing that those who stay say", () => {
  const [stay, all] = [20, 30];
  const party = new Party(all, 5);
  party.join(...numbers(stay));
  party.run(10_000);
  party.forget();
  const random = new SeededRandom(5);
  const said: string[] = [];
  for (let i = 0; i < 100; i++) {
    const number = stay + randomInt(random, all - stay);
    const isIn = party.guest(number).rooms.names().includes(ROOM);
    if (isIn) party.leave(number);
    else party.join(number);
    party.say(i % 3, `message ${i}`);
    said.push(`${i % 3}: message ${i}`);
    party.run(400);
  }
  party.run(60_000);
  for (const number of numbers(stay)) {
    const heard = party.messages(number).toSorted();
    assertEquals(heard, said.filter((text) => !text.startsWith(`${number}: `)).toSorted());
  }
});

Deno.test("Rooms: a search that fails is made again, and nobody is lost by it", () => {
  const party = new Party(3);
  party.findsRecords = false;
  party.join(0, 1, 2);
  party.run(20_000);
  assert(party.searches > 9);
  assertEquals(party.seenBy(0), [0]);
  party.findsRecords = true;
  party.run(40_000);
  for (const number of numbers(3)) assertEquals(party.seenBy(number), numbers(3));
});

Deno.test("Rooms: records of members that are long gone cost a search and no letter", () => {
  const party = gathered(4);
  for (const number of [1, 2, 3]) party.kill(number);
  party.run(1_000);
  party.forget();
  party.run(600_000);
  assertEquals(party.letters, 0);
  assertLess(party.searches, 60);

  const newcomer = new Party(2);
  newcomer.join(0);
  newcomer.run(1_000);
  newcomer.kill(0);
  newcomer.run(1_000);
  newcomer.join(1);
  newcomer.run(60_000);
  assertEquals(newcomer.letters, 0);
});

Deno.test("Rooms: what was missed and only its author has is asked of the author", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const party = new Party(13, seed);
    party.join(0, 1);
    party.run(10_000);
    party.tear(1);
    party.run(1_000);
    // More than are asked for at once, and nobody else in the room has heard them.
    for (const number of numbers(300)) party.say(0, `${number}`);
    party.join(...numbers(13).slice(2));
    party.run(10_000);
    party.heal();
    party.run(3_000);
    party.say(0, "300");
    party.run(12_000);
    assertEquals(party.messages(1), numbers(301).map((number) => `0: ${number}`), `seed ${seed}`);
  }
});
