import { assertEquals, assertThrows } from "@std/assert";
import { decodeItem, encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import { encodeMessage, MESSAGES } from "./samples.ts";

const KNOWN_TYPES = [1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 32, 33, 34];

Deno.test("decodeMessage: reads the messages of every family", () => {
  for (const message of MESSAGES) assertEquals(decodeMessage(encodeMessage(message)), message);
  const types = MESSAGES.map((message) => (decodeItem(encodeMessage(message)) as number[])[0]);
  assertEquals([...new Set(types)].sort((a = 0, b = 0) => a - b), KNOWN_TYPES);
});

Deno.test("decodeMessage: a message of an unknown type is an error that names the type", () => {
  for (let code = 0; code < 256; code++) {
    if (KNOWN_TYPES.includes(code)) continue;
    const item = encodeItem([code, 1, 2, 3]);
    assertThrows(() => decodeMessage(item), WireError, `A message of the unknown type ${code}`);
  }
});

Deno.test("decodeMessage: a type is a small integer", () => {
  for (const type of [null, "1", -1, 256, 1.5, [1], true]) {
    assertThrows(() => decodeMessage(encodeItem([type])), WireError, "A message has type");
  }
  assertThrows(() => decodeMessage(encodeItem([])), WireError, "A message has type missing");
});

Deno.test("decodeMessage: a message is an array", () => {
  for (const item of [1, "hello", null, true]) {
    assertThrows(() => decodeMessage(encodeItem(item)), WireError, "wanted an array");
  }
});

Deno.test("decodeMessage: no part of a message passes for a whole one", () => {
  for (const message of MESSAGES) {
    const item = encodeMessage(message);
    for (let length = 0; length < item.length; length++) {
      assertThrows(() => decodeMessage(item.subarray(0, length)), WireError, "No CBOR item");
    }
  }
});
