import { assert, assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { NO_NONCE } from "../../src/chain/datagram.ts";
import type { Target } from "../../src/chain/mending.ts";
import type { MemberId } from "../../src/chain/side.ts";
import { CARD, FakeRepair } from "./fake_repair.ts";

/** With a keep-alive every second. */
const GRACE_MS = 2_000, GIVE_UP_MS = 5_000, GIVE_UP_END_MS = 3_500;

const address = (number: number) => parseAddress(`203.0.113.${number}:7002`);

/** So many, the nearest first; two of them near. */
function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => ({
    ticket: new Uint8Array(16).fill(at + 1),
    isNear: at < 2,
  }));
}

function repairWith(count: number): FakeRepair {
  return new FakeRepair(targets(count));
}

/** A HELLO of one who was introduced with the ticket of a target. */
function helloOf(at: number, echo: Uint8Array = NO_NONCE) {
  const ticket = new Uint8Array(16).fill(at + 1);
  const card = { ...CARD, id: "0000000000000009" as MemberId };
  return { type: "hello", ticket, nonce: new Uint8Array(16).fill(9), echo, card } as const;
}

Deno.test("Mending: names the nearest two ids at once, and the others after them, two at a time", () => {
  const repair = repairWith(5);
  assertEquals(repair.dialled.length, 2);
  repair.runTo(200);
  assertEquals(repair.dialled.length, 4);
  repair.runTo(400);
  assertEquals(repair.dialled.length, 5);
  assertEquals(
    repair.open(repair.dialled[2] ?? 0),
    `{"msg":"RECONNECT","id":"${"03".repeat(16)}","ip":"203.0.113.1:7001"}`,
  );
});

Deno.test("Mending: shakes hands at once with a near one, and no more with those behind it", () => {
  const repair = repairWith(4);
  const [, second] = repair.dialled;
  assert(second !== undefined);
  repair.open(second);
  repair.introduce(second, address(2));
  assertEquals(repair.shaken, [{ now: 0, to: address(2) }]);
  assert(!repair.dialled.includes(second));
});

Deno.test("Mending: one farther away is taken when those in between had time to come, and did not", () => {
  const repair = repairWith(4);
  repair.runTo(200);
  const fourth = repair.dialled[3] ?? 0;
  repair.open(fourth);
  repair.introduce(fourth, address(4));
  repair.runTo(GRACE_MS - 1);
  assertEquals(repair.shaken, []);
  repair.runTo(GRACE_MS);
  assertEquals(repair.shaken, [{ now: GRACE_MS, to: address(4) }]);
});

Deno.test("Mending: a nearer one who comes in time is taken instead, one who comes too late is not", () => {
  const inTime = repairWith(4);
  inTime.runTo(200);
  const [first = 0, , third = 0] = inTime.dialled;
  for (const stream of [first, third]) inTime.open(stream);
  inTime.introduce(third, address(3));
  inTime.runTo(GRACE_MS);
  inTime.introduce(first, address(1));
  assertEquals(inTime.shaken.map(({ to }) => to), [address(3), address(1)]);
  const late = repairWith(4);
  late.runTo(GRACE_MS);
  late.introduce(third, address(3));
  // It has answered, and perhaps is linked already on its side.
  assertEquals(late.mending.handle(late.now, address(3), helloOf(2)), undefined);
  late.introduce(first, address(1));
  assertEquals(late.shaken.map(({ to }) => to), [address(3)]);
});

Deno.test("Mending: there is a bond when the other one is known to hear us", () => {
  const repair = repairWith(1);
  const [first = 0] = repair.dialled;
  repair.introduce(first, address(1));
  assertEquals(repair.mending.handle(5, address(1), helloOf(1)), undefined);
  const bond = repair.mending.handle(6, address(1), helloOf(0, new Uint8Array(16).fill(1)));
  assertEquals(bond?.neighbour.id, "0000000000000009" as MemberId);
});

Deno.test("Mending: turns to the next one when somebody who was introduced does not answer", () => {
  const repair = repairWith(2);
  const [first = 0, second = 0] = repair.dialled;
  repair.introduce(first, address(1));
  repair.introduce(second, address(2));
  repair.runTo(4_000);
  assertEquals(repair.shaken.map(({ to }) => to), [address(1), address(2)]);
});

Deno.test("Mending: a server that hangs up is asked again, less and less often", () => {
  const repair = repairWith(1);
  for (let at = 0; at < 3_000; at += 10) {
    repair.runTo(at);
    const [stream] = repair.dialled.slice(-1);
    if (stream !== undefined) repair.streams.handleClosed(repair.now, stream);
  }
  assertEquals(repair.effects.filter(({ type }) => type === "dial").length, 4);
});

Deno.test("Mending: an id that is refused, or that names ourselves, is not asked for again", () => {
  const repair = repairWith(2);
  const [first = 0, second = 0] = repair.dialled;
  repair.refuse(first);
  repair.introduce(second, parseAddress("203.0.113.1:7001"));
  repair.runTo(4_000);
  assertEquals([repair.shaken.length, repair.dialled.length], [0, 0]);
  const errors = repair.effects.filter((each) =>
    each.type === "tell" && each.notice.type === "server-error"
  );
  assertEquals(errors.length, 1);
});

Deno.test("Mending: gives up when nobody came, and earlier where nobody is known but the one that is gone", () => {
  for (const [count, patience] of [[4, GIVE_UP_MS], [1, GIVE_UP_END_MS]] as const) {
    const repair = repairWith(count);
    repair.runTo(patience - 1);
    assert(!repair.mending.isOver(repair.now));
    repair.runTo(patience);
    assert(repair.mending.isOver(repair.now));
  }
});

Deno.test("Mending: does not give up in the middle of a handshake", () => {
  const repair = repairWith(2);
  repair.runTo(GIVE_UP_MS - 100);
  repair.introduce(repair.dialled[0] ?? 0, address(1));
  repair.runTo(GIVE_UP_MS + 1_000);
  assert(!repair.mending.isOver(repair.now));
  repair.runTo(GIVE_UP_MS + 3_000);
  assert(repair.mending.isOver(repair.now));
});

Deno.test("Mending: withdraws all ids when it ends, and says nothing afterwards", () => {
  const repair = repairWith(6);
  repair.runTo(400);
  assertEquals(repair.dialled.length, 6);
  repair.mending.end();
  assertEquals(repair.dialled.length, 0);
  const before = repair.effects.length;
  repair.mending.handleTime(10_000);
  assertEquals(repair.effects.length, before);
});

Deno.test("Mending: waits longer where keep-alives are rare, and no less where they are frequent", () => {
  for (const [keepAliveMs, patience] of [[4_000, 20_000], [10, GIVE_UP_MS]] as const) {
    const repair = new FakeRepair(targets(4), keepAliveMs);
    repair.runTo(patience - 1);
    assert(!repair.mending.isOver(repair.now));
    repair.runTo(patience);
    assert(repair.mending.isOver(repair.now));
  }
});
