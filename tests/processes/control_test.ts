/** Real nodes as people run, ask and stop them by the command line. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../io/until.ts";
import { LinkedNodes, RING } from "./linked_nodes.ts";

Deno.test("commands: a second start says that it is running already, and the first goes on", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")]);
  await nodes.untilLinked(1);
  const { program } = nodes.node("bob");
  const before = { out: program.out, log: nodes.node("bob").read("area-net.log") };
  const [, port = ""] = nodes.address("bob").split("]:");
  for (const wanted of ["0", port]) {
    const again = await nodes.ask("bob", "-s", `network.controller.listen.port=${wanted}`);
    assertEquals(again, {
      code: 1,
      out: "",
      err: "bob is already running: it answers at profiles/bob/control.sock\n",
    });
  }
  const { code, out } = await nodes.ask("alice", "send", "bob", "still there?");
  assertEquals([code, /^Delivered to bob /.test(out)], [0, true]);
  assertMatch((await nodes.ask("bob", "inbox")).out, /still there\?\n$/);
  const after = { out: program.out, log: nodes.node("bob").read("area-net.log") };
  assertEquals(after, before);
});

Deno.test("leave: ends the node with 0, its socket is gone, and the others know that it left", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")]);
  await nodes.untilLinked(1);
  assertEquals(await nodes.ask("bob", "leave"), {
    code: 0,
    out: "bob has left, 1 node heard it\n",
    err: "",
  });
  const { code, err } = await nodes.node("bob").program.outcome();
  assertEquals({ code, err }, { code: 0, err: "" });
  await until(() => /Node bob \S+ left/.test(nodes.node("alice").program.out));
  assertEquals(nodes.node("alice").program.out.includes("Lost node"), false);
  const names = Array.from(
    Deno.readDirSync(`${nodes.project.path}/profiles/bob`),
    ({ name }) => name,
  );
  assertEquals(names.filter((name) => /sock|^\./.test(name)), []);
  assertEquals((await nodes.ask("bob", "status")).code, 3);
});

Deno.test("leave: commands that wait meanwhile end with a line each", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")]);
  await nodes.untilLinked(1);
  await nodes.ask("alice", "send", "bob", "before");
  // Frozen, alice does not answer what bob sends.
  nodes.node("alice").program.signal("SIGSTOP");
  await using sender = nodes.command("bob", "send", "alice", "hello", "--timeout", "1m");
  await using follower = nodes.command("bob", "inbox", "--follow");
  await using watcher = nodes.command("bob", "peers", "--watch", "--json");
  await Promise.all([follower.untilSaid("before"), watcher.untilSaid("alice")]);
  const bob = await nodes.control("bob");
  for (let sent = 0; sent === 0;) sent = (await bob.call("status", {})).messages.sent;
  assertEquals((await nodes.ask("bob", "leave")).code, 0);
  const gone = { code: 3, out: "", err: "No answer: The node ended the connection\n" };
  for (const program of [follower, watcher]) {
    assertEquals({ ...await program.outcome(), out: "" }, gone);
  }
  const { code, out, err } = await sender.outcome();
  assertEquals([code, out], [4, ""]);
  assertMatch(err, /^Not delivered to alice \(\w{8}\): cancelled: this node left\n$/);
});

Deno.test("messages.print: a node prints messages, one line each, while nobody else reads them", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")], { "messages.print": true });
  await nodes.untilLinked(1);
  const { program } = nodes.node("bob");
  const send = (text: string) => nodes.ask("alice", "send", "bob", text);
  await send("first\n\x1b[2Jin two lines");
  await program.untilSaid("in two lines\n");
  assertMatch(program.out, /^alice \(\w{8}\): first\\u\{a\}\\u\{1b\}\[2Jin two lines$/m);

  {
    await using follower = nodes.command("bob", "inbox", "--follow");
    await follower.untilSaid("first");
    await send("second");
    await follower.untilSaid("second");
    follower.signal("SIGINT");
    assertEquals((await follower.outcome()).code, 0);
  }
  await send("third");
  await program.untilSaid("third\n");
  {
    await using console = nodes.typed("bob", "console");
    await console.type("status\n");
    await console.untilSaid("listens at");
    await send("fourth");
    await console.untilSaid("fourth");
    assertEquals(console.out.includes("second"), false);
    await console.closeInput();
    assertEquals((await console.outcome()).code, 0);
  }
  await send("fifth");
  await program.untilSaid("fifth\n");
  const printed = Array.from(program.out.matchAll(/^alice \(\w{8}\): (\w+)/gm), ([, word]) => word);
  assertEquals(printed, ["first", "third", "fifth"]);
});

Deno.test("ping.period: every node shows greetings of the four others", async () => {
  await using nodes = await LinkedNodes.start(RING, { "ping.period": 0.2 });
  const names = Object.keys(RING);
  for (const name of names) {
    for (const other of names.filter((each) => each !== name)) {
      await nodes.node(name).program.untilSaid(`Greeting from ${other} (`);
      assert(nodes.node(name).read("area-net.log").includes(`Greeting from ${other} (`));
    }
    assertEquals(nodes.node(name).program.out.includes(`Greeting from ${name} (`), false);
  }
});

Deno.test("console: fed by a pipe it obeys line by line, and its exit code is that of the last failure", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await nodes.add("bob", [nodes.address("alice")]);
  await nodes.untilLinked(1);
  const feed = (...lines: string[]) =>
    nodes.feed(new TextEncoder().encode(lines.join("\n")), "alice", "console");

  const good = await feed("send bob hello --trace", "", "map --json");
  assertEquals([good.code, good.err], [0, ""]);
  const [told, trace, map = "", ...rest] = good.out.split("\n");
  assertMatch(told ?? "", /^Delivered to bob /);
  assertEquals([trace, rest], ["alice → bob", [""]]);
  assertEquals(JSON.parse(map).nodes.length, 2);

  const bad = await feed("send nobody hello", "status", "frobnicate", "quit", "leave");
  assertEquals(bad.code, 2);
  assertMatch(bad.err, /^No node is called "nobody": .*\nUnknown command "frobnicate".*\n.*\n$/);
  assertMatch(bad.out, /^node +alice /);

  const last = await feed("leave", "status");
  assertEquals([last.code, last.err], [0, ""]);
  assertEquals(last.out, "alice has left, 1 node heard it\n");
  assertEquals((await nodes.node("alice").program.outcome()).code, 0);
});

Deno.test("console: when the node is killed it ends with one line that says so", async () => {
  await using nodes = new LinkedNodes();
  await nodes.add("alice", []);
  await using console = nodes.typed("alice", "console");
  await console.type("status\n");
  await console.untilSaid("listens at");
  nodes.node("alice").program.signal("SIGKILL");
  const { code, err } = await console.outcome();
  assertEquals(code, 3);
  assertMatch(err, /^The console with alice ends, as there is no connection: [^\n]*\n$/);
});
