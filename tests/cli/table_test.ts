import { assertEquals } from "@std/assert";
import { formatTable } from "../../src/cli/table.ts";

Deno.test("formatTable: columns are as wide as their widest cell, and lines end with the last word", () => {
  const rows = [["a", "bb", "c"], ["ddd", "", ""], ["\u{1F600}", "e"]];
  assertEquals(formatTable(rows, 1), " a    bb  c\n ddd\n \u{1F600}    e\n");
  assertEquals(formatTable([]), "");
});
