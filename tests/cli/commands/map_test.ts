import { assert, assertEquals, assertMatch } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import type { Result } from "../../../src/control/methods.ts";
import type { Snapshot } from "../../../src/controller/snapshot.ts";
import { peersD2 } from "../../../src/report/d2.ts";
import {
  ALONE,
  FIVE,
  HOSTILE,
  largeNetwork,
  link,
  node,
  snapshot,
  TROUBLED,
} from "../../report/networks.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

/** What a node with this knowledge answers. */
function mapOf({ self, nodes, links }: Pick<Snapshot, "self" | "nodes" | "links">): Result<"map"> {
  return {
    self,
    nodes: nodes.map(({ id, label, addresses, state }) => ({
      id,
      label,
      addr: addresses[0] ?? null,
      state: state === "failed" ? "lost" : state,
    })),
    links: links.map(({ from, to, rttUs, claimedBy }) => ({
      from,
      to,
      rtt_us: rttUs === null ? null : Math.round(rttUs),
      claimed_by: claimedBy,
    })),
  };
}

/** Watches until Ctrl-C, which comes when every event has been told. */
async function watched(
  args: readonly string[],
  events: readonly Result<"map">[],
  size: { columns?: number; rows?: number } = {},
): Promise<string> {
  const host = new FakeHost(SHIPPED_FILES);
  const [result] = events;
  const client = new FakeClient({ map: { events, ...(result && { result }), goesOn: true } });
  host.sockets.set("profiles/bob/control.sock", client);
  host.terminalColumns = size.columns;
  host.terminalRows = size.rows;
  const ended = areaNet(["-p", "bob", "map", "--watch", ...args], host);
  await client.asked("map");
  host.interruptions.press();
  assertEquals(await ended, 0, host.stderr);
  assertEquals(client.calls, [{ method: "map", params: { watch: true } }]);
  return host.stdout;
}

async function printed(args: readonly string[], result: Result<"map">): Promise<string> {
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", new FakeClient({ map: { result } }));
  assertEquals(await areaNet(["-p", "bob", "map", ...args], host), 0, host.stderr);
  return host.stdout;
}

Deno.test("map: --d2 prints what is in peers.d2, but for its time", async () => {
  for (const network of [ALONE, FIVE, TROUBLED, HOSTILE]) {
    assertEquals(await printed(["--d2"], mapOf(network)), peersD2(network));
  }
});

Deno.test("map: hostile labels stay in their cells", async () => {
  const text = await printed([], mapOf(HOSTILE));
  const lines = text.split("\n");
  // Two headers, a blank line between the tables, and the end of the last line.
  assertEquals(lines.length, HOSTILE.nodes.length + HOSTILE.links.length + 4);
  assertEquals(text.match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), null);
});

Deno.test("map: a network without links says so", async () => {
  assertEquals((await printed([], mapOf(ALONE))).split("\n").slice(-2), ["No links", ""]);
});

const CLEAR = "\x1b[H\x1b[2J";

Deno.test("map: --watch draws each state over the one before on a terminal", async () => {
  const events = [mapOf(FIVE), mapOf(TROUBLED)];
  const text = await watched([], events, { columns: 200, rows: 50 });
  const [nothing, first = "", second = "", ...more] = text.split(CLEAR);
  assertEquals([nothing, more], ["", []]);
  const [title, blank, ...tables] = second.split("\n");
  assertMatch(
    title ?? "",
    /^bob \(bobaaaaa\): 5 nodes \(1 lost, 1 left\), 4 links, \d\d:\d\d:\d\d UTC, Ctrl-C ends$/,
  );
  assertEquals([blank, tables.join("\n")], ["", await printed([], mapOf(TROUBLED))]);
  assertMatch(first, /^bob \(bobaaaaa\): 5 nodes, 5 links, /);
});

Deno.test("map: --watch keeps within the terminal, and says what is missing", async () => {
  const text = await watched([], [mapOf(largeNetwork())], { columns: 30, rows: 24 });
  const lines = text.slice(CLEAR.length).split("\n");
  assertEquals([lines.length, lines.at(-1)], [24, ""]);
  const all = (await printed([], mapOf(largeNetwork()))).trimEnd().split("\n").length + 2;
  assert(lines.every((line) => [...line].length <= 30));
  assertEquals(lines.at(-2), `… ${all - 22} more lines, which are shown without`.slice(0, 30));
});

Deno.test("map: --watch prints one state after the other where there is no terminal", async () => {
  const text = await watched(["--tree"], [mapOf(FIVE), mapOf(TROUBLED)]);
  assertEquals(text.includes("\x1b"), false);
  const titles = text.split("\n").filter((line) => / \d\d:\d\d:\d\d UTC$/.test(line));
  assertEquals(titles.length, 2);
  const events = await watched(["--json"], [mapOf(FIVE)], { columns: 30, rows: 5 });
  assertEquals(JSON.parse(events.split("\n")[0] ?? ""), { version: 1, ...mapOf(FIVE) });
});

Deno.test("map: --tree follows the best paths, and tells of the other links", async () => {
  assertEquals((await printed(["--tree"], mapOf(FIVE))).split("\n"), [
    "bob (bobbobbo)",
    "├─ carol (carolcar)  188 µs",
    "│  └─ erin (erinerin)  240 µs",
    "│     └─ dave (davedave)  96 µs",
    "└─ alice (aliceali)  213 µs",
    "",
    "1 more link, on no best path from here",
    "",
  ]);
});

Deno.test("map: --tree marks what is lost, and links that one end alone claims", async () => {
  assertEquals((await printed(["--tree"], mapOf(TROUBLED))).split("\n"), [
    "bob (bobbobbo)",
    "└─ carol (carolcar)",
    "   ├─ dave (davedave)  150 µs",
    "   │  └─ alice (aliceali)  claimed by alice alone  lost",
    "   └─ erin (erinerin)  240 µs  claimed by carol alone  left",
    "",
  ]);
});

Deno.test("map: --tree takes a link that one end alone claims only where no other leads", async () => {
  const nodes = ["bob", "a", "c", "d"].map((name) => node(name));
  const known = snapshot("bob", {
    nodes,
    links: [
      link("bob", "a", 1e6, "from"),
      link("a", "c", 5e6),
      link("c", "d", 9e6),
      link("a", "d", 1, "to"),
      link("d", "a", 2, "from"),
    ],
  });
  assertEquals((await printed(["--tree"], mapOf(known))).split("\n").slice(0, 4), [
    "bob (bobbobbo)",
    "└─ a (aaaaaaaa)  1.00 s  claimed by bob alone",
    "   └─ c (cccccccc)  5.00 s",
    "      └─ d (dddddddd)  9.00 s",
  ]);
});

Deno.test("map: --tree lists what is out of reach, and nodes that only a link speaks of", async () => {
  const known = snapshot("bob", {
    nodes: [node("bob"), node("a", 1, { state: "failed" }), node("c", 1, { state: "left" })],
    links: [link("bob", "d", 1)],
  });
  assertEquals((await printed(["--tree"], mapOf(known))).split("\n"), [
    "bob (bobbobbo)",
    "└─ dddddddd  1 µs",
    "",
    "Out of reach:",
    "  a (aaaaaaaa)  lost",
    "  c (cccccccc)  left",
    "",
  ]);
});

Deno.test("map: --tree of a chain of a thousand nodes needs no stack, and its lines stay short", async () => {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const names = Array.from(
    { length: 1000 },
    (_, at) => `${letters[at >> 5]}${letters[at & 31]}x`,
  );
  const known = snapshot(names[0] as string, {
    nodes: names.map((name) => node(name)),
    links: names.slice(1).map((name, at) => link(names[at] as string, name, 1)),
  });
  const lines = (await printed(["--tree"], mapOf(known))).trimEnd().split("\n");
  assertEquals(lines.length, 1000);
  assert(lines.every((line) => line.length < 100));
});

Deno.test("map: hostile labels stay in their lines of the tree", async () => {
  const text = await printed(["--tree"], mapOf(HOSTILE));
  assertEquals(text.match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), null);
});

Deno.test("map: forms of output exclude each other", async () => {
  for (const pair of [["d2", "json"], ["d2", "tree"], ["json", "tree"], ["d2", "watch"]]) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(["-p", "bob", "map", ...pair.map((name) => `--${name}`)], host), 2);
    const [one, other] = pair;
    assert(host.stderr.startsWith(`Options --${one} and --${other} exclude each other`));
  }
});
