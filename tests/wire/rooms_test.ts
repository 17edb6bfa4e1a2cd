import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { decodeItem, encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  MAX_ROOM_CONTENT_BYTES,
  MAX_ROOM_MEMBERS,
  MAX_SEQUENCE,
  MAX_SERVICE_BYTES,
  MAX_SIGNATURE_BYTES,
} from "../../src/wire/limits.ts";
import {
  decodeRoomHead,
  decodeRoomLetter,
  decodeRoomRecord,
  decodeSignedContent,
  decodeStatement,
  encodeRoomHead,
  encodeRoomLetter,
  encodeRoomRecord,
  encodeSignedContent,
  encodeStatement,
  MAX_TOLD,
  messageNameBytes,
  type RoomHead,
  type RoomLetter,
  type Statement,
} from "../../src/wire/rooms.ts";
import { fuzz, mutated, pick, randomBytes } from "../fuzz/fuzz.ts";
import { assertRefusesWrongFields, NOT_BOOLEANS, NOT_IDS, notBytes, notUint } from "./fields.ts";
import { hex, idOf } from "./samples.ts";

const RUN = new Uint8Array(32).fill(7);
const NAME = { author: idOf(1), run: RUN, epoch: 1_767_225_600_000, sequence: 3 };
const STATEMENT: Statement = { id: idOf(1), epoch: 1_767_225_600_000, left: false, run: RUN };
const LETTER: RoomLetter = {
  location: idOf(9),
  nonce: new Uint8Array(12).fill(8),
  head: Uint8Array.of(1, 2),
  tail: Uint8Array.of(3),
};

const ENTRY = { id: idOf(1), epoch: 5, left: true, from: 2, next: 4 };
const RANGE = { author: idOf(1), epoch: 5, from: 2, to: 4 };
const CARRIED = { body: encodeStatement(STATEMENT), signature: new Uint8Array(64).fill(6) };

const HEADS: readonly RoomHead[] = [
  { type: "statements", carried: [] },
  { type: "statements", carried: [CARRIED, CARRIED] },
  { type: "summary", count: 200, hash: 2 ** 52 - 1 },
  { type: "index", asks: true, entries: [] },
  { type: "index", asks: false, entries: [ENTRY, { ...ENTRY, left: false, next: 0 }] },
  { type: "want", ranges: [RANGE] },
  { type: "message", name: NAME, told: [] },
  { type: "message", name: { ...NAME, sequence: MAX_SEQUENCE }, told: [idOf(2), idOf(3)] },
  { type: "private", content: "" },
  { type: "private", content: "\ufeffbegins with a mark" },
  { type: "private", content: Uint8Array.of(0, 255) },
];

const decodeHead = (elements: readonly unknown[]) => decodeRoomHead(encodeItem(elements));

Deno.test("encodeRoomLetter: a letter comes back as it was", () => {
  assertEquals(decodeRoomLetter(encodeRoomLetter(LETTER)), LETTER);
  const bare = { ...LETTER, tail: new Uint8Array(0) };
  assertEquals(decodeRoomLetter(encodeRoomLetter(bare)), bare);
});

Deno.test("encodeRoomHead: every head comes back as it was", () => {
  for (const head of HEADS) assertEquals(decodeRoomHead(encodeRoomHead(head)), head);
});

Deno.test("encodeRoomHead: layouts stay what they are", () => {
  const golden: readonly (readonly [head: RoomHead, bytes: string])[] = [
    [{ type: "summary", count: 2, hash: 300 }, "83020219012c"],
    [{ type: "private", content: "hi" }, "8306f5426869"],
    [{ type: "want", ranges: [RANGE] }, `820481845820${"01".repeat(32)}050204`],
    [
      { type: "index", asks: true, entries: [ENTRY] },
      `8303f581855820${"01".repeat(32)}05f50204`,
    ],
    [
      { type: "message", name: { ...NAME, epoch: 5 }, told: [idOf(2)] },
      `86055820${"01".repeat(32)}5820${"07".repeat(32)}0503815820${"02".repeat(32)}`,
    ],
  ];
  for (const [head, bytes] of golden) assertEquals(hex(encodeRoomHead(head)), bytes);
});

Deno.test("encodeStatement: layout stays what it is, and it comes back as it was", () => {
  const bytes = encodeStatement({ ...STATEMENT, left: true });
  assertEquals(hex(bytes), `${"01".repeat(32)}0000019b76daa80001${"07".repeat(32)}`);
  assertEquals(decodeStatement(bytes), { ...STATEMENT, left: true });
  assertEquals(decodeStatement(encodeStatement(STATEMENT)), STATEMENT);
});

Deno.test("decodeStatement: refuses what is no statement", () => {
  const bytes = encodeStatement(STATEMENT);
  for (const wrong of [bytes.slice(1), new Uint8Array(74), new Uint8Array(0)]) {
    assertThrows(() => decodeStatement(wrong), WireError, "wanted 73");
  }
  assertThrows(() => decodeStatement(bytes.with(40, 2)), WireError, "status 2");
  assertThrows(() => decodeStatement(bytes.with(32, 255)), WireError, "epoch");
});

Deno.test("encodeRoomRecord: a record comes back as it was, and only a whole one", () => {
  const record = { id: idOf(4), epoch: MAX_SEQUENCE };
  const bytes = encodeRoomRecord(record);
  assertEquals(decodeRoomRecord(bytes), record);
  assertThrows(() => decodeRoomRecord(bytes.slice(1)), WireError, "wanted 40");
  assertThrows(() => decodeRoomRecord(bytes.with(32, 1)), WireError, "epoch");
});

Deno.test("encodeSignedContent: text stays text and bytes stay bytes, of their own", () => {
  const signature = new Uint8Array(64).fill(1);
  for (const content of ["", "héllo", "\ufeff", Uint8Array.of(), Uint8Array.of(0xff, 0xfe)]) {
    const bytes = encodeSignedContent({ signature, content });
    assertEquals(decodeSignedContent(bytes), { signature, content });
  }
  const bytes = encodeSignedContent({ signature, content: Uint8Array.of(5) });
  const { content } = decodeSignedContent(bytes);
  bytes.fill(0);
  assertEquals(content, Uint8Array.of(5));
});

Deno.test("messageNameBytes: differ wherever the name of a message does", () => {
  const names = [
    NAME,
    { ...NAME, author: idOf(2) },
    { ...NAME, run: new Uint8Array(32) },
    { ...NAME, epoch: NAME.epoch + 1 },
    { ...NAME, sequence: NAME.sequence + 1 },
    { ...NAME, epoch: NAME.sequence, sequence: NAME.epoch },
  ];
  assertEquals(new Set(names.map((name) => hex(messageNameBytes(name)))).size, names.length);
});

Deno.test("decodeRoomLetter: refuses every field that is missing or not as it should be", () => {
  const whole = decodeItem(encodeRoomLetter(LETTER)) as readonly unknown[];
  const decode = (elements: readonly unknown[]) => decodeRoomLetter(encodeItem(elements));
  assertRefusesWrongFields(whole, [
    { name: "location", at: 0, wrong: NOT_IDS },
    { name: "nonce", at: 1, wrong: [...notBytes(12), new Uint8Array(11)] },
    { name: "head", at: 2, wrong: notBytes(MAX_SERVICE_BYTES) },
    { name: "tail", at: 3, wrong: notBytes(MAX_SERVICE_BYTES) },
  ], decode);
});

Deno.test("decodeRoomHead: refuses every field that is missing or not as it should be", () => {
  const items = (head: RoomHead) => decodeItem(encodeRoomHead(head)) as readonly unknown[];
  const tooMany = Array(MAX_ROOM_MEMBERS + 1).fill([]);
  const lists = [null, 1, "list", {}, tooMany];
  const run = [...notBytes(32), new Uint8Array(31)];
  assertRefusesWrongFields(items({ type: "summary", count: 1, hash: 2 }), [
    { name: "count", at: 1, wrong: notUint(MAX_SEQUENCE) },
    { name: "hash", at: 2, wrong: notUint(MAX_SEQUENCE) },
  ], decodeHead);
  assertRefusesWrongFields(items({ type: "index", asks: true, entries: [] }), [
    { name: "asks", at: 1, wrong: NOT_BOOLEANS },
    { name: "entries", at: 2, wrong: lists },
  ], decodeHead);
  assertRefusesWrongFields(items({ type: "statements", carried: [] }), [
    { name: "statements", at: 1, wrong: lists },
  ], decodeHead);
  assertRefusesWrongFields(items({ type: "want", ranges: [] }), [
    { name: "ranges", at: 1, wrong: lists },
  ], decodeHead);
  assertRefusesWrongFields(items({ type: "message", name: NAME, told: [] }), [
    { name: "author", at: 1, wrong: NOT_IDS },
    { name: "run", at: 2, wrong: run },
    { name: "epoch", at: 3, wrong: notUint(MAX_SEQUENCE) },
    { name: "sequence", at: 4, wrong: [...notUint(MAX_SEQUENCE), 0] },
    { name: "told", at: 5, wrong: [null, 1, "list", Array(MAX_TOLD + 1).fill(RUN)] },
  ], decodeHead);
  assertRefusesWrongFields(items({ type: "private", content: "a" }), [
    { name: "is-text", at: 1, wrong: NOT_BOOLEANS },
    { name: "content", at: 2, wrong: notBytes(MAX_ROOM_CONTENT_BYTES) },
  ], decodeHead);
});

Deno.test("decodeRoomHead: refuses what is in its lists as strictly", () => {
  const id = RUN;
  assertRefusesWrongFields([id, 5, true, 2, 4], [
    { name: "id", at: 0, wrong: NOT_IDS },
    { name: "epoch", at: 1, wrong: notUint(MAX_SEQUENCE) },
    { name: "left", at: 2, wrong: NOT_BOOLEANS },
    { name: "from", at: 3, wrong: notUint(MAX_SEQUENCE) },
    { name: "next", at: 4, wrong: notUint(MAX_SEQUENCE) },
  ], (entry) => decodeHead([3, true, [entry]]));
  assertRefusesWrongFields([id, 5, 2, 4], [
    { name: "author", at: 0, wrong: NOT_IDS },
    { name: "epoch", at: 1, wrong: notUint(MAX_SEQUENCE) },
    { name: "from", at: 2, wrong: notUint(MAX_SEQUENCE) },
    { name: "to", at: 3, wrong: notUint(MAX_SEQUENCE) },
  ], (range) => decodeHead([4, [range]]));
  assertRefusesWrongFields([CARRIED.body, CARRIED.signature], [
    { name: "body", at: 0, wrong: [...notBytes(73), new Uint8Array(72)] },
    { name: "signature", at: 1, wrong: notBytes(MAX_SIGNATURE_BYTES) },
  ], (carried) => decodeHead([1, [carried]]));
  for (const code of [0, 7, 255]) {
    assertThrows(() => decodeHead([code]), WireError, `unknown type ${code}`);
  }
});

Deno.test("decodeSignedContent: refuses a text that is none", () => {
  const broken = Uint8Array.of(0xc3, 0x28);
  const bytes = encodeItem([new Uint8Array(64), true, broken]);
  assertThrows(() => decodeSignedContent(bytes), WireError, "broken UTF-8");
  assertThrows(() => decodeHead([6, true, broken]), WireError, "broken UTF-8");
  assertEquals(decodeHead([6, false, broken]), { type: "private", content: broken });
});

Deno.test("encodeRoomLetter: the largest letters of each type fit", () => {
  const most = <T>(item: T) => Array<T>(MAX_ROOM_MEMBERS).fill(item);
  const big = MAX_SEQUENCE;
  const entry = { id: idOf(1), epoch: big, left: true, from: big, next: big };
  const range = { author: idOf(1), epoch: big, from: big, to: big };
  const name = { ...NAME, epoch: big, sequence: big };
  const content = new Uint8Array(MAX_ROOM_CONTENT_BYTES);
  const signature = new Uint8Array(MAX_SIGNATURE_BYTES);
  const told = Array(MAX_TOLD).fill(idOf(1));
  const tag = 16;
  const tail = encodeSignedContent({ signature, content }).length + tag;
  const largest: readonly (readonly [head: RoomHead, tail: number])[] = [
    [{ type: "index", asks: true, entries: most(entry) }, 0],
    [{ type: "want", ranges: most(range) }, 0],
    [{ type: "message", name, told }, tail],
    [{ type: "private", content }, 0],
  ];
  for (const [head, tailBytes] of largest) {
    const sealed = new Uint8Array(encodeRoomHead(head).length + tag);
    const letter = { ...LETTER, head: sealed, tail: new Uint8Array(tailBytes) };
    assertLess(encodeRoomLetter(letter).length, MAX_SERVICE_BYTES + 1, head.type);
  }
});

/** What decodes `bytes` either answers or says that the sender is to blame. */
function assertDecodesOrBlames(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    assert(error instanceof WireError, `${error}`);
  }
}

fuzz(
  "decodeRoomHead: noise and damaged letters are read or blamed on the sender",
  3_000,
  (random) => {
    const head = encodeRoomHead(pick(random, HEADS));
    const samples = [head, encodeRoomLetter(LETTER), CARRIED.body, randomBytes(random, 200)];
    const bytes = mutated(random, pick(random, samples.filter(({ length }) => length > 0)));
    assertDecodesOrBlames(() => decodeRoomLetter(bytes));
    assertDecodesOrBlames(() => decodeRoomHead(bytes));
    assertDecodesOrBlames(() => decodeStatement(bytes));
    assertDecodesOrBlames(() => decodeRoomRecord(bytes));
    assertDecodesOrBlames(() => decodeSignedContent(bytes));
  },
);
