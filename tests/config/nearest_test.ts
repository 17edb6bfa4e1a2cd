import { assertEquals } from "@std/assert";
import { distance, nearest } from "../../src/config/nearest.ts";

Deno.test("distance: counts inserted, deleted, replaced and swapped characters", () => {
  assertEquals(distance("port", "port"), 0);
  assertEquals(distance("port", "ports"), 1);
  assertEquals(distance("port", "pot"), 1);
  assertEquals(distance("port", "part"), 1);
  assertEquals(distance("port", "prot"), 1);
  assertEquals(distance("", "port"), 4);
  assertEquals(distance("kitten", "sitting"), 3);
});

Deno.test("distance: is the same both ways", () => {
  const words = ["addr", "adress", "label", "lable", "", "max_conn_count"];
  for (const a of words) for (const b of words) assertEquals(distance(a, b), distance(b, a));
});

Deno.test("nearest: finds the word that was meant, the first of equals", () => {
  assertEquals(nearest("lable", ["level", "label"]), "label");
  assertEquals(nearest("max_con_count", ["max_conn_count", "max_idle_count"]), "max_conn_count");
  assertEquals(nearest("pxrt", ["part", "port"]), "part");
});

Deno.test("nearest: gives nothing when more than a third would have to change", () => {
  assertEquals(nearest("colour", ["label", "network", "port"]), undefined);
  assertEquals(nearest("port", []), undefined);
});
