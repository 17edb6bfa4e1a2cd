import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { webRtcAddress } from "../../src/base/address.ts";
import { peersD2, withoutTime } from "../../src/report/d2.ts";
import { FIVE, id, largeNetwork, link, node, snapshot, TROUBLED } from "./networks.ts";

/** The lines of a diagram from its first node on. */
function body(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("legend: ")) + 1).filter(Boolean);
}

/** The lines of the legend. */
function legend(text: string): string[] {
  const [, label = ""] = /^legend: "(.*)" \{/m.exec(text) ?? [];
  return label.split(" \\n ");
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

Deno.test("peersD2: a browser has no port, so it is called what it is", () => {
  const erin = { ...node("erin", 1), addresses: [webRtcAddress("e".repeat(52))] };
  const text = peersD2(snapshot("bob", { nodes: [erin] }));
  assertEquals(body(text), ['erinerin: "erin \\n (browser)"']);
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

const AT = Date.UTC(2026, 10, 21, 6, 14, 25, 999);

Deno.test("peersD2: its legend counts, explains what is there to explain, and tells when it changed", () => {
  assertEquals(legend(peersD2(FIVE)), ["5 nodes, 5 links"]);
  assertEquals(legend(peersD2(TROUBLED, { changedAtMs: AT })), [
    "5 nodes (1 lost, 1 left), 4 links",
    "dashed: only one end says that the link exists",
    "changed 2026-11-21 06:14:25 UTC",
  ]);
  assertEquals(legend(peersD2(largeNetwork())), [
    "95 nodes (3 lost, 1 left), 155 links",
    "stacked: several nodes drawn as one",
  ]);
});

Deno.test("withoutTime: takes the time out of the legend and leaves all else, whatever a label says", () => {
  const label = 'x \\n changed 2026-11-21 06:14:25 UTC"\nlegend: "y \\n changed 1-1 1:1 UTC';
  const known = snapshot("bob", {
    nodes: [node("bob", 8095, { state: "own", label }), node("legendab", 1, { label })],
  });
  const timed = peersD2(known, { changedAtMs: AT });
  assertStringIncludes(timed, 'changed 2026-11-21 06:14:25 UTC" {class: legend');
  assertEquals(withoutTime(timed), peersD2(known));
  assertEquals(withoutTime(peersD2(known)), peersD2(known));
});

Deno.test("peersD2: shows each node up to the largest number, and clusters from the next one on", () => {
  const nodes = [node("bob", 1, { state: "own" }), ...["a", "c", "d"].map((name) => node(name, 1))];
  const links = [link("bob", "a", 5), link("a", "c", 6), link("d", "a", 7, "to")];
  const known = snapshot("bob", { nodes, links });
  assertEquals(peersD2(known, { maxNodes: 4 }), peersD2(known));
  assertEquals(body(peersD2(known, { maxNodes: 3 })), [
    'aaaaaaaa: "a \\n (1)"',
    'bobbobbo: "bob \\n (1)" {class: own}',
    'cccccccc-2: "2 nodes \\n 2 links away" {class: cluster}',
    "bobbobbo -> aaaaaaaa: 5 µs",
    "aaaaaaaa -- cccccccc-2: 2 links",
    "bobbobbo -- cccccccc-2 {class: spacer}",
  ]);
});

Deno.test("peersD2: tells in what state the nodes of a cluster are", () => {
  const lost = node("c", 1, { state: "failed" });
  const known = (...nodes: typeof lost[]) =>
    peersD2(snapshot("bob", { nodes: [node("bob", 1, { state: "own" }), ...nodes] }), {
      maxNodes: 1,
    });
  const [, cluster] = body(known(lost, node("d", 1, { state: "failed" })));
  assertEquals(
    cluster,
    'out-of-reach: "2 nodes \\n out of reach \\n 2 lost" {class: [cluster; lost]}',
  );
  const [, mixed] = body(known(lost, node("d", 1, { state: "left" }), node("e", 1)));
  assertEquals(
    mixed,
    'out-of-reach: "3 nodes \\n out of reach \\n 1 lost, 1 left" {class: cluster}',
  );
  // One alone is named.
  assertEquals(body(known(lost))[1], 'cccccccc: "c \\n (1) \\n lost" {class: lost}');
});

Deno.test("peersD2: dashes the links to a cluster where each of them is claimed by one end alone", () => {
  const nodes = ["bob", "a", "c", "d"].map((name) => node(name));
  const linksTo = (claimedBy: "both" | "to") => [
    link("bob", "a", null),
    link("a", "c", 1, "to"),
    link("a", "d", 2, claimedBy),
  ];
  const drawn = (claimedBy: "both" | "to") =>
    body(peersD2(snapshot("bob", { nodes, links: linksTo(claimedBy) }), { maxNodes: 2 }));
  assert(drawn("to").includes("aaaaaaaa -- cccccccc-2: 2 links {class: one-sided}"));
  assert(drawn("both").includes("aaaaaaaa -- cccccccc-2: 2 links"));
});

Deno.test("peersD2: a large diagram does not flicker as round trips do", () => {
  const known = largeNetwork();
  const noisy = (factor: number) =>
    known.links.map((link) => {
      const isDrawn = [link.from, link.to].includes(known.self);
      return isDrawn ? link : { ...link, rttUs: (link.rttUs ?? 0) * factor };
    });
  const drawn = (factor: number) =>
    body(peersD2({ ...known, links: noisy(factor) })).filter((line) => !line.includes("µs"));
  for (const factor of [0.1, 3, 100]) assertEquals(drawn(factor), drawn(1));
});

Deno.test("peersD2: one node more changes its own cluster and nothing else", () => {
  const known = largeNetwork();
  const grown = snapshot("own", {
    nodes: [...known.nodes, node("new", 1)],
    links: [...known.links, link("new", "hub", 1)],
  });
  const before = body(peersD2(known));
  const changed = body(peersD2(grown)).filter((line) => !before.includes(line));
  assertEquals(changed, [
    'ndendend-2: "22 nodes \\n 2 links away \\n 1 lost" {class: cluster}',
    "hubhubhu -- ndendend-2: 22 links",
  ]);
});
