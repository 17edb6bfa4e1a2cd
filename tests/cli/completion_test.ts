import { assertEquals } from "@std/assert";
import { completeLine } from "../../src/cli/completion.ts";
import type { Result } from "../../src/control/methods.ts";
import { FakeClient } from "./fake_client.ts";
import { nodeId } from "./node_id.ts";

type MapNode = Result<"map">["nodes"][number];

function node(id: string, label: string, state: MapNode["state"] = "alive"): MapNode {
  return { id: nodeId(id), label, addr: null, state };
}

const NODES = [
  node("bob", "bob", "own"),
  node("alice", "alice"),
  node("alina", "alina", "lost"),
  node("smith", "Mr. Smith"),
  node("quote", `6' 2" tall`),
  node("twin2", "twin"),
  node("twin3", "twin"),
  node("nameless", ""),
  node("evil", "\x1b[2J"),
  node("dash", "--json"),
];

async function completed(line: string, nodes = NODES): Promise<string[]> {
  const map: Result<"map"> = { self: nodeId("bob"), nodes, links: [] };
  const { stem, candidates } = await completeLine(line, new FakeClient({ map: { result: map } }));
  assertEquals(line.endsWith(stem), true);
  for (const candidate of candidates) assertEquals(candidate.startsWith(stem), true, candidate);
  return [...candidates];
}

Deno.test("completeLine: begins with commands, those of the console among them", async () => {
  assertEquals(await completed("s"), ["status ", "send "]);
  assertEquals(await completed("q"), ["quit "]);
  assertEquals(await completed("config"), []);
  assertEquals((await completed("")).includes("help "), true);
});

Deno.test("completeLine: goes on with the names of other nodes where a command takes one", async () => {
  assertEquals(await completed("send al"), ["alice ", "alina "]);
  assertEquals(await completed("ping b"), []);
  assertEquals(await completed("disconnect --json alic"), ["alice "]);
  assertEquals(await completed("send alice al"), []);
  assertEquals(await completed("status al"), []);
  assertEquals(await completed("nonsense al"), []);
});

Deno.test("completeLine: offers ids for names that act, mislead or are not unique", async () => {
  assertEquals(await completed("send "), [
    "alice ",
    "alina ",
    '"Mr. Smith" ',
    "quoteaaa ",
    "twin2aaa ",
    "twin3aaa ",
    "nameless ",
    "evilaaaa ",
    "dashaaaa ",
  ]);
});

Deno.test("completeLine: goes on with a quote that was opened", async () => {
  assertEquals(await completed('send "Mr'), ['"Mr. Smith" ']);
  assertEquals(await completed("send 'Mr. S"), ["'Mr. Smith' "]);
  assertEquals(await completed('send "al'), ['"alice" ', '"alina" ']);
});

Deno.test("completeLine: goes on with the options of the command", async () => {
  assertEquals(await completed("send --t"), ["--trace ", "--timeout "]);
  assertEquals(await completed("status --"), ["--json "]);
});
