/** The library as other programs import it: nodes of their own, on real sockets. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  type AreaNode,
  ConfigError,
  connectControl,
  type Content,
  ControlClosed,
  ControlError,
  ControlUnreachable,
  type InboxMessage,
  ListenError,
  type Notice,
  openNode,
  type OpenOptions,
} from "../../mod.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** Links to its targets alone. */
const ALONE = { "network.controller.peers.min_link_count": 0 };

/** A chain of nodes, each with the one before it for a target, once the two at its ends know each other. */
async function chain(...labels: string[]) {
  const nodes: AreaNode[] = [];
  for (const label of labels) {
    const targets = nodes.slice(-1).map(({ address }) => address);
    nodes.push(await openNode({ targets, settings: { ...ALONE, label } }));
  }
  const [first, last] = [nodes[0], nodes.at(-1)] as [AreaNode, AreaNode];
  await Promise.all([untilKnown(first, last), untilKnown(last, first)]);
  return {
    first,
    last,
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node.close();
    },
  };
}

/** Waits until one node can send to the other. */
async function untilKnown({ control }: AreaNode, { id }: AreaNode): Promise<void> {
  const enough = new AbortController();
  await control.call("map", { watch: true }, {
    signal: enough.signal,
    onEvent({ nodes }) {
      if (nodes.some((node) => node.id === id && node.state === "alive")) enough.abort();
    },
  });
}

Deno.test("openNode: without any options it listens on loopback, and writes nothing", async () => {
  await using node = await openNode();
  assertMatch(node.address, /^\[::1\]:[1-9]\d*$/);
  assertMatch(node.id, /^[a-z2-7]{52}$/);
  const { id, listen, links } = await node.control.call("status", {});
  assertEquals([id, listen, links], [node.id, node.address, { outgoing: 0, incoming: 0 }]);
});

Deno.test("openNode: messages of every kind arrive over a relay as they were sent, in order", async () => {
  await using nodes = await chain("alice", "bob", "erin");
  const { first: alice, last: erin } = nodes;
  const received: InboxMessage[] = [];
  const stop = erin.listen((message) => received.push(message));
  const before = Date.now();
  const sent: Content[] = [
    "",
    "text",
    "\u{1f426} \u0000 \u2028",
    new Uint8Array(0),
    Uint8Array.from({ length: 256 }, (_, at) => at),
    "x".repeat(4_097),
    crypto.getRandomValues(new Uint8Array(65_536)),
    "é".repeat(524_288),
    new Uint8Array(1_048_576).fill(7),
  ];
  const outcomes = await Promise.all(sent.map((content) => alice.send(erin.id, content)));
  for (const outcome of outcomes) {
    assert(outcome.type === "delivered", outcome.type);
    assertEquals([outcome.path.length, outcome.path[0], outcome.path[2]], [3, alice.id, erin.id]);
    assertGreater(outcome.rttUs, 0);
  }
  assertEquals(received.map(({ content }) => content), sent);
  for (const { from, label, at } of received) {
    assertEquals([from, label], [alice.id, "alice"]);
    assert(at >= before - 1 && at <= Date.now() + 1, `At ${at}`);
  }

  stop();
  assertEquals(
    (await alice.control.call("send", { peer: "erin", text: "kept" })).outcome,
    "delivered",
  );
  assertEquals(received.length, sent.length);
  const { messages } = await erin.control.call("inbox", {});
  assertEquals(messages.at(-1)?.text, "kept");
});

Deno.test("openNode: what is too large is refused with the limit, and nothing is sent", async () => {
  await using nodes = await chain("alice", "erin");
  const { first: alice, last: erin } = nodes;
  for (const content of [new Uint8Array(1_048_577), "é".repeat(524_289)]) {
    const sending = async () => void await alice.send(erin.id, content);
    await assertRejects(sending, RangeError, "wanted at most 1048576");
  }
  const params = { peer: "erin", text: "é".repeat(524_289) };
  const { fault } = await assertRejects(() => alice.control.call("send", params), ControlError);
  assertEquals([fault.code, fault.message.includes("1048578")], ["too-large", true]);
  assertEquals((await erin.control.call("inbox", {})).messages, []);
});

Deno.test("openNode: a letter to nobody, or to oneself, is answered at once", async () => {
  await using node = await openNode();
  const start = performance.now();
  for (const to of ["a".repeat(52), "erin", node.id]) {
    assertEquals(await node.send(to, "hello", { timeoutMs: 60_000 }), { type: "no-route" });
  }
  assertLess(performance.now() - start, 10_000);
});

Deno.test("openNode: print reads messages while nobody listens, tell hears the news", async () => {
  const printed: string[] = [];
  const told: Notice["type"][] = [];
  await using alice = await openNode({
    tell: ({ type }) => told.push(type),
    print: ({ content }) => printed.push(String(content)),
  });
  await using bob = await openNode({ targets: [alice.address], settings: ALONE });
  await untilKnown(bob, alice);
  const send = async (text: string) =>
    assertEquals((await bob.send(alice.id, text)).type, "delivered");
  await send("one");
  const stop = alice.listen(() => {});
  await send("two");
  stop();
  stop();
  await send("three");
  assertEquals(printed, ["one", "three"]);
  assertEquals(told.slice(0, 2), ["listening", "link-up"]);
});

Deno.test("openNode: with a folder it is the same node again, and programs reach it there", async () => {
  using folder = new TempFolder();
  const ids: string[] = [];
  for (let round = 0; round < 2; round++) {
    await using node = await openNode({ folder: folder.path, settings: { label: "bob" } });
    const client = await connectControl(`${folder.path}/control.sock`);
    assertEquals([client.hello.id, client.hello.label], [node.id, "bob"]);
    client.close();
    ids.push(node.id);
  }
  assertEquals(ids[0], ids[1]);
  assertEquals(folder.names().includes("control.sock"), false);
  assertEquals(folder.names().includes("identity.key"), true);
});

Deno.test("openNode: a second one in the same folder is refused, and the first goes on", async () => {
  using folder = new TempFolder();
  const options = { folder: folder.path, settings: { label: "bob" } };
  await using node = await openNode(options);
  const error = await assertRejects(() => openNode(options), Error);
  assertEquals(error.name, "SocketFileError");
  assertMatch(error.message, /^bob is already running: it answers at \S+control\.sock$/);
  const client = await connectControl(`${folder.path}/control.sock`);
  assertEquals(client.hello.id, node.id);
  client.close();
});

Deno.test("openNode: a port in use is told with the address, and gives everything back", async () => {
  using folder = new TempFolder();
  await using owner = await openNode();
  const options = { listen: owner.address, folder: folder.path };
  const error = await assertRejects(() => openNode(options), ListenError);
  assertEquals([error.address, error.error.code], [owner.address, "address-in-use"]);
  assertStringIncludes(error.message, `Could not listen on ${owner.address}: `);
  assertEquals(folder.names().includes("control.sock"), false);
  await using _again = await openNode({ folder: folder.path });
});

const BAD_OPTIONS: [what: string, options: OpenOptions, words: string[]][] = [
  ["an unknown setting", { settings: { "network.controller.lisen.port": 1 } }, [
    "network.controller.lisen",
  ]],
  ["a setting of a wrong type", { settings: { label: 7, "network.controller.d2": "yes" } }, [
    "label",
    "network.controller.d2",
  ]],
  ["a setting out of range", { settings: { "network.controller.messages.max_queue": -1 } }, [
    "network.controller.messages.max_queue",
    "-1",
  ]],
  ["a port that is none", { listen: "[::1]:70000" }, ["listen.port", "70000"]],
  ["a port that is no number", { listen: "[::1]:x" }, ["listen"]],
  ["no port", { listen: "::1" }, ["listen"]],
  ["a host that is no address", { listen: "nowhere:80" }, ["listen.addr", "nowhere"]],
];

for (const [what, options, words] of BAD_OPTIONS) {
  Deno.test(`openNode: ${what} is refused, naming it, and nothing is opened`, async () => {
    using folder = new TempFolder();
    const error = await assertRejects(
      () => openNode({ ...options, folder: folder.path }),
      ConfigError,
    );
    for (const word of words) assertStringIncludes(error.message, word);
    assertEquals(folder.names(), []);
  });
}

Deno.test("openNode: a target that is no address is refused, naming it", async () => {
  const targets = ["[::1]:8090", "nowhere"];
  const error = await assertRejects(() => openNode({ targets }), SyntaxError);
  assertStringIncludes(error.message, "nowhere");
});

Deno.test("openNode: a folder that cannot be made is refused, naming it", async () => {
  using folder = new TempFolder();
  const file = folder.write("file", "in the way");
  const error = await assertRejects(() => openNode({ folder: `${file}/below` }), Error);
  assertStringIncludes(error.message, `${file}/below`);
  assertEquals(folder.read("file"), "in the way");
});

Deno.test("openNode: a folder too deep for a socket is refused with both lengths", async () => {
  using folder = new TempFolder();
  const deep = `${folder.path}/${"x".repeat(120)}`;
  const error = await assertRejects(() => openNode({ folder: deep }), Error);
  assertMatch(error.message, /the path has \d+ bytes, wanted at most \d+\./);
});

Deno.test({
  name: "openNode: a folder that may not be written is refused, naming it",
  // The administrator may write everywhere.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  async fn() {
    using folder = new TempFolder();
    Deno.chmodSync(folder.path, 0o500);
    const error = await assertRejects(() => openNode({ folder: folder.path }), Error);
    assertStringIncludes(error.message, folder.path);
    Deno.chmodSync(folder.path, 0o700);
    assertEquals(folder.names(), []);
  },
});

Deno.test("openNode: a folder that is not there yet is made", async () => {
  using folder = new TempFolder();
  await using node = await openNode({ folder: `${folder.path}/new/deep` });
  const client = await connectControl(`${folder.path}/new/deep/control.sock`);
  assertEquals(client.hello.id, node.id);
  client.close();
});

Deno.test("AreaNode: close ends what goes on, twice does no harm, and the others know that it left", async () => {
  const told: Notice["type"][] = [];
  await using alice = await openNode({ tell: ({ type }) => told.push(type) });
  const bob = await openNode({ targets: [alice.address], settings: ALONE });
  await untilKnown(bob, alice);
  await untilKnown(alice, bob);
  const following = bob.control.call("inbox", { follow: true });
  const rejected = assertRejects(() => following, ControlClosed);
  await Promise.all([bob.close(), bob.close()]);
  await rejected;
  assertEquals(await bob.ended, undefined);
  await bob.close();
  await assertRejects(() => bob.control.call("status", {}), ControlClosed);
  assertEquals(await bob.send(alice.id, "late"), { type: "cancelled" });
  await until(() => told.includes("node-left"));
  assertEquals(told.includes("node-lost"), false);
});

Deno.test("AreaNode: what is under way when it leaves is told that it left", async () => {
  await using alice = await openNode();
  const bob = await openNode({ targets: [alice.address], settings: ALONE });
  await untilKnown(bob, alice);
  const sending = bob.send(alice.id, new Uint8Array(1_000_000));
  await bob.close();
  assertEquals(await sending, { type: "cancelled" });
});

Deno.test("AreaNode: leave over its control socket ends it as close does", async () => {
  using folder = new TempFolder();
  await using node = await openNode({ folder: folder.path });
  const client = await connectControl(`${folder.path}/control.sock`);
  assertEquals(await client.call("leave", {}), { heard: 0 });
  assertEquals(await node.ended, undefined);
  await assertRejects(() => connectControl(`${folder.path}/control.sock`), ControlUnreachable);
});
