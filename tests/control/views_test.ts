import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { METHODS } from "../../src/control/methods.ts";
import type { PeerView } from "../../src/controller/snapshot.ts";
import { id, link } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const WALL_AT_START = 1_767_225_600_000;

const ALICE: PeerView = {
  id: id("aa"),
  label: "alice",
  address: parseAddress("[::1]:8091"),
  direction: "outgoing",
  rttUs: 213.4,
  since: 2000.4,
  inBytes: 1,
  outBytes: 2,
};

Deno.test("status: tells who the node is and how it fares", () => {
  const node = new FakeNode(
    view("aa", "alice"),
    view("cc", "carol", "left"),
    view("dd", "dave", "failed"),
    view("ed", "erin", "failed"),
  );
  node.learn({ peers: [ALICE, { ...ALICE, id: id("ed"), direction: "incoming" }] });
  node.kept = [{ from: id("aa"), label: "alice", content: "hi", at: 0 }];
  const talk = new Talk(node);
  const result = {
    id: id("bb"),
    label: "bob",
    program: "0.1.0",
    listen: "[::1]:8090",
    addresses: ["[::1]:8095"],
    since: WALL_AT_START + 1000,
    links: { outgoing: 1, incoming: 1 },
    nodes: { alive: 1, lost: 2, left: 1 },
    traffic: { in_bytes: 10, out_bytes: 20 },
    messages: {
      sent: 1,
      delivered: 2,
      received: 3,
      relayed: 4,
      refused: 5,
      rejected: 6,
      unread: 1,
    },
    refused_advertisements: 8,
  };
  assertEquals(talk.results(talk.ask("status", {})), [result]);
  assertEquals(METHODS.status.result.parse(result), result);
});

Deno.test("status: a node that does not listen yet says so", () => {
  const node = new FakeNode();
  node.learn({ listen: undefined });
  const talk = new Talk(node);
  const [result] = talk.results(talk.ask("status", {}));
  assertEquals(METHODS.status.result.parse(result).listen, null);
});

Deno.test("peers: lists links, then what is being dialled and what waits", () => {
  const node = new FakeNode(view("cc", "carol"));
  const address = parseAddress("host.example:8095");
  node.learn({
    peers: [ALICE],
    attempts: [
      { address, id: undefined, direction: "outgoing", state: "waiting" },
      { address, id: id("cc"), direction: "incoming", state: "connecting" },
      { address, id: id("zz"), direction: "outgoing", state: "connecting" },
    ],
  });
  const talk = new Talk(node);
  const unlinked = { addr: address, rtt_us: null, since: null, in_bytes: 0, out_bytes: 0 };
  const result = {
    peers: [
      {
        id: id("aa"),
        label: "alice",
        addr: "[::1]:8091",
        direction: "outgoing",
        state: "up",
        rtt_us: 213,
        since: WALL_AT_START + 2000,
        in_bytes: 1,
        out_bytes: 2,
      },
      { ...unlinked, id: null, label: null, direction: "outgoing", state: "waiting" },
      { ...unlinked, id: id("cc"), label: "carol", direction: "incoming", state: "connecting" },
      { ...unlinked, id: id("zz"), label: null, direction: "outgoing", state: "connecting" },
    ],
  };
  const [given] = talk.results(talk.ask("peers", {}));
  assertEquals(given, METHODS.peers.result.parse(result));
});

Deno.test("map: shows every node and every link, those that failed as lost", () => {
  const node = new FakeNode(
    { ...view("aa", "alice"), addresses: [] },
    view("cc", "carol", "failed"),
    view("dd", "dave", "left"),
  );
  node.learn({ links: [link("bb", "aa", 99.6), link("cc", "bb", null, "to")] });
  const talk = new Talk(node);
  const result = {
    self: id("bb"),
    nodes: [
      { id: id("bb"), label: "bob", addr: "[::1]:8095", state: "own" },
      { id: id("aa"), label: "alice", addr: null, state: "alive" },
      { id: id("cc"), label: "carol", addr: "[::1]:8095", state: "lost" },
      { id: id("dd"), label: "dave", addr: "[::1]:8095", state: "left" },
    ],
    links: [
      { from: id("bb"), to: id("aa"), rtt_us: 100, claimed_by: "both" },
      { from: id("cc"), to: id("bb"), rtt_us: null, claimed_by: "to" },
    ],
  };
  const [given] = talk.results(talk.ask("map", {}));
  assertEquals(given, METHODS.map.result.parse(result));
});

Deno.test("map: a watcher is told at once, and then of every change within half a second", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const watching = talk.ask("map", { watch: true });
  assertEquals(talk.events(watching).length, 1);
  node.clock.run(10_000);
  assertEquals(talk.events(watching).length, 1);
  const before = talk.events(watching)[0];
  node.learn({ links: [link("bb", "aa", 213.1)] });
  node.clock.run(500);
  node.learn({ links: [link("bb", "aa", 213.4)] });
  node.clock.run(500);
  assertEquals(talk.events(watching).length, 2);
  node.learn({ links: [] });
  node.clock.run(500);
  assertEquals(talk.events(watching)[2], before);
  talk.cancel(watching);
  assertEquals(talk.results(watching), [before]);
  node.learn({ links: [link("bb", "aa", 300)] });
  const { events } = node.clock;
  node.clock.run(10_000);
  assertEquals([talk.events(watching).length, node.clock.events], [3, events]);
});
