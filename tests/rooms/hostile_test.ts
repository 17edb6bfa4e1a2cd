/** Strangers that do not know the name, and members that do not keep to the rules. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import type { DhtEvent } from "../../src/dht/dht.ts";
import { decodeRoomLetter, encodeRoomRecord } from "../../src/wire/rooms.ts";
import { fuzz, mutated, randomBytes } from "../fuzz/fuzz.ts";
import { idOf } from "../wire/samples.ts";
import { Forger } from "./forger.ts";
import { numbers, Party, type Passing, ROOM } from "./party.ts";

/** Four members, the last of them hostile, and a stranger. */
function infiltrated(): { party: Party; member: Forger; stranger: number } {
  const party = new Party(5);
  party.join(...numbers(4));
  party.run(10_000);
  party.forget();
  return { party, member: new Forger(party, 3), stranger: 4 };
}

/** The letters that pass while something happens. */
function captured(party: Party, act: () => void): Passing[] {
  const letters: Passing[] = [];
  const before = party.tamper;
  party.tamper = (passing) => {
    letters.push(passing);
    return passing.content;
  };
  act();
  party.run(60_000);
  party.tamper = before;
  return letters;
}

/** All are there, nobody was told anything else, and talk goes on. */
function assertUnharmed(party: Party, members: readonly number[]): void {
  for (const number of members) {
    assertEquals(party.told(number), []);
    assertEquals(party.seenBy(number).filter((each) => members.includes(each)), members);
  }
  const [first = 0, ...others] = members;
  party.say(first, "still here");
  party.run(12_000);
  for (const number of others) assertEquals(party.told(number), [`${first}: still here`]);
}

Deno.test("Rooms: a stranger that sends on what it captured is not heard, and not answered", () => {
  const { party, stranger } = infiltrated();
  const letters = captured(party, () => {
    party.say(0, "secret");
    party.say(0, "more secret", [1]);
    party.restart(2);
  });
  assertLess(20, letters.length);
  party.forget();
  for (const { content } of letters) {
    for (const to of numbers(4)) party.deliver({ from: stranger, to, content });
  }
  assertEquals(party.letters, 0);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: no letter that a stranger may see shows the name or what is said", () => {
  const { party } = infiltrated();
  const letters = captured(party, () => {
    party.say(0, "the treasure is buried");
    party.say(0, "under the old oak tree", [1]);
  });
  for (const { content } of letters) {
    const text = new TextDecoder("latin1").decode(content);
    for (const secret of [ROOM, "treasure", "oak tree"]) assert(!text.includes(secret));
  }
});

Deno.test("Rooms: letters that come a second time from their sender change nothing", () => {
  const { party } = infiltrated();
  const letters = captured(party, () => {
    party.say(0, "once");
    party.leave(2);
    party.run(1_000);
    party.join(2);
  });
  party.forget();
  // But for those to 2, which has begun anew since, and cannot know what it had before.
  for (const letter of letters) if (letter.to !== 2) party.deliver(letter);
  party.run(20_000);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: who knows another name, or only where the room is, is not heard", () => {
  const { party, member, stranger } = infiltrated();
  const guesser = new Forger(party, stranger, "garden partz");
  const carried = [guesser.statement(stranger, { epoch: 2e12 })];
  const letters = party.letters;
  for (const to of numbers(3)) {
    guesser.send(to, { type: "statements", carried });
    guesser.send(to, { type: "statements", carried }, new Uint8Array(0), member.key.location);
    guesser.send(
      to,
      { type: "index", asks: true, entries: [] },
      new Uint8Array(0),
      member.key.location,
    );
  }
  assertEquals(party.letters, letters);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: who knows the name and has not said that it joined is told nothing", () => {
  const { party, stranger } = infiltrated();
  const lurker = new Forger(party, stranger);
  party.forget();
  lurker.send(0, { type: "index", asks: true, entries: [] });
  lurker.send(0, { type: "summary", count: 9, hash: 9 });
  lurker.send(0, { type: "want", ranges: [{ author: party.idOf(0), epoch: 1, from: 0, to: 9 }] });
  lurker.send(0, { type: "private", content: "psst" });
  lurker.sendMessage(0, lurker.nameOf(stranger, 1, 1), "hello");
  assertEquals(party.letters, 0);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: no member speaks in another's name", () => {
  const { party, member } = infiltrated();
  const name = member.nameOf(0, 1);
  party.forget();
  member.sendMessage(1, name, "I am 0");
  member.sendMessage(1, { ...name, sequence: 2 }, "I am 0");
  // Nor does it alter what somebody said: the seal shows it, and then the signature.
  const [letter] = captured(party, () => party.say(0, "yes", undefined))
    .filter(({ to }) => to === 3);
  assert(letter !== undefined);
  const head = member.read(letter);
  assert(head?.type === "message");
  member.sendMessage(2, head.name, "no");
  party.run(10_000);
  for (const number of [1, 2]) assertEquals(party.messages(number), ["0: yes"]);
});

Deno.test("Rooms: what was said in one room is not said in another", () => {
  const party = new Party(3);
  for (const number of numbers(3)) {
    for (const name of [ROOM, "other room"]) {
      party.at(number, (rooms, now) => rooms.join(now, name));
    }
  }
  party.run(10_000);
  party.forget();
  const here = new Forger(party, 2);
  const [letter] = captured(party, () => party.say(0, "yes")).filter(({ to }) => to === 2);
  assert(letter !== undefined);
  const head = here.read(letter);
  assert(head?.type === "message");
  const there = new Forger(party, 2, "other room");
  const opened = here.key.openMessage(head.name, decodeRoomLetter(letter.content).tail);
  assert(opened !== undefined);
  there.send(1, head, there.key.sealMessage(head.name, opened));
  party.run(10_000);
  assertEquals(party.messages(1), ["0: yes"]);
});

Deno.test("Rooms: no member says of another that it joined or left", () => {
  const { party, member, stranger } = infiltrated();
  const epoch = member.epochOf(0);
  const forged = [
    member.statement(0, { epoch, left: true }),
    member.statement(0, { epoch: epoch + 1, left: true }),
    member.statement(stranger, { epoch }),
  ];
  for (const carried of forged) member.send(1, { type: "statements", carried: [carried] });
  party.run(10_000);
  assertUnharmed(party, [0, 1, 2]);
  assertEquals(party.seenBy(1), numbers(4));
});

Deno.test("Rooms: who has left says its last words for a minute, asks for nothing, and is a stranger then", () => {
  const { party, member } = infiltrated();
  const epoch = member.epochOf(3);
  const range = { author: party.idOf(0), epoch: member.epochOf(0), from: 1, to: 9 };
  party.say(0, "to members");
  party.run(1_000);
  party.leave(3);
  party.run(30_000);
  party.forget();
  assertEquals(member.ask(0, { type: "want", ranges: [range] }), []);
  member.sendMessage(0, member.nameOf(3, 1, epoch), "on its way");
  member.send(0, { type: "private", content: "too" });
  party.run(30_000);
  member.sendMessage(0, member.nameOf(3, 2, epoch), "too late");
  member.send(0, { type: "private", content: "too late" });
  party.run(1_000);
  assertEquals(party.messages(0), ["3: on its way", "3 in private: too"]);
});

Deno.test("Rooms: who passes on forgeries is not listened to for a while, and then again", () => {
  const { party, member } = infiltrated();
  const epoch = member.epochOf(0);
  let checks = 0;
  const verify = party.crypto.verify.bind(party.crypto);
  party.crypto.verify = (key, bytes, signature) => {
    checks++;
    return verify(key, bytes, signature);
  };
  const forged = (to: number, count: number) => {
    const carried = numbers(count).map((n) => member.statement(0, { epoch: epoch + 1 + n }));
    member.send(to, { type: "statements", carried });
  };
  for (let i = 0; i < 20; i++) forged(1, 50);
  assertLess(checks, 12);
  member.send(1, { type: "private", content: "not heard" });
  party.run(60_000);
  member.send(1, { type: "private", content: "heard" });
  assertEquals(party.told(1), ["3 in private: heard"]);
});

Deno.test("Rooms: honest members are not blamed for what others wrote", () => {
  const { party, member } = infiltrated();
  // A message of its own that is no message: it is sealed and signed, and yet cannot be read.
  const random = new SeededRandom(1);
  const epoch = member.epochOf(3);
  for (let sequence = 1; sequence <= 50; sequence++) {
    const name = member.nameOf(3, sequence, epoch);
    const sealed = member.key.sealMessage(name, randomBytes(random, 40));
    member.send(1, { type: "message", name, told: [] }, sealed);
  }
  party.run(1_000);
  for (const from of [0, 1]) {
    party.forget();
    party.say(from, "am I heard?");
    party.run(1_000);
    assertEquals(party.told(2), [`${from}: am I heard?`]);
  }
});

Deno.test("Rooms: a member that states something new all the time is passed on a few times", () => {
  const { party, member } = infiltrated();
  const epoch = member.epochOf(3);
  party.forget();
  for (let i = 1; i <= 1_000; i++) {
    const carried = [member.statement(3, { epoch: epoch + i, left: i % 2 === 0 })];
    member.send(0, { type: "statements", carried });
    party.run(1);
  }
  party.run(1_000);
  assertLess(party.letters, 200);
  for (const number of [0, 1, 2]) assertLess(party.told(number).length, 20);
});

Deno.test("Rooms: statements of nodes that nobody knows take a bounded room", () => {
  const { party, member } = infiltrated();
  for (let batch = 0; batch < 10; batch++) {
    const carried = numbers(200).map((n) => {
      const id = idOf((batch * 200 + n) % 256);
      return member.statement(3, { id, epoch: batch * 200 + n });
    });
    member.send(0, { type: "statements", carried });
  }
  party.run(10_000);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: a member that asks and asks is answered a bounded number of times", () => {
  const { party, member } = infiltrated();
  for (const number of numbers(20)) party.say(0, `message ${number}`);
  party.run(1_000);
  const epoch = member.epochOf(0);
  const author = party.idOf(0);
  party.forget();
  const range = { author, epoch, from: 0, to: 1e9 };
  for (let i = 0; i < 1_000; i++) {
    member.send(0, { type: "want", ranges: Array(100).fill(range) });
    member.send(0, { type: "index", asks: true, entries: [] });
    member.send(0, { type: "summary", count: i, hash: i });
  }
  assertLess(party.letters, 41 * 20);
});

Deno.test("Rooms: lies about how far others have come silence nobody", () => {
  const { party, member, stranger } = infiltrated();
  const epochs = numbers(3).map((number) => member.epochOf(number));
  const far = Number.MAX_SAFE_INTEGER - 1;
  party.join(stranger);
  party.run(120);
  const lie = () => {
    for (const to of [0, 1, 2, stranger]) {
      const entries = epochs.map((epoch, number) => ({
        id: party.idOf(number),
        epoch,
        left: false,
        from: 1,
        next: far,
      }));
      member.send(to, { type: "index", asks: false, entries });
    }
  };
  lie();
  party.run(5_000);
  lie();
  party.forget();
  for (const number of [0, 1, 2]) party.say(number, "heard?");
  party.run(30_000);
  const heard = (number: number) => party.messages(number).toSorted();
  assertEquals(heard(stranger), ["0: heard?", "1: heard?", "2: heard?"]);
  assertEquals(heard(0), ["1: heard?", "2: heard?"]);
});

Deno.test("Rooms: only an author says to whom it has sent its message already", () => {
  const { party, member } = infiltrated();
  const name = member.nameOf(0, 1);
  party.forget();
  // 3 has a message of 0 that nobody else got, and passes it on to 1 with the lie that 2 has it.
  const { signer } = party.guest(0);
  member.sendMessage(1, name, "for all", signer, [2]);
  party.run(100);
  assertEquals(party.told(2), ["0: for all"]);
});

Deno.test("Rooms: a message that its author leaves gaps around holds up nobody but itself", () => {
  const { party, member } = infiltrated();
  const epoch = member.epochOf(3);
  for (let i = 1; i <= 2_000; i++) {
    member.sendMessage(0, member.nameOf(3, 2 * i, epoch), `odd ${i}`);
  }
  party.say(1, "even so");
  party.run(1_000);
  assertEquals(party.told(0), ["1: even so"]);
});

Deno.test("Rooms: records that are noise, or name nodes that are no members, do no harm", () => {
  const { party, member, stranger } = infiltrated();
  const random = new SeededRandom(1);
  const record = (id = party.idOf(stranger)) =>
    member.key.sealRecord(encodeRoomRecord({ id, epoch: 1 }));
  const payloads = [
    ...Array.from({ length: 5_000 }, () => randomBytes(random, 256)),
    member.key.sealRecord(new Uint8Array(3)),
    ...numbers(200).map((number) => record(idOf(number))),
    record(),
    record(party.idOf(0)),
  ];
  const { location } = member.key;
  const searched: DhtEvent = { type: "searched", location, payloads, hops: 1, answers: 20 };
  party.at(0, (rooms, now) => rooms.handleSearched(now, searched));
  party.run(10_000);
  assertUnharmed(party, numbers(4));
});

Deno.test("Rooms: what happens at places that are no room of this node is none of its business", () => {
  const party = new Party(1);
  const event: DhtEvent = { type: "moved", location: idOf(1) };
  party.at(0, (rooms, now) => rooms.handleSearched(now, event));
  party.rumour(0, 0, "alive");
  assertEquals(party.guest(0).rooms.nextWakeup(), undefined);
});

fuzz("Rooms: damaged letters from members and strangers break nothing", 60, (random) => {
  const { party, stranger } = infiltrated();
  const letters = captured(party, () => {
    party.say(0, "hello");
    party.say(1, "private", [2]);
    party.restart(2);
  });
  for (const letter of letters) {
    const content = mutated(random, letter.content);
    party.deliver({ ...letter, content });
    party.deliver({ ...letter, from: stranger, content });
    party.deliver({ ...letter, from: stranger, content: randomBytes(random, 300) });
  }
  party.run(60_000);
  party.forget();
  assertUnharmed(party, numbers(4));
});
