import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { peersD2 } from "../../src/report/d2.ts";
import { id, link, node, snapshot } from "./networks.ts";

/** The lines of a diagram from its first node on. */
function body(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("title: ")) + 1).filter(Boolean);
}

Deno.test("peersD2: draws a link from the dialling to the listening end", () => {
  const text = peersD2(snapshot("bob", {
    nodes: [node("bob", 8095), node("alice", 8090)],
    links: [link("bob", "alice", 213.4)],
  }));
  assertEquals(body(text), [
    'aliceali: "alice \\n (8090)"',
    'bobbobbo: "bob \\n (8095)"',
    "bobbobbo -> aliceali: 213 µs",
  ]);
});

Deno.test("peersD2: tells own, lost and gone nodes apart", () => {
  const text = peersD2(snapshot("bob", {
    nodes: [
      node("bob", 8095, { state: "own" }),
      node("alice", 8090, { state: "failed" }),
      node("erin", 8105, { state: "left" }),
    ],
  }));
  assertEquals(body(text), [
    'aliceali: "alice \\n (8090) \\n lost" {class: lost}',
    'bobbobbo: "bob \\n (8095)" {class: own}',
    'erinerin: "erin \\n (8105) \\n left" {class: departed}',
  ]);
});

Deno.test("peersD2: dashes a link that one end alone claims, and labels none that is not measured", () => {
  const links = [
    link("alice", "bob", 5, "from"),
    link("bob", "carol", 6, "to"),
    link("carol", "bob", null),
    link("dave", "bob", null, "to"),
  ];
  assertEquals(body(peersD2(snapshot("bob", { links }))), [
    "aliceali -> bobbobbo: 5 µs {class: one-sided}",
    "bobbobbo -> carolcar: 6 µs {class: one-sided}",
    "carolcar -> bobbobbo",
    "davedave -> bobbobbo {class: one-sided}",
  ]);
});

Deno.test("peersD2: says whose view it is, also where that node is not listed", () => {
  const bob = node("bob", 8095, { state: "own" });
  assertStringIncludes(peersD2(snapshot("bob", { nodes: [bob] })), "as bob (bobbobbo) sees it");
  assertStringIncludes(peersD2(snapshot("bob", {})), "as bobbobbo sees it");
});

Deno.test("peersD2: writes the same text at another time", () => {
  const known = snapshot("bob", { nodes: [node("bob", 8095, { state: "own" })] });
  const later = { ...known, at: 1e9 };
  assertEquals(peersD2(later), peersD2(known));
});

Deno.test("peersD2: lengthens keys only as far as ids begin alike", () => {
  const ids = [`${"b".repeat(20)}c`, `${"b".repeat(20)}d`, "carol"];
  const text = peersD2(snapshot("carol", { nodes: ids.map((letters) => node(letters)) }));
  const keys = body(text).map((line) => line.split(":")[0]);
  assertEquals(keys, [
    id(ids[0] as string).slice(0, 21),
    id(ids[1] as string).slice(0, 21),
    "carolcar",
  ]);
});

Deno.test("peersD2: never uses a word of D2 as a key", () => {
  for (
    const word of ["animated", "constraint", "direction", "multiple", "scenarios", "underline"]
  ) {
    const begin = word.slice(0, -1);
    const text = peersD2(snapshot(word, { nodes: [node(word), node(`${begin}2`)] }));
    const keys = body(text).map((line) => line.split(":")[0] as string);
    assertEquals(keys.length, 2);
    assert(keys.every((key) => key !== word), `${keys} holds ${word}`);
    assertEquals(keys[1], id(word).slice(0, word.length + 1));
  }
});

Deno.test("peersD2: keeps a label on its line and inside its quotes", () => {
  const label = 'x"\n}\\ ${y}';
  const text = peersD2(snapshot("bob", { nodes: [node("alice", undefined, { label })] }));
  assertEquals(body(text), [String.raw`aliceali: "x\"\\u{a}}\\ \${y}"`]);
});
