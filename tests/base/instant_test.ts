import { assertEquals } from "@std/assert";
import { earliest } from "../../src/base/instant.ts";

Deno.test("earliest: is the smallest of those that are given", () => {
  assertEquals(earliest(3, 1, 2), 1);
  assertEquals(earliest(undefined, 5, undefined, 4), 4);
  assertEquals(earliest(0, undefined), 0);
  assertEquals(earliest(Infinity, -1), -1);
});

Deno.test("earliest: of nothing there is none", () => {
  assertEquals(earliest(), undefined);
  assertEquals(earliest(undefined, undefined), undefined);
});
