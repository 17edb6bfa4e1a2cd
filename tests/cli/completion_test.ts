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

const ROOMS: Result<"room_list">["rooms"] = [
  "cellar",
  "kitchen",
  "my room",
  `6' 2" tall`,
  "\x1b[2J",
  "--json",
].map((room) => ({ room, settled: true, members: 1, unread: 0 }));

const MEMBERS = [node("bob", "bob", "own"), node("alice", "alice"), node("twin2", "twin")];

async function completed(line: string, nodes = NODES): Promise<string[]> {
  const map: Result<"map"> = { self: nodeId("bob"), nodes, links: [] };
  const client = new FakeClient({
    map: { result: map },
    status: { result: { id: nodeId("bob") } },
    room_list: { result: { rooms: ROOMS } },
    room_members: { result: { room: "kitchen", settled: true, members: MEMBERS } },
  });
  const { stem, candidates } = await completeLine(line, client);
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

Deno.test("completeLine: goes on with the words of commands that have two", async () => {
  assertEquals(await completed("ro"), ["room "]);
  assertEquals(await completed("room l"), ["listen ", "list ", "leave "]);
  assertEquals((await completed("room ")).length, 7);
  assertEquals(await completed("room nonsense "), []);
  assertEquals(await completed("rooms l"), []);
});

Deno.test("completeLine: goes on with the names of joined rooms that can be typed", async () => {
  assertEquals(await completed("room say "), ["cellar ", "kitchen ", '"my room" ']);
  assertEquals(await completed("room leave --json ki"), ["kitchen "]);
  assertEquals(await completed("room members 'my"), ["'my room' "]);
  assertEquals(await completed("room say kitchen ki"), []);
  assertEquals(await completed("room list ki"), []);
});

Deno.test("completeLine: goes on with the other members of a room behind --to", async () => {
  assertEquals(await completed("room say kitchen --to "), ["alice ", "twin "]);
  assertEquals(await completed("room say --to alice ki"), ["kitchen "]);
  assertEquals(await completed("room say --to al"), []);
  assertEquals(await completed("send --to al"), []);
});

Deno.test("completeLine: what an option is given counts for no word of the command", async () => {
  assertEquals(await completed("send --timeout 5s al"), ["alice ", "alina "]);
  assertEquals(await completed("ping -n 5 al"), ["alice ", "alina "]);
});

Deno.test("completeLine: goes on with the options of the command", async () => {
  assertEquals(await completed("send --t"), ["--trace ", "--timeout "]);
  assertEquals(await completed("status --"), ["--json "]);
});
