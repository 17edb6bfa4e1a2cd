import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { ControlError } from "../../../src/control/client.ts";
import { FakeClient, type Script } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ALICE, ANSWERS, BOB, ERIN } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

type RoomMethod = "room_join" | "room_say" | "room_listen" | "room_leave" | "room_list";

/** `area-net -p bob room …` where bob answers as told, or as usual. */
function room(method: RoomMethod, args: readonly string[], script: Script = ANSWERS[method]) {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ [method]: script });
  host.sockets.set("profiles/bob/control.sock", client);
  return { host, client, ended: () => areaNet(["-p", "bob", "room", ...args], host) };
}

/** What the node is asked for. */
async function paramsOf(method: RoomMethod, args: readonly string[], input = ""): Promise<unknown> {
  const { host, client, ended } = room(method, args);
  host.input = input;
  assertEquals(await ended(), 0, host.stderr);
  return client.calls[0]?.params;
}

Deno.test("room join: waits five seconds for others, or as long as one says", async () => {
  assertEquals(await paramsOf("room_join", ["join", "my kitchen"]), {
    room: "my kitchen",
    wait_ms: 5_000,
  });
  assertEquals(await paramsOf("room_join", ["join", "kitchen", "--timeout", "500ms"]), {
    room: "kitchen",
    wait_ms: 500,
  });
});

Deno.test("room join: Ctrl-C ends the waiting, and the room is joined all the same", async () => {
  const result = { room: "my kitchen", was_joined: false, settled: false, members: [BOB] };
  const { host, client, ended } = room("room_join", ["join", "my kitchen"], {
    result,
    goesOn: true,
  });
  const exit = ended();
  await client.asked("room_join");
  host.interruptions.press();
  assertEquals([await exit, host.stderr, client.isClosed], [0, "", true]);
  assertEquals(
    host.stdout,
    "Joined my kitchen: still looking for others, area-net -p bob room members 'my kitchen' " +
      "shows who was found\n",
  );
});

Deno.test("room join: a name that is refused is one line with the reason, and 2", async () => {
  const message = 'The name of a room has 3 characters or more, "ab" has 2';
  const result = new ControlError({ code: "bad-request", message });
  const { host, ended } = room("room_join", ["join", "ab"], { result });
  assertEquals([await ended(), host.stdout, host.stderr], [2, "", `${message}\n`]);
});

Deno.test("room say: the text is words or standard input, to all or to those who are named", async () => {
  const cases: [args: string[], input: string, params: object][] = [
    [["kitchen", "tea", "is ready"], "", { text: "tea is ready" }],
    [["kitchen"], "tea\n", { text: "tea\n" }],
    [["kitchen", "hi", "--to", "alice"], "", { text: "hi", to: ["alice"] }],
    [["--to=alice", "kitchen", "--to", "erin", "hi"], "", { text: "hi", to: ["alice", "erin"] }],
    [["kitchen", "--", "--to", "alice"], "", { text: "--to alice" }],
  ];
  for (const [args, input, params] of cases) {
    assertEquals(await paramsOf("room_say", ["say", ...args], input), {
      room: "kitchen",
      ...params,
    });
  }
});

Deno.test("room say: a room where nobody else is ends with 4, also for programs", async () => {
  const result = { room: "kitchen", members: 0 };
  const told = room("room_say", ["say", "kitchen", "hi"], { result });
  assertEquals([await told.ended(), told.host.stdout], [4, ""]);
  assertStringIncludes(told.host.stderr, "Nobody else is in kitchen now");
  const json = room("room_say", ["say", "kitchen", "hi", "--json"], { result });
  assertEquals([await json.ended(), json.host.stderr], [4, ""]);
  assertEquals(JSON.parse(json.host.stdout), { version: 1, ...result });
});

Deno.test("room: what wants a room that is not joined says so, and 4", async () => {
  const message = "bob is not in the room kitchen, join it first: room join kitchen";
  const result = new ControlError({ code: "not-joined", message });
  for (const args of [["say", "kitchen", "hi"], ["listen", "kitchen"]]) {
    const { host, ended } = room(`room_${args[0]}` as RoomMethod, args, { result });
    assertEquals([await ended(), host.stdout, host.stderr], [4, "", `${message}\n`]);
  }
});

Deno.test("room listen: prints what happens as it does, until Ctrl-C", async () => {
  for (const json of [false, true]) {
    const args = ["listen", "kitchen", ...json ? ["--json"] : []];
    const { host, client, ended } = room("room_listen", args, {
      result: { events: [] },
      goesOn: true,
    });
    const exit = ended();
    await client.asked("room_listen");
    const at = Date.UTC(2026, 10, 21, 10);
    const event = { room: "kitchen", at, type: "message", member: ALICE, text: "a\nb" };
    client.tell("room_listen", event);
    const told = json
      ? `${JSON.stringify({ version: 1, ...event })}\n`
      : "2026-11-21 10:00:00  alice (aliceaaa): a\\u{a}b\n";
    assertEquals(host.stdout, told);
    client.tell("room_listen", { room: "kitchen", at, type: "vanished", member: ERIN });
    host.interruptions.press();
    assertEquals([await exit, host.stderr, client.isClosed], [0, "", true]);
  }
});

Deno.test("room listen: ends with 4 when the room is left from elsewhere", async () => {
  const message = "bob has left the room kitchen";
  const after = Promise.withResolvers<void>();
  const { host, client, ended } = room("room_listen", ["listen", "kitchen"], {
    result: new ControlError({ code: "not-joined", message }),
    after: after.promise,
  });
  const exit = ended();
  await client.asked("room_listen");
  after.resolve();
  assertEquals([await exit, host.stdout, host.stderr], [4, "", `${message}\n`]);
});

Deno.test("room listen: an event that this version does not know is told by its name", async () => {
  const { host, client, ended } = room("room_listen", ["listen", "kitchen"], {
    result: { events: [] },
    goesOn: true,
  });
  const exit = ended();
  await client.asked("room_listen");
  client.tell("room_listen", { room: "kitchen", at: 0, type: "\x1b[2Jdanced", member: ALICE });
  host.interruptions.press();
  await exit;
  assertEquals(host.stdout, "1970-01-01 00:00:00  alice (aliceaaa) \\u{1b}[2Jdanced\n");
});
