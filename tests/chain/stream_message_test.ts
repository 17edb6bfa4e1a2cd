import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { ChainProtocolError } from "../../src/chain/protocol_error.ts";
import type { MemberId } from "../../src/chain/side.ts";
import {
  decodeStreamMessage,
  encodeLine,
  encodeNeighbour,
  encodeProbe,
  encodeSummons,
  encodeView,
  isContent,
  isForLine,
  MAX_CHAIN_MESSAGE_BYTES,
  MAX_HOPS,
  MAX_VIEW_ENTRIES,
} from "../../src/chain/stream_message.ts";

const ID = "00ff00ff00ff00ff" as MemberId;
const SECRET = new Uint8Array(16).fill(3);
const CONTENT = encodeUtf8("content");
const ENTRY = { id: ID, label: "one", secret: SECRET };
const START = { id: ID, rank: 4, tail: parseAddress("203.0.113.9:1") };
const SUMMONS = { ticket: SECRET, head: parseAddress("203.0.113.9:2") };

const VIEW = {
  rank: 8,
  start: START,
  entries: [ENTRY, { ...ENTRY, label: "Ünï", secret: undefined }],
};

const SAMPLES = [
  encodeNeighbour(CONTENT),
  encodeLine(ID, 2 ** 40, CONTENT),
  encodeView(VIEW),
  encodeSummons(7, SUMMONS),
  encodeProbe(8, { asker: ID, nonce: SECRET }),
];

Deno.test("decodeStreamMessage: gives back what was encoded", () => {
  assertEquals(SAMPLES.map(decodeStreamMessage), [
    { type: "neighbour", content: CONTENT },
    { type: "line", author: ID, number: 2 ** 40, content: CONTENT },
    { type: "view", view: VIEW },
    { type: "summons", hopsLeft: 7, summons: SUMMONS },
    { type: "probe", hopsLeft: 8, probe: { asker: ID, nonce: SECRET } },
  ]);
  const view = { rank: 0, start: undefined, entries: [] };
  assertEquals(decodeStreamMessage(encodeView(view)), { type: "view", view });
});

Deno.test("isContent and isForLine: tell what is read from what keeps the line", () => {
  assertEquals(SAMPLES.map(isContent), [true, true, false, false, false]);
  assertEquals(SAMPLES.map(isForLine), [false, true, false, false, false]);
  assertEquals(isContent(new Uint8Array(0)), false);
});

Deno.test("decodeStreamMessage: an empty content is one, and the largest", () => {
  for (const length of [0, MAX_CHAIN_MESSAGE_BYTES]) {
    const content = new Uint8Array(length);
    const message = decodeStreamMessage(encodeNeighbour(content));
    assertEquals(message, { type: "neighbour", content });
  }
});

Deno.test("decodeStreamMessage: refuses what is unknown, too large, too far or cut short", () => {
  const tooLarge = new Uint8Array(MAX_CHAIN_MESSAGE_BYTES + 1);
  const entries = Array.from({ length: MAX_VIEW_ENTRIES + 1 }, () => ENTRY);
  const bad = [
    new Uint8Array(0),
    Uint8Array.of(99),
    encodeNeighbour(tooLarge),
    encodeLine(ID, 1, tooLarge),
    encodeView({ ...VIEW, entries }),
    encodeSummons(MAX_HOPS + 1, SUMMONS),
    encodeProbe(MAX_HOPS + 1, { asker: ID, nonce: SECRET }),
    ...[2, 3, 4].map((at) => SAMPLES[at]?.slice(0, -1) ?? new Uint8Array(0)),
  ];
  for (const bytes of bad) assertThrows(() => decodeStreamMessage(bytes), ChainProtocolError);
});
