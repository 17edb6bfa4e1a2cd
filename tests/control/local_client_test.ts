import { assertEquals, assertRejects } from "@std/assert";
import { ControlClosed, ControlError } from "../../src/control/client.ts";
import { localClient } from "../../src/control/local_client.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";

function clientOf(node: FakeNode) {
  return localClient(node, { clock: node.clock, version: "0.1.0" });
}

Deno.test("localClient: knows the node from the start", () => {
  const { hello } = clientOf(new FakeNode());
  assertEquals(hello, { id: id("bb"), label: "bob", version: "0.1.0" });
});

Deno.test("ControlClient.call: resolves with the result", async () => {
  const node = new FakeNode();
  assertEquals(await clientOf(node).call("discover", {}), { asked: 0 });
});

Deno.test("ControlClient.call: calls under way at once are told apart", async () => {
  const node = new FakeNode(view("aa", "alice"), view("ed", "erin"));
  const client = clientOf(node);
  const calls = ["alice", "erin"].map((peer) => client.call("send", { peer, text: "hi" }));
  node.waiting[1]?.done({ type: "no-route" });
  node.waiting[0]?.done({ type: "timed-out" });
  const results = await Promise.all(calls);
  assertEquals(results.map(({ to, outcome }) => [to.label, outcome]), [
    ["alice", "timed out"],
    ["erin", "no route"],
  ]);
});

Deno.test("ControlClient.call: rejects with what the node has against it", async () => {
  const client = clientOf(new FakeNode(view("aa", "erin"), view("ed", "erin")));
  const { fault } = await assertRejects(
    () => client.call("send", { peer: "erin", text: "hi" }),
    ControlError,
    '"erin" can mean',
  );
  assertEquals([fault.code, fault.candidates?.length], ["ambiguous-peer", 2]);
});

Deno.test("ControlClient.call: aborting ends what goes on, with the result so far", async () => {
  const node = new FakeNode();
  const client = clientOf(node);
  const stop = new AbortController();
  const texts: (string | undefined)[] = [];
  const following = client.call("inbox", { follow: true }, {
    onEvent: ({ text }) => texts.push(text),
    signal: stop.signal,
  });
  node.deliver({ from: id("aa"), label: "alice", content: "hi", at: 1 });
  assertEquals(node.listeners.size, 1);
  stop.abort();
  assertEquals([await following, texts, node.listeners.size], [{ messages: [] }, ["hi"], 0]);
  stop.abort();
});

Deno.test("ControlClient.call: a signal aborted before ends the call at once", async () => {
  const node = new FakeNode();
  const result = await clientOf(node).call("map", { watch: true }, { signal: AbortSignal.abort() });
  assertEquals(result.self, id("bb"));
});

Deno.test("ControlClient.call: leaves nothing behind with a signal that many calls share", async () => {
  const client = clientOf(new FakeNode());
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    addEventListener: (_: "abort", listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: "abort", listener: () => void) => void listeners.delete(listener),
  };
  await client.call("status", {}, { signal });
  const watching = client.call("map", { watch: true }, { signal });
  assertEquals(listeners.size, 1);
  for (const listener of [...listeners]) listener();
  await watching;
  assertEquals(listeners.size, 0);
});

Deno.test("ControlClient.call: a listener that fails ends its own call and no other", async () => {
  const node = new FakeNode();
  const client = clientOf(node);
  const healthy = client.call("discover", {});
  await assertRejects(
    () =>
      client.call("peers", { watch: true }, {
        onEvent: () => {
          throw new RangeError("Listener failed");
        },
      }),
    RangeError,
    "Listener failed",
  );
  assertEquals(await healthy, { asked: 0 });
  const { events } = node.clock;
  node.clock.run(10_000);
  assertEquals(node.clock.events, events);
});

Deno.test("ControlClient.close: rejects what is under way and what comes after", async () => {
  const node = new FakeNode();
  const client = clientOf(node);
  const following = client.call("inbox", { follow: true });
  client.close();
  client.close();
  await assertRejects(() => following, ControlClosed, "closed");
  await assertRejects(() => client.call("status", {}), ControlClosed, "closed");
  assertEquals(node.listeners.size, 0);
});
