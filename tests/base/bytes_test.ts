import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes } from "../../src/base/bytes.ts";

Deno.test("encodeUtf8, decodeUtf8: carry any text", () => {
  for (const text of ["", "bob", "Zoë", "日本", "\u{1F9ED}", "a\0b\n"]) {
    assertEquals(decodeUtf8(encodeUtf8(text)), text);
  }
  assertEquals(encodeUtf8("é€"), Uint8Array.of(0xc3, 0xa9, 0xe2, 0x82, 0xac));
});

Deno.test("decodeUtf8: throws at bytes that are not UTF-8", () => {
  for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
    assertThrows(() => decodeUtf8(Uint8Array.from(bytes)), TypeError);
  }
});

Deno.test("equalBytes: compares content and length", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert(equalBytes(bytes, Uint8Array.of(1, 2, 3)));
  assert(equalBytes(bytes, Uint8Array.of(0, 1, 2, 3, 4).subarray(1, 4)));
  assert(equalBytes(new Uint8Array(), new Uint8Array()));
  for (const other of [[], [1, 2], [1, 2, 4], [0, 2, 3], [1, 2, 3, 0]]) {
    assert(!equalBytes(bytes, Uint8Array.from(other)), String(other));
  }
});

Deno.test("concatBytes: puts the parts one after the other into an array of its own", () => {
  assertEquals(concatBytes([]), new Uint8Array());
  const part = Uint8Array.of(1, 2);
  const whole = concatBytes([part, new Uint8Array(), Uint8Array.of(3)]);
  assertEquals(whole, Uint8Array.of(1, 2, 3));
  part[0] = 9;
  assertEquals(whole[0], 1);
});
