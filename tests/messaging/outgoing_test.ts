import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { WINDOW_ENVELOPES } from "../../src/messaging/outgoing.ts";
import {
  type Bounce,
  type Envelope,
  type Receipt,
  reversedRoute,
} from "../../src/wire/messaging.ts";
import { MAX_CONTENTS_BYTES } from "../../src/wire/limits.ts";
import { idOf } from "../wire/samples.ts";
import {
  Correspondence,
  ORIGIN,
  RECIPIENT,
  routeOf,
  sequencesOf,
  STRAIGHT,
  wayOf,
} from "./correspondence.ts";
import type { Way } from "./ways.ts";

const [NEAR, FAR] = [idOf(5), idOf(6)];
/** Another way, and one more. */
const DETOUR: Way = [ORIGIN, FAR, RECIPIENT];
const ROUNDABOUT: Way = [ORIGIN, idOf(7), idOf(8), RECIPIENT];

const MIB = 1_048_576;
/** What the envelopes under way may hold before anything is known of the way, in bytes. */
const FIRST_WINDOW = MIB;

const blocked = () => false;

/** A word of a relay that it could not pass an envelope on. */
function bounceOf(
  { route, context, sequence }: Envelope,
  place = 1,
  rest: Partial<Bounce> = {},
): Bounce {
  const at = wayOf({ route } as Envelope)[place + 1] as Bounce["at"];
  const back = reversedRoute(route, place);
  return { type: "bounce", route: back, context, sequence, at, reason: "no-link", ...rest };
}

/** Sends so many short letters. */
function sendMany(post: Correspondence, count: number, timeoutMs?: number): void {
  for (let i = 0; i < count; i++) post.send(`letter ${i}`, timeoutMs);
}

function bytesOf(envelopes: readonly Envelope[]): number {
  return envelopes.reduce((sum, { sealed }) => sum + sealed.length, 0);
}

Deno.test("Outgoing: a lone letter leaves at once, and one round trip later it is delivered by its way", () => {
  const post = new Correspondence();
  const ticket = post.send("hello");
  assertEquals(sequencesOf(post.posted), [0]);
  post.run(60);
  const outcome = post.outcome(ticket);
  assert(outcome?.type === "delivered");
  assertEquals(outcome.path, STRAIGHT);
  assert(outcome.rttUs >= 20_000 && outcome.rttUs <= 40_000, `${outcome.rttUs} µs`);
  assertEquals([post.outgoing.isIdle, post.outgoing.bytes], [true, 0]);
  assertEquals(post.outgoing.nextWakeup(), undefined);
});

Deno.test("Outgoing: the first letters leave one by one, those behind them together when a receipt comes", () => {
  const post = new Correspondence();
  sendMany(post, 500);
  assertEquals(post.posted.length, 8);
  post.finish();
  assertEquals(post.arrived.length, 500);
  assertLess(post.posted.length, 20);
});

Deno.test("Outgoing: a flood of short letters fills envelopes", () => {
  const post = new Correspondence();
  sendMany(post, 20_000);
  post.finish();
  assertEquals(post.arrived, Array.from({ length: 20_000 }, (_, i) => `letter ${i}`));
  assertLess(post.posted.length, 40);
  for (const { sealed } of post.posted) assertLess(sealed.length, MAX_CONTENTS_BYTES + 17);
});

Deno.test("Outgoing: probes and greetings arrive as what they are", () => {
  const post = new Correspondence();
  post.send("", 1_000, "probe");
  post.send("", 1_000, "greeting");
  post.finish();
  assertEquals(post.ends, ["delivered", "delivered"]);
  assertEquals([post.arrived, post.life.greetings], [[], 1]);
});

Deno.test("Outgoing: while nothing arrives, no more than the window is under way", () => {
  const post = new Correspondence();
  post.passes = blocked;
  for (let i = 0; i < 40; i++) post.send(new Uint8Array(200_000));
  const first = bytesOf(post.posted);
  assert(first >= FIRST_WINDOW && first < FIRST_WINDOW + 2 * MAX_CONTENTS_BYTES, `${first}`);
  post.run(59_000);
  const sequences = new Set(sequencesOf(post.posted));
  assertEquals(sequences.size, post.posted.filter((_, at) => at < sequences.size).length);
  assertLess(bytesOf(post.posted.slice(0, sequences.size)), FIRST_WINDOW + 2 * MAX_CONTENTS_BYTES);
});

Deno.test("Outgoing: sends nothing that the recipient would have to wait for beyond its window", () => {
  const post = new Correspondence();
  let floor = 0;
  post.passes = ({ sequence }) => sequence !== 0;
  for (let i = 0; i < 4_000; i++) {
    post.send(`letter ${i}`);
    post.run(5);
    for (const { sequence } of post.posted.splice(0)) {
      assertLess(sequence, floor + WINDOW_ENVELOPES);
    }
  }
  assertEquals(post.arrived, []);
  floor = Infinity;
  post.passes = () => true;
  post.finish();
  assertEquals(post.arrived.length, 4_000);
});

Deno.test("Outgoing: nothing is made while the first link has no room, and all of it once there is", () => {
  const post = new Correspondence();
  post.linkHasRoom = false;
  sendMany(post, 20);
  post.run(1_000);
  assertEquals(post.posted, []);
  post.linkHasRoom = true;
  post.outgoing.pump(post.now);
  post.finish();
  assertEquals(post.arrived.length, 20);
});

Deno.test("Outgoing: a letter is timed out at its deadline, not before and not later", () => {
  const post = new Correspondence();
  post.passes = blocked;
  const ticket = post.send("lost", 700);
  post.run(699.9);
  assertEquals(post.outcome(ticket), undefined);
  post.run(0.1);
  assertEquals(post.outcomes[ticket], [{ type: "timed-out" }]);
  assertEquals([post.outgoing.isIdle, post.outgoing.bytes], [true, 0]);
});

Deno.test("Outgoing: what waits behind a stuck one is timed out at its own deadline", () => {
  const post = new Correspondence();
  post.linkHasRoom = false;
  const long = post.send("long", 60_000);
  const short = [100, 200, 300].map((timeoutMs) => post.send("short", timeoutMs));
  post.run(250);
  assertEquals(post.ends, ["open", "timed-out", "timed-out", "open"]);
  post.run(100);
  assertEquals(short.map((ticket) => post.outcome(ticket)?.type), Array(3).fill("timed-out"));
  post.linkHasRoom = true;
  post.outgoing.pump(post.now);
  post.finish();
  assertEquals(post.outcome(long)?.type, "delivered");
  assertEquals(post.arrived, ["long"]);
});

Deno.test("Outgoing: letters that were answered count for nothing, wherever in the queue they stand", () => {
  const post = new Correspondence();
  post.linkHasRoom = false;
  post.send("long", 60_000);
  for (let i = 0; i < 50; i++) post.send(new Uint8Array(100_000), 1_000);
  post.run(1_000);
  assertLess(post.outgoing.bytes, 1_000);
});

Deno.test("Outgoing: of a large message whose time is over in the middle nothing arrives, and what follows does", () => {
  const post = new Correspondence();
  post.passes = ({ sequence }) => sequence < 5;
  post.send(new Uint8Array(MIB), 2_000);
  post.send("after it", 60_000);
  post.run(2_000);
  assertEquals(post.ends, ["timed-out", "open"]);
  post.passes = () => true;
  post.finish();
  assertEquals(post.arrived, ["after it"]);
});

Deno.test("Outgoing: a gap does not hold up what comes after it", () => {
  const post = new Correspondence();
  // The second envelope never arrives, and its letter is soon given up.
  post.passes = ({ sequence }) => sequence !== 1;
  post.send("first");
  post.send("given up", 500);
  const last = post.send("last");
  post.run(2_000);
  assertEquals(post.arrived, ["first", "last"]);
  assertEquals(post.outcome(last)?.type, "delivered");
});

Deno.test("Outgoing: a gap behind something that is sent again is told of once that has arrived", () => {
  const post = new Correspondence();
  let isOpen = false;
  post.passes = ({ sequence }) => sequence >= 2 || (isOpen && sequence === 0);
  post.send("first", 600_000);
  post.send("given up", 500);
  const last = post.send("last", 600_000);
  post.run(700);
  isOpen = true;
  post.run(10_000);
  assertEquals(post.arrived, ["first", "last"]);
  assertEquals(post.outcome(last)?.type, "delivered");
});

Deno.test("Outgoing: a gap is told of, however full the window is of what waits behind it", () => {
  const post = new Correspondence();
  let isOpen = false;
  post.passes = ({ sequence }) => sequence >= 2 || (isOpen && sequence === 0);
  const large = () => post.send(new Uint8Array(60_000), 600_000);
  large();
  post.send("given up", 500);
  const behind = [large(), large(), large()];
  // Attempt after attempt in vain cuts the window.
  post.run(30_000);
  isOpen = true;
  post.run(10_000);
  assertEquals(behind.map((ticket) => post.outcome(ticket)?.type), Array(3).fill("delivered"));
});

Deno.test("Outgoing: after more was given up than a recipient waits for, letters arrive again", () => {
  const post = new Correspondence();
  post.passes = blocked;
  for (let i = 0; i < 2 * WINDOW_ENVELOPES; i++) {
    post.send("lost", 50);
    post.run(20);
  }
  post.run(1_000);
  post.passes = () => true;
  const ticket = post.send("found", 10_000);
  post.finish();
  assertEquals(post.outcome(ticket)?.type, "delivered");
  assertEquals(post.arrived, ["found"]);
});

Deno.test("Outgoing: what was lost is sent again byte for byte, later and later", () => {
  const post = new Correspondence();
  post.passes = blocked;
  const times: number[] = [];
  post.send("lost", 30_000);
  for (let sent = 1; post.now < 20_000; post.run(10)) {
    if (post.posted.length > sent) times.push(post.now);
    sent = post.posted.length;
  }
  const gaps = times.map((time, at) => time - (times[at - 1] ?? 0));
  assertEquals(gaps.map((gap) => Math.round(gap / 1_000)), [1, 2, 4, 4, 4, 4]);
  assertEquals(new Set(post.posted.map(({ sealed }) => sealed)).size, 1);
});

Deno.test("Outgoing: patience does not grow with what had to wait for something else", () => {
  const post = new Correspondence();
  for (let round = 0; round < 8; round++) {
    let isOpen = false;
    const from = Math.max(-1, ...sequencesOf(post.posted)) + 1;
    post.passes = ({ sequence }) => sequence !== from || isOpen;
    for (let i = 0; i < 4; i++) post.send(`letter ${round} ${i}`);
    post.run(4_000);
    isOpen = true;
    post.finish(60_000);
  }
  // Round trips take some 30 ms.
  post.passes = blocked;
  post.posted.length = 0;
  post.send("the last one");
  post.run(1_000);
  assertGreater(post.posted.length, 1);
});

Deno.test("Outgoing: all that went a failed way is sent again together, whatever news of the map came between", () => {
  const post = new Correspondence();
  post.ways.set(STRAIGHT, DETOUR);
  post.passes = (envelope) => wayOf(envelope)[1] !== NEAR;
  for (let i = 0; i < 6; i++) {
    post.send(`letter ${i}`);
    post.ways.version++;
    post.outgoing.handleMap(post.now);
  }
  post.run(1_100);
  assertEquals(post.posted.slice(6).map((envelope) => wayOf(envelope)), Array(6).fill(DETOUR));
  assertEquals(post.arrived.length, 6);
});

Deno.test("Outgoing: what has just been sent another way has its time before that is suspected", () => {
  const post = new Correspondence();
  post.ways.set(STRAIGHT, DETOUR, ROUNDABOUT);
  post.passes = blocked;
  post.send("hello");
  post.run(990);
  post.ways.set(DETOUR, ROUNDABOUT);
  post.outgoing.handleMap(post.now);
  assertEquals(post.posted.map(wayOf), [STRAIGHT, DETOUR]);
  post.run(200);
  assertEquals(post.posted.map(wayOf), [STRAIGHT, DETOUR]);
  post.run(2_000);
  assertEquals(post.posted.map(wayOf).slice(0, 3), [STRAIGHT, DETOUR, ROUNDABOUT]);
});

Deno.test("Outgoing: what went over a link that is gone is sent again at once, and nothing else is", () => {
  const post = new Correspondence();
  post.passes = blocked;
  post.send("one");
  post.ways.set(DETOUR, STRAIGHT);
  post.outgoing.handleMap(post.now);
  post.send("two");
  assertEquals(post.posted.map(wayOf), [STRAIGHT, DETOUR]);
  post.ways.set(DETOUR);
  post.outgoing.handleMap(post.now);
  assertEquals(post.posted.map(wayOf), [STRAIGHT, DETOUR, DETOUR]);
  assertEquals(sequencesOf(post.posted), [0, 1, 0]);
  for (let i = 0; i < 5; i++) {
    post.ways.version++;
    post.outgoing.handleMap(post.now);
  }
  assertEquals(post.posted.length, 3);
});

Deno.test("Outgoing: without a way letters wait for one", () => {
  const post = new Correspondence();
  post.ways.set();
  post.send("hello");
  post.run(500);
  assertEquals(post.posted, []);
  post.ways.set(STRAIGHT);
  post.outgoing.handleMap(post.now);
  post.finish();
  assertEquals(post.arrived, ["hello"]);
});

Deno.test("Outgoing: a bounce sends at once by another way all that went the same", () => {
  const post = new Correspondence();
  post.ways.set(STRAIGHT, DETOUR);
  post.passes = (envelope) => wayOf(envelope)[1] !== NEAR;
  sendMany(post, 5);
  const [first] = post.posted;
  post.outgoing.handleBounce(post.now, bounceOf(first as Envelope));
  assertEquals(sequencesOf(post.posted.slice(5)), [0, 1, 2, 3, 4]);
  post.finish();
  assertEquals(post.posted.length, 10);
  assertEquals(post.arrived.length, 5);
});

Deno.test("Outgoing: bounces of what has been sent another way since accuse no link of that way", () => {
  const post = new Correspondence();
  post.ways.set(STRAIGHT, DETOUR);
  post.passes = blocked;
  sendMany(post, 5);
  const sent = [...post.posted];
  for (const envelope of sent) post.outgoing.handleBounce(post.now, bounceOf(envelope));
  assertEquals(post.posted.length, 10);
  assertEquals(post.posted.slice(5).map(wayOf), Array(5).fill(DETOUR));
});

Deno.test("Outgoing: a bounce where there is one way alone waits for the next attempt", () => {
  const post = new Correspondence();
  post.passes = blocked;
  sendMany(post, 5);
  for (const envelope of [...post.posted]) {
    post.outgoing.handleBounce(post.now, bounceOf(envelope, 1, { reason: "queue-full" }));
  }
  assertEquals(post.posted.length, 5);
  post.passes = () => true;
  post.run(1_100);
  assertEquals(post.posted.length, 10);
  assertEquals(post.arrived.length, 5);
});

Deno.test("Outgoing: a relay that bounces whatever it gets cannot make an origin send without end", () => {
  const post = new Correspondence();
  const ways: Way[] = [FAR, idOf(7), idOf(8)].map((next) => [ORIGIN, NEAR, next, RECIPIENT]);
  post.ways.set(...ways);
  post.passes = blocked;
  for (let i = 0; i < 8; i++) post.send(new Uint8Array(60_000));
  const sent = post.posted.length;
  for (let i = 0; i < 1_000; i++) {
    post.outgoing.handleBounce(post.now, bounceOf(post.posted.at(-1) as Envelope));
  }
  assertLess(post.posted.length, 20 * sent);
});

Deno.test("Outgoing: takes no notice of bounces that cannot be", () => {
  const post = new Correspondence();
  post.ways.set(STRAIGHT, DETOUR);
  post.passes = blocked;
  post.send("hello");
  const [envelope] = post.posted as [Envelope];
  const bounce = bounceOf(envelope);
  const impossible: Bounce[] = [
    { ...bounce, context: bounce.context + 1 },
    { ...bounce, context: bounce.context - 1 },
    { ...bounce, sequence: 1 },
    { ...bounce, at: ORIGIN },
    { ...bounce, at: idOf(77) },
    // Somebody else speaks of the relay's link.
    { ...bounce, route: routeOf([FAR, ORIGIN]) },
    { ...bounce, route: routeOf([RECIPIENT, NEAR, ORIGIN]) },
  ];
  for (const each of impossible) post.outgoing.handleBounce(post.now, each);
  assertEquals(post.posted.length, 1);
  post.outgoing.handleBounce(post.now, bounce);
  assertEquals(post.posted.length, 2);
});

Deno.test("Outgoing: no receipt but the recipient's own, for this context, moves anything", () => {
  const post = new Correspondence();
  post.returns = () => false;
  post.send("hello");
  post.run(100);
  const [receipt] = post.receipts as [Receipt];
  const flipped = receipt.sealed.with(0, (receipt.sealed[0] ?? 0) ^ 1);
  const forged: Receipt[] = [
    { ...receipt, sealed: flipped },
    { ...receipt, sealed: new Uint8Array(0) },
    { ...receipt, sealed: new Uint8Array(40) },
    { ...receipt, number: receipt.number + 1 },
  ];
  for (const each of forged) assertEquals(post.outgoing.handleReceipt(post.now, each), false);
  for (const by of [-1, 1]) {
    const other = { ...receipt, context: receipt.context + by };
    assertEquals(post.outgoing.handleReceipt(post.now, other), true);
  }
  assertEquals(post.ends, ["open"]);
  assertEquals(post.outgoing.handleReceipt(post.now, receipt), true);
  assertEquals(post.ends, ["delivered"]);
});

Deno.test("Outgoing: a receipt that comes again, however late, delivers nothing of what was sent since", () => {
  const post = new Correspondence();
  for (let i = 0; i < 5; i++) {
    post.send(`letter ${i}`);
    post.run(100);
  }
  const heard = [...post.receipts];
  post.passes = blocked;
  post.send("lost", 5_000);
  for (const receipt of [...heard, ...heard.toReversed()]) {
    assertEquals(post.outgoing.handleReceipt(post.now, receipt), true);
  }
  assertEquals(post.ends.at(-1), "open");
  post.finish();
  assertEquals(post.ends.at(-1), "timed-out");
  assertEquals(post.outcomes.map(({ length }) => length), Array(6).fill(1));
});

Deno.test("Outgoing: a recipient that is started anew is sent everything anew, under a higher number", () => {
  const post = new Correspondence();
  post.returns = () => false;
  post.send("one");
  post.send(new Uint8Array(150_000));
  post.run(500);
  assertEquals(post.arrived.length, 2);
  post.restart();
  post.returns = () => true;
  post.tellKey();
  post.finish();
  assertEquals(post.arrived.length, 2);
  const contexts = [...new Set(post.posted.map(({ context }) => context))];
  assertEquals(contexts, [100, 101]);
  assertEquals(post.ends, ["delivered", "delivered"]);
});

Deno.test("Outgoing: no sequence number of a context ever seals two contents", () => {
  const post = new Correspondence(1, { loss: 0.3, doubling: 0.1, delayMs: 20 });
  const seen = new Map<string, Uint8Array>();
  for (let i = 0; i < 300; i++) {
    post.send(`letter ${i}`, i % 3 === 0 ? 100 : 60_000);
    post.run(10);
    if (i % 100 === 99) {
      post.restart();
      post.tellKey();
    }
  }
  post.finish();
  for (const { context, sequence, sealed } of post.posted) {
    const name = `${context} ${sequence}`;
    assert((seen.get(name) ?? sealed) === sealed, name);
    seen.set(name, sealed);
  }
});

Deno.test("Outgoing: to a recipient that takes no messages nothing is sent, until it advertises a key", () => {
  const post = new Correspondence();
  post.send("one", 20_000);
  post.finish();
  post.outgoing.handleKey(post.now, new Uint8Array(0));
  assertEquals(post.ends, ["delivered"]);
  post.restart();
  post.tellKey();
  post.send("two", 20_000);
  post.finish();
  assertEquals(post.arrived, ["two"]);
});

Deno.test("Outgoing: when the node leaves, every letter is cancelled once and nothing is left", () => {
  const post = new Correspondence();
  post.send("delivered");
  post.run(100);
  post.send("under way");
  for (let i = 0; i < 3; i++) post.send(new Uint8Array(MIB));
  sendMany(post, 100);
  post.outgoing.cancel();
  assertEquals(post.ends, ["delivered", ...Array(104).fill("cancelled")]);
  assertEquals([post.outgoing.isIdle, post.outgoing.bytes], [true, 0]);
  post.outgoing.cancel();
  post.run(10_000);
  assertEquals(post.outcomes.map(({ length }) => length), Array(105).fill(1));
});

Deno.test("Outgoing: counts what waits and what is under way, and nothing once all has arrived", () => {
  const post = new Correspondence();
  for (let i = 0; i < 10; i++) post.send(new Uint8Array(100_000));
  const whole = 10 * 100_000;
  assert(post.outgoing.bytes >= whole, `${post.outgoing.bytes}`);
  assertLess(post.outgoing.bytes, 2 * whole);
  post.finish();
  assertEquals(post.outgoing.bytes, 0);
});
