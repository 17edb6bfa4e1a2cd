import { assertEquals, assertThrows } from "@std/assert";
import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import { randomInt } from "../../src/base/random.ts";
import {
  BadLineError,
  formatLine,
  LineReader,
  LongLineError,
  MAX_REQUEST_BYTES,
  parseLine,
} from "../../src/control/lines.ts";
import { MAX_MESSAGE_BYTES } from "../../src/control/methods.ts";
import { fuzz } from "../fuzz/fuzz.ts";

Deno.test("LineReader.take: gives lines one by one, however their bytes come", () => {
  const reader = new LineReader(100);
  reader.push(bytesOf("one\ntw"));
  assertEquals(takeAll(reader), ["one"]);
  reader.push(bytesOf("o"));
  assertEquals(takeAll(reader), []);
  reader.push(bytesOf("\n\nfour\nfi"));
  assertEquals(takeAll(reader), ["two", "", "four"]);
  reader.push(bytesOf("ve\n"));
  assertEquals(takeAll(reader), ["five"]);
});

Deno.test("LineReader.take: a line stays as it was while others come", () => {
  const reader = new LineReader(100);
  reader.push(bytesOf("o"));
  reader.push(bytesOf("ne\ntwo\nthr"));
  const lines = [reader.take(), reader.take()];
  for (let i = 0; i < 10; i++) reader.push(bytesOf("XXXXX"));
  assertEquals(lines.map((line) => line && decodeUtf8(line)), ["one", "two"]);
});

Deno.test("LineReader.push: leaves the bytes that it is given as they are", () => {
  const whole = bytesOf("aaaa\nbb##########");
  const reader = new LineReader(100);
  reader.push(whole.subarray(0, 7));
  assertEquals(takeAll(reader), ["aaaa"]);
  reader.push(bytesOf("cc\n"));
  assertEquals(takeAll(reader), ["bbcc"]);
  assertEquals(decodeUtf8(whole), "aaaa\nbb##########");
});

Deno.test("LineReader.take: a line may be as long as the limit and no longer", () => {
  const reader = new LineReader(5);
  reader.push(bytesOf("12345\n12345"));
  assertEquals(takeAll(reader), ["12345"]);
  reader.push(bytesOf("6"));
  assertThrows(() => reader.take(), LongLineError, "more than 5 bytes");
  assertThrows(() => reader.take(), LongLineError);
});

Deno.test("LineReader.take: a whole line that is too long comes after those before it", () => {
  const reader = new LineReader(5);
  reader.push(bytesOf("1\n123456\n2\n"));
  assertEquals(decodeUtf8(reader.take() ?? bytesOf("")), "1");
  assertThrows(() => reader.take(), LongLineError);
});

fuzz("LineReader: cuts any text at any place as split does", 300, (random) => {
  const length = randomInt(random, 200);
  const text = Array.from({ length }, () => "ab\n\n"[randomInt(random, 4)]).join("");
  const reader = new LineReader(1000);
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const to = at + 1 + randomInt(random, 30);
    reader.push(bytesOf(text.slice(at, to)));
    at = to;
    // What is not taken yet must not be lost either.
    if (randomInt(random, 2) === 0) lines.push(...takeAll(reader));
  }
  assertEquals([...lines, ...takeAll(reader)], text.split("\n").slice(0, -1));
});

Deno.test("LineReader: a long line in many pieces is put together in no time", () => {
  const reader = new LineReader(MAX_REQUEST_BYTES);
  const piece = bytesOf("0123456789abcdef");
  const pieces = 100_000;
  for (let i = 0; i < pieces; i++) {
    reader.push(piece);
    assertEquals(reader.take(), undefined);
  }
  reader.push(bytesOf("\n"));
  assertEquals(reader.take()?.length, pieces * piece.length);
});

for (const line of ["", "{", "[]", "7", "null", '"text"', "{}{}", "{'v':1}"]) {
  Deno.test(`parseLine: ${JSON.stringify(line)} is no JSON object`, () => {
    assertThrows(() => parseLine(encodeUtf8(line)), BadLineError, "wanted a");
  });
}

Deno.test("parseLine: bytes that are no UTF-8 are refused", () => {
  assertThrows(() => parseLine(Uint8Array.of(0x7b, 0xff, 0x7d)), BadLineError, "no UTF-8");
});

Deno.test("parseLine: a line may end as Windows ends it", () => {
  assertEquals(parseLine(encodeUtf8('{"v":1}\r')), { v: 1 });
});

Deno.test("formatLine: writes one line whatever the text holds, which parseLine reads", () => {
  const value = { text: "a\nb\r\u2028\u0000\ud83d\ude00", list: [1, null] };
  const line = formatLine(value);
  assertEquals([line.indexOf(10), line.length - 1], [line.length - 1, line.lastIndexOf(10)]);
  assertEquals(parseLine(line.subarray(0, -1)), value);
});

Deno.test("MAX_REQUEST_BYTES: holds the largest message, though every byte is escaped", () => {
  const params = { peer: "a".repeat(52), text: "\0".repeat(MAX_MESSAGE_BYTES), timeout_ms: 5000 };
  const line = formatLine({ v: 1, id: Number.MAX_SAFE_INTEGER, method: "send", params });
  assertEquals(line.length <= MAX_REQUEST_BYTES, true);
});

function takeAll(reader: LineReader): string[] {
  const lines: string[] = [];
  for (let line = reader.take(); line !== undefined; line = reader.take()) {
    lines.push(decodeUtf8(line));
  }
  return lines;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
