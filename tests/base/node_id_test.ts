import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  compareIds,
  NODE_ID_BYTES,
  nodeIdFromBytes,
  nodeIdToBytes,
  shortId,
} from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";

const ZERO = new Uint8Array(NODE_ID_BYTES);

Deno.test("nodeIdFromBytes: writes base32 as RFC 4648 does, in lower case without padding", () => {
  assertEquals<string>(nodeIdFromBytes(ZERO), "a".repeat(52));
  assertEquals<string>(nodeIdFromBytes(ZERO.map(() => 255)), `${"7".repeat(51)}q`);
  const foobar = ZERO.slice();
  foobar.set([0x66, 0x6f, 0x6f, 0x62, 0x61]);
  assertEquals<string>(nodeIdFromBytes(foobar), `mzxw6ytb${"a".repeat(44)}`);
});

Deno.test("nodeIdToBytes: undoes nodeIdFromBytes", () => {
  const random = new SeededRandom(1);
  for (let i = 0; i < 200; i++) {
    const bytes = ZERO.map(() => randomInt(random, 256));
    assertEquals(nodeIdToBytes(nodeIdFromBytes(bytes)), bytes);
  }
});

Deno.test("nodeIdFromBytes: every bit counts", () => {
  const ids = new Set([nodeIdFromBytes(ZERO)]);
  for (let bit = 0; bit < NODE_ID_BYTES * 8; bit++) {
    const bytes = ZERO.slice();
    bytes[bit >> 3] = 128 >> (bit & 7);
    ids.add(nodeIdFromBytes(bytes));
  }
  assertEquals(ids.size, NODE_ID_BYTES * 8 + 1);
});

Deno.test("nodeIdFromBytes: takes 32 bytes and no other number", () => {
  for (const length of [0, 31, 33]) {
    const bytes = new Uint8Array(length);
    assertThrows(() => nodeIdFromBytes(bytes), RangeError, `A node id is 32 bytes, not ${length}`);
  }
});

Deno.test("nodeIdToBytes: says what is wrong with a text that is no id", () => {
  const id = "a".repeat(52);
  const cases: [text: string, problem: string][] = [
    ["", 'A node id has 52 characters, "" has 0'],
    [id.slice(1), "has 51"],
    [`${id}a`, "has 53"],
    [`A${id.slice(1)}`, 'holds "A"'],
    [`1${id.slice(1)}`, 'holds "1"'],
    [`${id.slice(1)}=`, 'holds "="'],
    [`é${id.slice(1)}`, 'holds "é"'],
    [`${id.slice(1)}b`, "its last character holds stray bits"],
    [`${id.slice(1)}p`, "its last character holds stray bits"],
  ];
  for (const [text, problem] of cases) {
    assertThrows(() => nodeIdToBytes(text), SyntaxError, problem, text);
  }
});

Deno.test("shortId: is the beginning of the id", () => {
  const id = nodeIdFromBytes(ZERO.map((_, at) => at));
  assertEquals(shortId(id).length, 8);
  assert(id.startsWith(shortId(id)));
});

Deno.test("compareIds: orders ids as their texts are ordered, digits before letters", () => {
  const idOf = (byte: number) => nodeIdFromBytes(new Uint8Array(32).fill(byte));
  const [letters, digits] = [idOf(0), idOf(255)];
  assert(letters.startsWith("aaaa") && digits.startsWith("7777"));
  assertEquals([letters, digits, letters].sort(compareIds), [digits, letters, letters]);
  assertEquals(compareIds(digits, digits), 0);
});
