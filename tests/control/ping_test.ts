import { assertEquals } from "@std/assert";
import { METHODS } from "../../src/control/methods.ts";
import type { Outcome } from "../../src/messaging/outcome.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const ERIN = { id: id("ed"), label: "erin" };

function delivered(rttUs: number): Outcome {
  return { type: "delivered", path: [id("bb"), id("ed")], rttUs };
}

function pings() {
  const node = new FakeNode(view("ed", "erin"));
  return { node, talk: new Talk(node) };
}

Deno.test("ping: one probe each interval, an event for each, and the sum of them at the end", () => {
  const { node, talk } = pings();
  const asked = talk.ask("ping", { peer: "erin", count: 3, interval_ms: 200, timeout_ms: 50 });
  assertEquals(node.waiting.map(({ timeoutMs }) => timeoutMs), [50]);
  node.waiting[0]?.done(delivered(300));
  node.clock.run(199);
  assertEquals(node.waiting.length, 1);
  node.clock.run(1);
  node.waiting[1]?.done({ type: "timed-out" });
  node.clock.run(200);
  assertEquals(talk.results(asked), []);
  node.waiting[2]?.done(delivered(100.2));
  const path = [{ id: id("bb"), label: "bob" }, ERIN];
  assertEquals(talk.events(asked).map((event) => METHODS.ping.event.parse(event)), [
    { to: ERIN, outcome: "delivered", path, rtt_us: 300, seq: 1 },
    { to: ERIN, outcome: "timed out", seq: 2 },
    { to: ERIN, outcome: "delivered", path, rtt_us: 100, seq: 3 },
  ]);
  const result = { sent: 3, received: 2, min_us: 100, avg_us: 200, max_us: 300 };
  assertEquals(talk.results(asked), [METHODS.ping.result.parse({ to: ERIN, ...result, path })]);
  const { events } = node.clock;
  node.clock.run(10_000);
  assertEquals([node.waiting.length, node.clock.events], [3, events]);
});

Deno.test("ping: five probes a second apart where nothing else is said", () => {
  const { node, talk } = pings();
  node.postman = () => delivered(1);
  const asked = talk.ask("ping", { peer: "erin" });
  node.clock.run(3999);
  assertEquals([talk.events(asked).length, talk.results(asked).length], [4, 0]);
  node.clock.run(1);
  assertEquals([talk.events(asked).length, talk.results(asked).length], [5, 1]);
});

Deno.test("ping: a dead node costs one timeout, not one for each probe", () => {
  const { node, talk } = pings();
  const asked = talk.ask("ping", { peer: "erin", count: 4, interval_ms: 100 });
  node.clock.run(300);
  assertEquals(node.waiting.length, 4);
  for (const { done } of node.waiting) done({ type: "no-route" });
  const result = { to: ERIN, sent: 4, received: 0, min_us: null, avg_us: null, max_us: null };
  assertEquals(talk.results(asked), [METHODS.ping.result.parse({ ...result, path: null })]);
});

Deno.test("ping: an interval of 0 sends when the one before is answered", () => {
  const { node, talk } = pings();
  const asked = talk.ask("ping", { peer: "erin", count: 1000, interval_ms: 0 });
  node.clock.run(10_000);
  assertEquals(node.waiting.length, 1);
  for (let i = 0; i < 1000; i++) {
    node.waiting[i]?.done(delivered(1));
    node.clock.run(0);
  }
  assertEquals([node.waiting.length, talk.results(asked).length], [1000, 1]);
});

Deno.test("ping: answers that are there at once need no stack", () => {
  const { node, talk } = pings();
  node.postman = () => ({ type: "no-route" });
  const asked = talk.ask("ping", { peer: "erin", count: 100_000, interval_ms: 0 });
  node.clock.run(0);
  assertEquals([talk.events(asked).length, talk.results(asked).length], [100_000, 1]);
});

Deno.test("ping: no more probes than 64 are under way", () => {
  const { node, talk } = pings();
  const asked = talk.ask("ping", { peer: "erin", count: 100, interval_ms: 1 });
  node.clock.run(1000);
  assertEquals(node.waiting.length, 64);
  for (let i = 0; i < 100; i++) {
    node.waiting[i]?.done(delivered(1));
    node.clock.run(1);
  }
  assertEquals([node.waiting.length, talk.results(asked).length], [100, 1]);
});

Deno.test("ping: who stops early is given what there is", () => {
  const { node, talk } = pings();
  const asked = talk.ask("ping", { peer: "erin", interval_ms: 100 });
  node.waiting[0]?.done(delivered(7));
  node.clock.run(150);
  talk.cancel(asked);
  const [result] = talk.results(asked);
  const { sent, received, avg_us } = METHODS.ping.result.parse(result);
  assertEquals([sent, received, avg_us], [2, 1, 7]);
  node.waiting[1]?.done(delivered(7));
  node.clock.run(10_000);
  assertEquals([node.waiting.length, talk.events(asked).length], [2, 1]);
});

Deno.test("ping: who stops at an event sees no further probe", () => {
  const { node, talk } = pings();
  node.postman = () => delivered(7);
  talk.onReply = (reply) => {
    if ("event" in reply) talk.cancel(reply.id);
  };
  const asked = talk.ask("ping", { peer: "erin", interval_ms: 100 });
  node.clock.run(10_000);
  assertEquals([talk.events(asked).length, talk.results(asked).length], [1, 1]);
});

Deno.test("ping: a node does not ping itself", () => {
  const { talk } = pings();
  assertEquals(talk.errors(talk.ask("ping", { peer: "bob" })).map(({ code }) => code), ["self"]);
});
