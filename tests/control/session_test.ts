import { assertEquals } from "@std/assert";
import type { ControlFault } from "../../src/control/methods.ts";
import { MAX_UNDER_WAY } from "../../src/control/session.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const HELLO = { v: 1, hello: { id: id("bb"), label: "bob", version: "0.1.0" } };

Deno.test("ControlSession: says hello before it is asked", () => {
  assertEquals(new Talk(new FakeNode()).replies, [HELLO]);
});

Deno.test("ControlSession.handle: answers each of many requests under its own number", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  const first = talk.ask("send", { peer: "alice", text: "1" });
  const second = talk.ask("send", { peer: "alice", text: "2" });
  assertEquals(talk.session.underWay, 2);
  node.waiting[1]?.done({ type: "no-route" });
  assertEquals([talk.results(first).length, talk.results(second).length], [0, 1]);
  node.waiting[0]?.done({ type: "no-route" });
  assertEquals([talk.results(first).length, talk.session.underWay], [1, 0]);
});

const FAULTY: { request: unknown; id: number | null; code: ControlFault["code"]; says: string }[] =
  [
    { request: 7, id: null, code: "bad-request", says: "The request is 7, wanted an object" },
    {
      request: null,
      id: null,
      code: "bad-request",
      says: "The request is null, wanted an object",
    },
    {
      request: {},
      id: null,
      code: "bad-request",
      says: "Field v of a request is missing, wanted a number",
    },
    {
      request: { v: 1 },
      id: null,
      code: "bad-request",
      says: "Field id of a request is missing, wanted a number",
    },
    {
      request: { v: 1, id: -1, method: "status" },
      id: null,
      code: "bad-request",
      says: "Field id of a request is -1, wanted at least 0",
    },
    {
      request: { v: 1, id: 1.5, method: "status" },
      id: null,
      code: "bad-request",
      says: "Field id of a request is 1.5, wanted a whole number",
    },
    {
      request: { v: 1, id: 3 },
      id: 3,
      code: "bad-request",
      says: "The request holds neither a method nor cancel, wanted one of them",
    },
    {
      request: { v: 1, id: 3, method: "status", cancel: true },
      id: 3,
      code: "bad-request",
      says: "The request holds both a method and cancel, wanted one of them",
    },
    {
      request: { v: 1, id: 3, cancel: false },
      id: 3,
      code: "bad-request",
      says: "Field cancel of a request is false, wanted true",
    },
    {
      request: { v: 1, id: 3, method: "status", param: {} },
      id: 3,
      code: "bad-request",
      says: "Field param of a request is unknown, wanted v, id, method, params or cancel",
    },
    {
      request: { v: 1, id: 3, method: "sned" },
      id: 3,
      code: "unknown-method",
      says: 'No method is called "sned", did you mean "send"?',
    },
    {
      request: { v: 1, id: 3, method: "toString" },
      id: 3,
      code: "unknown-method",
      says:
        'No method is called "toString", wanted one of status, peers, map, connect, disconnect, ' +
        "discover, send, broadcast, inbox, ping, why, history, page, room_join, room_leave, " +
        "room_say, room_members, room_list, room_listen, room_page, leave",
    },
    {
      request: { v: 1, id: 3, method: "peers", params: [] },
      id: 3,
      code: "bad-request",
      says: "What was given to peers is a list, wanted an object",
    },
    {
      request: { v: 1, id: 3, method: "peers", params: { watch: "yes" } },
      id: 3,
      code: "bad-request",
      says: 'Parameter watch of peers is "yes", wanted true or false',
    },
    {
      request: { v: 1, id: 3, method: "send", params: { text: "hi" } },
      id: 3,
      code: "bad-request",
      says: "Parameter peer of send is missing, wanted a text",
    },
    {
      request: { v: 1, id: 3, method: "send", params: { peer: "", text: "hi" } },
      id: 3,
      code: "bad-request",
      says: 'Parameter peer of send is "", wanted at least 1 character',
    },
    {
      request: { v: 1, id: 3, method: "send", params: { peer: "alice", txt: "hi" } },
      id: 3,
      code: "bad-request",
      says: "Parameter txt of send is unknown, wanted peer, text, data or timeout_ms",
    },
    {
      request: JSON.parse('{"v":1,"id":3,"method":"status","params":{"__proto__":1}}'),
      id: 3,
      code: "bad-request",
      says: "Parameter __proto__ of status is unknown, wanted no parameters",
    },
    {
      request: { v: 1, id: 3, method: "send", params: { peer: "a", text: "", timeout_ms: 0 } },
      id: 3,
      code: "bad-request",
      says: "Parameter timeout_ms of send is 0, wanted more than 0",
    },
    {
      request: { v: 1, id: 3, method: "send", params: { peer: "a", data: "no base64" } },
      id: 3,
      code: "bad-request",
      says: 'Parameter data of send is "no base64", wanted base64',
    },
    {
      request: { v: 1, id: 3, method: "ping", params: { peer: "a", count: 1_000_001 } },
      id: 3,
      code: "bad-request",
      says: "Parameter count of ping is 1000001, wanted at most 1000000",
    },
    {
      request: { v: 2, id: 3, verb: "new" },
      id: 3,
      code: "version",
      says:
        "The request is of version 2 of the control protocol, wanted version 1, which area-net " +
        "0.1.0 speaks: use the program that the node runs",
    },
  ];

for (const { request, id, code, says } of FAULTY) {
  Deno.test(`ControlSession.handle: refuses ${JSON.stringify(request)}`, () => {
    const talk = new Talk(new FakeNode(view("aa", "alice")));
    talk.session.handle(request);
    assertEquals(talk.replies.slice(1), [{ v: 1, id, error: { code, message: says } }]);
    assertEquals(talk.session.underWay, 0);
    const next = talk.ask("status", {});
    assertEquals(talk.results(next).length, 1);
  });
}

Deno.test("ControlSession.handle: refuses a number that is under way, which goes on", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  const first = talk.ask("send", { peer: "alice", text: "hi" });
  talk.session.handle({ v: 1, id: first, method: "status" });
  assertEquals([talk.errors(null).length, talk.errors(first).length], [1, 0]);
  node.waiting[0]?.done({ type: "no-route" });
  assertEquals(talk.results(first).length, 1);
  talk.session.handle({ v: 1, id: first, method: "status" });
  assertEquals(talk.results(first).length, 2);
});

Deno.test("ControlSession.handle: refuses a request too many, and takes it when there is room", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  for (let i = 0; i < MAX_UNDER_WAY; i++) talk.ask("send", { peer: "alice", text: "hi" });
  const over = talk.ask("status", {});
  assertEquals(talk.errors(over).map(({ code }) => code), ["busy"]);
  assertEquals(node.waiting.length, MAX_UNDER_WAY);
  talk.cancel(1);
  assertEquals(talk.results(talk.ask("status", {})).length, 1);
});

Deno.test("ControlSession.handle: the node's own failure is an answer too", () => {
  const node = new FakeNode();
  node.failure = new RangeError("Nobody foresaw this");
  const talk = new Talk(node);
  const asked = talk.ask("discover", {});
  assertEquals(talk.errors(asked), [{
    code: "internal",
    message: "The node failed at this request: RangeError: Nobody foresaw this",
  }]);
  assertEquals(talk.session.underWay, 0);
});

Deno.test("ControlSession.handle: cancelling what is over, or never was, does nothing", () => {
  const talk = new Talk(new FakeNode());
  const asked = talk.ask("status", {});
  talk.cancel(asked);
  talk.cancel(77);
  assertEquals(talk.replies.length, 2);
});

Deno.test("ControlSession.handle: one who cancels at the first event is answered once", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  talk.onReply = (reply) => {
    if ("event" in reply) talk.cancel(reply.id);
  };
  const asked = talk.ask("peers", { watch: true });
  assertEquals([talk.events(asked).length, talk.results(asked).length], [1, 1]);
  node.learn({ attempts: [], peers: [] });
  node.clock.run(5000);
  assertEquals([talk.events(asked).length, talk.results(asked).length], [1, 1]);
  assertEquals(talk.session.underWay, 0);
});

Deno.test("ControlSession.close: ends all that goes on without another word", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  talk.ask("inbox", { follow: true });
  talk.ask("map", { watch: true });
  talk.ask("ping", { peer: "alice", count: 10 });
  talk.ask("send", { peer: "alice", text: "hi" });
  const said = talk.replies.length;
  talk.session.close();
  const events = node.clock.events;
  node.learn({ nodes: [view("bb", "bob", "own")] });
  node.clock.run(60_000);
  for (const { done } of node.waiting) done({ type: "timed-out" });
  talk.ask("status", {});
  talk.session.close();
  assertEquals([talk.replies.length, node.listeners.size, node.clock.events], [said, 0, events]);
  assertEquals(node.waiting.length, 2);
});

Deno.test("ControlSession.close: one who closes at the first event hears no more", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  node.kept = [1, 2].map((at) => ({ from: id("aa"), label: "alice", content: "hi", at }));
  talk.onReply = () => talk.session.close();
  const asked = talk.ask("inbox", { follow: true });
  assertEquals([talk.events(asked).length, node.listeners.size], [1, 0]);
});
