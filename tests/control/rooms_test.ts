import { assertEquals } from "@std/assert";
import type { PageOutcome } from "../../src/control/handler.ts";
import type { ControlFault, Params, Reply } from "../../src/control/methods.ts";
import { ControlSession } from "../../src/control/session.ts";
import type { RoomEvent } from "../../src/controller/room_api.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const BOB = { id: id("bb"), label: "bob" };
const ALICE = { id: id("aa"), label: "alice" };
const ERIN = { id: id("ed"), label: "erin" };

/** A node that is in the room "kitchen" with alice and erin, on a map with carol besides. */
function inKitchen() {
  const node = new FakeNode(view("aa", "alice"), view("cc", "carol"), view("ed", "erin"));
  node.rooms.join("kitchen");
  node.rooms.settle("kitchen", ALICE, ERIN);
  return { node, talk: new Talk(node) };
}

function message(at: number, content: string | Uint8Array = `no. ${at}`): RoomEvent {
  return { room: "kitchen", at, member: ALICE, type: "message", content, isPrivate: false };
}

function shown(at: number) {
  return {
    room: "kitchen",
    at,
    type: "message",
    member: ALICE,
    text: `no. ${at}`,
    private: false,
  };
}

Deno.test("room_join: answers at once, whether the room was joined already", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const result = { room: "kitchen", was_joined: false, settled: false, members: [BOB] };
  assertEquals(talk.results(talk.ask("room_join", { room: "kitchen" })), [result]);
  node.rooms.settle("kitchen", ALICE);
  assertEquals(talk.results(talk.ask("room_join", { room: "kitchen" })), [
    { room: "kitchen", was_joined: true, settled: true, members: [BOB, ALICE] },
  ]);
});

Deno.test("room_join: who waits is told who is there as soon as that is known", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("room_join", { room: "kitchen", wait_ms: 5_000 });
  node.clock.run(1_000);
  assertEquals(talk.results(asked), []);
  node.rooms.settle("kitchen", ALICE);
  node.clock.run(100);
  assertEquals(talk.results(asked), [
    { room: "kitchen", was_joined: false, settled: true, members: [BOB, ALICE] },
  ]);
  const events = node.clock.events;
  node.clock.run(10_000);
  assertEquals(node.clock.events, events, "Nobody looks any more");
});

Deno.test("room_join: who waits is answered when the time is over, and no earlier", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("room_join", { room: "kitchen", wait_ms: 1_234 });
  node.clock.run(1_233);
  assertEquals(talk.results(asked), []);
  node.clock.run(1);
  assertEquals(talk.results(asked), [
    { room: "kitchen", was_joined: false, settled: false, members: [BOB] },
  ]);
});

Deno.test("room_join: who stops waiting has joined all the same", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("room_join", { room: "kitchen", wait_ms: 5_000 });
  talk.cancel(asked);
  const result = { room: "kitchen", was_joined: false, settled: false, members: [BOB] };
  assertEquals(talk.results(asked), [result]);
  node.clock.run(10_000);
  assertEquals([node.clock.events, node.rooms.list().length], [0, 1]);
});

Deno.test("room_join: a room that is left while somebody waits for it is told as empty", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("room_join", { room: "kitchen", wait_ms: 5_000 });
  talk.ask("room_leave", { room: "kitchen" });
  node.clock.run(100);
  assertEquals(talk.results(asked), [
    { room: "kitchen", was_joined: false, settled: false, members: [] },
  ]);
});

Deno.test("room_join: what a room refuses is told in its own words", () => {
  const talk = new Talk(new FakeNode());
  assertEquals(talk.errors(talk.ask("room_join", { room: "ab" })), [
    { code: "bad-request", message: 'The name "ab" is too short, wanted 3 or more' },
  ]);
  const [fault] = talk.errors(talk.ask("room_join", { room: "" }));
  assertEquals(fault?.code, "bad-request");
});

Deno.test("room_join: one name in two Unicode forms is one room", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const [composed, decomposed] = ["Küche", "Ku\u0308che"];
  talk.ask("room_join", { room: decomposed });
  assertEquals(node.rooms.list().map(({ name }) => name), [composed]);
  const asked = [
    talk.ask("room_members", { room: composed }),
    talk.ask("room_members", { room: decomposed }),
  ];
  const members = { room: composed, settled: false, members: [BOB] };
  assertEquals(asked.flatMap((each) => talk.results(each)), [members, members]);
  assertEquals(talk.results(talk.ask("room_leave", { room: decomposed })), [
    { room: composed, was_joined: true },
  ]);
});

Deno.test("room_leave: tells whether the room was joined", () => {
  const { node, talk } = inKitchen();
  for (const wasJoined of [true, false]) {
    assertEquals(talk.results(talk.ask("room_leave", { room: "kitchen" })), [
      { room: "kitchen", was_joined: wasJoined },
    ]);
  }
  assertEquals(node.rooms.list(), []);
});

Deno.test("room_say: goes to all, or to those who are named by label, id or beginning", () => {
  const { node, talk } = inKitchen();
  const cases: [to: string[] | undefined, ids: string[] | undefined][] = [
    [undefined, undefined],
    [["alice"], [ALICE.id]],
    [["al", ERIN.id], [ALICE.id, ERIN.id]],
    [["erin", "ed", "er", "alice"], [ERIN.id, ALICE.id]],
  ];
  for (const [to, ids] of cases) {
    const asked = talk.ask("room_say", { room: "kitchen", text: "hi", ...(to && { to }) });
    assertEquals(talk.results(asked), [{ room: "kitchen", members: ids?.length ?? 2 }]);
    assertEquals(node.rooms.said.at(-1) as unknown, { room: "kitchen", content: "hi", to: ids });
  }
  talk.ask("room_say", { room: "kitchen", data: "AP8=" });
  assertEquals(node.rooms.said.at(-1)?.content, Uint8Array.of(0, 255));
});

const UNSAID: { params: Params<"room_say">; code: ControlFault["code"]; says: string }[] = [
  {
    params: { room: "garden", text: "hi" },
    code: "not-joined",
    says: "bob is not in the room garden, join it first: room join garden",
  },
  {
    params: { room: "gar\u001b[2Jden", text: "hi" },
    code: "not-joined",
    says: "bob is not in the room gar\\u{1b}[2Jden, join it first: room join gar\\u{1b}[2Jden",
  },
  {
    params: { room: "kitchen", text: "hi", to: ["carol"] },
    code: "unknown-peer",
    says: 'No other member of kitchen is called "carol": room members lists those there are',
  },
  {
    params: { room: "kitchen", text: "hi", to: ["alice", "alicia"] },
    code: "unknown-peer",
    says: 'No other member of kitchen is called "alicia": did you mean "alice"?',
  },
  {
    params: { room: "kitchen", text: "hi", to: ["erin", "bob"] },
    code: "self",
    says: "The node bob (bbbbbbbb) is the one that was asked, room_say wants other members",
  },
  {
    params: { room: "kitchen", text: "hi", to: [] },
    code: "bad-request",
    says: "Parameter to of room_say names nobody, wanted members; without it all are meant",
  },
  {
    params: { room: "kitchen" },
    code: "bad-request",
    says: "Neither text nor data was given to room_say, wanted one of them",
  },
  {
    params: { room: "kitchen", text: "x".repeat(60_001) },
    code: "bad-request",
    says: "A message of too many bytes",
  },
  {
    params: { room: "kitchen", text: "half \ud83d" },
    code: "bad-request",
    says: "Parameter text of room_say holds half a character, wanted whole ones: " +
      "send other bytes as data",
  },
];

for (const { params, code, says } of UNSAID) {
  Deno.test(`room_say: refuses ${JSON.stringify(params).slice(0, 60)}`, () => {
    const { node, talk } = inKitchen();
    assertEquals(talk.errors(talk.ask("room_say", params)), [{ code, message: says }]);
    assertEquals(node.rooms.said, []);
  });
}

Deno.test("room_say: members of one label are told apart by their ids alone", () => {
  const { node, talk } = inKitchen();
  const twin = { id: id("ac"), label: "alice" };
  node.rooms.settle("kitchen", ALICE, twin);
  const [fault] = talk.errors(
    talk.ask("room_say", { room: "kitchen", text: "hi", to: ["alice"] }),
  );
  assertEquals(fault?.code, "ambiguous-peer");
  assertEquals(fault?.candidates, [ALICE, twin]);
  talk.ask("room_say", { room: "kitchen", text: "hi", to: [twin.id] });
  assertEquals(node.rooms.said.map(({ to }) => to), [[twin.id]]);
});

Deno.test("room_members: lists those who are there, the node itself among them", () => {
  const { talk } = inKitchen();
  assertEquals(talk.results(talk.ask("room_members", { room: "kitchen" })), [
    { room: "kitchen", settled: true, members: [BOB, ALICE, ERIN] },
  ]);
  for (const method of ["room_members", "room_listen"] as const) {
    const [fault] = talk.errors(talk.ask(method, { room: "kitchens" }));
    assertEquals(fault, {
      code: "not-joined",
      message: "bob is not in the room kitchens, join it first: room join kitchens",
    });
  }
});

Deno.test("room_list: lists the joined rooms with their numbers", () => {
  const { node, talk } = inKitchen();
  node.rooms.join("cellar");
  node.rooms.happen(message(1));
  assertEquals(talk.results(talk.ask("room_list", {})), [{
    rooms: [
      { room: "kitchen", settled: true, members: 3, unread: 1 },
      { room: "cellar", settled: false, members: 1, unread: 0 },
    ],
  }]);
});

Deno.test("room_listen: shows each kind of event, texts as texts and bytes in base64", () => {
  const { node, talk } = inKitchen();
  const evil = { id: id("ee"), label: "\u001b[2J" };
  node.rooms.happen({ room: "kitchen", at: 1.4, member: evil, type: "joined" });
  node.rooms.happen({ room: "kitchen", at: 2, member: evil, type: "left" });
  node.rooms.happen({ room: "kitchen", at: 3, member: ALICE, type: "vanished" });
  node.rooms.happen(message(4, Uint8Array.of(0, 255)));
  node.rooms.happen({
    room: "kitchen",
    at: 5,
    member: ERIN,
    type: "message",
    content: "hush",
    isPrivate: true,
  });
  const events = [
    { room: "kitchen", at: 1, type: "joined", member: evil },
    { room: "kitchen", at: 2, type: "left", member: evil },
    { room: "kitchen", at: 3, type: "vanished", member: ALICE },
    { room: "kitchen", at: 4, type: "message", member: ALICE, data: "AP8=", private: false },
    { room: "kitchen", at: 5, type: "message", member: ERIN, text: "hush", private: true },
  ];
  const listed = talk.ask("room_listen", { room: "kitchen", follow: false });
  assertEquals(talk.results(listed), [{ events }]);
  assertEquals(node.rooms.listening("kitchen"), 0);
});

Deno.test("room_listen: tells the kept events, then each as it comes, until it is stopped", () => {
  const { node, talk } = inKitchen();
  node.rooms.happen(message(1));
  node.rooms.happen(message(2));
  const listening = talk.ask("room_listen", { room: "kitchen" });
  node.clock.run(60_000);
  node.rooms.happen(message(3));
  talk.cancel(listening);
  node.rooms.happen(message(4));
  assertEquals(talk.events(listening), [shown(1), shown(2), shown(3)]);
  assertEquals(talk.results(listening), [{ events: [] }]);
  assertEquals(node.rooms.listening("kitchen"), 0);
  const events = node.clock.events;
  node.clock.run(60_000);
  assertEquals(node.clock.events, events, "Nobody looks any more");
});

Deno.test("room_listen: an event that comes while the kept ones are told is told after them, once", () => {
  const { node, talk } = inKitchen();
  node.rooms.happen(message(1));
  node.rooms.happen(message(2));
  let next = 3;
  talk.onReply = (reply) => {
    if ("event" in reply && next < 5) node.rooms.happen(message(next++));
  };
  const listening = talk.ask("room_listen", { room: "kitchen" });
  assertEquals(talk.events(listening), [1, 2, 3, 4].map(shown));
});

Deno.test("room_listen: ends with the reason once the room is left", () => {
  const { node, talk } = inKitchen();
  const listening = talk.ask("room_listen", { room: "kitchen" });
  node.clock.run(500);
  talk.ask("room_leave", { room: "kitchen" });
  node.clock.run(1_000);
  const fault = { code: "not-joined", message: "bob has left the room kitchen" } as const;
  assertEquals(talk.errors(listening), [fault]);
  const events = node.clock.events;
  node.clock.run(10_000);
  assertEquals(node.clock.events, events, "Nobody looks any more");
});

Deno.test("room_listen: one who leaves the room upon a kept event hears no more of it", () => {
  const { node, talk } = inKitchen();
  node.rooms.happen(message(1));
  talk.onReply = (reply) => {
    if ("event" in reply) node.rooms.leave("kitchen");
  };
  const listening = talk.ask("room_listen", { room: "kitchen" });
  assertEquals(talk.events(listening).length, 1);
  assertEquals(talk.errors(listening).map(({ code }) => code), ["not-joined"]);
});

Deno.test("room_listen: a program that hangs up is told nothing, and leaves nothing behind", () => {
  const { node, talk } = inKitchen();
  talk.ask("room_listen", { room: "kitchen" });
  talk.ask("room_join", { room: "cellar", wait_ms: 60_000 });
  talk.session.close();
  const replies = talk.replies.length;
  node.rooms.happen(message(1));
  node.clock.run(120_000);
  assertEquals([talk.replies.length, node.rooms.listening("kitchen")], [replies, 0]);
  assertEquals(node.clock.events, 0);
});

type Done = (outcome: PageOutcome) => void;

/** What a node replies that is asked for its page of rooms. */
function repliesOf(roomPage?: (done: Done) => void): Reply[] {
  const node = new FakeNode();
  const replies: Reply[] = [];
  // The live map is another page.
  const page = (done: Done) => done({ url: "http://[::1]:1/" });
  const facts = { clock: node.clock, version: "1.2.3", page, ...(roomPage && { roomPage }) };
  const session = new ControlSession(node, facts, (reply) => replies.push(reply));
  session.handle({ v: 1, id: 7, method: "room_page" });
  return replies.slice(1);
}

Deno.test("room_page: answers with the address, or with what stands in the way", () => {
  const url = "http://[::1]:8098/";
  assertEquals(repliesOf((done) => done({ url })), [{ v: 1, id: 7, result: { url } }]);
  assertEquals(repliesOf((done) => done({ problem: "The port is taken" })), [
    { v: 1, id: 7, error: { code: "unavailable", message: "The port is taken" } },
  ]);
  const [reply] = repliesOf();
  assertEquals(reply && "error" in reply && reply.error, {
    code: "unavailable",
    message: "This node lets no browsers in, wanted one that runs on a machine of its own",
  });
});
