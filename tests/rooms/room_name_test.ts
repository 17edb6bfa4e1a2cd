import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { normalRoomName, refuseRoomName } from "../../src/rooms/room_name.ts";

Deno.test("refuseRoomName: three characters to 128 bytes are a name", () => {
  for (const name of ["abc", "a b", "日本語", "😀😀😀", "x".repeat(128), "é".repeat(64), "   "]) {
    refuseRoomName(name);
  }
});

Deno.test("refuseRoomName: what is too short or too long is refused with the limits", () => {
  const rules: readonly (readonly [name: string, words: string])[] = [
    ["", "has 0 characters, wanted 3 or more"],
    ["a", "has 1 character, wanted 3 or more"],
    ["ab", "has 2 characters, wanted 3 or more"],
    // Two characters, though JavaScript counts four units.
    ["😀😀", "has 2 characters"],
    ["x".repeat(129), "has 129 bytes in UTF-8, wanted at most 128"],
    ["é".repeat(65), "has 130 bytes"],
  ];
  for (const [name, words] of rules) {
    const error = assertThrows(() => refuseRoomName(name), RangeError);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("refuseRoomName: control characters and halves of characters are refused", () => {
  for (const name of ["a\tbc", "abc\n", "abc\u0000", "abc\u007f", "abc\u0085"]) {
    assertThrows(() => refuseRoomName(name), RangeError, "control character");
  }
  assertThrows(() => refuseRoomName("abc\ud83d"), RangeError, "half a character");
});

Deno.test("normalRoomName: the ways to type one name have one form", () => {
  assertEquals(normalRoomName("cafe\u0301"), "caf\u00e9");
  assertEquals(normalRoomName("caf\u00e9"), "caf\u00e9");
  // An é typed as two characters does not make a name longer.
  assertThrows(() => refuseRoomName(normalRoomName("ae\u0301")), RangeError, "2 characters");
});
