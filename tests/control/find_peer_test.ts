import { assertEquals, assertThrows } from "@std/assert";
import { ControlError } from "../../src/control/client.ts";
import { PeerFinder } from "../../src/control/find_peer.ts";
import type { ControlFault } from "../../src/control/methods.ts";
import { id } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";

Deno.test("PeerFinder.find: takes a label, an id, or the beginning of either", () => {
  const finder = new PeerFinder(new FakeNode(view("ac", "alice"), view("ed", "erin")));
  const erin = { id: id("ed"), label: "erin" };
  for (const text of ["erin", "er", id("ed"), "ede", "e"]) assertEquals(finder.find(text), erin);
});

Deno.test("PeerFinder.find: a whole id beats a label that reads the same", () => {
  const impostor = view("cc", id("aa"));
  const finder = new PeerFinder(new FakeNode(view("aa", "alice"), impostor));
  assertEquals(finder.find(id("aa")).label, "alice");
});

Deno.test("PeerFinder.find: a whole label beats the beginnings of others", () => {
  const finder = new PeerFinder(
    new FakeNode(view("aa", "carola"), view("cc", "carol"), view("carol", "x")),
  );
  assertEquals(finder.find("carol").id, id("cc"));
});

Deno.test("PeerFinder.find: several nodes of one label are ambiguous, alive or not", () => {
  const namesakes = [view("aa", "erin", "failed"), view("cc", "erin"), view("dd", "erin", "left")];
  const fault = faultOf(new FakeNode(...namesakes), "erin");
  assertEquals(fault.code, "ambiguous-peer");
  assertEquals(fault.candidates, namesakes.map(({ id, label }) => ({ id, label })));
  assertEquals(
    fault.message,
    '"erin" can mean erin (aaaaaaaa), erin (cccccccc), erin (dddddddd): ' +
      "give more of the name, or an id",
  );
});

Deno.test("PeerFinder.find: a beginning that fits a label and an id is ambiguous", () => {
  const fault = faultOf(new FakeNode(view("erz", "frank"), view("dd", "erin")), "er");
  assertEquals(fault.candidates?.map(({ label }) => label), ["frank", "erin"]);
});

Deno.test("PeerFinder.find: names a few of many candidates and lists all", () => {
  const many = [..."acdefghijk"].map((letter) => view(letter.repeat(2), `node-${letter}`));
  const fault = faultOf(new FakeNode(...many), "node");
  assertEquals(fault.candidates?.length, 10);
  assertEquals(fault.message.match(/node-/g)?.length, 5);
  assertEquals(fault.message.includes("and 5 more"), true);
});

Deno.test("PeerFinder.find: one node whose label and id both fit is one node", () => {
  assertEquals(new PeerFinder(new FakeNode(view("ed", "edgar"))).find("ed").label, "edgar");
});

Deno.test("PeerFinder.find: lost nodes, those that have left and the node itself can be meant", () => {
  const finder = new PeerFinder(
    new FakeNode(view("aa", "alice", "failed"), view("cc", "carol", "left")),
  );
  assertEquals(["al", "carol", "bob"].map((text) => finder.find(text).label), [
    "alice",
    "carol",
    "bob",
  ]);
});

Deno.test("PeerFinder.find: suggests the label that was probably meant", () => {
  const fault = faultOf(new FakeNode(view("aa", "alice"), view("cc", "")), "alcie");
  assertEquals(fault, {
    code: "unknown-peer",
    message: 'No node is called "alcie": did you mean "alice"?',
  });
});

Deno.test("PeerFinder.find: shows hostile labels harmlessly and long names in part", () => {
  const hostile = view("aa", "\u001b[2Jevil\n");
  const ambiguous = faultOf(new FakeNode(hostile, view("cc", hostile.label)), hostile.label);
  assertEquals(ambiguous.message.includes("\u001b"), false);
  const long = faultOf(new FakeNode(hostile), "x".repeat(1_000_000));
  assertEquals(long.message.length < 100, true);
});

Deno.test("PeerFinder.find: a node without a label is found by its id alone", () => {
  const finder = new PeerFinder(new FakeNode(view("cc", "")));
  assertEquals(finder.find("ccc").id, id("cc"));
});

Deno.test("PeerFinder: looks at the map again only when it has changed", () => {
  const node = new FakeNode(view("aa", "alice"));
  const finder = new PeerFinder(node);
  for (let i = 0; i < 1000; i++) finder.find("alice");
  assertEquals(node.snapshots, 1);
  node.learn({ nodes: [view("bb", "bob", "own"), view("ed", "erin")] });
  assertEquals(finder.find("erin").id, id("ed"));
  assertEquals(faultOfFinder(finder, "alice").code, "unknown-peer");
  assertEquals(node.snapshots, 2);
});

Deno.test("PeerFinder.name: an id that is not known any more has no label", () => {
  const finder = new PeerFinder(new FakeNode(view("aa", "alice")));
  assertEquals(finder.name(id("aa")).label, "alice");
  assertEquals(finder.name(id("zz")), { id: id("zz"), label: "" });
});

function faultOf(node: FakeNode, text: string): ControlFault {
  return faultOfFinder(new PeerFinder(node), text);
}

function faultOfFinder(finder: PeerFinder, text: string): ControlFault {
  return assertThrows(() => finder.find(text), ControlError).fault;
}
