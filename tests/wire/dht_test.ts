import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { randomInt } from "../../src/base/random.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { decodeDhtMessage, type DhtMessage, encodeDhtMessage } from "../../src/wire/dht.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  MAX_NAMED_NODES,
  MAX_RECORD_BYTES,
  MAX_RECORDS_AT_LOCATION,
  MAX_SEQUENCE,
  MAX_SERVICE_BYTES,
  MAX_TOPIC_KEY_BYTES,
  MAX_TOPIC_SIGNATURE_BYTES,
} from "../../src/wire/limits.ts";
import { fuzz, mutated, pick, randomBytes } from "../fuzz/fuzz.ts";
import { assertRefusesWrongFields, NOT_IDS, notBytes, notUint } from "./fields.ts";
import { hex, idOf } from "./samples.ts";

const ID = nodeIdToBytes(idOf(1));
const digest = (fill: number) => new Uint8Array(8).fill(fill);

const MESSAGES: readonly (readonly [message: DhtMessage, hex: string])[] = [
  [
    { type: "request", number: 1, request: { type: "find", target: ID } },
    "83010158200101010101010101010101010101010101010101010101010101010101010101",
  ],
  [
    {
      type: "request",
      number: 300,
      request: {
        type: "search",
        publicKey: Uint8Array.of(1, 2),
        proof: Uint8Array.of(3),
        known: [digest(4), digest(5)],
      },
    },
    "850219012c4201024103500404040404040404" + "0505050505050505",
  ],
  [
    {
      type: "request",
      number: 3,
      request: {
        type: "store",
        publicKey: Uint8Array.of(1, 2),
        payload: Uint8Array.of(6),
        signature: Uint8Array.of(7, 8),
      },
    },
    "850303420102410642" + "0708",
  ],
  [
    {
      type: "answer",
      number: 4,
      answer: {
        type: "nodes",
        ids: [ID, nodeIdToBytes(idOf(2))],
        payloads: [Uint8Array.of(9), new Uint8Array(0)],
      },
    },
    "8410045840" + "01".repeat(32) + "02".repeat(32) + "82410940",
  ],
  [{ type: "answer", number: 5, answer: { type: "stored" } }, "821105"],
  [
    { type: "answer", number: 6, answer: { type: "refused", reason: "full" } },
    "8312066466756c6c",
  ],
  [{ type: "withdraw", location: idOf(1) }, "8218205820" + "01".repeat(32)],
];

const decodeElements = (elements: readonly unknown[]) => decodeDhtMessage(encodeItem(elements));

Deno.test("encodeDhtMessage: every message comes back as it was, and keeps no view of its letter", () => {
  for (const [message] of MESSAGES) {
    const content = encodeDhtMessage(message);
    const decoded = decodeDhtMessage(content);
    content.fill(255);
    assertEquals(decoded, message);
  }
});

Deno.test("encodeDhtMessage: the bytes of a message never change within a protocol version", () => {
  for (const [message, bytes] of MESSAGES) assertEquals(hex(encodeDhtMessage(message)), bytes);
});

Deno.test("encodeDhtMessage: the largest answer and the largest request fit a letter", () => {
  const ids = Array.from({ length: MAX_NAMED_NODES }, () => ID);
  const payloads = Array.from(
    { length: MAX_RECORDS_AT_LOCATION },
    () => new Uint8Array(MAX_RECORD_BYTES),
  );
  const known = Array.from({ length: MAX_RECORDS_AT_LOCATION }, () => digest(1));
  const publicKey = new Uint8Array(MAX_TOPIC_KEY_BYTES);
  const proof = new Uint8Array(MAX_TOPIC_SIGNATURE_BYTES);
  const largest: readonly DhtMessage[] = [
    { type: "answer", number: MAX_SEQUENCE, answer: { type: "nodes", ids, payloads } },
    {
      type: "request",
      number: MAX_SEQUENCE,
      request: { type: "search", publicKey, proof, known },
    },
  ];
  for (const message of largest) {
    const content = encodeDhtMessage(message);
    assert(content.length <= MAX_SERVICE_BYTES, `${content.length} bytes`);
    assertEquals(decodeDhtMessage(content), message);
  }
});

Deno.test("decodeDhtMessage: needs every field, of its type and within its bounds", () => {
  const number = { name: "number", at: 1, wrong: notUint(MAX_SEQUENCE) };
  const key = { name: "public key", at: 2, wrong: notBytes(MAX_TOPIC_KEY_BYTES) };
  assertRefusesWrongFields([1, 2, ID], [
    number,
    { name: "target", at: 2, wrong: notBytes(32) },
  ], decodeElements);
  assertRefusesWrongFields([2, 2, ID, ID, digest(1)], [
    number,
    key,
    { name: "proof", at: 3, wrong: notBytes(MAX_TOPIC_SIGNATURE_BYTES) },
    {
      name: "known",
      at: 4,
      wrong: [...notBytes(8 * MAX_RECORDS_AT_LOCATION), new Uint8Array(7), new Uint8Array(9)],
    },
  ], decodeElements);
  assertRefusesWrongFields([3, 2, ID, ID, ID], [
    number,
    key,
    { name: "payload", at: 3, wrong: notBytes(MAX_RECORD_BYTES) },
    { name: "signature", at: 4, wrong: notBytes(MAX_TOPIC_SIGNATURE_BYTES) },
  ], decodeElements);
  assertRefusesWrongFields([16, 2, ID, [ID]], [
    number,
    {
      name: "ids",
      at: 2,
      wrong: [...notBytes(32 * MAX_NAMED_NODES), new Uint8Array(31), new Uint8Array(33)],
    },
    {
      name: "payloads",
      at: 3,
      wrong: [null, 1, ID, Array(MAX_RECORDS_AT_LOCATION + 1).fill(ID)],
    },
  ], decodeElements);
  assertRefusesWrongFields([17, 2], [number], decodeElements);
  assertRefusesWrongFields([18, 2, "full"], [
    number,
    { name: "reason", at: 2, wrong: [null, 1, ID, "r".repeat(33)] },
  ], decodeElements);
  assertRefusesWrongFields([32, ID], [
    { name: "location", at: 1, wrong: NOT_IDS },
  ], decodeElements);
});

Deno.test("decodeDhtMessage: a target, as any place, is 32 bytes", () => {
  assertThrows(
    () => decodeElements([1, 2, ID.subarray(1)]),
    WireError,
    "A target of 31 bytes, wanted 32",
  );
});

Deno.test("decodeDhtMessage: one payload too large spoils the whole answer", () => {
  const payloads = [new Uint8Array(3), new Uint8Array(MAX_RECORD_BYTES + 1)];
  assertThrows(() => decodeElements([16, 2, ID, payloads]), WireError, "payload");
});

Deno.test("decodeDhtMessage: a type that is not known is refused, a reason taken for the first", () => {
  assertThrows(() => decodeElements([99, 2, ID]), WireError, "unknown type 99");
  const answer = { type: "refused" as const, reason: "busy" as const };
  assertEquals(decodeElements([18, 2, "out of mood"]), { type: "answer", number: 2, answer });
});

fuzz(
  "decodeDhtMessage: whatever comes, it throws what it may or gives what can be sent again",
  4_000,
  (random) => {
    const [sample] = pick(random, MESSAGES);
    const content = random.next() < 0.2
      ? randomBytes(random, 80)
      : random.next() < 0.5
      ? mutated(random, encodeDhtMessage(sample))
      : encodeItem([pick(random, [1, 2, 3, 16, 17, 18, 32]), ...someElements(random)]);
    let message: DhtMessage;
    try {
      message = decodeDhtMessage(content);
    } catch (error) {
      assert(error instanceof WireError, String(error));
      return;
    }
    assertEquals(decodeDhtMessage(encodeDhtMessage(message)), message);
  },
);

function someElements(random: Parameters<typeof randomBytes>[0]): unknown[] {
  return Array.from({ length: randomInt(random, 5) }, () =>
    pick<unknown>(random, [
      1,
      MAX_SEQUENCE,
      ID,
      concatBytes([ID, ID]),
      [randomBytes(random, 300)],
      randomBytes(random, 64),
      "busy",
      null,
    ]));
}
