/** Rooms between real nodes, by the real command line, also while members die and come back. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import type { EventOf, Result } from "../../src/control/methods.ts";
import type { Program } from "../io/program.ts";
import { until } from "../io/until.ts";
import { LinkedNodes, RING } from "./linked_nodes.ts";

/** Losses are noticed within two seconds. */
const QUICK = { "peers.heartbeat_period": 0.4, "peers.heartbeat_timeout": 2 };

/** The labels of those in a room, as the node of a profile knows them. */
async function membersOf(nodes: LinkedNodes, profile: string, room: string): Promise<string[]> {
  const { code, out, err } = await nodes.ask(profile, "room", "members", room, "--json");
  assertEquals([code, err], [0, ""]);
  const { members }: Result<"room_members"> = JSON.parse(out);
  return members.map(({ label }) => label).sort();
}

/** Waits until the nodes of these profiles know each other, and nobody else, to be in a room. */
async function untilTogether(nodes: LinkedNodes, profiles: readonly string[], room: string) {
  const wanted = profiles.toSorted().join();
  await Promise.all(profiles.map(async (profile) => {
    const client = await nodes.control(profile);
    for (;;) {
      const { members } = await client.call("room_members", { room });
      if (members.map(({ label }) => label).sort().join() === wanted) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    client.close();
  }));
}

/** The events that `room listen --json` has printed so far. */
function eventsIn({ out }: Program): EventOf<"room_listen">[] {
  return out.slice(0, out.lastIndexOf("\n") + 1).split("\n").filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** An event in a few words. */
function words({ type, member: { label }, text, private: isPrivate }: EventOf<"room_listen">) {
  return type === "message"
    ? `${label}${isPrivate ? " in private" : ""}: ${text}`
    : `${label} ${type}`;
}

Deno.test("room: five nodes meet by name, speak, and tell leaving from vanishing", async () => {
  await using nodes = await LinkedNodes.start(RING, QUICK);
  const first = await nodes.ask("alice", "room", "join", "kitchen");
  assertEquals(first, { code: 0, out: "Joined kitchen: nobody else is there yet\n", err: "" });
  const second = await nodes.ask("erin", "room", "join", "kitchen");
  assertEquals(second, { code: 0, out: "Joined kitchen: alice is there\n", err: "" });
  const third = await nodes.ask("bob", "room", "join", "kitchen");
  assertEquals([third.code, third.err], [0, ""]);
  assertMatch(third.out, /^Joined kitchen: (alice, erin|erin, alice) are there\n$/);
  await untilTogether(nodes, ["alice", "bob", "erin"], "kitchen");
  assertEquals(await membersOf(nodes, "erin", "kitchen"), ["alice", "bob", "erin"]);

  await using atAlice = nodes.command("alice", "room", "listen", "kitchen", "--json");
  await using atErin = nodes.command("erin", "room", "listen", "kitchen", "--json");
  await Promise.all([atAlice.untilSaid("bob"), atErin.untilSaid("bob")]);

  const said = await nodes.ask("bob", "room", "say", "kitchen", "tea", "is", "ready");
  assertEquals(said, { code: 0, out: "Sent to 2 members of kitchen\n", err: "" });
  await Promise.all([atAlice.untilSaid("tea is ready"), atErin.untilSaid("tea is ready")]);
  const hushed = await nodes.ask("bob", "room", "say", "kitchen", "--to", "erin", "hush");
  assertEquals(hushed, { code: 0, out: "Sent to 1 member of kitchen\n", err: "" });
  await atErin.untilSaid("hush");

  // A newcomer hears nothing of what was said before.
  await nodes.ask("dave", "room", "join", "kitchen");
  await untilTogether(nodes, ["alice", "bob", "dave", "erin"], "kitchen");
  const earlier = JSON.parse((await nodes.ask("dave", "room", "list", "--json")).out);
  assertEquals(earlier.rooms[0].members, 4);

  const left = await nodes.ask("dave", "room", "leave", "kitchen");
  assertEquals(left, { code: 0, out: "Left kitchen\n", err: "" });
  const start = performance.now();
  nodes.node("bob").program.signal("SIGKILL");
  await Promise.all([atAlice.untilSaid("vanished"), atErin.untilSaid("vanished")]);
  // The timeout, the look that finds it over, and slow processors.
  assertLess(performance.now() - start, 10_000);
  await untilTogether(nodes, ["alice", "erin"], "kitchen");

  const [alice, erin] = [atAlice, atErin].map((program) => eventsIn(program).map(words));
  const told = ["bob joined", "bob: tea is ready", "dave joined", "dave left", "bob vanished"];
  assertEquals(alice?.filter((event) => !event.startsWith("erin ")), told);
  assertEquals(erin?.filter((event) => !event.startsWith("alice ")), [
    ...told.slice(0, 2),
    "bob in private: hush",
    ...told.slice(2),
  ]);
  atErin.signal("SIGINT");
  const { code, err } = await atErin.outcome();
  assertEquals([code, err], [0, ""]);
});

Deno.test("room: a node is in its rooms again after a restart, until it leaves them", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", [], QUICK);
  await nodes.add("bob", [nodes.address("alice")], QUICK);
  await nodes.untilLinked(1);
  for (const profile of ["alice", "bob"]) await nodes.ask(profile, "room", "join", "kitchen");
  await untilTogether(nodes, ["alice", "bob"], "kitchen");
  const file = `${nodes.project.path}/profiles/bob/rooms.json`;
  assertEquals(nodes.node("bob").read("rooms.json"), '[\n  "kitchen"\n]\n');
  if (Deno.build.os !== "windows") assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);

  await using listening = nodes.command("alice", "room", "listen", "kitchen", "--json");
  await listening.untilSaid("joined");
  for (const [signal, becoming] of [["SIGTERM", "left"], ["SIGKILL", "vanished"]] as const) {
    nodes.node("bob").program.signal(signal);
    await nodes.node("bob").program.outcome();
    await listening.untilSaid(`"${becoming}"`);
    const comings = () => eventsIn(listening).filter(({ type }) => type === "joined").length;
    const before = comings();
    await nodes.add("bob", [nodes.address("alice")], QUICK);
    await until(() => comings() > before);
    await untilTogether(nodes, ["alice", "bob"], "kitchen");
  }
  assertEquals(eventsIn(listening).map(words), [
    "bob joined",
    "bob left",
    "bob joined",
    "bob vanished",
    "bob joined",
  ]);

  assertEquals((await nodes.ask("bob", "room", "leave", "kitchen")).code, 0);
  nodes.node("bob").program.signal("SIGTERM");
  await nodes.node("bob").program.outcome();
  await nodes.add("bob", [nodes.address("alice")], QUICK);
  const { out } = await nodes.ask("bob", "room", "list");
  assertEquals(out, "bob is in no room: area-net -p bob room join NAME\n");
});

Deno.test("room: what cannot be is one line that says why, with its exit code", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  const refused: [args: string[], code: number, err: RegExp][] = [
    [["join", "ab"], 2, /^The name of a room has 2 characters, wanted 3 or more: .*\n$/],
    [["join", "x".repeat(129)], 2, /^The name of a room has 129 bytes in UTF-8, wanted .*\n$/],
    [["say", "kitchen", "x"], 4, /^alice is not in the room kitchen, join it first: .*\n$/],
    [["listen", "kitchen"], 4, /^alice is not in the room kitchen, join it first: .*\n$/],
    [["members", "kitchen"], 4, /^alice is not in the room kitchen, join it first: .*\n$/],
    [["leave", "kitchen"], 4, /^alice is not in the room kitchen, .*room list .*\n$/],
  ];
  for (const [args, code, err] of refused) {
    const outcome = await nodes.ask("alice", "room", ...args);
    assertEquals([outcome.code, outcome.out], [code, ""], args.join(" "));
    assertMatch(outcome.err, err);
  }
  await nodes.ask("alice", "room", "join", "kitchen");
  const alone = await nodes.ask("alice", "room", "say", "kitchen", "hm");
  assertEquals([alone.code, alone.out], [4, ""]);
  assertMatch(alone.err, /^Nobody else is in kitchen now, .*\n$/);
  const stranger = await nodes.ask("alice", "room", "say", "kitchen", "--to", "bob", "hm");
  assertEquals(stranger.code, 4);
  assertMatch(stranger.err, /^No other member of kitchen is called "bob": .*\n$/);
  const long = await nodes.feed(new Uint8Array(60_001), "alice", "room", "say", "kitchen");
  assertEquals([long.code, long.out], [2, ""]);
});

Deno.test("room: names that cannot be read keep the node from starting, and stay as they are", async () => {
  await using nodes = new LinkedNodes();
  const broken = '["kitchen"';
  nodes.project.write("profiles/alice/rooms.json", broken);
  Deno.chmodSync(`${nodes.project.path}/profiles/alice/rooms.json`, 0o600);
  const { code, out, err } = await nodes.ask("alice", "-s", "network.controller.listen.port=0");
  assertEquals([code, out], [1, ""]);
  assertMatch(
    err,
    /^The file profiles\/alice\/rooms\.json is no JSON array of names of rooms: .*\n$/,
  );
  assertEquals(nodes.project.read("profiles/alice/rooms.json"), broken);
});

Deno.test("room: the console shows what happens in joined rooms, from the moment they are", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")]);
  await nodes.untilLinked(1);
  await nodes.ask("alice", "room", "join", "kitchen");
  await using console = nodes.typed("bob", "console");
  await console.type("room join kitchen\n");
  await console.untilSaid("Joined kitchen: alice is there");
  await untilTogether(nodes, ["alice", "bob"], "kitchen");
  await nodes.ask("alice", "room", "say", "kitchen", "are you there?");
  await console.untilSaid("are you there?");
  assertMatch(console.out, /^\S+ \S+ {2}kitchen {2}alice \(\w{8}\): are you there\?$/m);
  await console.type("room leave kitchen\n");
  await console.untilSaid("Left kitchen");
  await console.closeInput();
  const { code, err } = await console.outcome();
  assertEquals([code, err], [0, ""]);
});
