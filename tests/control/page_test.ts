import { assertEquals } from "@std/assert";
import type { PageOutcome } from "../../src/control/handler.ts";
import { ControlSession } from "../../src/control/session.ts";
import type { Reply } from "../../src/control/methods.ts";
import { FakeNode } from "./fake_node.ts";

type Done = (outcome: PageOutcome) => void;

/** A session of a node whose page is opened as told, and what it replied after its hello. */
function open(page?: (done: Done) => void) {
  const node = new FakeNode();
  const replies: Reply[] = [];
  const facts = { clock: node.clock, version: "1.2.3", ...(page !== undefined && { page }) };
  const session = new ControlSession(node, facts, (reply) => replies.push(reply));
  replies.splice(0);
  return { session, replies };
}

const ASKED = { v: 1, id: 7, method: "page" };

Deno.test("page: answers with the address, at once or later", () => {
  const url = "http://[::1]:8099/";
  const waiting: Done[] = [];
  for (const page of [(done: Done) => done({ url }), (done: Done) => void waiting.push(done)]) {
    const { session, replies } = open(page);
    session.handle(ASKED);
    waiting.forEach((done) => done({ url }));
    assertEquals(replies, [{ v: 1, id: 7, result: { url } }]);
    assertEquals(session.underWay, 0);
  }
});

Deno.test("page: what stands in the way is an error that says it", () => {
  const { session, replies } = open((done) => done({ problem: "The port is taken" }));
  session.handle(ASKED);
  assertEquals(replies, [
    { v: 1, id: 7, error: { code: "unavailable", message: "The port is taken" } },
  ]);
});

Deno.test("page: a node that serves none says so", () => {
  const { session, replies } = open();
  session.handle(ASKED);
  const [reply] = replies;
  assertEquals(reply && "error" in reply && reply.error.code, "unavailable");
});

Deno.test("page: who has hung up is told nothing", () => {
  const waiting: Done[] = [];
  const { session, replies } = open((done) => waiting.push(done));
  session.handle(ASKED);
  session.handle({ v: 1, id: 7, cancel: true });
  assertEquals([replies, session.underWay], [[], 1], "Opening it cannot be cut short");
  session.close();
  waiting.forEach((done) => done({ url: "http://[::1]:1/" }));
  assertEquals(replies, []);
});
