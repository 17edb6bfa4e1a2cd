/** The command line where a node is stopped, killed, of another version, or something else altogether. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServer, type Socket } from "node:net";
import { areaNet } from "../../src/cli/area_net.ts";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { formatLine } from "../../src/control/lines.ts";
import { host } from "../../src/io/host.ts";
import { TempFolder } from "../io/temp_folder.ts";
import { until } from "../io/until.ts";
import { LinkedNodes } from "./linked_nodes.ts";

/** Commands that need a node to run. */
const TALKERS = COMMANDS.filter(({ name, method }) => method !== undefined || name === "console");

/** All ways to call them that differ in how the answer comes. */
const CALLS = TALKERS.flatMap((command) => {
  const modes = (command.options ?? []).filter((option) =>
    ["json", "watch", "follow"].includes(option)
  );
  return [callOf(command), ...modes.map((mode) => [...callOf(command), `--${mode}`])];
});

/** A command as it could be called. */
function callOf({ name, parameters = [], rest }: Command): string[] {
  const samples: Record<string, string> = { PEER: "erin", ADDRESS: "[::1]:1" };
  const words = parameters.map((parameter) => samples[parameter] ?? parameter);
  return [name, ...words, ...(rest === undefined ? [] : ["hello"])];
}

/** What a command printed, and how it ended. */
interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Does what `area-net` does, with the real sockets and files of this machine, and keeps its output. */
async function run(args: readonly string[]): Promise<Answer> {
  const answer: Answer = { code: 0, out: "", err: "" };
  answer.code = await areaNet(args, {
    ...host(),
    out: (text) => void (answer.out += text),
    err: (text) => void (answer.err += text),
    columns: () => undefined,
    // Nobody types anything.
    openLines: () =>
      Promise.resolve({
        isTerminal: false,
        next: () => new Promise(() => {}),
        out: (text) => void (answer.out += text),
        err: (text) => void (answer.err += text),
        interruption: host().interruption,
        [Symbol.dispose]() {},
      }),
  });
  return answer;
}

/** The setting that says where a node answers. */
function at(path: string): string[] {
  return ["-s", `network.controller.control.socket=${path}`];
}

/** Checks that every command says nothing but this one line, and ends with this code. */
async function assertAllSay(path: string, line: RegExp, code = 3): Promise<void> {
  await Promise.all(CALLS.map(async (call) => {
    const answer = await run([...at(path), ...call]);
    assertEquals([answer.code, answer.out], [code, ""], `${call}: ${answer.err}`);
    assertMatch(answer.err, /^[^\n]+\n$/, call.join(" "));
    assertMatch(answer.err, line, call.join(" "));
  }));
}

/** Something that listens at a socket and deals with those who connect as a test tells it. */
async function stranger(path: string, meet: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const HELLO = { id: "a".repeat(52), label: "bob", version: "0.1.0" };

/** Who may be there in place of a node, and what is said of it. */
const STRANGERS: Record<string, [meet: (socket: Socket) => void, says: RegExp, code?: number]> = {
  "that says nothing": [() => {}, /is no node of area-net: It said nothing for 2 s\. Check /],
  "that hangs up": [
    (socket) => socket.end(),
    /is no node of area-net: It ended the connection\. Check /,
  ],
  "that resets": [(socket) => socket.destroy(), /is no node of area-net: .*\. Check /],
  "of the web": [
    (socket) => socket.on("data", () => {}).write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    /is no node of area-net: .*\. Check /,
  ],
  "that says half a hello": [
    (socket) => socket.end('{"v":1,"hello":{"id":"'),
    /is no node of area-net: It ended the connection\. Check /,
  ],
  "that talks in bytes": [
    (socket) => socket.write(Uint8Array.from({ length: 4096 }, (_, at) => at)),
    /is no node of area-net: .*\. Check /,
  ],
  "that talks without end": [
    (socket) => socket.write("x".repeat(1_000_000)),
    /is no node of area-net: .*\. Check /,
  ],
  "of a later version": [
    (socket) => socket.write(formatLine({ v: 99, hello: { who: "bob" } })),
    /^The node at \S+ speaks version 99 of the control protocol, this program version 1: /,
  ],
  "that is busy": [
    (socket) =>
      socket.end(formatLine({ v: 1, id: null, error: { code: "busy", message: "Too many" } })),
    /^Too many$/m,
    4,
  ],
  "that dies at the question": [
    (socket) => socket.on("data", () => socket.destroy()).write(formatLine({ v: 1, hello: HELLO })),
    /The node ended the connection/,
  ],
  "that answers nonsense": [
    (socket) =>
      socket.on("data", () => socket.write("42\n")).write(formatLine({ v: 1, hello: HELLO })),
    /The node was not understood: /,
  ],
};

for (const [who, [meet, says, code]] of Object.entries(STRANGERS)) {
  Deno.test(`commands: to one ${who} each says one line, and why in its exit code`, async () => {
    using folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    const sockets: Socket[] = [];
    {
      await using _stranger = await stranger(path, (socket) => {
        sockets.push(socket);
        meet(socket);
      });
      await assertAllSay(path, says, code);
      // Whoever was told no has hung up.
      for (const socket of sockets) socket.resume();
      await until(() => sockets.every(({ destroyed }) => destroyed));
    }
  });
}

Deno.test("commands: to a node of another version the program itself says one line, and ends with 3", async () => {
  await using nodes = new LinkedNodes();
  await using _foreign = await stranger(nodes.socket("bob"), (socket) => {
    socket.end(formatLine({ v: 99, hello: HELLO }));
  });
  const says = /^The node at profiles\/bob\/control\.sock speaks version 99 of .*\n$/;
  const calls = [["status"], ["send", "erin", "hello"], ["inbox", "--follow"], ["console"]];
  await Promise.all(calls.map(async (call) => {
    const { code, out, err } = await nodes.ask("bob", ...call);
    assertEquals([code, out], [3, ""]);
    assertMatch(err, says);
  }));
});

Deno.test("commands: where no node was ever, or something that is no socket, each says one line", async () => {
  using folder = new TempFolder();
  await assertAllSay(`${folder.path}/control.sock`, /^The node is not running: nobody answers at /);
  await assertAllSay(`${folder.path}/none/control.sock`, /^The node is not running: nobody /);
  await assertAllSay(folder.write("precious", "text"), /^What is at \S+ is no socket\. Check /);
  await assertAllSay(folder.path, /^What is at \S+ is no socket\. Check /);
  assertEquals(folder.read("precious"), "text");
});

Deno.test("commands: after kill -9 each says one line, and the node can be started again at once", async () => {
  await using nodes = new LinkedNodes();
  const stopped = await nodes.ask("bob", "status");
  assertEquals(stopped, {
    code: 3,
    out: "",
    err: "bob is not running: nobody answers at profiles/bob/control.sock. " +
      "Start it with: area-net -p bob\n",
  });
  await nodes.add("bob", []);
  const { hello } = await nodes.control("bob");
  const killed = nodes.node("bob").program;
  killed.signal("SIGKILL");
  assertEquals((await killed.outcome()).code, 137);
  assert(Deno.lstatSync(nodes.socket("bob")).isSocket, "Expected what is left of the socket");
  await assertAllSay(nodes.socket("bob"), /^The node is not running: nobody answers at /);
  assertEquals(await nodes.ask("bob", "leave"), stopped);

  await nodes.add("bob", []);
  assertEquals((await nodes.control("bob")).hello, hello);
  assertEquals((Deno.lstatSync(nodes.socket("bob")).mode ?? 0) & 0o777, 0o600);
});
