/** What letters are promised, whatever the channel does to the envelopes that they are in. */

import { assert, assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { type Random, randomInt, SeededRandom } from "../../src/base/random.ts";
import type { Content } from "../../src/messaging/outcome.ts";
import { MAX_CONTENTS_BYTES, MAX_MESSAGE_BYTES } from "../../src/wire/limits.ts";
import { type Channel, Correspondence, isSame, PERFECT } from "./correspondence.ts";

/** Sizes of messages around everything that changes with the size, in bytes. */
const SIZES = [2, 100, 4_096, 4_097, 16_384, 65_536, 65_537, MAX_CONTENTS_BYTES, 200_000];

/** A message that is like no other one: its number stands in it. */
function someContent(random: Random, number: number): Content {
  const size = SIZES[randomInt(random, SIZES.length)] as number;
  if (random.next() < 0.5) {
    const text = `${number} ${"a€é\u{1F600}".repeat(size / 10)}`;
    return random.next() < 0.5 ? text : `${text}${"é".repeat(randomInt(random, 4))}`;
  }
  const bytes = new Uint8Array(Math.max(2, size));
  new DataView(bytes.buffer).setUint16(0, number);
  return bytes;
}

/** Which of the letters each arrival is; fails for what nobody sent. */
function numbersOf(arrived: readonly Content[], sent: readonly Content[]): number[] {
  return arrived.map((content) => {
    const number = sent.findIndex((each) => isSame(each, content));
    assert(number >= 0, "Something arrived that nobody sent");
    return number;
  });
}

/** What holds for all letters once there is nothing left to do for them. */
function checkPromises(post: Correspondence, seed: number): void {
  for (const [ticket, outcomes] of post.outcomes.entries()) {
    assertEquals(outcomes.length, 1, `letter ${ticket}, seed ${seed}`);
  }
  const lives = post.lives.map(({ arrived }) => numbersOf(arrived, post.sent));
  for (const numbers of lives) {
    assertEquals(numbers, [...new Set(numbers)].sort((a, b) => a - b), `in order, seed ${seed}`);
  }
  const arrived = new Set(lives.flat());
  for (const [ticket, end] of post.ends.entries()) {
    if (end === "delivered") assert(arrived.has(ticket), `${ticket} is missing, seed ${seed}`);
    // One that was refused may have reached a life of the recipient that ended before it could say so.
    const hasIt = lives.at(-1)?.includes(ticket) === true;
    if (end === "refused") assert(!hasIt, `${ticket} was taken, seed ${seed}`);
  }
}

function someChannel(random: Random): Channel {
  return {
    loss: random.next() < 0.3 ? 0 : 0.4 * random.next(),
    doubling: 0.3 * random.next(),
    delayMs: 1 + randomInt(random, 100),
  };
}

/** Sends letters now and then. */
function sendSome(
  post: Correspondence,
  random: Random,
  count: number,
  timeoutMs: () => number = () => 600_000,
): void {
  for (let left = count; left > 0; left--) {
    post.send(someContent(random, post.sent.length), timeoutMs());
    if (random.next() < 0.3) post.run(randomInt(random, 100));
  }
}

Deno.test("Outgoing: over any channel every letter arrives exactly once and in order", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = new SeededRandom(seed);
    const post = new Correspondence(seed, someChannel(random));
    sendSome(post, random, 5 + randomInt(random, 30));
    post.finish();
    checkPromises(post, seed);
    assertEquals(new Set(post.ends), new Set(["delivered"]), `seed ${seed}`);
    assertEquals(post.arrived.length, post.sent.length, `seed ${seed}`);
  }
});

Deno.test("Outgoing: whatever deadlines pass, each letter is answered once and what arrives is in order", () => {
  const ends = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const random = new SeededRandom(1_000 + seed);
    const post = new Correspondence(seed, someChannel(random));
    sendSome(post, random, 5 + randomInt(random, 30), () => 10 + random.next() * 3_000);
    post.finish();
    checkPromises(post, seed);
    for (const end of post.ends) ends.add(end);
    // The stream has not suffered: what is sent now arrives.
    post.channel = PERFECT;
    const last = post.send("the last one");
    post.finish();
    assertEquals(post.outcome(last)?.type, "delivered", `seed ${seed}`);
    assertEquals(post.arrived.at(-1), "the last one", `seed ${seed}`);
  }
  assertEquals(ends, new Set(["delivered", "timed-out"]));
});

Deno.test("Outgoing: letters arrive at a recipient that is started anew, in each life at most once and in order", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = new SeededRandom(2_000 + seed);
    const post = new Correspondence(seed, someChannel(random));
    for (let life = 0; life < 3; life++) {
      sendSome(post, random, randomInt(random, 15));
      post.restart();
      sendSome(post, random, randomInt(random, 5));
      post.tellKey();
    }
    post.finish();
    checkPromises(post, seed);
    assertEquals(post.ends.filter((end) => end !== "delivered"), [], `seed ${seed}`);
  }
});

Deno.test("Outgoing: what the recipient has no room for is refused, and the rest arrives", () => {
  const ends = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const random = new SeededRandom(3_000 + seed);
    const post = new Correspondence(seed, someChannel(random));
    post.hasRoom = () => random.next() < 0.7;
    sendSome(post, random, 5 + randomInt(random, 30));
    post.finish();
    checkPromises(post, seed);
    for (const end of post.ends) ends.add(end);
  }
  assertEquals(ends, new Set(["delivered", "refused"]));
});

Deno.test("Outgoing: all troubles at once break no promise", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new SeededRandom(4_000 + seed);
    const post = new Correspondence(seed, someChannel(random));
    post.hasRoom = () => random.next() < 0.9;
    for (let part = 0; part < 4; part++) {
      sendSome(post, random, randomInt(random, 15), () => 10 + random.next() * 20_000);
      if (random.next() < 0.3) post.restart();
      if (random.next() < 0.5) post.tellKey();
      post.channel = someChannel(random);
      post.linkHasRoom = random.next() < 0.8;
      post.ways.version++;
      post.outgoing.handleMap(post.now);
    }
    post.linkHasRoom = true;
    post.tellKey();
    post.outgoing.pump(post.now);
    post.finish();
    checkPromises(post, seed);
  }
});

const EXACT_SIZES = [0, 1, 4_096, 65_535, 65_536, 65_537, MAX_MESSAGE_BYTES - 1, MAX_MESSAGE_BYTES];

Deno.test("Outgoing: data of every size comes back as it was", () => {
  for (const size of EXACT_SIZES) {
    const data = Uint8Array.from({ length: size }, (_, at) => (at * 7 + at / 65_536) & 255);
    const post = new Correspondence();
    const ticket = post.send(data);
    post.finish();
    assertEquals(post.outcome(ticket)?.type, "delivered");
    const [arrived] = post.arrived;
    assert(arrived !== undefined && isSame(arrived, data), `${size} bytes`);
  }
});

Deno.test("Outgoing: a text comes back as it was, wherever it is cut into pieces", () => {
  const texts = [
    "",
    "a",
    "\0",
    "\u{1F600}",
    "é".repeat(4_096),
    "\u{1F600}".repeat(2_048),
    "a".repeat(4_097),
    // Its last character ends where a message may end at the latest.
    `${"a".repeat(MAX_MESSAGE_BYTES % 3)}${"€".repeat(Math.floor(MAX_MESSAGE_BYTES / 3))}`,
    ...[0, 1, 2, 3].map((shift) => "x".repeat(shift) + "\u{1F600}".repeat(40_000)),
    ...[0, 1, 2].map((shift) => "x".repeat(shift) + "€".repeat(50_000)),
  ];
  for (const text of texts) {
    const post = new Correspondence();
    post.send(text);
    post.send("after it");
    post.finish();
    assertEquals(post.ends, ["delivered", "delivered"]);
    assert(post.arrived[0] === text, `${text.length} characters, ${encodeUtf8(text).length} bytes`);
    assertEquals(post.arrived[1], "after it");
  }
});

Deno.test("Outgoing: a byte order mark is part of its text, however long that is", () => {
  for (const rest of ["", "a", "a".repeat(100), "a".repeat(4_096), "a".repeat(200_000)]) {
    const text = `\uFEFF${rest}`;
    const post = new Correspondence();
    post.send(text);
    post.finish();
    assert(post.arrived[0] === text, `${text.length} characters`);
  }
});
