import { assertEquals, assertLess, assertThrows } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { concatBytes } from "../../src/base/bytes.ts";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  MAX_ADDRESSES,
  MAX_ADVERTISEMENT_BYTES,
  MAX_FRAME_BYTES,
  MAX_INDEX_ENTRIES,
  MAX_LABEL_BYTES,
  MAX_LINKS,
  MAX_PUBLIC_KEY_BYTES,
  MAX_SEQUENCE,
  MAX_SIGNATURE_BYTES,
  MAX_SUCCESSIONS,
  SEALING_KEY_BYTES,
} from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import { type Succession, successionItems } from "../../src/wire/succession.ts";
import {
  type Advertisement,
  decodeAdvertisement,
  encodeAdvertisement,
  encodeTopologyMessage,
  peekAdvertisement,
} from "../../src/wire/topology.ts";
import {
  assertRefusesWrongFields,
  NOT_BOOLEANS,
  NOT_IDS,
  notBytes,
  notText,
  notUint,
} from "./fields.ts";
import {
  ADVERTISEMENT,
  hex,
  idOf,
  LARGEST_SUCCESSION,
  RSA_4096_KEY_BYTES,
  SUCCESSION,
  TOPOLOGY_MESSAGES,
} from "./samples.ts";

const UINT32_MAX = 0xffff_ffff;
const ID = nodeIdToBytes(idOf(1));
const KEY = ADVERTISEMENT.publicKey;
const SEALING_KEY = ADVERTISEMENT.sealingKey;

const decodeElements = (elements: readonly unknown[]) => decodeMessage(encodeItem(elements));

/** An advertisement with any sequence number and any rest. */
function bodyOf(rest: unknown, sequence = 7n, id = ID): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, sequence);
  return concatBytes([id, number, encodeItem(rest)]);
}

Deno.test("encodeTopologyMessage: every message comes back as it was", () => {
  for (const message of TOPOLOGY_MESSAGES) {
    assertEquals(decodeMessage(encodeTopologyMessage(message)), message);
  }
});

const GOLDEN: readonly (readonly [type: string, hex: string])[] = [
  [
    "advertisements",
    `
    8212818258ba0101010101010101010101010101010101010101010101010101010101010101000000000000
    000787420c0d63626f62816a5b3a3a315d3a38303935f4828358200202020202020202020202020202020202
    020202020202020202020202020202f519015e83582003030303030303030303030303030303030303030303
    03030303030303030303f4f68184420a0b420c0d1903e8420e0f582004040404040404040404040404040404
    04040404040404040404040404040404421011`,
  ],
  [
    "index",
    `
    8211838258200101010101010101010101010101010101010101010101010101010101010101078258200202
    020202020202020202020202020202020202020202020202020202020202fb41f00000000000008258200303
    030303030303030303030303030303030303030303030303030303030303fb433ffffffffffffe`,
  ],
  ["summary", "831005fb432ffffffffffffe"],
];

const GOLDEN_ADVERTISEMENT = `
  0101010101010101010101010101010101010101010101010101010101010101000000000000000787420c0d
  63626f62816a5b3a3a315d3a38303935f4828358200202020202020202020202020202020202020202020202
  020202020202020202f519015e83582003030303030303030303030303030303030303030303030303030303
  03030303f4f68184420a0b420c0d1903e8420e0f582004040404040404040404040404040404040404040404
  04040404040404040404`;

Deno.test("encodeTopologyMessage: the bytes of a message never change within a protocol version", () => {
  const byLength = TOPOLOGY_MESSAGES.toSorted((a, b) =>
    encodeTopologyMessage(b).length - encodeTopologyMessage(a).length
  );
  for (const [type, bytes] of GOLDEN) {
    const message = byLength.find((each) => each.type === type);
    assertEquals(message && hex(encodeTopologyMessage(message)), bytes.replace(/\s/g, ""), type);
  }
});

Deno.test("encodeAdvertisement: the bytes never change, since everybody forwards them as they are", () => {
  assertEquals(hex(encodeAdvertisement(ADVERTISEMENT)), GOLDEN_ADVERTISEMENT.replace(/\s/g, ""));
});

Deno.test("decodeMessage: a summary and an index need every field", () => {
  assertRefusesWrongFields([16, 1, 2], [
    { name: "count", at: 1, wrong: notUint(MAX_SEQUENCE) },
    { name: "hash", at: 2, wrong: notUint(MAX_SEQUENCE) },
  ], decodeElements);
  const tooMany = new Array(MAX_INDEX_ENTRIES + 1).fill(0);
  assertRefusesWrongFields([17, []], [
    { name: "entries", at: 1, wrong: [null, 1, "", [1], [[]], tooMany] },
  ], decodeElements);
  assertRefusesWrongFields([ID, 7], [
    { name: "id", at: 0, wrong: NOT_IDS },
    { name: "sequence", at: 1, wrong: notUint(MAX_SEQUENCE) },
  ], (entry) => decodeElements([17, [entry]]));
});

Deno.test("decodeMessage: carried advertisements need a body and a signature", () => {
  assertRefusesWrongFields([18, []], [
    { name: "advertisements", at: 1, wrong: [null, 1, [1], [[]], new Array(4097).fill(0)] },
  ], decodeElements);
  assertRefusesWrongFields([new Uint8Array(50), new Uint8Array(64)], [
    { name: "body", at: 0, wrong: notBytes(MAX_ADVERTISEMENT_BYTES) },
    { name: "signature", at: 1, wrong: notBytes(MAX_SIGNATURE_BYTES) },
  ], (carried) => decodeElements([18, [carried]]));
});

Deno.test("encodeAdvertisement: every advertisement comes back as it was", () => {
  for (const advertisement of [ADVERTISEMENT, FAREWELL, LARGEST]) {
    assertEquals(decodeAdvertisement(encodeAdvertisement(advertisement)), advertisement);
  }
});

const FAREWELL: Advertisement = {
  sealingKey: new Uint8Array(0),
  id: idOf(255),
  sequence: MAX_SEQUENCE,
  publicKey: new Uint8Array(0),
  label: "",
  addresses: [],
  left: true,
  links: [],
  successions: [],
};

const LARGEST: Advertisement = {
  sealingKey: new Uint8Array(SEALING_KEY_BYTES).fill(255),
  id: idOf(0),
  sequence: 1,
  publicKey: new Uint8Array(RSA_4096_KEY_BYTES),
  label: "é".repeat(MAX_LABEL_BYTES / 2),
  addresses: new Array<Address>(MAX_ADDRESSES).fill(`${"a.".repeat(126)}a:65535` as Address),
  left: false,
  links: Array.from({ length: MAX_LINKS }, () => ({
    peer: idOf(9),
    dialled: true,
    rttUs: UINT32_MAX,
  })),
  successions: new Array<Succession>(MAX_SUCCESSIONS).fill(LARGEST_SUCCESSION),
};

Deno.test("encodeAdvertisement: the largest one is within the limit, and so is a frame of the largest index", () => {
  assertLess(encodeAdvertisement(LARGEST).length, MAX_ADVERTISEMENT_BYTES);
  const entries = new Array(MAX_INDEX_ENTRIES).fill({ id: idOf(9), sequence: MAX_SEQUENCE });
  assertLess(encodeTopologyMessage({ type: "index", entries }).length, MAX_FRAME_BYTES);
});

Deno.test("decodeAdvertisement: needs every field, of its type and within its bounds", () => {
  const claim = [ID, true, 5];
  const change = successionItems(SUCCESSION);
  assertRefusesWrongFields([KEY, "bob", ["[::1]:80"], false, [claim], [change], SEALING_KEY], [
    { name: "key", at: 0, wrong: notBytes(MAX_PUBLIC_KEY_BYTES) },
    { name: "label", at: 1, wrong: notText(MAX_LABEL_BYTES) },
    {
      name: "addresses",
      at: 2,
      wrong: [null, "", [1], ["nowhere"], new Array(MAX_ADDRESSES + 1).fill("[::1]:80")],
    },
    { name: "left", at: 3, wrong: NOT_BOOLEANS },
    { name: "links", at: 4, wrong: [null, 1, [1], [[]], new Array(MAX_LINKS + 1).fill(claim)] },
    {
      name: "successions",
      at: 5,
      wrong: [null, 1, [1], [[]], new Array(MAX_SUCCESSIONS + 1).fill(change)],
    },
    { name: "sealing key", at: 6, wrong: notBytes(SEALING_KEY_BYTES) },
  ], (rest) => decodeAdvertisement(bodyOf(rest)));
  assertRefusesWrongFields(claim, [
    { name: "peer", at: 0, wrong: NOT_IDS },
    { name: "dialled", at: 1, wrong: NOT_BOOLEANS },
    { name: "rtt", at: 2, wrong: ["", true, [], -1, 0.5, UINT32_MAX + 1] },
  ], (each) => decodeAdvertisement(bodyOf([KEY, "bob", [], false, [each], [], SEALING_KEY])));
});

Deno.test("decodeAdvertisement: keeps no view of the frame that it came in", () => {
  const body = encodeAdvertisement(ADVERTISEMENT);
  const advertisement = decodeAdvertisement(body);
  body.fill(255);
  assertEquals(advertisement, ADVERTISEMENT);
});

Deno.test("peekAdvertisement: agrees with decodeAdvertisement", () => {
  for (const advertisement of [ADVERTISEMENT, FAREWELL, LARGEST]) {
    const body = encodeAdvertisement(advertisement);
    const { id, sequence } = decodeAdvertisement(body);
    assertEquals(peekAdvertisement(body), { id, sequence });
    assertEquals({ id, sequence }, { id: advertisement.id, sequence: advertisement.sequence });
  }
});

Deno.test("peekAdvertisement: reads a view in the midst of other bytes", () => {
  const body = encodeAdvertisement(ADVERTISEMENT);
  const frame = concatBytes([new Uint8Array(13).fill(255), body, new Uint8Array(5).fill(255)]);
  const view = frame.subarray(13, 13 + body.length);
  assertEquals(peekAdvertisement(view), peekAdvertisement(body));
  assertEquals(decodeAdvertisement(view), ADVERTISEMENT);
});

Deno.test("peekAdvertisement: refuses what is too short and numbers that cannot be counted on", () => {
  for (const peek of [peekAdvertisement, decodeAdvertisement]) {
    for (const length of [0, 1, 31, 32, 39, 40]) {
      const message = `An advertisement of ${length} bytes, wanted more than 40`;
      assertThrows(() => peek(new Uint8Array(length)), WireError, message);
    }
    for (const sequence of [0n, BigInt(MAX_SEQUENCE) + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      assertThrows(
        () => peek(bodyOf([KEY, "bob", [], false, [], [], SEALING_KEY], sequence)),
        WireError,
        "An advertisement has sequence",
      );
    }
  }
});
