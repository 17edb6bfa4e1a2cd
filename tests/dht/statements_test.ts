import { assert, assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { searchStatement, storeStatement } from "../../src/dht/statements.ts";
import { idAt } from "./points.ts";

const [A, B] = [idAt("0"), idAt("1")];

Deno.test("searchStatement, storeStatement: their bytes never change", () => {
  const zeros = "00".repeat(32);
  assertEquals(
    searchStatement(A).toHex(),
    encodeUtf8("area-net dht search\0").toHex() + zeros,
  );
  assertEquals(
    storeStatement(A, Uint8Array.of(1, 2)).toHex(),
    encodeUtf8("area-net dht store\0").toHex() + zeros + "0102",
  );
});

Deno.test("searchStatement, storeStatement: no two of them are the same bytes", () => {
  const empty = new Uint8Array(0);
  const statements = [
    searchStatement(A),
    searchStatement(B),
    storeStatement(A, empty),
    storeStatement(B, empty),
    storeStatement(A, Uint8Array.of(0)),
  ].map((each) => each.toHex());
  assert(new Set(statements).size === statements.length);
});
