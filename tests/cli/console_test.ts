import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import { NODE_COMMANDS } from "../../src/cli/node_commands.ts";
import { ControlError } from "../../src/control/client.ts";
import { FakeClient, type Script } from "./fake_client.ts";
import { FakeHost } from "./fake_host.ts";
import { FakeLines, type Step } from "./fake_lines.ts";
import { ALICE, ANSWERS, AT, ERIN, MALLORY } from "./node_answers.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

/** Asked at the start of every console: what came in, that it goes on listening, and for the rooms. */
const BEGINNING = ["status", "inbox", "inbox", "room_list"];

Deno.test("console: obeys lines over one connection, and ends with them", async () => {
  const { client, lines, exitCode } = await converse([
    "discover",
    "",
    "  ",
    "send erin it's me",
    "leave",
  ]);
  assertEquals(exitCode, 0);
  assertEquals(client.calls.map(({ method }) => method), [
    ...BEGINNING,
    "discover",
    "send",
    "leave",
  ]);
  assertEquals(client.calls[5]?.params, { peer: "erin", text: "it's me" });
  assertEquals(lines.stdout.split("\n"), [
    "Connected to bob (bobaaaaa): help lists the commands, quit or Ctrl-D ends",
    "Asked 3 neighbours",
    "Delivered to erin (erinaaaa) in 1.2 ms",
    "bob has left, 3 nodes heard it",
    "",
  ]);
  assertEquals([lines.stderr, lines.options?.prompt], ["", "bob> "]);
  assertEquals([client.isClosed, lines.isClosed], [true, true]);
});

Deno.test("console: every command is there, with its options, and help tells of all", async () => {
  const { lines } = await converse(["help", "help me", "send --help", "map --json", "-V"]);
  for (const { name } of NODE_COMMANDS) assertMatch(lines.stdout, new RegExp(`^  ${name}\\b`, "m"));
  assertStringIncludes(lines.stdout, "send PEER [TEXT…] [--json] [--trace] [--timeout]");
  assertStringIncludes(lines.stdout, '{"version":1,"self":"bob');
  assertMatch(lines.stdout, /^area-net \d/m);
  assertEquals(lines.stderr, "");
});

Deno.test("console: quit ends it and the node runs on", async () => {
  for (const word of ["quit", "exit", " quit "]) {
    const { client, exitCode } = await converse([word, "leave"]);
    assertEquals(exitCode, 0);
    assertEquals(client.calls.map(({ method }) => method), BEGINNING);
  }
});

Deno.test("console: a line that means nothing is told, and the next one obeyed", async () => {
  const cases: [line: string, message: string][] = [
    ["sned erin x", 'Unknown command "sned erin x"'],
    ["hlep", 'did you mean "help"?'],
    ["send", "Wanted send PEER [TEXT…]"],
    ["send erin", "No text given: in the console it stands in the line"],
    ["status --watch", "Option --watch is for peers, map\n"],
    ["status --nonsense", "Unknown option --nonsense"],
    ["ping erin -n 0", 'Option --count is "0"'],
    ["config show", 'Unknown command "config show"'],
    ["console", 'Unknown command "console"'],
    ["-p alice status", "This console talks to bob: "],
    ["status -s label=x", "This console talks to bob: "],
    ["status --port 1", "This console talks to bob: "],
    ["inbox --follow", "it shows messages as they come"],
    ["room listen kitchen", "it shows what happens in joined rooms as it comes"],
    ["room", 'Unknown command "room", wanted room join, '],
  ];
  for (const [line, message] of cases) {
    const { client, lines, exitCode } = await converse([line, "discover"]);
    assertStringIncludes(lines.stderr, message);
    assertEquals(client.calls.map(({ method }) => method), [...BEGINNING, "discover"], line);
    assertEquals(exitCode, 0);
  }
});

Deno.test("console: a script's exit code is that of its last command that failed", async () => {
  const refusal = new ControlError({ code: "unknown-peer", message: "No node is called x" });
  const scripts = { disconnect: { result: refusal } };
  const outcome = async (steps: Step[]) =>
    (await converse(steps, { scripts, isTerminal: false })).exitCode;
  assertEquals(await outcome(["status", "discover"]), 0);
  assertEquals(await outcome(["disconnect x", "status"]), 4);
  assertEquals(await outcome(["disconnect x", "nonsense", "quit"]), 2);
  assertEquals((await converse(["disconnect x"], { scripts })).exitCode, 0);
});

Deno.test("console: lines from a pipe get the same answers, and no greeting", async () => {
  const { lines } = await converse(["discover", "send erin x"], { isTerminal: false });
  assertEquals(lines.stdout, "Asked 3 neighbours\nDelivered to erin (erinaaaa) in 1.2 ms\n");
});

Deno.test("console: shows unread messages at its start, and each as it comes, harmless", async () => {
  const kept = [1, 2, 3].map((nth) => ({ from: ALICE, text: `old ${nth}`, at: AT + nth }));
  const meanwhile = { from: ERIN, text: "meanwhile", at: AT + 4 };
  const talk: Talk = converse([
    () => talk.client.tell("inbox", { from: MALLORY, text: "\x1b[2J", at: AT + 5 }),
    // The same words once more are another message.
    () => talk.client.tell("inbox", kept[2] as object),
  ], {
    isTerminal: false,
    scripts: {
      status: {
        result: {
          ...ANSWERS.status.result,
          messages: { ...ANSWERS.status.result.messages, unread: 2 },
        },
      },
      // Meanwhile the oldest was given up for the newest.
      inbox: {
        result: { messages: kept },
        events: [...kept.slice(1), meanwhile],
        goesOn: "following",
      },
    },
  });
  const { lines } = await talk;
  assertEquals(lines.stdout.split("\n").map((line) => line.slice("2026-11-21 10:00:00  ".length)), [
    "alice (aliceaaa)  old 2",
    "alice (aliceaaa)  old 3",
    "erin (erinaaaa)  meanwhile",
    "\\u{1b}[2Jmal\\u{a}lory (mallorya)  \\u{1b}[2J",
    "alice (aliceaaa)  old 3",
    "",
  ]);
});

/** Bob is in the kitchen, where somebody spoke. */
function inKitchen(unread = 0): Script {
  return { result: { rooms: [{ room: "kitchen", settled: true, members: 2, unread }] } };
}

function said(text: string, at = AT) {
  return { room: "kitchen", at, type: "message", member: ALICE, text, private: false };
}

Deno.test("console: shows what nobody has read of joined rooms, then what happens there", async () => {
  const kept = [said("old", AT + 1), said("one", AT + 2), said("two", AT + 3)];
  const talk: Talk = converse([
    () => talk.client.tell("room_listen", said("\x1b[2J", AT + 4)),
    () => talk.client.tell("room_listen", { ...said("", AT + 5), type: "left", text: undefined }),
  ], {
    isTerminal: false,
    scripts: {
      room_list: inKitchen(2),
      room_listen: { result: { events: kept }, events: kept, goesOn: "following" },
    },
  });
  const { lines } = await talk;
  assertEquals(lines.stdout.split("\n").map((line) => line.slice("2026-11-21 10:00:00  ".length)), [
    "kitchen  alice (aliceaaa): one",
    "kitchen  alice (aliceaaa): two",
    "kitchen  alice (aliceaaa): \\u{1b}[2J",
    "kitchen  alice (aliceaaa) left",
    "",
  ]);
});

Deno.test("console: begins to show a room once it was joined, and ends when it was left", async () => {
  const room_list: Script = { ...NO_ROOMS };
  const talk: Talk = converse([
    () => void (room_list.result = inKitchen().result as object),
    "room join kitchen",
    () => talk.client.tell("room_listen", said("hello")),
    "room members kitchen",
    () => void (room_list.result = { rooms: [] }),
    "room leave kitchen",
    "discover",
  ], {
    scripts: {
      room_list,
      room_listen: { result: { events: [] }, goesOn: "following" },
    },
  });
  const { client, lines } = await talk;
  assertStringIncludes(lines.stdout, "kitchen  alice (aliceaaa): hello\n");
  const listening = client.calls.filter(({ method }) => method === "room_listen");
  assertEquals(listening.map(({ params }) => params), [
    { room: "kitchen", follow: false },
    { room: "kitchen", follow: true },
  ]);
  assertEquals(client.cancelled, ["room_listen"]);
  assertEquals(client.calls.filter(({ method }) => method === "room_list").length, 4);
});

Deno.test("console: a node of before there were rooms, or a room just left, is no trouble", async () => {
  const fault = { code: "unknown-method", message: "No method is called room_list" } as const;
  const gone = { code: "not-joined", message: "bob is not in the room kitchen" } as const;
  for (
    const scripts of [
      { room_list: { result: new ControlError(fault) } },
      { room_list: inKitchen(), room_listen: { result: new ControlError(gone) } },
    ]
  ) {
    const { lines, exitCode } = await converse(["discover"], { scripts });
    assertEquals([exitCode, lines.stderr], [0, ""]);
    assertStringIncludes(lines.stdout, "Asked 3 neighbours");
  }
});

Deno.test("console: a node that is gone ends it at once, in one line, with 3", async () => {
  const talk: Talk = converse([() => talk.client.die()], { ends: false });
  const { client, lines, exitCode } = await talk;
  assertEquals(exitCode, 3);
  assertEquals(
    lines.stderr,
    "The console with bob ends, as there is no connection: The node ended the connection\n",
  );
  assertEquals([client.isClosed, lines.isClosed], [true, true]);
});

Deno.test("console: a node that goes during a command is told of once", async () => {
  for (const isTerminal of [true, false]) {
    const scripts = { send: { goesOn: true } };
    const talk: Talk = converse(["send erin x"], { scripts, isTerminal, ends: false });
    const { client } = talk;
    await client.asked("send");
    client.die();
    const { lines, exitCode } = await talk;
    assertEquals([exitCode, lines.stderr.match(/\n/g)?.length], [3, 1]);
  }
});

Deno.test("console: a node that is gone before the first line was read is told of", async () => {
  const { exitCode, lines } = await converse([], { client: dead(), ends: false });
  assertEquals([exitCode, lines.stderr.match(/\n/g)?.length], [3, 1]);
});

Deno.test("console: Ctrl-C ends what goes on, and the console goes on", async () => {
  const scripts = { peers: { ...ANSWERS.peers, goesOn: true } };
  const talk: Talk = converse(["peers --watch", "discover"], { scripts });
  await talk.client.asked("peers");
  talk.lines.interruptions.press();
  const { lines, exitCode } = await talk;
  assertEquals([exitCode, lines.interruptions.count], [0, 0]);
  assertStringIncludes(lines.stdout, "Asked 3 neighbours");
  assertEquals(lines.stdout.includes("Not waiting"), false);
});

Deno.test("console: Ctrl-C stops waiting for an answer, which is shown when it comes after all", async () => {
  const answer = Promise.withResolvers<void>();
  const scripts = { send: { result: ANSWERS.send.result, after: answer.promise } };
  const talk: Talk = converse(["send erin x", "discover", async () => {
    answer.resolve();
    await talk.lines.said("Delivered");
  }], { scripts });
  await talk.client.asked("send");
  talk.lines.interruptions.press();
  const { lines } = await talk;
  assertEquals(lines.stdout.split("\n").slice(1), [
    "Not waiting for the answer any longer",
    "Asked 3 neighbours",
    "Delivered to erin (erinaaaa) in 1.2 ms",
    "",
  ]);
});

Deno.test("console: Tab asks the node that is talked to", async () => {
  const found: string[] = [];
  const talk: Talk = converse([async () => {
    const completion = await talk.lines.options?.complete("send al");
    found.push(...completion?.candidates ?? []);
  }]);
  const { client } = await talk;
  assertEquals(found, ["alice "]);
  assertEquals(client.calls.at(-1), { method: "map", params: {} });
});

interface Setting {
  scripts?: Partial<Record<keyof typeof ANSWERS, Script>>;
  isTerminal?: boolean;
  ends?: boolean;
  client?: FakeClient;
}

interface Talk extends PromiseLike<{ client: FakeClient; lines: FakeLines; exitCode: number }> {
  client: FakeClient;
  lines: FakeLines;
}

/** A console with bob, from its first line to its exit code; its parts are there at once. */
function converse(steps: readonly Step[], setting: Setting = {}): Talk {
  const { isTerminal = true, ends = true } = setting;
  const inbox: Script = { result: { messages: [] }, goesOn: "following" };
  const scripts = { ...ANSWERS, inbox, room_list: NO_ROOMS, ...setting.scripts };
  const client = setting.client ?? new FakeClient(scripts);
  const lines = new FakeLines(steps, { isTerminal, ends });
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", client);
  host.lines = (options) => {
    lines.options = options;
    return lines;
  };
  const ended = areaNet(["-p", "bob", "console"], host).then((exitCode) => {
    assertEquals([host.stdout, host.stderr], ["", ""]);
    return { client, lines, exitCode };
  });
  return { client, lines, then: (...callbacks) => ended.then(...callbacks) };
}

const NO_ROOMS: Script = { result: { rooms: [] } };

function dead(): FakeClient {
  const client = new FakeClient(ANSWERS);
  client.die();
  return client;
}
