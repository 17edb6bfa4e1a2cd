import { assert, assertEquals, assertExists, assertLess } from "@std/assert";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { type Random, randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import {
  type Arrival,
  type Holdings,
  Incoming,
  type Reception,
} from "../../src/messaging/incoming.ts";
import type { Content } from "../../src/messaging/outcome.ts";
import { WINDOW_ENVELOPES } from "../../src/messaging/outgoing.ts";
import { OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { MAX_MESSAGE_BYTES, MAX_RECORDS, MAX_SEQUENCE } from "../../src/wire/limits.ts";
import {
  type Arrivals,
  type ContentRecord,
  decodeArrivals,
  encodeContents,
  type Envelope,
  MAX_LISTED,
  routeIds,
} from "../../src/wire/messaging.ts";
import { ORIGIN, RECIPIENT, routeOf, STRAIGHT } from "./correspondence.ts";

const NUMBER = 7;
const text = (content: string): ContentRecord => ({ type: "message", content });

/** What an envelope holds with which nothing was given up before. */
function contentsOf(...records: readonly ContentRecord[]): Uint8Array[] {
  return encodeContents({ more: false, floor: 0, records });
}

/** The recipient's end of a context, and an origin that can put anything into an envelope. */
class Stream {
  readonly incoming: Incoming;
  readonly arrivals: Arrival[] = [];
  readonly #origin: OriginSeal;
  /** What it was asked for. */
  readonly asked: [count: number, bytes: number][] = [];
  readonly holdings: Holdings;
  hasRoom = true;
  now = 0;

  constructor(most = Infinity) {
    this.holdings = { bytes: 0, most };
    const crypto = new FastCrypto();
    const [own, theirs] = [crypto.newAgreementKey(), crypto.newAgreementKey()];
    const name = { origin: ORIGIN, recipient: RECIPIENT, number: NUMBER };
    const origin = OriginSeal.make(crypto, name, own, theirs.publicKey);
    assertExists(origin);
    const recipient = RecipientSeal.make(crypto, name, theirs, own.publicKey, origin.enc);
    assertExists(recipient);
    this.#origin = origin;
    this.incoming = new Incoming(recipient, {
      holdings: this.holdings,
      hasRoom: (count, bytes) => {
        this.asked.push([count, bytes]);
        return this.hasRoom;
      },
      take: (arrival) => this.arrivals.push(arrival),
    });
  }

  get contents(): Content[] {
    return this.arrivals.map(({ content }) => content);
  }

  envelope(sequence: number, ...contents: readonly Uint8Array[]): Envelope {
    const { enc } = this.#origin;
    const sealed = this.#origin.seal(sequence, contents);
    return { type: "envelope", route: routeOf(STRAIGHT), context: NUMBER, sequence, enc, sealed };
  }

  receive(
    sequence: number,
    records: readonly ContentRecord[],
    floor = 0,
    more = false,
  ): Reception {
    return this.receiveBytes(sequence, ...encodeContents({ more, floor, records }));
  }

  receiveBytes(sequence: number, ...contents: readonly Uint8Array[]): Reception {
    return this.incoming.handleEnvelope(this.now, this.envelope(sequence, ...contents));
  }

  /** What the next receipt says, if there is one. */
  receipt(): Arrivals | undefined {
    this.now = this.incoming.nextWakeup() ?? this.now;
    const receipt = this.incoming.takeReceipt(this.now);
    if (receipt === undefined) return undefined;
    const opened = this.#origin.openReceipt(receipt.number, receipt.sealed);
    assertExists(opened);
    return decodeArrivals(opened);
  }
}

Deno.test("Incoming: what comes in order is taken at once, and one receipt tells of all of it", () => {
  const stream = new Stream();
  for (const sequence of [0, 1, 2]) {
    assertEquals(stream.receive(sequence, [text(`letter ${sequence}`)]), "taken");
  }
  assertEquals(stream.contents, ["letter 0", "letter 1", "letter 2"]);
  assertEquals(stream.receipt(), { next: 3, held: [], refused: [] });
  assertEquals(stream.receipt(), undefined);
});

Deno.test("Incoming: a receipt goes back the way that the envelope came, each under a number of its own", () => {
  const stream = new Stream();
  const numbers = [0, 1, 2].map((sequence) => {
    stream.receive(sequence, [{ type: "probe" }]);
    const receipt = stream.incoming.takeReceipt(sequence * 1_000);
    assertExists(receipt);
    assertEquals(routeIds(receipt.route), STRAIGHT.toReversed());
    assertEquals(receipt.context, NUMBER);
    return receipt.number;
  });
  assertEquals(numbers, [0, 1, 2]);
});

Deno.test("Incoming: while more envelopes follow, one receipt does for several, and none waits for long", () => {
  const stream = new Stream();
  const { incoming } = stream;
  assertEquals(incoming.nextWakeup(), undefined);
  stream.now = 5;
  stream.receive(0, [text("a")], 0, true);
  const at = incoming.nextWakeup();
  assert(at !== undefined && at > 5 && at < 10, `${at}`);
  assertEquals(incoming.takeReceipt(5), undefined);
  stream.receive(1, [text("b")], 0, true);
  assertEquals(incoming.nextWakeup(), at);
  assertEquals(stream.receipt()?.next, 2);
  assertEquals(incoming.nextWakeup(), undefined);
});

Deno.test("Incoming: a flood has a receipt now and then, its end has one at once", () => {
  const stream = new Stream();
  let receipts = 0;
  for (let sequence = 0; sequence < 100; sequence++) {
    stream.receive(sequence, [text("x")], 0, sequence < 99);
    if (stream.incoming.takeReceipt(stream.now) !== undefined) receipts++;
  }
  assertEquals([receipts, stream.incoming.nextWakeup()], [25, undefined]);
});

Deno.test("Incoming: in whatever order envelopes come and how often, letters come out once and in order", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const stream = new Stream();
    const count = 1 + randomInt(random, 100);
    const numbers = Array.from({ length: count }, (_, number) => number);
    const several = numbers.flatMap((number) => random.next() < 0.3 ? [number, number] : [number]);
    for (const sequence of shuffled(random, several)) {
      stream.receive(sequence, [text(`letter ${sequence}`)]);
    }
    assertEquals(stream.contents, numbers.map((number) => `letter ${number}`), `seed ${seed}`);
  }
});

Deno.test("Incoming: holds what comes too soon, says so, and takes it when its turn has come", () => {
  const stream = new Stream();
  for (const sequence of [3, 1, 5]) stream.receive(sequence, [text(`letter ${sequence}`)]);
  assertEquals(stream.contents, []);
  const receipt = stream.receipt();
  assertEquals(receipt?.next, 0);
  assertEquals(receipt?.held.toSorted(), [1, 3, 5]);
  stream.receive(0, [text("letter 0")]);
  assertEquals(stream.contents, ["letter 0", "letter 1"]);
  assertEquals(stream.receipt(), { next: 2, held: [3, 5], refused: [] });
});

Deno.test("Incoming: replays are answered, and are neither opened nor kept", () => {
  const stream = new Stream();
  const envelopes = Array.from(
    { length: 10 },
    (_, at) => stream.envelope(at, ...contentsOf(text(`letter ${at}`))),
  );
  // Number 4 is missing, so the rest is held.
  for (const envelope of envelopes) {
    if (envelope.sequence !== 4) stream.incoming.handleEnvelope(0, envelope);
  }
  const before = stream.receipt();
  for (let round = 0; round < 100; round++) {
    for (const envelope of envelopes.filter(({ sequence }) => sequence !== 4)) {
      assertEquals(stream.incoming.handleEnvelope(0, envelope), "known");
      // Whatever is in it now.
      const altered = { ...envelope, sealed: new Uint8Array(20) };
      assertEquals(stream.incoming.handleEnvelope(0, altered), "known");
    }
  }
  assertEquals(stream.receipt(), before);
  assertEquals(stream.arrivals.length, 4);
  stream.incoming.handleEnvelope(0, envelopes[4] as Envelope);
  assertEquals(stream.arrivals.length, 10);
});

Deno.test("Incoming: what is altered is rejected, moves nothing, and leaves its place to the true one", () => {
  const stream = new Stream();
  const envelope = stream.envelope(0, ...contentsOf(text("true")));
  for (let at = 0; at < envelope.sealed.length; at++) {
    const sealed = envelope.sealed.with(at, (envelope.sealed[at] ?? 0) ^ 1);
    assertEquals(stream.incoming.handleEnvelope(0, { ...envelope, sealed }), "rejected");
  }
  for (const sequence of [1, 2, WINDOW_ENVELOPES - 1]) {
    assertEquals(stream.incoming.handleEnvelope(0, { ...envelope, sequence }), "rejected");
  }
  assertEquals([stream.receipt(), stream.contents], [undefined, []]);
  assertEquals(stream.incoming.handleEnvelope(0, envelope), "taken");
  assertEquals(stream.contents, ["true"]);
});

Deno.test("Incoming: holds no more envelopes than an origin may have under way", () => {
  const stream = new Stream();
  const receptions = new Map<Reception, number>();
  for (let sequence = 1; sequence < 3 * WINDOW_ENVELOPES; sequence++) {
    const reception = stream.receive(sequence, [text("early")]);
    receptions.set(reception, (receptions.get(reception) ?? 0) + 1);
  }
  assertEquals(receptions.get("taken"), WINDOW_ENVELOPES - 1);
  assertEquals(receptions.get("too-early"), 2 * WINDOW_ENVELOPES);
  assertEquals(stream.receipt()?.held.length, WINDOW_ENVELOPES - 1);
});

Deno.test("Incoming: what the origin has given up is not waited for", () => {
  const stream = new Stream();
  stream.receive(1, [text("one")]);
  stream.receive(4, [text("four")]);
  stream.receive(6, [text("six")], 5);
  assertEquals(stream.contents, ["one", "four"]);
  assertEquals(stream.receipt(), { next: 5, held: [6], refused: [] });
  stream.receive(7, [], 6);
  assertEquals(stream.contents, ["one", "four", "six"]);
});

Deno.test("Incoming: an origin that has given up more than a window is followed", () => {
  for (const sequence of [WINDOW_ENVELOPES, 1_000, 1_000_000, MAX_SEQUENCE - 1]) {
    const stream = new Stream();
    stream.receive(0, [text("first")]);
    assertEquals(stream.receive(sequence, [text("much later")], sequence), "taken", `${sequence}`);
    assertEquals(stream.contents, ["first", "much later"]);
    assertEquals(stream.receipt()?.next, sequence + 1);
  }
});

Deno.test("Incoming: a floor above the envelope that tells it harms nobody but its origin", () => {
  const stream = new Stream();
  assertEquals(stream.receive(3, [text("three")], 1_000), "taken");
  assertEquals(stream.contents, ["three"]);
  assertEquals(stream.receive(5, [text("five")]), "known");
  assertEquals(stream.receipt(), { next: 1_000, held: [], refused: [] });
});

/** The records of a message in pieces. */
function piecesOf(bytes: Uint8Array, cuts: readonly number[], isText = false): ContentRecord[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, at): ContentRecord => {
    const piece = bytes.subarray(ends[at - 1] ?? 0, end);
    return at === 0
      ? { type: "first", size: bytes.length, isText, piece }
      : { type: "next", piece };
  });
}

Deno.test("Incoming: pieces make up what they were cut from, wherever that was cut", () => {
  const bytes = encodeUtf8("a€é\u{1F600}z");
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      for (const isText of [false, true]) {
        const stream = new Stream();
        // A piece that ends the message ends it: what follows is none of it.
        const cuts = [first, second].filter((cut) => cut < bytes.length);
        const records = piecesOf(bytes, cuts, isText);
        for (const [sequence, record] of records.entries()) stream.receive(sequence, [record]);
        assertEquals(stream.contents, [isText ? "a€é\u{1F600}z" : bytes]);
      }
    }
  }
});

Deno.test("Incoming: a message of which a piece was given up never arrives, and the next one does", () => {
  const bytes = new Uint8Array(90).fill(1);
  const other = new Uint8Array(80).fill(2);
  const stream = new Stream();
  const [first, , third] = piecesOf(bytes, [30, 60]) as [
    ContentRecord,
    ContentRecord,
    ContentRecord,
  ];
  stream.receive(0, [first]);
  stream.receive(2, [third, ...piecesOf(other, [40])], 2);
  assertEquals(stream.contents, [other]);
});

Deno.test("Incoming: pieces that do not fit together are dropped, and the stream goes on", () => {
  const piece = new Uint8Array(10);
  const nonsense: ContentRecord[][] = [
    [{ type: "next", piece }],
    [{ type: "first", size: 5, isText: false, piece }],
    [{ type: "first", size: 15, isText: false, piece }, { type: "next", piece }],
    [{ type: "first", size: 15, isText: false, piece }, {
      type: "first",
      size: 11,
      isText: true,
      piece,
    }],
    [{ type: "first", size: 2, isText: true, piece: Uint8Array.of(0xc3, 0x28) }],
    [{ type: "first", size: 1, isText: true, piece: Uint8Array.of(0xe2) }],
  ];
  for (const records of nonsense) {
    const stream = new Stream();
    stream.receive(0, records);
    stream.receive(1, [text("after it")]);
    assertEquals(stream.contents, ["after it"]);
    assertEquals(stream.receipt()?.next, 2);
  }
});

Deno.test("Incoming: what cannot be read is dealt with as if it held nothing", () => {
  const unreadable = [
    new Uint8Array(0),
    encodeUtf8("no CBOR"),
    encodeItem([false, 0]),
    encodeItem([false, -1, []]),
    encodeItem([0, 0, []]),
    encodeItem([false, 0, [[99]]]),
    encodeItem([false, 0, Array(MAX_RECORDS + 1).fill("")]),
    encodeItem([false, 0, [[3, MAX_MESSAGE_BYTES + 1, false, new Uint8Array(1)]]]),
  ];
  for (const contents of unreadable) {
    const stream = new Stream();
    assertEquals(stream.receiveBytes(0, contents), "taken");
    assertEquals(stream.receive(1, [text("after it")]), "taken");
    assertEquals(stream.contents, ["after it"]);
  }
});

Deno.test("Incoming: asks for room for a whole envelope, and refuses all of it or nothing", () => {
  const stream = new Stream();
  const piece = new Uint8Array(10);
  const records: ContentRecord[] = [
    text("abc"),
    { type: "greeting" },
    { type: "message", content: new Uint8Array(7) },
    { type: "first", size: 1_000, isText: false, piece },
  ];
  stream.hasRoom = false;
  stream.receive(0, records);
  assertEquals(stream.asked, [[3, 3 + 7 + 1_000]]);
  assertEquals(stream.arrivals, []);
  assertEquals(stream.receipt(), { next: 1, held: [], refused: [0] });
  stream.hasRoom = true;
  // The rest of what was refused is nothing.
  stream.receive(1, [{ type: "next", piece: new Uint8Array(990) }, text("taken")]);
  assertEquals(stream.contents, ["taken"]);
});

Deno.test("Incoming: letters to parts of the node arrive, though the messages beside them have no room", () => {
  const stream = new Stream();
  stream.hasRoom = false;
  const content = Uint8Array.of(1, 2, 3);
  stream.receive(0, [text("no room"), { type: "service", service: "room", content }]);
  assertEquals(stream.arrivals, [{ kind: "room", content, bytes: 0 }]);
  assertEquals(stream.receipt()?.refused, [0]);
});

Deno.test("Incoming: what takes no room is taken where there is none", () => {
  const stream = new Stream();
  stream.receive(0, [{ type: "first", size: 20, isText: false, piece: new Uint8Array(10) }]);
  stream.hasRoom = false;
  stream.receive(1, [{ type: "next", piece: new Uint8Array(10) }, { type: "probe" }]);
  stream.receive(2, [{ type: "greeting" }]);
  assertEquals(stream.arrivals.map(({ kind }) => kind), ["message", "greeting"]);
  assertEquals(stream.receipt()?.refused, []);
});

Deno.test("Incoming: says what it refused until the origin must know", () => {
  const stream = new Stream();
  stream.hasRoom = false;
  for (const sequence of [0, 1, 2]) stream.receive(sequence, [text("no room")]);
  assertEquals(stream.receipt()?.refused, [0, 1, 2]);
  stream.receive(3, [], 2);
  assertEquals(stream.receipt()?.refused, [2]);
  stream.receive(4, [], 4);
  assertEquals(stream.receipt()?.refused, []);
});

Deno.test("Incoming: an origin that never raises its floor cannot make receipts grow without end", () => {
  const stream = new Stream();
  stream.hasRoom = false;
  for (let sequence = 0; sequence < 3 * MAX_LISTED; sequence++) {
    stream.receive(sequence, [text("x")]);
  }
  const refused = stream.receipt()?.refused;
  assertExists(refused);
  assert(refused.length <= MAX_LISTED, `${refused.length} numbers`);
  assertEquals(refused.at(-1), 3 * MAX_LISTED - 1);
});

/** One envelope that announces large messages over and over. */
function announcements(random: Random): ContentRecord[] {
  return Array.from({ length: MAX_RECORDS }, (): ContentRecord => ({
    type: "first",
    size: MAX_MESSAGE_BYTES - randomInt(random, 2),
    isText: false,
    piece: new Uint8Array(1),
  }));
}

Deno.test("Incoming: announcing messages that never come costs next to nothing", () => {
  const stream = new Stream();
  const contents = contentsOf(...announcements(new SeededRandom(1)));
  const begin = performance.now();
  for (let sequence = 0; sequence < 5; sequence++) stream.receiveBytes(sequence, ...contents);
  // Reserving what they announce, 20 GiB in all, takes many times as long.
  assertLess(performance.now() - begin, 500);
  assertEquals(stream.arrivals, []);
});

Deno.test("Incoming: a message in empty pieces grows no further than what it announced", () => {
  const stream = new Stream();
  const empty = new Uint8Array(0);
  const pieces = Array<ContentRecord>(MAX_RECORDS).fill({ type: "next", piece: empty });
  stream.receive(0, [{ type: "first", size: MAX_MESSAGE_BYTES, isText: false, piece: empty }]);
  const before = Deno.memoryUsage().heapUsed;
  for (let sequence = 1; sequence < 600; sequence++) stream.receive(sequence, pieces, sequence);
  const grownMb = (Deno.memoryUsage().heapUsed - before) / 1e6;
  // Two million pieces that are kept take 300 MB.
  assertLess(grownMb, 120);
});

Deno.test("Incoming: keeps no view of the envelope that data came in", () => {
  const stream = new Stream();
  stream.receive(0, [{ type: "message", content: new Uint8Array(5) }, text("x".repeat(10_000))]);
  const [data] = stream.contents;
  assert(data instanceof Uint8Array);
  assertEquals(data.buffer.byteLength, 5);
  const pieces = piecesOf(concatBytes([new Uint8Array(100), new Uint8Array(50)]), [100]);
  for (const [at, record] of pieces.entries()) stream.receive(1 + at, [record]);
  const whole = stream.contents.at(-1);
  assert(whole instanceof Uint8Array);
  assertEquals(whole.buffer.byteLength, 150);
});

Deno.test("Incoming: what all origins have waiting is bounded together, and counts for nothing once taken", () => {
  const stream = new Stream(1_000);
  const large = text("x".repeat(600));
  assertEquals(stream.receive(2, [large]), "taken");
  assertEquals(stream.receive(3, [large]), "too-early");
  assertEquals(stream.receive(0, [large]), "taken");
  assertEquals(stream.receive(1, [large]), "taken");
  assertEquals(stream.arrivals.length, 3);
  assertEquals(stream.holdings.bytes, 0);
  assertEquals(stream.receive(5, [large]), "taken");
  stream.incoming.discard();
  assertEquals(stream.holdings.bytes, 0);
});
