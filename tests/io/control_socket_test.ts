import { assert, assertEquals, assertRejects } from "@std/assert";
import { ControlClosed, ControlError } from "../../src/control/client.ts";
import { MAX_REQUEST_BYTES } from "../../src/control/lines.ts";
import { MAX_MESSAGE_BYTES } from "../../src/control/methods.ts";
import type { InboxMessage } from "../../src/controller/node_api.ts";
import { MAX_UNREAD_BYTES } from "../../src/io/control_connection.ts";
import { connectControl } from "../../src/io/control_client.ts";
import { MAX_CLIENTS, openControlSocket } from "../../src/io/control_socket.ts";
import { SocketFileError } from "../../src/io/socket_file.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "../control/fake_node.ts";
import { ControlRig, FACTS } from "./control_rig.ts";
import { until } from "./until.ts";

const HELLO = { v: 1, hello: { id: id("bb"), label: "bob", version: "0.1.0" } };

Deno.test("openControlSocket: a program asks, follows, stops and leaves", async () => {
  await using rig = await ControlRig.open();
  const client = await rig.client();
  assertEquals(client.hello, HELLO.hello);
  const status = await client.call("status", {});
  assertEquals([status.label, status.nodes.alive], ["bob", 1]);
  const stop = new AbortController();
  const texts: unknown[] = [];
  const following = client.call("inbox", { follow: true }, {
    onEvent: ({ text }) => texts.push(text),
    signal: stop.signal,
  });
  await until(() => rig.node.listeners.size === 1);
  deliver(rig, "hi ü");
  await until(() => texts.length === 1);
  stop.abort();
  assertEquals([await following, texts], [{ messages: [] }, ["hi ü"]]);
  const { fault } = await assertRejects(
    () => client.call("send", { peer: "nobody", text: "hi" }),
    ControlError,
  );
  assertEquals(fault.code, "unknown-peer");
});

Deno.test("openControlSocket: messages of the largest size pass, both ways", async () => {
  await using rig = await ControlRig.open();
  const client = await rig.client();
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const data = new Uint8Array(MAX_MESSAGE_BYTES).map((_, at) => bytes[at % 65_536] ?? 0);
  const text = "\0".repeat(MAX_MESSAGE_BYTES);
  const calls = [
    client.call("send", { peer: "alice", data: data.toBase64() }),
    client.call("send", { peer: "alice", text }),
  ];
  await until(() => rig.node.waiting.length === 2);
  assertEquals(rig.node.waiting[0]?.content, data);
  assert(rig.node.waiting[1]?.content === text);
  for (const { done } of rig.node.waiting) done({ type: "timed-out" });
  await Promise.all(calls);
  rig.node.kept = [data, text, data].map((content) => message(content));
  const { messages } = await client.call("inbox", {});
  assertEquals(messages.map((each) => each.data?.length ?? each.text?.length), [
    1_398_104,
    MAX_MESSAGE_BYTES,
    1_398_104,
  ]);
});

Deno.test("openControlSocket: requests may come in any pieces", async () => {
  await using rig = await ControlRig.open();
  const program = rig.program();
  const line = '{"v":1,"id":1,"method":"discover"}\n';
  for (const byte of new TextEncoder().encode(line + line.replace(":1,", ":1 ,"))) {
    program.send(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => program.lines.length === 3);
  const result = { v: 1, id: 1, result: { asked: 0 } };
  assertEquals(program.lines, [HELLO, result, result]);
});

Deno.test("openControlSocket: garbage is answered, line by line, and harms nothing", async () => {
  await using rig = await ControlRig.open();
  const program = rig.program();
  program.send('GET / HTTP/1.1\n\n[]\n{"v":2,"id":7,"method":"discover"}\n');
  program.send(Uint8Array.of(0xff, 0x0a));
  program.ask(1, "discover");
  await until(() => program.lines.length === 7);
  const [, ...replies] = program.lines as { id: number | null; error?: { code: string } }[];
  assertEquals(replies.map(({ id, error }) => [id, error?.code]), [
    [null, "bad-request"],
    [null, "bad-request"],
    [null, "bad-request"],
    [7, "version"],
    [null, "bad-request"],
    [1, undefined],
  ]);
});

Deno.test("openControlSocket: a line without end is refused and ends the connection", async () => {
  await using rig = await ControlRig.open();
  const program = rig.program();
  program.send("x".repeat(MAX_REQUEST_BYTES + 1));
  await until(() => program.isOver);
  const [, last] = program.lines as { id: null; error: { code: string; message: string } }[];
  assertEquals([last?.error.code, last?.error.message], [
    "bad-request",
    `A line has more than ${MAX_REQUEST_BYTES} bytes, wanted at most that: the connection ends here`,
  ]);
  assertEquals((await (await rig.client()).call("discover", {})).asked, 0);
});

Deno.test("openControlSocket: who goes in the middle leaves nothing behind", async () => {
  await using rig = await ControlRig.open();
  const [gone, ended] = [rig.program(), rig.program()];
  for (const program of [gone, ended]) {
    program.ask(1, "inbox", { follow: true });
    program.ask(2, "map", { watch: true });
    program.send('{"v":1,"id":3,"me');
  }
  await until(() => rig.node.listeners.size === 2);
  gone.destroy();
  ended.socket.end();
  await until(() => rig.node.listeners.size === 0);
  deliver(rig, "hi");
  rig.node.clock.run(10_000);
  await until(() => ended.isOver);
});

Deno.test("openControlSocket: who does not read what is followed is disconnected, and costs little", async () => {
  await using rig = await ControlRig.open();
  const [slow, other] = [rig.program(), await rig.client()];
  slow.ask(1, "inbox", { follow: true });
  await until(() => slow.lines.length === 1 && rig.node.listeners.size === 1);
  slow.socket.pause();
  const text = "x".repeat(100_000);
  let sent = 0;
  while (rig.node.listeners.size > 0) {
    deliver(rig, text);
    sent += text.length;
    assert(sent < 4 * MAX_UNREAD_BYTES, "Whoever does not read is kept all the same");
    if (sent % 1_000_000 === 0) await other.call("discover", {});
  }
  assert(sent > MAX_UNREAD_BYTES, `Who is ${sent} bytes behind was disconnected already`);
  assertEquals((await other.call("discover", {})).asked, 0);
});

Deno.test("openControlSocket: who asks and does not read is not heard until it does", async () => {
  await using rig = await ControlRig.open();
  rig.node.learn({
    nodes: [view("bb", "bob", "own"), ...Array.from({ length: 300 }, () => view("aa", "alice"))],
  });
  const program = rig.program();
  await until(() => program.lines.length === 1);
  program.socket.pause();
  const taken = rig.node.snapshots;
  const requests = 500;
  for (let i = 1; i <= requests; i++) program.ask(i, "map");
  // Another one's turn comes over and over, and the requests of this one rest.
  const other = await rig.client();
  let last = -1;
  while (last !== rig.node.snapshots) {
    last = rig.node.snapshots;
    for (let i = 0; i < 20; i++) await other.call("discover", {});
  }
  assert(last - taken < requests / 4, `${last - taken} of ${requests} requests were handled`);
  program.socket.resume();
  await until(() => rig.node.snapshots >= taken + requests);
  await until(() => program.text.split("\n").length === requests + 2);
  assertEquals(program.lines.map((line) => (line as { id?: number }).id), [
    undefined,
    ...Array.from({ length: requests }, (_, at) => at + 1),
  ]);
});

Deno.test("openControlSocket: one client too many is told so, and has room when another goes", async () => {
  await using rig = await ControlRig.open();
  const programs = Array.from({ length: MAX_CLIENTS }, () => rig.program());
  await until(() => programs.every(({ lines }) => lines.length === 1));
  const { fault } = await assertRejects(() => connectControl(rig.path), ControlError);
  assertEquals(fault, {
    code: "busy",
    message: `The node serves ${MAX_CLIENTS} programs already: end one of them`,
  });
  programs[0]?.destroy();
  await until(() => programs[0]?.isOver === true);
  const client = await rig.client();
  assertEquals((await client.call("discover", {})).asked, 0);
});

Deno.test("openControlSocket: a second node in the same place is refused by name", async () => {
  await using rig = await ControlRig.open();
  const { message } = await assertRejects(
    () => openControlSocket(rig.path, { node: new FakeNode(), facts: FACTS, name: "bob" }),
    SocketFileError,
  );
  assertEquals(message, `bob is already running: it answers at ${rig.path}`);
  assertEquals((await (await rig.client()).call("discover", {})).asked, 0);
});

Deno.test("ControlSocket.close: what was said is read first, then the connection and the file go", async () => {
  await using rig = await ControlRig.open();
  const client = await rig.client();
  const following = client.call("inbox", { follow: true });
  await until(() => rig.node.listeners.size === 1);
  const leaving = client.call("leave", {});
  await until(() => rig.node.hasLeft);
  await Promise.all([
    rig.socket.close(),
    assertRejects(() => following, ControlClosed, "The node ended the connection"),
  ]);
  assertEquals([await leaving, rig.folder.names()], [{ heard: 0 }, []]);
  await assertRejects(() => client.call("status", {}), ControlClosed);
});

Deno.test("ControlSocket.close: waits for who does not read, but not for ever", async () => {
  await using rig = await ControlRig.open();
  const program = rig.program();
  await until(() => program.lines.length === 1);
  program.socket.pause();
  rig.node.kept = Array.from({ length: 50 }, () => message("x".repeat(100_000)));
  program.ask(1, "inbox");
  await (await rig.client()).call("discover", {});
  await rig.socket.close();
  assertEquals(rig.folder.names(), []);
});

Deno.test("connectControl: thousands of calls at once are all answered", async () => {
  await using rig = await ControlRig.open();
  rig.node.postman = () => ({ type: "no-route" });
  const client = await rig.client();
  const calls = Array.from({ length: 4000 }, () => client.call("send", { peer: "al", text: "hi" }));
  assertEquals(new Set((await Promise.all(calls)).map(({ outcome }) => outcome)).size, 1);
});

function message(content: string | Uint8Array): InboxMessage {
  return { from: id("aa"), label: "alice", content, at: 0 };
}

function deliver({ node }: ControlRig, text: string): void {
  node.deliver(message(text));
}
