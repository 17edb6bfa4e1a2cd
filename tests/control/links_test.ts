import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { id, peer } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

Deno.test("connect: dials the address in its normal form", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("connect", { address: "[0:0::1]:8095" });
  assertEquals(talk.results(asked), [{ address: "[::1]:8095" }]);
  talk.ask("connect", { address: "host.example:1", id: id("aa") });
  assertEquals(node.connected, [
    { address: parseAddress("[::1]:8095"), id: undefined },
    { address: parseAddress("host.example:1"), id: id("aa") },
  ]);
});

const REFUSED = [
  {
    params: { address: "host.example" },
    code: "bad-request",
    says: 'Parameter address of connect cannot be used: "host.example" is not an address, wanted ' +
      '"[addr]:port" or "host:port"',
  },
  {
    params: { address: "[::1]:1", id: "short" },
    code: "bad-request",
    says: "Parameter id of connect cannot be used: A node id has 52 characters, " +
      '"short" has 5',
  },
  {
    params: { address: "[::1]:1", id: id("bb") },
    code: "self",
    says: "The node bob (bbbbbbbb) is the one that was asked, connect wants another node's id",
  },
] as const;

for (const { params, code, says } of REFUSED) {
  Deno.test(`connect: refuses ${JSON.stringify(params)}`, () => {
    const node = new FakeNode();
    const talk = new Talk(node);
    assertEquals(talk.errors(talk.ask("connect", params)), [{ code, message: says }]);
    assertEquals(node.connected, []);
  });
}

Deno.test("disconnect: says whether there was a link", () => {
  const node = new FakeNode(view("aa", "alice"), view("cc", "carol"));
  node.learn({ peers: [peer("aa", 8091)] });
  const talk = new Talk(node);
  const [linked, unlinked] = [
    talk.ask("disconnect", { peer: "al" }),
    talk.ask("disconnect", {
      peer: "carol",
    }),
  ];
  assertEquals(talk.results(linked), [{ id: id("aa"), label: "alice", was_linked: true }]);
  assertEquals(talk.results(unlinked), [{ id: id("cc"), label: "carol", was_linked: false }]);
  assertEquals(node.disconnected, [id("aa"), id("cc")]);
});

Deno.test("disconnect: the node itself cannot be meant", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  assertEquals(talk.errors(talk.ask("disconnect", { peer: "bob" })).map(({ code }) => code), [
    "self",
  ]);
  assertEquals(node.disconnected, []);
});

Deno.test("discover: says how many neighbours were asked", () => {
  const node = new FakeNode();
  node.learn({ peers: [peer("aa", 8091), peer("cc", 8092)] });
  const talk = new Talk(node);
  assertEquals(talk.results(talk.ask("discover", {})), [{ asked: 2 }]);
});

Deno.test("leave: the result goes out before the node does", () => {
  const node = new FakeNode();
  node.learn({ peers: [peer("aa", 8091)] });
  const talk = new Talk(node);
  const hadLeft: boolean[] = [];
  talk.onReply = () => hadLeft.push(node.hasLeft);
  assertEquals(talk.results(talk.ask("leave", {})), [{ heard: 1 }]);
  assertEquals([hadLeft, node.hasLeft], [[false], true]);
});
