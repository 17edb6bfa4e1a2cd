import { assert, assertEquals } from "@std/assert";
import { type Address, webRtcAddress } from "../../../src/base/address.ts";
import { type NodeId, nodeIdFromBytes } from "../../../src/base/node_id.ts";
import type { Notice } from "../../../src/controller/notice.ts";
import {
  colourOf,
  companyText,
  contentText,
  directLinks,
  isAboutKey,
  nameOf,
  presenceText,
  sentText,
  statusOf,
  troubleOf,
} from "../../../src/web/rooms/words.ts";
import { peer, snapshotOf, view } from "../snapshots.ts";

const ID = (number: number): NodeId => nodeIdFromBytes(new Uint8Array(32).fill(number));
const bob = view(ID(1), "alive", ["[::1]:1" as Address, "ws://[::1]:2" as Address], "bob");
const erin = view(ID(2), "alive", ["[::1]:3" as Address], "erin");
const ann = view(ID(3), "alive", [webRtcAddress(ID(3))], "Ann");
const ben = view(ID(4), "alive", [webRtcAddress(ID(4))], "Ben");
const all = [bob, erin, ann, ben];

Deno.test("statusOf: says through which nodes, and over how many data channels", () => {
  const linked = (...views: { id: NodeId }[]) => snapshotOf(all, views.map(({ id }) => peer(id)));
  assertEquals(statusOf(linked(bob), false), {
    state: "connected",
    text: "Connected through bob · 0 direct links to other browsers",
  });
  assertEquals(statusOf(linked(bob, erin, ann), true), {
    state: "connected",
    text: "Connected through bob and erin · 1 direct link to other browsers",
  });
  assertEquals(statusOf(linked(ann, ben), true), {
    state: "direct",
    text: "No node answers · 2 direct links to other browsers · looking for another node",
  });
  assertEquals(statusOf(linked(), true).state, "alone");
  assertEquals(statusOf(linked(), false), { state: "connecting", text: "Connecting" });
  assertEquals([...directLinks(linked(bob, ann))], [ann.id]);
});

const FAILED: Notice & { type: "dial-failed" } = {
  type: "dial-failed",
  address: "ws://[::1]:2" as Address,
  reason: "the connection failed",
  attempt: 1,
  repeated: false,
  nextInMs: 1_400,
};

Deno.test("troubleOf: tells of nodes that cannot be reached, and of nothing else that goes by itself", () => {
  assertEquals(
    troubleOf(FAILED),
    "The node at ws://[::1]:2 cannot be reached: the connection failed. " +
      "Trying again in 1 second.",
  );
  assert(troubleOf({ ...FAILED, nextInMs: 5_000 })?.endsWith("in 5 seconds."));
  assertEquals(troubleOf({ ...FAILED, address: webRtcAddress(ID(3)) }), undefined);
  assertEquals(troubleOf({ type: "node-lost", node: bob }), undefined);
});

Deno.test("isAboutKey: knows a refusal for the network's key, by either end", () => {
  for (const by of ["the peer", "this node"]) {
    const reason = `refused by ${by}: the networks differ (the network key is another or missing)`;
    assert(isAboutKey({ ...FAILED, reason }));
  }
  assert(!isAboutKey(FAILED));
  assert(!isAboutKey({ type: "node-lost", node: bob }));
});

Deno.test("presenceText: leaving and vanishing are told apart", () => {
  const event = (type: "joined" | "left" | "vanished") =>
    presenceText({ type, room: "kitchen", at: 0, member: ann });
  assertEquals(event("joined"), "Ann joined");
  assertEquals(event("left"), "Ann left");
  assertEquals(event("vanished"), "Ann vanished: nobody reaches it any more");
});

Deno.test("companyText: names a few, and counts the rest", () => {
  assertEquals(companyText([], false), "Looking for others");
  assertEquals(companyText([], true), "Nobody else is here yet");
  assertEquals(companyText([ann], true), "Ann is here");
  assertEquals(companyText([ann, ben], true), "Ann and Ben are here");
  const many = Array.from({ length: 200 }, (_, i) => ({ id: ID(1), label: `n${i}` }));
  assertEquals(companyText(many, true), "n0, n1, n2, n3, n4, and 195 others are here");
  assertEquals(nameOf({ id: ID(1), label: "" }), ID(1).slice(0, 8));
});

Deno.test("contentText: what is no text is counted", () => {
  assertEquals(contentText("<b>"), "<b>");
  assertEquals(contentText(new Uint8Array(1)), "1 byte of data");
  assertEquals(contentText(new Uint8Array(20)), "20 bytes of data");
  assertEquals([sentText(0) !== "", sentText(3)], [true, ""]);
});

Deno.test("colourOf: is one of those that there are, and not always the same", () => {
  const seen = Array.from({ length: 200 }, (_, i) => {
    return colourOf(nodeIdFromBytes(new Uint8Array(32).fill(i)), 5);
  });
  assertEquals(new Set(seen), new Set([0, 1, 2, 3, 4]));
});
