import { assert, assertEquals } from "@std/assert";
import { type Change, Network } from "../../src/web/map/network.ts";
import { newsOf, summaryOf } from "../../src/web/map/news.ts";
import { fits } from "../../src/web/map/search.ts";
import {
  ago,
  claimOf,
  describeNode,
  portOf,
  rttOf,
  shortened,
  timeOfDay,
} from "../../src/web/map/words.ts";
import { change, fiveNodes, idOf, link, node } from "./networks.ts";

/** What is told of a change of the five nodes. */
function told(some: Partial<Change>): string[] {
  return newsOf(five(), change(1, some)).map(({ text, tone }) => `${tone}: ${text}`);
}

function five(): Network {
  const network = new Network();
  network.apply(fiveNodes());
  return network;
}

Deno.test("newsOf: tells who came, was lost, left, is back, was renamed or forgotten", () => {
  const network = five();
  network.apply(change(0, { nodes: [node("alice", "lost")] }));
  const news = newsOf(
    network,
    change(1, {
      nodes: [
        node("erin", "lost"),
        node("dave", "left"),
        node("alice"),
        node("carol", "alive", "carola"),
        node("frank"),
      ],
      gone_nodes: [idOf("bob")],
    }),
  );
  assertEquals(news.map(({ text }) => text), [
    "frank appeared",
    "erin was lost",
    "dave left",
    "alice is back",
    "carol is called carola now",
    "bob was forgotten",
  ]);
});

Deno.test("newsOf: tells of links that came and went, and not of round trips", () => {
  const ends = { from: idOf("erin"), to: idOf("bob") };
  assertEquals(told({ links: [link("erin", "bob", 9_999)] }), []);
  assertEquals(told({ links: [link("bob", "erin")], gone_links: [ends] }), [
    "good: link bob → erin is new",
    "bad: link erin → bob is gone",
  ]);
});

Deno.test("newsOf: many things of a kind are counted", () => {
  const names = ["f", "g", "h", "i", "j"];
  const links = names.map((name) => link("bob", name));
  assertEquals(told({ nodes: names.map((name) => node(name)), links }), [
    "good: 5 nodes appeared",
    "good: 5 links are new",
  ]);
});

Deno.test("newsOf: a label that would act is shown and not obeyed", () => {
  assertEquals(told({ nodes: [node("f", "alive", "\u202e<b>\n")] }), [
    "good: \\u{202e}<b> appeared",
  ]);
});

Deno.test("summaryOf: is one sentence, however much happened", () => {
  const news = Array.from({ length: 30 }, (_, at) => ({
    at,
    tone: "plain" as const,
    text: `n${at} left`,
    nodes: [],
  }));
  assertEquals(summaryOf(news.slice(0, 2)), "n0 left; n1 left");
  assertEquals(summaryOf(news), "n0 left; n1 left; n2 left; n3 left; and 26 more changes");
});

Deno.test("fits: by label, beginning of the id, address and state, all words at once", () => {
  const mallory = node("mal", "lost", "Mallory\u202e");
  for (const search of ["", "  ", "mall", "LORY", "mal", "[::1]", "lost", "lost 8090", "u{202e}"]) {
    assert(fits(search, mallory), search);
  }
  for (const search of ["alive", "lost bob", "aaaa", "x"]) assert(!fits(search, mallory), search);
});

Deno.test("describeNode: says all that the picture shows", () => {
  const network = five();
  const erin = network.nodes.get(idOf("erin")) ?? node("none");
  assertEquals(describeNode(network, erin), "erin (erinaaaa), alive, at [::1]:8090, 4 links");
});

Deno.test("claimOf: names the end that claims a link alone", () => {
  const network = five();
  assertEquals(claimOf(network, link("erin", "bob", 1, "to")), "bob alone");
  assertEquals(claimOf(network, link("erin", "bob", 1, "from")), "erin alone");
  assertEquals(claimOf(network, link("erin", "bob")), "both ends");
});

Deno.test("words: times, round trips, ports and long texts", () => {
  assertEquals([0, 400, 45_000, 3_540_000].map(ago), ["now", "now", "45 s ago", "59 min ago"]);
  assertEquals([null, 213, 1_234, 2_500_000].map((us) => rttOf({ rtt_us: us })), [
    "not measured",
    "213 µs",
    "1.2 ms",
    "2.50 s",
  ]);
  assertEquals([null, "[::1]:8090", "host.example:80"].map((addr) => portOf({ addr })), [
    "",
    ":8090",
    ":80",
  ]);
  assertEquals([shortened("abc", 3), shortened("abcd", 3), shortened("👍👍👍", 2)], [
    "abc",
    "ab…",
    "👍…",
  ]);
  assertEquals(timeOfDay(new Date(2026, 0, 2, 3, 4, 5).getTime()), "03:04:05");
});
