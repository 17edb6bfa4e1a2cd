import { assertEquals } from "@std/assert";
import { chooseLinks } from "../../src/rooms/wanted_links.ts";
import { idOf } from "../topology/ids.ts";

const ids = (...numbers: readonly number[]) => numbers.map(idOf);
const links = (...numbers: readonly number[]) => new Set(ids(...numbers));
const NONE = new Set<never>();

Deno.test("chooseLinks: wants all neighbours of all rooms, each once", () => {
  assertEquals(chooseLinks(NONE, [ids(1, 2), ids(2, 3), []], 10), links(1, 2, 3));
  assertEquals(chooseLinks(NONE, [], 10), NONE);
});

Deno.test("chooseLinks: beyond the bound every room gets its share", () => {
  const wanted = chooseLinks(NONE, [ids(1, 2, 3, 4), ids(5, 6, 7, 8)], 4);
  assertEquals(wanted, links(1, 5, 2, 6));
  assertEquals(chooseLinks(NONE, [ids(1, 2)], 0), NONE);
});

Deno.test("chooseLinks: what is wanted stays wanted while it can", () => {
  const before = links(3, 4);
  assertEquals(chooseLinks(before, [ids(1, 2, 3, 4)], 2), before);
  assertEquals(chooseLinks(before, [ids(1, 2, 4)], 2), links(4, 1));
  assertEquals(chooseLinks(before, [ids(1, 2)], 2), links(1, 2));
});

Deno.test("chooseLinks: a lower bound holds for what was wanted too", () => {
  assertEquals(chooseLinks(links(1, 2, 3), [ids(1, 2, 3)], 2).size, 2);
});
