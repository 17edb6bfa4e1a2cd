import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  MAX_ADDRESSES,
  MAX_CAPABILITIES,
  MAX_CAPABILITY_BYTES,
  MAX_DETAIL_BYTES,
  MAX_HANDSHAKE_FRAME_BYTES,
  MAX_LABEL_BYTES,
  MAX_NETWORK_NAME_BYTES,
  MAX_PROOF_BYTES,
  MAX_SUCCESSIONS,
  PROTOCOL_VERSION,
} from "../../src/wire/limits.ts";
import type { Address } from "../../src/base/address.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import { type Succession, successionItems } from "../../src/wire/succession.ts";
import {
  assertRefusesWrongFields,
  type FieldRule,
  NOT_BOOLEANS,
  NOT_IDS,
  notBytes,
  notText,
  notUint,
} from "./fields.ts";
import {
  hex,
  idOf,
  INTRODUCTION,
  LARGEST_SUCCESSION,
  LINK_MESSAGES,
  SUCCESSION,
} from "./samples.ts";

const UINT32_MAX = 0xffff_ffff;

const decodeElements = (elements: readonly unknown[]) => decodeMessage(encodeItem(elements));

Deno.test("encodeLinkMessage: every message comes back as it was", () => {
  for (const message of LINK_MESSAGES) {
    assertEquals(decodeMessage(encodeLinkMessage(message)), message);
  }
});

const GOLDEN: readonly (readonly [type: string, hex: string])[] = [
  [
    "hello",
    `
    8d0168617265612d6e6574016474657374582001010101010101010101010101010101010101010101010101
    010101010101011adeadbeef63626f62826a5b3a3a315d3a383039356e626f622e6578616d706c653a383081
    636d61706f3132372e302e302e313a3530303030582006060606060606060606060606060606060606060606
    060606060606060606068184420a0b420c0d1903e8420e0ff5`,
  ],
  [
    "welcome",
    `
    8a026474657374582001010101010101010101010101010101010101010101010101010101010101011adead
    beef63626f62826a5b3a3a315d3a383039356e626f622e6578616d706c653a383081636d61706f3132372e30
    2e302e313a353030303058200606060606060606060606060606060606060606060606060606060606060606
    8184420a0b420c0d1903e8420e0f`,
  ],
  ["ready", "8103"],
  ["refuse", "83046473656c6663776879"],
  ["ping", "820500"],
  ["pong", "820601"],
  ["bye", "8307646c65667460"],
];

Deno.test("encodeLinkMessage: the bytes of a message never change within a protocol version", () => {
  for (const [type, bytes] of GOLDEN) {
    const message = LINK_MESSAGES.find((each) => each.type === type);
    assertEquals(message && hex(encodeLinkMessage(message)), bytes.replace(/\s/g, ""), type);
  }
  assertEquals(new Set(GOLDEN.map(([type]) => type)).size, GOLDEN.length);
  assertEquals(GOLDEN.length, new Set(LINK_MESSAGES.map(({ type }) => type)).size);
});

const SUCCESSION_ITEMS = successionItems(SUCCESSION);

const INTRODUCTION_ELEMENTS = [
  INTRODUCTION.network,
  nodeIdToBytes(INTRODUCTION.id),
  INTRODUCTION.instance,
  INTRODUCTION.label,
  INTRODUCTION.addresses,
  INTRODUCTION.capabilities,
  INTRODUCTION.seenAt,
  INTRODUCTION.proof,
  INTRODUCTION.successions.map(successionItems),
];

function introductionRules(from: number): FieldRule[] {
  return [
    { name: "network", at: from, wrong: notText(MAX_NETWORK_NAME_BYTES) },
    { name: "id", at: from + 1, wrong: NOT_IDS },
    { name: "instance", at: from + 2, wrong: notUint(UINT32_MAX) },
    { name: "label", at: from + 3, wrong: notText(MAX_LABEL_BYTES) },
    {
      name: "addresses",
      at: from + 4,
      wrong: [
        null,
        "[::1]:80",
        [1],
        ["nowhere"],
        ["[::1]:0"],
        new Array(MAX_ADDRESSES + 1).fill("[::1]:80"),
        [`${"a".repeat(300)}:80`],
      ],
    },
    {
      name: "capabilities",
      at: from + 5,
      wrong: [
        null,
        "map",
        [1],
        ["a".repeat(MAX_CAPABILITY_BYTES + 1)],
        new Array(MAX_CAPABILITIES + 1).fill("a"),
      ],
    },
    { name: "seen-at", at: from + 6, wrong: [null, 1, [], `${"a".repeat(300)}:80`] },
    { name: "proof", at: from + 7, wrong: notBytes(MAX_PROOF_BYTES) },
    {
      name: "successions",
      at: from + 8,
      wrong: [null, 1, "", [1], [[]], new Array(MAX_SUCCESSIONS + 1).fill(SUCCESSION_ITEMS)],
    },
  ];
}

Deno.test("decodeMessage: a hello needs every field, of its type and within its bounds", () => {
  const whole = [1, "area-net", PROTOCOL_VERSION, ...INTRODUCTION_ELEMENTS, true];
  assertRefusesWrongFields(whole, [
    { name: "magic", at: 1, wrong: [null, 1, "a".repeat(100)] },
    { name: "version", at: 2, wrong: notUint(UINT32_MAX) },
    ...introductionRules(3),
    { name: "wanted", at: 12, wrong: NOT_BOOLEANS },
  ], decodeElements);
});

Deno.test("decodeMessage: a welcome needs every field, of its type and within its bounds", () => {
  assertRefusesWrongFields(
    [2, ...INTRODUCTION_ELEMENTS],
    introductionRules(1),
    decodeElements,
  );
});

Deno.test("decodeMessage: refusals, byes, pings and pongs need every field", () => {
  const reason = { name: "reason", at: 1, wrong: [...notText(MAX_DETAIL_BYTES), "", "bored"] };
  const detail = { name: "detail", at: 2, wrong: notText(MAX_DETAIL_BYTES) };
  assertRefusesWrongFields([4, "full", "why"], [reason, detail], decodeElements);
  assertRefusesWrongFields([7, "left", ""], [reason, detail], decodeElements);
  const number = { name: "number", at: 1, wrong: notUint(UINT32_MAX) };
  assertRefusesWrongFields([5, 1], [number], decodeElements);
  assertRefusesWrongFields([6, 1], [number], decodeElements);
});

Deno.test("decodeMessage: an unknown reason lists those that are known", () => {
  assertThrows(() => decodeElements([7, "full stop", ""]), WireError, "wanted one of left, dup");
  assertThrows(() => decodeElements([4, "left", ""]), WireError, "wanted one of self, duplicate");
});

Deno.test("decodeMessage: an address that cannot be read is quoted", () => {
  const elements = [2, ...INTRODUCTION_ELEMENTS.with(6, "nowhere")];
  assertThrows(() => decodeElements(elements), WireError, '"nowhere" is not an address');
});

Deno.test("decodeMessage: addresses come out in their normal form", () => {
  const written = ["[0:0::1]:08095", "[::ffff:192.0.2.1]:80"];
  const message = decodeElements([2, ...INTRODUCTION_ELEMENTS.with(4, written)]);
  const addresses = message.type === "welcome" ? message.introduction.addresses : [];
  assertEquals<readonly string[]>(addresses, ["[::1]:8095", "192.0.2.1:80"]);
});

Deno.test("decodeMessage: a hello of another version tells its version, whatever follows", () => {
  for (const version of [0, PROTOCOL_VERSION + 1, UINT32_MAX]) {
    const foreign = { type: "foreign-hello" as const, version };
    assertEquals(decodeElements([1, "area-net", version]), foreign);
    assertEquals(decodeElements([1, "area-net", version, ["anything", [1]], null]), foreign);
  }
});

Deno.test("decodeMessage: a hello of another protocol is told so", () => {
  for (const magic of ["", "area", "AREA-NET", "area-net2"]) {
    const elements = [1, magic, PROTOCOL_VERSION, ...INTRODUCTION_ELEMENTS, true];
    assertThrows(
      () => decodeElements(elements),
      WireError,
      'A hello does not begin with "area-net"',
    );
  }
});

Deno.test("decodeMessage: elements past the last belong to a newer version and are ignored", () => {
  assertEquals(decodeElements([5, 1, "more", [2]]), { type: "ping", number: 1 });
  assertEquals(decodeElements([3, null]), { type: "ready" });
});

Deno.test("encodeLinkMessage: a long detail is cut so that the other side takes it", () => {
  for (const letter of ["a", "é", "€", "\u{1F9ED}", "\ud83e", "\udded"]) {
    const detail = letter.repeat(1000);
    for (
      const message of [
        { type: "bye", reason: "left", detail },
        { type: "refuse", reason: "full", detail },
      ] as const
    ) {
      const received = decodeMessage(encodeLinkMessage(message));
      assertEquals(received.type, message.type);
    }
  }
});

Deno.test("encodeLinkMessage: the longest hello is not too long for a stranger", () => {
  const address = `${"a.".repeat(126)}a:65535` as Address;
  const message = {
    type: "hello" as const,
    introduction: {
      network: "n".repeat(MAX_NETWORK_NAME_BYTES),
      id: idOf(1),
      instance: UINT32_MAX,
      label: "l".repeat(MAX_LABEL_BYTES),
      addresses: new Array<Address>(MAX_ADDRESSES).fill(address),
      capabilities: new Array<string>(MAX_CAPABILITIES).fill("c".repeat(MAX_CAPABILITY_BYTES)),
      seenAt: address,
      proof: new Uint8Array(MAX_PROOF_BYTES),
      successions: new Array<Succession>(MAX_SUCCESSIONS).fill(LARGEST_SUCCESSION),
    },
    wanted: true,
  };
  const item = encodeLinkMessage(message);
  assertEquals(decodeMessage(item), message);
  assertLess(item.length, MAX_HANDSHAKE_FRAME_BYTES);
});
