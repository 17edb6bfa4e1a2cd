import { assertEquals } from "@std/assert";
import { GOLDENS } from "./goldens.ts";

for (const { file, golden, snapshot, render } of GOLDENS) {
  Deno.test(`${file.endsWith(".d2") ? "peersD2" : "peersJson"}: writes ${file} byte for byte`, () => {
    assertEquals(render(snapshot), golden);
  });
}
