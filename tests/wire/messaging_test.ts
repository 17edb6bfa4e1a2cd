import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import {
  MAX_CONTENTS_BYTES,
  MAX_FRAME_BYTES,
  MAX_HOPS,
  MAX_MESSAGE_BYTES,
  MAX_RECORDS,
  MAX_SEQUENCE,
  SEALING_KEY_BYTES,
} from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import {
  type ContentRecord,
  type Contents,
  decodeArrivals,
  decodeContents,
  encodeArrivals,
  encodeContents,
  encodeMessagingFrame,
  encodeRoute,
  hopCount,
  idAt,
  MAX_LISTED,
  placeOf,
  reversedRoute,
  routeIds,
  SERVICES,
} from "../../src/wire/messaging.ts";
import {
  assertRefusesWrongFields,
  NOT_BOOLEANS,
  NOT_IDS,
  notBytes,
  notText,
  notUint,
} from "./fields.ts";
import { encodeMessage, hex, idOf, MESSAGING_MESSAGES } from "./samples.ts";

const ROUTE = encodeRoute([idOf(1), idOf(2)]);
const ENC = new Uint8Array(SEALING_KEY_BYTES);
const SEALED = new Uint8Array(20);
const MAX_SEALED_BYTES = MAX_CONTENTS_BYTES + 16;
const MAX_ROUTE_BYTES = 32 * (MAX_HOPS + 1);

const decodeElements = (elements: readonly unknown[]) => decodeMessage(encodeItem(elements));

/** So many different nodes. */
function nodes(count: number): NodeId[] {
  return Array.from({ length: count }, (_, at) => idOf(at));
}

Deno.test("encodeMessagingFrame: every message comes back as it was", () => {
  for (const message of MESSAGING_MESSAGES) {
    const decoder = new FrameDecoder(MAX_FRAME_BYTES);
    for (const piece of encodeMessagingFrame(message)) decoder.push(piece);
    const item = decoder.next();
    assert(item !== undefined && decoder.next() === undefined);
    assertEquals(decodeMessage(item), message);
  }
});

const GOLDEN: readonly (readonly [type: string, hex: string])[] = [
  [
    "envelope",
    `
    8618205860010101010101010101010101010101010101010101010101010101010101010102020202020202
    0202020202020202020202020202020202020202020202020203030303030303030303030303030303030303
    03030303030303030303030303fb4279b76daa80000019012c58200505050505050505050505050505050505
    0505050505050505050505050505055a000000140606060606060606060606060606060606060606`,
  ],
  [
    "receipt",
    `
    8518215860010101010101010101010101010101010101010101010101010101010101010102020202020202
    0202020202020202020202020202020202020202020202020203030303030303030303030303030303030303
    030303030303030303030303030700421213`,
  ],
  [
    "bounce",
    `
    8618225860010101010101010101010101010101010101010101010101010101010101010102020202020202
    0202020202020202020202020202020202020202020202020203030303030303030303030303030303030303
    0303030303030303030303030307fb433ffffffffffffe582004040404040404040404040404040404040404
    04040404040404040404040404676e6f2d6c696e6b`,
  ],
];

Deno.test("encodeMessagingFrame: the bytes of a message never change within a protocol version", () => {
  for (const [type, bytes] of GOLDEN) {
    const message = MESSAGING_MESSAGES.find((each) => each.type === type);
    assertEquals(message && hex(encodeMessage(message)), bytes.replace(/\s/g, ""), type);
  }
});

Deno.test("encodeMessagingFrame: what is sealed is not copied", () => {
  const sealed = new Uint8Array(60_000);
  const envelope = { route: ROUTE, context: 1, sequence: 2, enc: ENC, sealed };
  const pieces = encodeMessagingFrame({ type: "envelope", ...envelope });
  assert(pieces.at(-1) === sealed);
});

Deno.test("encodeMessagingFrame: the largest envelope and the largest receipt fit a frame", () => {
  const route = encodeRoute(nodes(MAX_HOPS + 1));
  const sealed = new Uint8Array(MAX_SEALED_BYTES);
  const rest = { route, context: MAX_SEQUENCE, sealed };
  for (
    const message of [
      { type: "envelope" as const, ...rest, sequence: MAX_SEQUENCE, enc: ENC },
      { type: "receipt" as const, ...rest, number: MAX_SEQUENCE },
    ]
  ) {
    const item = encodeMessage(message);
    assert(item.length < MAX_FRAME_BYTES);
    assertEquals(decodeMessage(item), message);
  }
});

const NOT_ROUTES = [
  null,
  1,
  "",
  [],
  [idOf(1)],
  new Uint8Array(0),
  ...[31, 32, 33, 63, 65, 95].map((length) => new Uint8Array(length).map((_, at) => at)),
  new Uint8Array(MAX_ROUTE_BYTES + 32).map((_, at) => at / 32),
  // One node twice.
  encodeRoute([idOf(1), idOf(1)]),
  encodeRoute([idOf(1), idOf(2), idOf(1)]),
  encodeRoute([...nodes(MAX_HOPS), idOf(0)]),
];

Deno.test("decodeMessage: envelopes, receipts and bounces need every field", () => {
  const route = { name: "route", at: 1, wrong: NOT_ROUTES };
  const context = { name: "context", at: 2, wrong: notUint(MAX_SEQUENCE) };
  const number = { name: "sequence", at: 3, wrong: notUint(MAX_SEQUENCE) };
  const sealed = { name: "sealed", wrong: notBytes(MAX_SEALED_BYTES) };
  assertRefusesWrongFields([32, ROUTE, 1, 2, ENC, SEALED], [
    route,
    context,
    number,
    { name: "enc", at: 4, wrong: notBytes(SEALING_KEY_BYTES) },
    { ...sealed, at: 5 },
  ], decodeElements);
  assertRefusesWrongFields([33, ROUTE, 1, 2, SEALED], [
    route,
    context,
    { ...number, name: "" },
    { ...sealed, at: 4 },
  ], decodeElements);
  assertRefusesWrongFields([34, ROUTE, 1, 2, nodeIdToBytes(idOf(3)), "no-link"], [
    route,
    context,
    number,
    { name: "at", at: 4, wrong: NOT_IDS },
    { name: "reason", at: 5, wrong: notText(32) },
  ], decodeElements);
});

Deno.test("decodeMessage: a bounce for a reason of a newer version is one all the same", () => {
  const message = decodeElements([34, ROUTE, 1, 2, nodeIdToBytes(idOf(3)), "too-tired"]);
  assert(message.type === "bounce");
  assertEquals(message.reason, "no-link");
});

Deno.test("decodeMessage: what is sealed is a view of the frame it came in", () => {
  const item = encodeItem([32, ROUTE, 1, 2, ENC, SEALED]);
  const message = decodeMessage(item);
  assert(message.type === "envelope");
  assert(message.sealed.buffer === item.buffer && message.route.buffer === item.buffer);
});

Deno.test("encodeRoute: gives back the nodes, the links between them and their places", () => {
  for (const count of [2, 3, MAX_HOPS + 1]) {
    const ids = nodes(count);
    const route = encodeRoute(ids);
    assertEquals(routeIds(route), ids);
    assertEquals(hopCount(route), count - 1);
    for (const [at, id] of ids.entries()) {
      assertEquals(idAt(route, at), nodeIdToBytes(id));
      assertEquals(placeOf(route, nodeIdToBytes(id)), at);
    }
    assertEquals(placeOf(route, nodeIdToBytes(idOf(200))), -1);
    assertEquals(idAt(route, count).length, 0);
  }
});

Deno.test("placeOf: finds ids at their places alone, not across two of them", () => {
  const route = encodeRoute([idOf(1), idOf(2)]);
  const across = route.subarray(16, 48);
  assertEquals(placeOf(route, across), -1);
  const inside = concatBytes([new Uint8Array(7), route]).subarray(7);
  assertEquals(placeOf(inside, nodeIdToBytes(idOf(2))), 1);
});

Deno.test("reversedRoute: leads back from any place to the start, and from its end back again", () => {
  const ids = nodes(5);
  const route = encodeRoute(ids);
  for (const place of [0, 1, 2, 3, 4]) {
    assertEquals(routeIds(reversedRoute(route, place)), ids.slice(0, place + 1).toReversed());
  }
  assertEquals(reversedRoute(reversedRoute(route)), route);
  assertEquals(reversedRoute(route), reversedRoute(route, 4));
});

const LARGE = new Uint8Array(10_000).fill(9);
const RECORDS: readonly ContentRecord[] = [
  { type: "message", content: "" },
  { type: "message", content: "\u{1F600}".repeat(100) },
  { type: "message", content: new Uint8Array(0) },
  { type: "message", content: LARGE },
  { type: "probe" },
  { type: "greeting" },
  { type: "service", service: "room", content: new Uint8Array([1, 2, 3]) },
  { type: "first", size: 0, isText: false, piece: new Uint8Array(0) },
  { type: "first", size: MAX_MESSAGE_BYTES, isText: true, piece: LARGE },
  { type: "next", piece: Uint8Array.of(1) },
  { type: "next", piece: LARGE },
];

Deno.test("encodeContents: whatever records an envelope holds, and whichever is the last, they come back", () => {
  const several = RECORDS.flatMap((last) => [[last], [...RECORDS, last]]);
  for (const records of [[], ...several]) {
    for (const more of [false, true]) {
      for (const floor of [0, 23, 24, 2 ** 32, MAX_SEQUENCE]) {
        const contents: Contents = { more, floor, records };
        assertEquals(decodeContents(concatBytes(encodeContents(contents))), contents);
      }
    }
  }
});

Deno.test("encodeContents: a large piece at the end is not copied", () => {
  for (const record of RECORDS.filter((each) => "piece" in each && each.piece === LARGE)) {
    const pieces = encodeContents({ more: false, floor: 0, records: [record] });
    assert(pieces.at(-1) === LARGE);
  }
});

const CONTENTS_GOLDEN = "83f519012c8664746578744201028101810284031a00011170f541038204420405";

Deno.test("encodeContents: the bytes never change within a protocol version", () => {
  const records: ContentRecord[] = [
    { type: "message", content: "text" },
    { type: "message", content: Uint8Array.of(1, 2) },
    { type: "probe" },
    { type: "greeting" },
    { type: "first", size: 70_000, isText: true, piece: Uint8Array.of(3) },
    { type: "next", piece: Uint8Array.of(4, 5) },
  ];
  const pieces = encodeContents({ more: true, floor: 300, records });
  assertEquals(hex(concatBytes(pieces)), CONTENTS_GOLDEN);
  const services = SERVICES.map((service) => ({
    type: "service" as const,
    service,
    content: SEALED,
  }));
  assertEquals(
    hex(concatBytes(encodeContents({ more: false, floor: 0, records: services }))),
    `83f40083${[0, 1, 2].map((number) => `83050${number}${hex(encodeItem(SEALED))}`).join("")}`,
  );
  const arrivals = encodeArrivals({ next: 300, held: [302, 303], refused: [7] });
  assertEquals(hex(arrivals), "8319012c8219012e19012f8107");
});

Deno.test("decodeContents: needs every field, of its type and within its bounds", () => {
  const decode = (elements: readonly unknown[]) => decodeContents(encodeItem(elements));
  assertRefusesWrongFields([false, 0, []], [
    { name: "more", at: 0, wrong: NOT_BOOLEANS },
    { name: "floor", at: 1, wrong: notUint(MAX_SEQUENCE) },
    { name: "records", at: 2, wrong: [null, 1, [1], [null], Array(MAX_RECORDS + 1).fill("")] },
  ], decode);
  const decodeRecord = (record: readonly unknown[]) => decode([false, 0, [record]]);
  assertRefusesWrongFields([3, 5, true, SEALED], [
    { name: "size", at: 1, wrong: notUint(MAX_MESSAGE_BYTES) },
    { name: "is-text", at: 2, wrong: NOT_BOOLEANS },
    { name: "piece", at: 3, wrong: notBytes(MAX_CONTENTS_BYTES) },
  ], decodeRecord);
  assertRefusesWrongFields([4, SEALED], [
    { name: "piece", at: 1, wrong: notBytes(MAX_CONTENTS_BYTES) },
  ], decodeRecord);
  assertRefusesWrongFields([5, 0, SEALED], [
    { name: "service", at: 1, wrong: notUint(SERVICES.length - 1) },
    { name: "content", at: 2, wrong: notBytes(MAX_CONTENTS_BYTES) },
  ], decodeRecord);
  for (const code of [0, 6, 255]) {
    const message = `A record of the unknown type ${code}`;
    assertThrows(() => decodeRecord([code, 1]), WireError, message);
  }
});

Deno.test("encodeArrivals: what has arrived comes back as it was", () => {
  const many = Array.from({ length: MAX_LISTED }, (_, at) => MAX_SEQUENCE - at);
  for (
    const arrivals of [
      { next: 0, held: [], refused: [] },
      { next: MAX_SEQUENCE, held: [5, 3], refused: [2] },
      { next: 1, held: many, refused: many },
    ]
  ) assertEquals(decodeArrivals(encodeArrivals(arrivals)), arrivals);
});

Deno.test("decodeArrivals: needs every field, of its type and within its bounds", () => {
  const tooMany = Array(MAX_LISTED + 1).fill(1);
  const wrong = [null, 1, "", [-1], ["1"], [MAX_SEQUENCE + 1], [[]], tooMany];
  assertRefusesWrongFields([1, [2], [0]], [
    { name: "next", at: 0, wrong: notUint(MAX_SEQUENCE) },
    { name: "held", at: 1, wrong },
    { name: "refused", at: 2, wrong },
  ], (elements) => decodeArrivals(encodeItem(elements)));
});
