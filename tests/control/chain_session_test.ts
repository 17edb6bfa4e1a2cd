import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import type { ChainMessage } from "../../src/chain/member_effect.ts";
import type { MemberStatus, SideStatus } from "../../src/chain/member_status.ts";
import type { MemberId } from "../../src/chain/side.ts";
import { CHAIN_METHODS } from "../../src/control/chain_methods.ts";
import { type ChainApi, ChainSession } from "../../src/control/chain_session.ts";
import type { Reply } from "../../src/control/methods.ts";

const ALICE = { id: "a000000000000000" as MemberId, label: "alice" };
const BOB = { id: "b000000000000000" as MemberId, label: "bob" };
const AT = 1_800_000_000_000;

const UP: SideStatus = {
  state: "up",
  neighbour: ALICE,
  address: parseAddress("192.0.2.7:4000"),
  rttUs: 1234.5,
  upMs: 60_000.25,
  heardMs: 10.75,
  link: "l1",
  queuedBytes: 7,
};

/** A member that remembers what it was told to do. */
class Member implements ChainApi {
  sides: MemberStatus["sides"] = { head: { state: "free" }, tail: UP };
  readonly said: Uint8Array[] = [];
  readonly listeners = new Set<(message: ChainMessage) => void>();
  /** Answers the last thing said. */
  done: (taken: "taken" | "nobody") => void = () => {};
  leaves = 0;

  status(): MemberStatus {
    return {
      ...BOB,
      phase: "in-line",
      addresses: { head: parseAddress("192.0.2.1:1"), tail: undefined },
      isRegistered: true,
      sides: this.sides,
      line: [ALICE, BOB],
      position: 1,
    };
  }

  say(content: Uint8Array, done: (taken: "taken" | "nobody") => void): void {
    this.said.push(content);
    this.done = done;
  }

  listen(listener: (message: ChainMessage) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  leave(): void {
    this.leaves++;
  }
}

/** A session, and what it answered after its hello. */
function talk(member = new Member()) {
  const replies: Reply[] = [];
  const clock = { now: () => 0, wall: () => AT + 0.4, wakeAt: () => () => {} };
  const session = new ChainSession(member, { clock, version: "0.1.0" }, (reply) => {
    replies.push(reply);
  });
  const hello = replies.shift();
  let lastId = 0;
  const ask = (method: string, params?: object) => {
    session.handle({ v: 1, id: ++lastId, method, params });
    return replies.at(-1);
  };
  return { member, session, replies, hello, ask };
}

Deno.test("ChainSession: says hello as the member", () => {
  assertEquals(talk().hello, { v: 1, hello: { ...BOB, version: "0.1.0" } });
});

Deno.test("ChainSession: status is as the methods publish it, whatever state the sides are in", () => {
  const sides: SideStatus[] = [
    { state: "free" },
    { state: "linking", sinceMs: 5 },
    { state: "mending", lost: ALICE, sinceMs: 5 },
    UP,
    { ...UP, state: "silent", rttUs: null },
  ];
  for (const head of sides) {
    const { member, ask } = talk();
    member.sides = { head, tail: UP };
    const reply = ask("status");
    const result = reply !== undefined && "result" in reply ? reply.result : undefined;
    const shown = CHAIN_METHODS.status.result.parse(result);
    assertEquals(shown.head.state, head.state);
    assertEquals(shown.head.lost, head.state === "mending" ? ALICE : null);
    assertEquals(shown.tail, {
      state: "up",
      neighbour: ALICE,
      lost: null,
      addr: "192.0.2.7:4000",
      rtt_us: 1235,
      up_ms: 60_000,
      heard_ms: 11,
      link: "l1",
      queued_bytes: 7,
    });
    assertEquals([shown.line, shown.position, shown.registered], [[ALICE, BOB], 1, true]);
    assertEquals(shown.addresses, { head: "192.0.2.1:1", tail: null });
  }
});

Deno.test("ChainSession: say sends texts and bytes, and answers once they are on their way", () => {
  const { member, replies, ask } = talk();
  ask("say", { text: "hällo" });
  ask("say", { data: "AAEC" });
  assertEquals(member.said, [encodeUtf8("hällo"), Uint8Array.of(0, 1, 2)]);
  assertEquals(replies, []);
  member.done("taken");
  assertEquals(replies, [{ v: 1, id: 2, result: { members: 1 } }]);
});

Deno.test("ChainSession: say with nobody to hear it is refused", () => {
  const { member, replies, ask } = talk();
  ask("say", { text: "hello" });
  member.done("nobody");
  const [reply] = replies;
  assertEquals(reply !== undefined && "error" in reply && reply.error.code, "unavailable");
});

Deno.test("ChainSession: say wants one content, of some size", () => {
  const cases: [params: object, code: string, message: string][] = [
    [{}, "bad-request", "Neither text nor data was given to say"],
    [{ text: "a", data: "AAEC" }, "bad-request", "Both text and data were given to say"],
    [{ data: "?" }, "bad-request", "Parameter data of say"],
    [{ text: "a", to: "bob" }, "bad-request", "Parameter to of say is unknown"],
    [
      { text: "ä".repeat(32_769) },
      "too-large",
      "The message has 65538 bytes, wanted at most 65536",
    ],
  ];
  for (const [params, code, message] of cases) {
    const { member, ask } = talk();
    const reply = ask("say", params);
    if (reply === undefined || !("error" in reply)) throw new Error(JSON.stringify(reply));
    assertEquals(reply.error.code, code);
    assertStringIncludes(reply.error.message, message);
    assertEquals(member.said, []);
  }
});

Deno.test("ChainSession: listen tells each message with its author until it is cancelled", () => {
  const { member, session, replies, ask } = talk();
  ask("listen");
  const tell = (author: MemberId, content: Uint8Array) =>
    member.listeners.forEach((listener) =>
      listener({ scope: "line", side: "tail", author, content })
    );
  tell(ALICE.id, encodeUtf8("hello"));
  tell("c000000000000000" as MemberId, Uint8Array.of(0xff));
  session.handle({ v: 1, id: 1, cancel: true });
  assertEquals(replies, [
    { v: 1, id: 1, event: { from: ALICE, side: "tail", text: "hello", at: AT } },
    {
      v: 1,
      id: 1,
      event: { from: { id: "c000000000000000", label: "" }, side: "tail", data: "/w==", at: AT },
    },
    { v: 1, id: 1, result: {} },
  ]);
  assertEquals(member.listeners.size, 0);
});

Deno.test("ChainSession: who hangs up listens no more", () => {
  const { member, session, ask } = talk();
  ask("listen");
  assertEquals(member.listeners.size, 1);
  session.close();
  assertEquals(member.listeners.size, 0);
});

Deno.test("ChainSession: leave has the member leave, and counts who hears it", () => {
  const { member, ask } = talk();
  assertEquals(ask("leave"), { v: 1, id: 1, result: { neighbours: 1 } });
  assertEquals(member.leaves, 1);
});

Deno.test("ChainSession: methods of nodes are none of a member", () => {
  const { ask } = talk();
  for (const method of ["peers", "map", "send", "__proto__"]) {
    const reply = ask(method);
    assertEquals(reply !== undefined && "error" in reply && reply.error.code, "unknown-method");
  }
});
