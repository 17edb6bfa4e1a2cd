import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { decodeItem, encodeItem, Fields } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import { idOf } from "./samples.ts";

Deno.test("encodeItem: gives bytes that no later item overwrites", () => {
  const first = encodeItem([1, "first"]);
  const copy = first.slice();
  for (let i = 0; i < 1000; i++) encodeItem([2, "second"]);
  assertEquals(first, copy);
  assertNotEquals(first, encodeItem([2, "second"]));
});

Deno.test("decodeItem: undoes encodeItem for what messages are made of", () => {
  const items = [
    [],
    [0, 23, 24, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER],
    ["", "bob", "Zoë \u{1F9ED}", "x".repeat(5000)],
    [true, false, null],
    [Uint8Array.of(1, 2, 3), new Uint8Array(300)],
    [[[1], ["a", [true]]], []],
  ];
  for (const item of items) {
    const decoded = decodeItem(encodeItem(item));
    assertEquals(JSON.stringify(decoded), JSON.stringify(item));
  }
});

Deno.test("decodeItem: a byte string is a view of the frame it came in", () => {
  const item = encodeItem([new Uint8Array(100).fill(7)]);
  const [bytes] = decodeItem(item) as [Uint8Array];
  assertEquals(bytes.buffer, item.buffer);
});

Deno.test("decodeItem: takes one whole item and nothing else", () => {
  const item = encodeItem([1, "two", Uint8Array.of(3)]);
  for (let length = 0; length < item.length; length++) {
    assertThrows(() => decodeItem(item.subarray(0, length)), WireError, "No CBOR item: ");
  }
  const more = new Uint8Array(item.length + 1);
  more.set(item);
  assertThrows(() => decodeItem(more), WireError, "No CBOR item: ");
});

Deno.test("decodeItem: goes on working after an error", () => {
  const item = encodeItem([1, "two"]);
  for (const broken of [[0x82, 1], [0xff], [0x9f, 1], [0x62, 0xff]]) {
    try {
      decodeItem(Uint8Array.from(broken));
    } catch {
      // What matters here is the next one.
    }
    assertEquals(decodeItem(item), [1, "two"]);
  }
});

Deno.test("Fields: hands out elements in their order", () => {
  const id = idOf(9);
  const bytes = Uint8Array.of(1, 2);
  const elements = [7, true, "bob", bytes, new Uint8Array(32).fill(9), "[::1]:80", [1, 2], [3]];
  const fields = new Fields(elements, "A thing");
  assertEquals(fields.uint("number", 7), 7);
  assertEquals(fields.boolean("flag"), true);
  assertEquals(fields.text("name", 3), "bob");
  assertEquals(fields.bytes("bytes", 2), bytes);
  assertEquals(fields.nodeId("id"), id);
  assertEquals<string>(fields.address("address"), "[::1]:80");
  assertEquals(fields.list("numbers", 2, (item) => item.uint("number", 9)), [1, 2]);
  assertEquals(fields.nested("pair").uint("first", 9), 3);
});

Deno.test("Fields: says what a value is and what was wanted", () => {
  const cases: [value: unknown, kind: string][] = [
    [undefined, "missing"],
    [null, "null"],
    [1.5, "1.5"],
    [-1, "-1"],
    [true, "true"],
    ["secret", "a text of 6 characters"],
    [new Uint8Array(3), "a byte string of 3"],
    [[1, 2], "an array of 2"],
    [{}, "a object"],
    [5n, "a bigint"],
  ];
  for (const [value, kind] of cases) {
    assertThrows(
      () => new Fields([value], "A thing").uint("number", 9),
      WireError,
      `A thing has number ${kind}, wanted an integer from 0 to 9`,
    );
  }
  assertThrows(() => new Fields({}, "A thing"), WireError, "A thing is a object, wanted an array");
});

Deno.test("Fields: counts a text in bytes of UTF-8, right up to its limit", () => {
  const read = (text: string) => new Fields([text], "A thing").text("name", 6);
  for (const text of ["abcdef", "ééé", "€€", "a\u{1F9ED}b"]) assertEquals(read(text), text);
  for (const text of ["abcdefg", "éééa", "€€a", "\u{1F9ED}abc"]) {
    assertThrows(() => read(text), WireError, "wanted at most 6 bytes");
  }
});

Deno.test("Fields: bounds byte strings and lists", () => {
  const bytes = new Fields([new Uint8Array(4)], "A thing");
  assertThrows(() => bytes.bytes("body", 3), WireError, "wanted at most 3 bytes");
  const list = new Fields([[1, 2, 3]], "A thing");
  assertThrows(() => list.list("items", 2, fail), WireError, "wanted at most 2 elements");
  const nested = new Fields([[1, "x"]], "A thing");
  const readNumbers = () => nested.list("items", 2, (item) => item.uint("item", 9));
  assertThrows(readNumbers, WireError, "A thing: items has item a text");
});

function fail(): never {
  throw new Error("An element was read although the list is too long");
}

Deno.test("Fields: takeNull takes a null and leaves anything else", () => {
  const fields = new Fields([null, 5], "A thing");
  assertEquals([fields.takeNull(), fields.takeNull(), fields.uint("rtt", 9)], [true, false, 5]);
});
