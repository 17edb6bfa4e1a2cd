import { assertEquals } from "@std/assert";
import { decodeItem, encodeItem, Fields } from "../../src/wire/cbor.ts";
import { MAX_PUBLIC_KEY_BYTES, MAX_SEQUENCE, MAX_SIGNATURE_BYTES } from "../../src/wire/limits.ts";
import { decodeSuccession, successionItems } from "../../src/wire/succession.ts";
import { assertRefusesWrongFields, notBytes, notUint } from "./fields.ts";
import { hex, LARGEST_SUCCESSION, SUCCESSION } from "./samples.ts";

const decodeBytes = (bytes: Uint8Array) =>
  decodeSuccession(new Fields([decodeItem(bytes)], "A chain"));

Deno.test("successionItems: every change of key comes back as it was, and keeps no view of its frame", () => {
  for (const succession of [SUCCESSION, LARGEST_SUCCESSION]) {
    const bytes = encodeItem(successionItems(succession));
    const decoded = decodeBytes(bytes);
    bytes.fill(255);
    assertEquals(decoded, succession);
  }
});

Deno.test("successionItems: the bytes never change within a protocol version", () => {
  assertEquals(hex(encodeItem(successionItems(SUCCESSION))), "84420a0b420c0d1903e8420e0f");
});

Deno.test("decodeSuccession: needs every field, of its type and within its bounds", () => {
  assertRefusesWrongFields(successionItems(SUCCESSION), [
    { name: "old key", at: 0, wrong: notBytes(MAX_PUBLIC_KEY_BYTES) },
    { name: "new key", at: 1, wrong: notBytes(MAX_PUBLIC_KEY_BYTES) },
    { name: "time", at: 2, wrong: notUint(MAX_SEQUENCE) },
    { name: "signature", at: 3, wrong: notBytes(MAX_SIGNATURE_BYTES) },
  ], (items) => decodeBytes(encodeItem(items)));
});
