import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { METHODS, type Result } from "../../src/control/methods.ts";
import { diagnose, type Diagnosis } from "../../src/diagnosis/diagnose.ts";
import { AWAY, ERIN, facts, HOME, NOW, place } from "../diagnosis/facts.ts";
import { id } from "../report/networks.ts";
import { FakeNode, unknown, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

/** What a node that finds nothing anywhere was asked for, and what it answered in the end. */
function ask(node: FakeNode, peer: string, diagnosis = unknown) {
  node.diagnosis = diagnosis;
  const talk = new Talk(node);
  const asked = talk.ask("why", { peer });
  const [result] = talk.results(asked) as (Result<"why"> | undefined)[];
  if (result !== undefined) METHODS.why.result.parse(result);
  return { about: node.diagnosed, result, error: talk.errors(asked)[0] };
}

const erin = view("erin", "erin");

Deno.test("why: finds a peer of the map by its label, its id or the beginning of one", () => {
  for (const name of ["erin", "eri", ERIN, ERIN.slice(0, 8)]) {
    assertEquals(ask(new FakeNode(erin), name).about, [ERIN]);
  }
});

Deno.test("why: finds a peer that is on no map among those it has met", () => {
  const node = new FakeNode(view("aa", "alice"));
  node.met = [{ id: ERIN, label: "erin" }];
  assertEquals(ask(node, "erin").about, [ERIN]);
});

Deno.test("why: whoever is refused cannot take the name of somebody on the map", () => {
  const node = new FakeNode(erin);
  node.met = [{ id: id("mal"), label: "erin" }, { id: id("mal"), label: "erinyes" }];
  assertEquals(ask(node, "erin").about, [ERIN]);
});

Deno.test("why: an address is asked for in its normal form", () => {
  const known = (): Diagnosis => diagnose(facts({ addresses: [place()] }));
  assertEquals(ask(new FakeNode(erin), "[0::1]:8105", known).about, [HOME]);
});

Deno.test("why: an address that nothing has to do with may still be somebody's label", () => {
  const node = new FakeNode(view("web", "web:80"));
  assertEquals(ask(node, "web:80").about, [parseAddress("web:80"), id("web")]);
});

Deno.test("why: a whole id that nobody heard of is an answer", () => {
  const { result, error } = ask(new FakeNode(erin), id("zz"));
  assertEquals([result?.code, result?.up, result?.peer.id], ["unknown", false, id("zz")]);
  assertEquals(error, undefined);
});

Deno.test("why: a name that nobody has is an answer, with the nearest one", () => {
  const { about, result } = ask(new FakeNode(erin), "erni");
  assertEquals(about, []);
  assertEquals([result?.code, result?.stage], ["unknown", "never heard of"]);
  assertEquals(result?.message, 'No node is called "erni": did you mean "erin"?');
  assertEquals(result?.peer, { id: null, label: "erni", addr: null });
});

Deno.test("why: an address that nothing has to do with is an answer", () => {
  const { result } = ask(new FakeNode(erin), "[::1]:1");
  assertEquals([result?.code, result?.peer.addr], ["unknown", "[::1]:1"]);
  assertEquals(result?.message, "Nothing was ever heard of it");
});

Deno.test("why: a name that several have is no answer", () => {
  const node = new FakeNode(erin, view("erix", "erin"));
  assertEquals(ask(node, "erin").error?.code, "ambiguous-peer");
  const outside = new FakeNode();
  outside.met = [{ id: ERIN, label: "erin" }, { id: id("erix"), label: "erin" }];
  assertEquals(ask(outside, "erin").error?.code, "ambiguous-peer");
});

Deno.test("why: shows all that was found, with null where there is nothing", () => {
  const reason = { type: "connection", error: { code: "refused", detail: "" } } as const;
  const failure = { reason, at: NOW - 0.4, address: HOME, met: undefined };
  const { result } = ask(new FakeNode(erin), "erin", () =>
    diagnose(facts({
      addresses: [place({ failure, failures: 2, nextAt: NOW + 0.6 }), place({ address: AWAY })],
      heard: { at: NOW, left: false },
      lastUp: NOW + 0.1,
      linkedBy: [{ id: ERIN, label: "as it was" }, { id: id("zz"), label: "zoe" }],
    })));
  assertEquals(result, {
    peer: { id: ERIN, label: "erin", addr: null },
    up: false,
    code: "dial-refused",
    stage: "dial",
    message: "Nobody listens at [::1]:8105",
    advice: "Start the node there; if it runs, compare the address with its " +
      "network.controller.listen.addr and .port",
    addresses: [
      {
        addr: HOME,
        code: "dial-refused",
        message: "Nobody listens at [::1]:8105",
        at: NOW,
        attempts: 2,
        next_at: NOW + 1,
      },
      { addr: AWAY, code: null, message: null, at: null, attempts: 0, next_at: null },
    ],
    last_up: NOW,
    heard: { at: NOW, left: false },
    linked_by: [{ id: ERIN, label: "erin" }, { id: id("zz"), label: "zoe" }],
    path: null,
  });
});
