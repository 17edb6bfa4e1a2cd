import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import { Relay } from "../../src/messaging/relay.ts";
import { WireError } from "../../src/wire/error.ts";
import { FrameDecoder, frameOf } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import {
  type Bounce,
  encodeMessagingFrame,
  encodeRoute,
  type Envelope,
  type MessagingMessage,
  routeIds,
} from "../../src/wire/messaging.ts";
import { idOf } from "../wire/samples.ts";
import { line, MailNet } from "./mail_net.ts";

const [BEFORE, SELF, NEXT, LAST] = [1, 2, 3, 4].map(idOf) as [
  ReturnType<typeof idOf>,
  ReturnType<typeof idOf>,
  ReturnType<typeof idOf>,
  ReturnType<typeof idOf>,
];
const [BACK, ON, OTHER] = [11, 12, 13] as [LinkId, LinkId, LinkId];
const PLACE = 1;

const LIMITS = { perLink: 1_000_000, inAll: 10_000_000 };

/** A relay between two neighbours. */
function relay(limits = LIMITS): Relay {
  const made = new Relay(limits);
  made.handleLinkUp(BACK, BEFORE);
  made.handleLinkUp(ON, NEXT);
  return made;
}

function envelope(sequence = 0, bytes = 100): Envelope {
  return {
    type: "envelope",
    route: encodeRoute([BEFORE, SELF, NEXT, LAST]),
    context: 7,
    sequence,
    enc: new Uint8Array(32),
    sealed: new Uint8Array(bytes),
  };
}

const RECEIPT: MessagingMessage = {
  type: "receipt",
  route: encodeRoute([BEFORE, SELF, NEXT]),
  context: 7,
  number: 0,
  sealed: new Uint8Array(20),
};

/** A message as it came in: with the frame around it. */
function arrived(message: MessagingMessage): { message: MessagingMessage; frame: Uint8Array } {
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  decoder.push(concatBytes(encodeMessagingFrame(message)));
  const item = decoder.next() as Uint8Array;
  return { message: decodeMessage(item) as MessagingMessage, frame: frameOf(item) };
}

function pass(by: Relay, message: MessagingMessage): Uint8Array {
  const { message: decoded, frame } = arrived(message);
  by.pass(decoded, PLACE, frame);
  return frame;
}

function takeAll(from: Relay, link: LinkId): MessagingMessage[] {
  const taken: MessagingMessage[] = [];
  for (;;) {
    const pieces = from.takeFrame(link, () => {});
    if (pieces === undefined) return taken;
    taken.push(arrivedAs(pieces));
  }
}

function arrivedAs(pieces: readonly Uint8Array[]): MessagingMessage {
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  for (const piece of pieces) decoder.push(piece);
  return decodeMessage(decoder.next() as Uint8Array) as MessagingMessage;
}

/** What an origin is told of an envelope that the relay could not pass on. */
function bounce(sequence: number, reason: Bounce["reason"]): Bounce {
  const route = encodeRoute([SELF, BEFORE]);
  return { type: "bounce", route, context: 7, sequence, at: NEXT, reason };
}

Deno.test("Relay: sends on the very bytes that came in, and copies none of them", () => {
  const by = relay();
  for (const message of [envelope(0, 60_000), RECEIPT]) {
    const frame = pass(by, message);
    const pieces = by.takeFrame(ON, () => {});
    assertEquals(pieces?.length, 1);
    assert(pieces?.[0]?.buffer === frame.buffer);
    assertEquals(pieces[0], frame);
  }
  assertEquals(by.relayed, 2);
  assertEquals(takeAll(by, BACK), []);
});

Deno.test("Relay: a small frame that waits does not keep a large piece of the stream in memory", () => {
  const by = relay();
  const stream = new Uint8Array(65_536);
  const frame = concatBytes(encodeMessagingFrame(RECEIPT));
  stream.set(frame, 1_000);
  by.pass(RECEIPT, PLACE, stream.subarray(1_000, 1_000 + frame.length));
  const [sent] = by.takeFrame(ON, () => {}) ?? [];
  assertEquals(sent, frame);
  assert(sent !== undefined && sent.buffer.byteLength < 1_000);
});

Deno.test("Relay: an envelope for a neighbour that it has no link with goes back to its origin as a word", () => {
  const by = relay();
  by.handleLinkDown(ON, NEXT);
  pass(by, envelope(5));
  assertEquals(takeAll(by, BACK), [bounce(5, "no-link")]);
  assertEquals(by.relayed, 0);
});

Deno.test("Relay: an envelope for which there is no room goes back to its origin as a word", () => {
  const by = relay({ perLink: 1_000, inAll: 10_000 });
  for (let sequence = 0; sequence < 4; sequence++) pass(by, envelope(sequence, 300));
  assertEquals(takeAll(by, BACK), [bounce(2, "queue-full"), bounce(3, "queue-full")]);
  assertEquals(takeAll(by, ON).length, 2);
  pass(by, envelope(9, 300));
  assertEquals(takeAll(by, ON).length, 1);
});

Deno.test("Relay: when a link goes down, the origins of all that waited for it are told", () => {
  const by = relay();
  for (const sequence of [3, 4, 5]) pass(by, envelope(sequence));
  pass(by, RECEIPT);
  by.post({ ...envelope(), route: encodeRoute([SELF, NEXT]) });
  by.handleLinkDown(ON, NEXT);
  assertEquals(takeAll(by, BACK), [3, 4, 5].map((sequence) => bounce(sequence, "no-link")));
  assertEquals(takeAll(by, ON), []);
  assertEquals(by.hasRoom(NEXT, 7), false);
});

Deno.test("Relay: receipts and bounces that go no further are dropped without a word", () => {
  const by = relay();
  by.handleLinkDown(ON, NEXT);
  pass(by, RECEIPT);
  pass(by, { ...bounce(1, "no-link"), route: encodeRoute([BEFORE, SELF, NEXT]) });
  assertEquals([takeAll(by, BACK), takeAll(by, ON)], [[], []]);
});

Deno.test("Relay: what says whether something arrived goes before what is to arrive", () => {
  const by = relay();
  pass(by, envelope(1));
  pass(by, RECEIPT);
  pass(by, { ...bounce(1, "no-link"), route: encodeRoute([BEFORE, SELF, NEXT]) });
  assertEquals(takeAll(by, ON).map(({ type }) => type), ["receipt", "bounce", "envelope"]);
});

Deno.test("Relay: a link that takes the place of another one carries what comes from then on", () => {
  const by = relay();
  pass(by, envelope(1));
  by.handleLinkUp(OTHER, NEXT);
  assertEquals(takeAll(by, BACK), [bounce(1, "no-link")]);
  pass(by, envelope(2));
  // The old one ends a moment later.
  by.handleLinkDown(ON, NEXT);
  assertEquals(by.hasRoom(NEXT, 7), true);
  assertEquals(takeAll(by, OTHER).length, 1);
  assertEquals(takeAll(by, BACK), []);
});

Deno.test("Relay: tells when own envelopes may be made again, once", () => {
  const by = relay();
  let relieved = 0;
  const take = () => by.takeFrame(ON, () => relieved++);
  const own = { ...envelope(0, 60_000), route: encodeRoute([SELF, NEXT]) };
  let posted = 0;
  for (; by.hasRoom(NEXT, 7); posted++) by.post(own);
  assertEquals(posted, 9);
  take();
  assertEquals([relieved, by.hasRoom(NEXT, 7)], [1, true]);
  while (take() !== undefined);
  assertEquals(relieved, 1);
});

Deno.test("Relay: offers the links for which something came to wait", () => {
  const by = relay();
  assertEquals(by.takeOffers(), []);
  pass(by, envelope(1));
  assertEquals(by.takeOffers(), [ON]);
  by.handleLinkDown(ON, NEXT);
  assertEquals(by.takeOffers(), [BACK]);
});

/** A line of four, of which node 1 is looked at. */
const relayOf = (net: MailNet) => net.office(1);

/** The frame of an envelope over nodes by their numbers. */
function frameOver(net: MailNet, ...way: readonly number[]): Uint8Array {
  const route = encodeRoute(way.map((number) => net.idOf(number)));
  return concatBytes(encodeMessagingFrame({ ...envelope(), route }));
}

Deno.test("Messaging: takes nothing from a neighbour that is not just before it on the route", () => {
  const wrong = [[2, 1, 3], [0, 3, 1], [0, 2, 3], [1, 0], [1, 0, 2], [2, 1], [0, 2, 1], [0, 3]];
  for (const way of wrong) {
    const net = line(4);
    net.inject(0, 1, frameOver(net, ...way));
    assertEquals(relayOf(net).blamed.map(({ neighbour }) => neighbour), [0], `${way}`);
    net.run(1_000);
    assertEquals(net.passed.length, 0, `${way}`);
  }
});

Deno.test("Messaging: who sends over a route that comes back to a node is blamed, and nobody else", () => {
  const loops = [[0, 1, 0], [0, 1, 2, 1], [0, 1, 2, 1, 0], [0, 1, 2, 3, 2], [0, 1, 1, 2], [
    0,
    1,
    2,
    3,
    0,
  ], [0, 1, 2, 1, 2, 1, 2, 3]];
  for (const way of loops) {
    const net = line(4);
    net.inject(0, 1, frameOver(net, ...way));
    net.run(1_000);
    const blamed = net.offices.flatMap(({ number, blamed }) =>
      blamed.map(({ neighbour }) => `${number} blames ${neighbour}`)
    );
    assertEquals(blamed, ["1 blames 0"], `${way}`);
    assertEquals(net.passed.length, 0, `${way}`);
  }
});

Deno.test("Messaging: tells who speaks out of turn in an error of the wire", () => {
  const net = line(3);
  const { messaging } = net.office(1);
  const { message, frame } = arrived({ ...envelope(), route: encodeRoute([LAST, net.idOf(1)]) });
  assertThrows(
    () => messaging.handleMessage(net.now, net.idOf(0), message, frame),
    WireError,
    "over a link that is not on its route",
  );
});

Deno.test("Messaging: a bounce travels back over the relays, to the origin alone", () => {
  const net = line(4);
  const ticket = net.send(0, 3, "hello", 5_000);
  net.office(2).stalled.add(3);
  net.run(20);
  net.disconnect(2, 3);
  net.run(20);
  const bounces = net.passed.filter(({ message }) => message.type === "bounce");
  assertEquals(bounces.map(({ from, to }) => [from, to]), [[2, 1], [1, 0]]);
  const [{ message }] = bounces as [typeof bounces[0]];
  assertEquals(routeIds(message.route), [2, 1, 0].map((number) => net.idOf(number)));
  net.office(2).stalled.delete(3);
  net.connect([2, 3]);
  net.run(5_000);
  assertEquals(net.outcome(0, ticket)?.type, "delivered");
  assertEquals(net.contentsAt(3), ["hello"]);
});
