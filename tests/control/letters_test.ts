import { assertEquals } from "@std/assert";
import {
  type ControlFault,
  MAX_MESSAGE_BYTES,
  METHODS,
  type Params,
} from "../../src/control/methods.ts";
import type { InboxMessage } from "../../src/controller/node_api.ts";
import type { Outcome } from "../../src/messaging/outcome.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const ALICE = { id: id("aa"), label: "alice" };

Deno.test("send: hands the message to the node, with the default timeout", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  talk.ask("send", { peer: "alice", text: "hi" });
  talk.ask("send", { peer: "alice", data: "AP8=", timeout_ms: 10 });
  assertEquals(node.waiting.map(({ to, content, timeoutMs }) => ({ to, content, timeoutMs })), [
    { to: id("aa"), content: "hi", timeoutMs: 5000 },
    { to: id("aa"), content: Uint8Array.of(0, 255), timeoutMs: 10 },
  ]);
});

const OUTCOMES: { outcome: Outcome; shown: Record<string, unknown> }[] = [
  {
    outcome: { type: "delivered", path: [id("bb"), id("zz"), id("aa")], rttUs: 1234.56 },
    shown: {
      outcome: "delivered",
      path: [{ id: id("bb"), label: "bob" }, { id: id("zz"), label: "" }, ALICE],
      rtt_us: 1235,
    },
  },
  { outcome: { type: "no-route" }, shown: { outcome: "no route" } },
  { outcome: { type: "timed-out" }, shown: { outcome: "timed out" } },
  { outcome: { type: "refused", by: "us" }, shown: { outcome: "refused: queue full" } },
  {
    outcome: { type: "refused", by: "them" },
    shown: { outcome: "refused: recipient's queue full" },
  },
  { outcome: { type: "cancelled" }, shown: { outcome: "cancelled: this node left" } },
];

for (const { outcome, shown } of OUTCOMES) {
  Deno.test(`send: tells ${JSON.stringify(shown.outcome)}, at once or later`, () => {
    const node = new FakeNode(view("aa", "alice"));
    const talk = new Talk(node);
    const later = talk.ask("send", { peer: "alice", text: "hi" });
    assertEquals(talk.results(later), []);
    node.waiting[0]?.done(outcome);
    node.postman = () => outcome;
    const atOnce = talk.ask("send", { peer: "alice", text: "hi" });
    const expected = METHODS.send.result.parse({ to: ALICE, ...shown });
    assertEquals([talk.results(later), talk.results(atOnce)], [[expected], [expected]]);
  });
}

const REFUSED: { params: Params<"send">; code: ControlFault["code"]; says: string }[] = [
  {
    params: { peer: "alice" },
    code: "bad-request",
    says: "Neither text nor data was given to send, wanted one of them",
  },
  {
    params: { peer: "alice", text: "", data: "" },
    code: "bad-request",
    says: "Both text and data were given to send, wanted one of them",
  },
  {
    params: { peer: "alice", text: "half \ud83d" },
    code: "bad-request",
    says: "Parameter text of send holds half a character, wanted whole ones: " +
      "send other bytes as data",
  },
  {
    params: { peer: "bob", text: "hi" },
    code: "self",
    says: "The node bob (bbbbbbbb) is the one that was asked, send wants another node",
  },
  {
    params: { peer: "carol", text: "hi" },
    code: "unknown-peer",
    says: 'No node is called "carol": map lists those there are',
  },
];

for (const { params, code, says } of REFUSED) {
  Deno.test(`send: refuses ${JSON.stringify(params)}`, () => {
    const node = new FakeNode(view("aa", "alice"));
    const talk = new Talk(node);
    assertEquals(talk.errors(talk.ask("send", params)), [{ code, message: says }]);
    assertEquals(node.waiting, []);
  });
}

Deno.test("send: takes a message of the largest size and refuses one byte more", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  const ofTwoBytes = "ü".repeat(MAX_MESSAGE_BYTES / 2);
  const data = new Uint8Array(MAX_MESSAGE_BYTES);
  for (const text of ["x".repeat(MAX_MESSAGE_BYTES), ofTwoBytes]) {
    talk.ask("send", { peer: "alice", text });
    assertEquals(node.waiting.at(-1)?.content, text);
    const [fault] = talk.errors(talk.ask("send", { peer: "alice", text: `${text}x` }));
    assertEquals(fault, {
      code: "too-large",
      message: "The message has 1048577 bytes, wanted at most 1048576: send it in parts",
    });
  }
  talk.ask("send", { peer: "alice", data: data.toBase64() });
  assertEquals(node.waiting.at(-1)?.content, data);
  const larger = new Uint8Array(MAX_MESSAGE_BYTES + 1).toBase64();
  const [fault] = talk.errors(talk.ask("send", { peer: "alice", data: larger }));
  assertEquals([fault?.code, node.waiting.length], ["too-large", 3]);
});

Deno.test("send: an empty message is a message", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  talk.ask("send", { peer: "alice", text: "" });
  talk.ask("send", { peer: "alice", data: "" });
  assertEquals(node.waiting.map(({ content }) => content), ["", new Uint8Array()]);
});

Deno.test("send: who stops waiting is told that no word has come", () => {
  const node = new FakeNode(view("aa", "alice"));
  const talk = new Talk(node);
  const asked = talk.ask("send", { peer: "alice", text: "hi" });
  talk.cancel(asked);
  node.waiting[0]?.done({ type: "no-route" });
  assertEquals(talk.results(asked), [{ to: ALICE, outcome: "timed out" }]);
});

Deno.test("broadcast: writes to every other node that is alive, and waits for all", () => {
  const node = new FakeNode(
    view("aa", "alice"),
    view("cc", "carol", "left"),
    view("dd", "dave", "failed"),
    view("ed", "erin"),
  );
  const talk = new Talk(node);
  const asked = talk.ask("broadcast", { text: "hi" });
  assertEquals(node.waiting.map(({ to }) => to), [id("aa"), id("ed")]);
  node.waiting[1]?.done({ type: "delivered", path: [], rttUs: 1 });
  assertEquals(talk.results(asked), []);
  node.waiting[0]?.done({ type: "no-route" });
  const result = METHODS.broadcast.result.parse({
    delivered: 1,
    outcomes: [
      { to: ALICE, outcome: "no route" },
      { to: { id: id("ed"), label: "erin" }, outcome: "delivered", path: [], rtt_us: 1 },
    ],
  });
  assertEquals(talk.results(asked), [result]);
});

Deno.test("broadcast: outcomes that are there at once make one result", () => {
  const node = new FakeNode(view("aa", "alice"), view("ed", "erin"));
  node.postman = () => ({ type: "refused", by: "us" });
  const talk = new Talk(node);
  assertEquals(talk.results(talk.ask("broadcast", { text: "hi" })).length, 1);
});

Deno.test("broadcast: to nobody is done at once", () => {
  const talk = new Talk(new FakeNode(view("aa", "alice", "failed")));
  const asked = talk.ask("broadcast", { text: "hi" });
  assertEquals(talk.results(asked), [{ delivered: 0, outcomes: [] }]);
});

Deno.test("broadcast: who stops waiting is told what has come until then", () => {
  const node = new FakeNode(view("aa", "alice"), view("ed", "erin"));
  const talk = new Talk(node);
  const asked = talk.ask("broadcast", { data: "AA==" });
  node.waiting[1]?.done({ type: "delivered", path: [], rttUs: 1 });
  talk.cancel(asked);
  const [result] = talk.results(asked);
  const { delivered, outcomes } = METHODS.broadcast.result.parse(result);
  assertEquals([delivered, outcomes.map(({ outcome }) => outcome)], [1, [
    "timed out",
    "delivered",
  ]]);
});

function message(at: number, content: InboxMessage["content"] = `no. ${at}`): InboxMessage {
  return { from: id("aa"), label: "alice", content, at };
}

Deno.test("inbox: lists what is kept, texts as texts and bytes in base64", () => {
  const node = new FakeNode();
  node.kept = [message(1, "hi \u001b[2J"), message(2.4, Uint8Array.of(0, 255))];
  const talk = new Talk(node);
  const result = {
    messages: [
      { from: ALICE, text: "hi \u001b[2J", at: 1 },
      { from: ALICE, data: "AP8=", at: 2 },
    ],
  };
  assertEquals(talk.results(talk.ask("inbox", {})), [METHODS.inbox.result.parse(result)]);
  assertEquals(node.listeners.size, 0);
});

Deno.test("inbox: a follower gets the kept messages, then each as it comes, until it stops", () => {
  const node = new FakeNode();
  node.kept = [message(1), message(2)];
  const talk = new Talk(node);
  const following = talk.ask("inbox", { follow: true });
  node.deliver(message(3));
  talk.cancel(following);
  node.deliver(message(4));
  const events = [1, 2, 3].map((at) => ({ from: ALICE, text: `no. ${at}`, at }));
  assertEquals(talk.events(following), events.map((event) => METHODS.inbox.event.parse(event)));
  assertEquals(talk.results(following), [{ messages: [] }]);
  assertEquals(node.listeners.size, 0);
});

Deno.test("inbox: a message that comes while the kept ones are told is told after them, once", () => {
  const node = new FakeNode();
  node.kept = [message(1), message(2)];
  const talk = new Talk(node);
  let isAnswered = false;
  talk.onReply = (reply) => {
    if ("event" in reply && !isAnswered) {
      isAnswered = true;
      node.deliver(message(3));
    }
  };
  const following = talk.ask("inbox", { follow: true });
  const told = talk.events(following).map((event) => METHODS.inbox.event.parse(event).at);
  assertEquals(told, [1, 2, 3]);
});
