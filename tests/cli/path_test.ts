import { assertEquals } from "@std/assert";
import { folderOf, joinPath } from "../../src/cli/path.ts";

Deno.test("joinPath: writes a path without needless parts", () => {
  for (const folder of ["config", "./config", "config/", "././config//"]) {
    assertEquals(joinPath(folder, "a.toml"), "config/a.toml");
  }
  assertEquals(joinPath(".", "a.toml"), "a.toml");
  assertEquals(joinPath("./", "a.toml"), "a.toml");
  assertEquals(joinPath("/", "a.toml"), "/a.toml");
  assertEquals(joinPath("../config", "a.toml"), "../config/a.toml");
  assertEquals(joinPath("C:\\config\\", "a.toml"), "C:\\config/a.toml");
});

Deno.test("folderOf: is what stands before the last slash of either kind", () => {
  assertEquals(folderOf("profiles/bob/bob.json"), "profiles/bob");
  assertEquals(folderOf("profiles\\bob\\bob.json"), "profiles\\bob");
  assertEquals(folderOf("bob.json"), ".");
  assertEquals(folderOf("/bob.json"), "/");
});
