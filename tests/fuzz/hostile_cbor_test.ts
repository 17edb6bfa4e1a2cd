/**
 * What a stranger may put into a frame, made to cost us time or memory or to confuse us. No message
 * holds a tag, a map or an indefinite length, so a decoder that reads them only has more to lose:
 * with its tags alone CBOR can express numbers that take minutes to compute, and a few hundred bytes that stand for
 * gigabytes.
 */

import { assert, assertLess, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { decodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import { MAX_FRAME_BYTES, MAX_HANDSHAKE_FRAME_BYTES } from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";

/** Milliseconds within which any frame must be done with, on the slowest of machines. */
const PATIENCE_MS = 1_000;

const UINT = 0, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6;
const INDEFINITE = 31, STOP = 0xff;

/** The first bytes of an item (RFC 8949, section 3). */
function head(major: number, argument: number): number[] {
  const first = major << 5;
  if (argument < 24) return [first | argument];
  if (argument < 256) return [first | 24, argument];
  if (argument < 65_536) return [first | 25, argument >> 8, argument & 255];
  const bytes = [24, 16, 8, 0].map((shift) => (argument >>> shift) & 255);
  return [first | 26, ...bytes];
}

function repeated(bytes: readonly number[], times: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes.length * times },
    (_, at) => bytes[at % bytes.length] ?? 0,
  );
}

/** A ping whose number is `item`. */
function ping(...item: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return concatBytes([Uint8Array.of(0x82, 5), ...item.map((part) => Uint8Array.from(part))]);
}

/** A number of `length` bytes. */
function bigNumber(length: number): Uint8Array {
  return ping(head(TAG, 2), head(BYTES, length), new Uint8Array(length).fill(255));
}

/** Shared values (tags 28 and 29) each of which refers to itself, so that naive readers start over. */
function sharedValues(levels: number, length: number): Uint8Array {
  const references = Array.from(
    { length: levels },
    (_, id) => [...head(TAG, 29), ...head(UINT, id)],
  );
  return ping(
    repeated(head(TAG, 28), levels),
    [(ARRAY << 5) | INDEFINITE],
    references.flat(),
    new Uint8Array(length),
    [STOP],
  );
}

/** Packed values (tag 51), each table twice as large as the one before. */
function packedValues(doublings: number): Uint8Array {
  const empty = head(ARRAY, 0), first = 0xe0;
  const prefixes = [...head(ARRAY, 2), 0, first];
  const table = [...head(TAG, 51), ...head(ARRAY, 4), ...head(ARRAY, 1)];
  return ping(
    [...table, ...head(ARRAY, 2), 0, 0, ...prefixes, ...empty],
    repeated([...table, ...head(TAG, 225), first, ...prefixes, ...empty], doublings),
    [first],
  );
}

const HOSTILE: readonly (readonly [name: string, item: Uint8Array])[] = [
  ["nested arrays", repeated(head(ARRAY, 1), MAX_FRAME_BYTES)],
  ["nested arrays of a stranger", repeated(head(ARRAY, 1), MAX_HANDSHAKE_FRAME_BYTES)],
  ["nested indefinite arrays", repeated([(ARRAY << 5) | INDEFINITE], MAX_FRAME_BYTES)],
  ["nested maps", repeated([...head(MAP, 1), 0], MAX_FRAME_BYTES / 2)],
  ["nested tags", repeated(head(TAG, 1), MAX_FRAME_BYTES)],
  ...[BYTES, TEXT, ARRAY, MAP].flatMap((major) =>
    [2 ** 16, 2 ** 24, 2 ** 31, 2 ** 32 - 1].map((length) =>
      [`${length} of major type ${major} announced`, ping(head(major, length))] as const
    )
  ),
  ["long arrays one in another", repeated(head(ARRAY, 2 ** 24), MAX_FRAME_BYTES / 5)],
  ["a length of 64 bits", ping([(ARRAY << 5) | 27], repeated([255], 8))],
  ["an indefinite text", ping([(TEXT << 5) | INDEFINITE, 0x61, 0x61, STOP])],
  ["an indefinite array without an end", ping([(ARRAY << 5) | INDEFINITE, 1, 2])],
  ["a stop in the wrong place", ping([STOP])],
  ["a map with __proto__", ping(head(MAP, 1), head(TEXT, 9), text("__proto__"), [0x80])],
  ["a map as a message", Uint8Array.from([...head(MAP, 1), 0, 5])],
  ["a record", ping(head(TAG, 0xe000), [0x82, ...head(UINT, 0xe000), 0x81, 0x61, 0x61])],
  ["an inline record", ping(head(TAG, 105), [0x83, ...head(UINT, 0xe000), 0x81, 0x61, 0x61, 1])],
  ["a number of a stranger", bigNumber(8_000)],
  ["shared values of a stranger", sharedValues(800, 3_000)],
  ["packed values of a stranger", packedValues(21)],
];

function text(letters: string): number[] {
  return [...new TextEncoder().encode(letters)];
}

for (const [name, item] of HOSTILE) {
  Deno.test(`decodeMessage: ${name} is a WireError, at once`, () => {
    const begin = performance.now();
    assertThrows(() => decodeMessage(item), WireError);
    assertLess(performance.now() - begin, PATIENCE_MS);
  });
}

Deno.test("decodeItem: refuses every tag, whatever it stands for", () => {
  const known = [0, 1, 2, 3, 4, 5, 14, 15, 25, 27, 28, 29, 51, 55_799, 0xdff7, 0xe000];
  const contents = [[1], [0x41, 1], [0x61, 0x61], [0x82, 1, 1], [0xa0]];
  for (const tag of [...Array(300).keys(), ...known]) {
    for (const content of contents) {
      const item = ping(head(TAG, tag), content);
      assertThrows(() => decodeItem(item), WireError, "", `tag ${tag}`);
    }
  }
});

Deno.test("decodeItem: what a hostile item defines is gone with it", () => {
  for (const [, item] of HOSTILE.slice(-6)) {
    assertThrows(() => decodeMessage(item), WireError);
    const [, number] = decodeItem(Uint8Array.of(0x82, 5, 0x18, 42)) as unknown[];
    assert(number === 42);
    assert(Object.keys({}).length === 0 && !("a" in Object.prototype));
  }
});
