import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { HistoryText, type MapChange } from "../../../src/cli/history_text.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ALICE, ANSWERS, AT, BOB, DAVE, ERIN, MALLORY } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

const NOTHING = { self: BOB.id, nodes: [], links: [], gone_nodes: [], gone_links: [] };

function node(
  named: typeof ALICE,
  state: MapChange["nodes"][number]["state"],
  addr: string | null,
) {
  return { ...named, state, addr };
}

function link(
  from: typeof ALICE,
  to: typeof ALICE,
  rttUs: number | null,
  claimedBy: MapChange["links"][number]["claimed_by"] = "both",
) {
  return { from: from.id, to: to.id, rtt_us: rttUs, claimed_by: claimedBy };
}

const FIRST: MapChange = {
  ...NOTHING,
  at: AT,
  nodes: [node(ALICE, "alive", "[::1]:8090"), node(BOB, "own", "[::1]:8095")],
  links: [link(BOB, ALICE, 300)],
};

/** The lines of changes after the first map, without their times. */
function lines(...changes: Partial<MapChange>[]): string[] {
  const text = new HistoryText();
  text.tell(FIRST);
  const all = changes.map((change) => text.tell({ ...NOTHING, at: AT, ...change })).join("");
  return all.split("\n").filter(Boolean).map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ""));
}

Deno.test("history: the first map is one line, by UTC", () => {
  assertEquals(new HistoryText().tell(FIRST), "10:00:00  2 nodes, 1 link\n");
});

Deno.test("history: tells what becomes of a node", () => {
  const alice = (state: MapChange["nodes"][number]["state"]) => ({
    nodes: [node(ALICE, state, "[::1]:8090")],
  });
  assertEquals(lines(alice("lost"), alice("alive"), alice("left"), alice("alive")), [
    "alice (aliceaaa) was lost",
    "alice (aliceaaa) is back",
    "alice (aliceaaa) left",
    "alice (aliceaaa) is back",
  ]);
  assertEquals(
    lines(
      { nodes: [node(DAVE, "alive", null), node(ERIN, "lost", null)] },
      { nodes: [node({ ...DAVE, label: "david" }, "alive", "[::1]:1")] },
      { nodes: [node({ ...DAVE, label: "" }, "lost", null)] },
      { gone_nodes: [DAVE.id, ERIN.id] },
    ),
    [
      "dave (daveaaaa) joined",
      "erin (erinaaaa) was heard of, as a node that was lost",
      "dave (daveaaaa) is now called david",
      "david (daveaaaa) is now at [::1]:1",
      "david (daveaaaa) is now called daveaaaa",
      "daveaaaa was lost",
      "daveaaaa has no address any more",
      "daveaaaa was forgotten",
      "erin (erinaaaa) was forgotten",
    ],
  );
});

Deno.test("history: tells what becomes of a link", () => {
  assertEquals(
    lines(
      { links: [link(BOB, ALICE, 1200)] },
      { nodes: [node(DAVE, "alive", null)], links: [link(DAVE, ALICE, null, "from")] },
      { links: [link(DAVE, ALICE, 99)] },
      { links: [link(DAVE, ALICE, 99, "to")] },
      { gone_links: [{ from: DAVE.id, to: ALICE.id }, { from: BOB.id, to: ALICE.id }] },
      { links: [link(BOB, ALICE, 7)] },
    ),
    [
      "link bob → alice: 300 µs → 1.2 ms",
      "dave (daveaaaa) joined",
      "link dave → alice is up, as dave alone says",
      "link dave → alice: - → 99 µs",
      "link dave → alice is up, as both ends say",
      "link dave → alice is in doubt, as alice alone says",
      "link dave → alice is gone",
      "link bob → alice is gone",
      "link bob → alice is up, 7 µs",
    ],
  );
});

Deno.test("history: names are safe to show, and ids tell apart those who share one", () => {
  const twin = { id: ERIN.id, label: "alice" };
  assertEquals(
    lines({ nodes: [node(twin, "alive", "\x1b[2J")], links: [link(ALICE, twin, 1)] }),
    ["alice (erinaaaa) joined", "link alice (aliceaaa) → alice (erinaaaa) is up, 1 µs"],
  );
  const [line = ""] = lines({ nodes: [node(MALLORY, "alive", null)] });
  assertEquals(line, "\\u{1b}[2Jmal\\u{a}lory (mallorya) joined");
  assertEquals(lines({ nodes: [node(ALICE, "alive", "x\ny")] }), [
    "alice (aliceaaa) is now at x\\u{a}y",
  ]);
});

/** What was asked for by `history` with these options. */
async function asked(...options: string[]): Promise<{ host: FakeHost; params: unknown }> {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ history: { ...ANSWERS.history, goesOn: "following" } });
  host.sockets.set("profiles/bob/control.sock", client);
  const ended = areaNet(["-p", "bob", "history", ...options], host);
  await Promise.race([client.asked("history"), ended]);
  host.interruptions.press();
  assertEquals(await ended, 0, host.stderr);
  return { host, params: client.calls[0]?.params };
}

Deno.test("history: --since is a time before now", async () => {
  const before = Date.now();
  const { params } = await asked("--since", "10m");
  const since = (params as { since: number }).since;
  assert(since >= before - 600_000 && since <= Date.now() - 600_000);
  assertEquals((await asked()).params, { follow: false });
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet(["-p", "bob", "history", "--since", "2h"], host), 2);
  assertStringIncludes(host.stderr, 'Option --since is "2h", wanted a duration');
});

Deno.test("history: --follow prints each change as it comes, by what was before, until Ctrl-C", async () => {
  const { host } = await asked("--follow");
  const told = host.stdout.split("\n");
  assertEquals(told[0], "10:00:00  2 nodes, 1 link");
  assert(told.includes("10:00:01  link bob → alice: 300 µs → 1.2 ms"), host.stdout);
  assertEquals(told.filter((line) => line.includes("nodes")).length, 1);
});

Deno.test("history: each call begins anew", async () => {
  const first = await asked();
  assertEquals((await asked()).host.stdout, first.host.stdout);
});
