import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { NODE_COMMANDS } from "../../src/cli/node_commands.ts";
import { ControlClosed, ControlError, ControlUnreachable } from "../../src/control/client.ts";
import { ERROR_CODES, METHODS } from "../../src/control/methods.ts";
import { FakeClient } from "./fake_client.ts";
import { FakeHost } from "./fake_host.ts";
import { ANSWERS } from "./node_answers.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

const SOCKET = "profiles/bob/control.sock";

/** Commands that need a node to run. The console has no method of its own. */
const TALKERS = COMMANDS.filter(({ name, method }) => method !== undefined || name === "console");

Deno.test("METHODS: every method has one command, and every such command one method", () => {
  const methods = COMMANDS.flatMap(({ method }) => method ?? []);
  assertEquals(methods.sort(), Object.keys(METHODS).sort());
  assertEquals(COMMANDS.filter((command) => "ask" in command), [...NODE_COMMANDS]);
});

for (const command of NODE_COMMANDS) {
  Deno.test(`METHODS: ${command.name} calls its own method, once, and hangs up`, async () => {
    const host = new FakeHost(SHIPPED_FILES);
    const client = new FakeClient(ANSWERS);
    host.sockets.set(SOCKET, client);
    assertEquals(await areaNet(callOf(command), host), 0, host.stderr);
    assertEquals(client.calls.map(({ method }) => method), [command.method]);
    assertEquals([client.isClosed, host.interruptions.count], [true, 0]);
    assertEquals(host.stderr, "");
  });
}

const UNREACHABLE = [
  {
    error: new ControlUnreachable("not-running", SOCKET, `No node answers at ${SOCKET}`),
    says: `bob is not running: nobody answers at ${SOCKET}. Start it with: area-net -p bob`,
  },
  {
    error: new ControlUnreachable("not-a-node", SOCKET, "What answers is\nno node"),
    says: "What answers is\\u{a}no node. Check network.controller.control.socket; where it is " +
      "right, stop what is there and start the node",
  },
  {
    error: new ControlUnreachable("version", SOCKET, "The node speaks version 2, we version 1"),
    says: "The node speaks version 2, we version 1",
  },
  {
    error: new ControlUnreachable("denied", SOCKET, `The socket ${SOCKET} may not be used`),
    says: `The socket ${SOCKET} may not be used. Be the user who started the node; where it is ` +
      'Deno that forbids it, put "profiles/bob" into read and write of permissions.node in deno.json',
  },
];

for (const command of TALKERS) {
  for (const { error, says } of UNREACHABLE) {
    Deno.test(`areaNet: ${command.name} with a socket that is ${error.kind} is one line and 3`, async () => {
      for (const json of command.options?.includes("json") ? [[], ["--json"]] : [[]]) {
        const host = new FakeHost(SHIPPED_FILES);
        host.sockets.set(SOCKET, error);
        assertEquals(await areaNet([...callOf(command), ...json], host), 3);
        assertEquals([host.stdout, host.stderr], ["", `${says}\n`]);
      }
    });
  }
}

Deno.test("areaNet: a node that dies before it answers is one line and 3", async () => {
  for (const command of NODE_COMMANDS) {
    const host = new FakeHost(SHIPPED_FILES);
    const result = new ControlClosed("The node ended the connection");
    host.sockets.set(SOCKET, new FakeClient({ [command.method]: { result } }));
    assertEquals(await areaNet(callOf(command), host), 3);
    assertEquals([host.stdout, host.stderr], ["", "No answer: The node ended the connection\n"]);
    assertEquals(host.interruptions.count, 0);
  }
});

Deno.test("areaNet: what a node refuses is one line, with an exit code by its kind", async () => {
  const exitCodes: Partial<Record<string, number>> = {
    "bad-request": 2,
    "too-large": 2,
    version: 3,
  };
  for (const code of ERROR_CODES) {
    const message = 'No node is called "\x1b[2Jx\ny": map lists those there are';
    const host = new FakeHost(SHIPPED_FILES);
    const result = new ControlError({ code, message });
    host.sockets.set(SOCKET, new FakeClient({ disconnect: { result } }));
    assertEquals(await areaNet(["-p", "bob", "disconnect", "x"], host), exitCodes[code] ?? 4);
    const shown = 'No node is called "\\u{1b}[2Jx\\u{a}y": map lists those there are\n';
    assertEquals([host.stdout, host.stderr], ["", shown]);
  }
});

Deno.test("areaNet: without a profile or a socket it says what to do, and asks nobody", async () => {
  for (const command of TALKERS) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(callOf(command).slice(2), host), 2);
    assertMatch(host.stderr, /^Which node is meant\? Choose its profile with -p.*\n$/);
    assertEquals(host.dialled, []);
  }
  const host = new FakeHost(SHIPPED_FILES);
  const homeless = ["-p", "bob", "-s", "network.controller.target.file=", "status"];
  assertEquals(await areaNet(homeless, host), 2);
  assertMatch(host.stderr, /^bob has no target file.*-s network\.controller\.control\.socket=PATH/);
});

Deno.test("areaNet: a socket that is named is used, and named in what starts its node", async () => {
  const socket = "/run/it's here.sock";
  const setting = `network.controller.control.socket=${socket}`;
  const host = new FakeHost({ ...SHIPPED_FILES, "my etc/network/default.toml": "" });
  assertEquals(await areaNet(["-s", setting, "-c", "my etc", "status"], host), 3);
  assertEquals(host.dialled, [socket]);
  assertEquals(
    host.stderr,
    `The node is not running: nobody answers at ${socket}. Start it with: ` +
      `area-net -c 'my etc' -s '${setting.replace("'", "'\\''")}'\n`,
  );
});

Deno.test("areaNet: a node is reached though its target file or its key cannot be read", async () => {
  const { "profiles/bob/bob.json": _, ...files } = SHIPPED_FILES;
  const host = new FakeHost(files);
  host.sockets.set(SOCKET, new FakeClient(ANSWERS));
  const args = ["-p", "bob", "-s", "network.key_file=none.key", "status"];
  assertEquals(await areaNet(args, host), 0, host.stderr);
});

Deno.test("areaNet: what cannot be understood is told before the node is looked for", async () => {
  const cases: [args: string[], message: string][] = [
    [["connect", "nowhere"], '"nowhere" is not an address'],
    [["connect", "a:1", "--id", "abc"], 'A node id has 52 characters, "abc" has 3'],
    [["map", "--d2", "--json"], "Options --d2 and --json exclude each other"],
    [["send", "erin"], "Nothing to send"],
    [["broadcast"], "Nothing to send"],
    [["send", "erin", "x".repeat(1_048_577)], "A message has at most 1048576 bytes"],
    [["send"], "Wanted send PEER [TEXT…]"],
    [["ping"], "Wanted ping PEER"],
    [["ping", "a", "b"], "Wanted ping PEER"],
    [["room"], 'Unknown command "room", wanted room join, room say, room listen, '],
    [["room", "jion", "kitchen"], 'Unknown command "room jion kitchen"'],
    [["room", "join"], "Wanted room join NAME"],
    [["room", "join", "my", "kitchen"], "Wanted room join NAME"],
    [["room", "say"], "Wanted room say NAME [TEXT…]"],
    [["room", "say", "kitchen"], "Nothing to send"],
    [["room", "say", "kitchen", "x", "--to"], "Option --to PEER wants a value"],
    [["room", "page", "--open", "--watch"], "Option --watch is for peers, map"],
    [["status", "x"], 'Unknown command "status x", did you mean "status"?'],
  ];
  for (const [args, message] of cases) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(["-p", "bob", ...args], host), 2, args.join(" "));
    assertStringIncludes(host.stderr, message);
    assertEquals([host.stdout, host.dialled], ["", []]);
  }
});

/** A command as it could be called. */
function callOf({ name, parameters = [], rest }: Command): string[] {
  const samples: Record<string, string> = { PEER: "erin", ADDRESS: "[::1]:8090", TEXT: "hello" };
  const words = [...parameters, ...(rest === undefined ? [] : [rest])];
  return ["-p", "bob", ...name.split(" "), ...words.map((word) => samples[word] ?? word)];
}
