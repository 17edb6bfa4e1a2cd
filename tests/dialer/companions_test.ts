/** How a dialer treats nodes with which its own has much to do. */

import { assertEquals, assertGreater } from "@std/assert";
import { idOf } from "../topology/ids.ts";
import { addressOf, DialerRig, nodeOf, numbers, OPTIONS } from "./rig.ts";

const [A, B] = [addressOf(1), addressOf(2)];
const AT_ONCE = () => 0;

Deno.test("Dialer: companions are dialled however many links there are, and never as targets", () => {
  const rig = new DialerRig();
  rig.linkCount = OPTIONS.minLinks;
  rig.dialer.setCompanions(0, [nodeOf(1), nodeOf(2)], (id) => id === idOf(2) ? 2_000 : 0);
  assertEquals(rig.dial(), [A]);
  rig.now = rig.dialer.nextWakeup(rig.linkCount) ?? 0;
  assertEquals([rig.now, rig.dial()], [2_000, [B]]);
  assertEquals(rig.dialled.map(({ wanted }) => wanted), [false, false]);
  assertEquals(rig.dialer.isTarget(idOf(1)), false);
});

Deno.test("Dialer: an attempt says whether it is for a companion alone", () => {
  const { dialer } = new DialerRig();
  dialer.setCandidates(0, [nodeOf(1), nodeOf(2), nodeOf(3)]);
  dialer.addTarget(0, addressOf(3));
  dialer.setCompanions(0, [nodeOf(2), nodeOf(3)], AT_ONCE);
  const due = dialer.due(0, 0).map(({ address, wanted, isForCompanion }) =>
    [address, wanted, isForCompanion] as const
  );
  assertEquals(due, [
    [addressOf(3), true, false],
    [B, false, true],
    [A, false, false],
  ]);
});

Deno.test("Dialer: who is no companion any more is not dialled for that", () => {
  const rig = new DialerRig();
  rig.linkCount = OPTIONS.minLinks;
  rig.dialer.setCompanions(0, [nodeOf(1), nodeOf(2)], () => 100);
  rig.dialer.setCompanions(50, [nodeOf(2)], () => 100);
  assertEquals(rig.dialer.entryAt(A), undefined);
  rig.now = 100;
  assertEquals(rig.dial(), [B]);
  rig.dialer.setCompanions(150, [], AT_ONCE);
  // The attempt under way goes on, and a failed one is not repeated once it is said again.
  rig.fail(B);
  rig.dialer.setCompanions(200, [], AT_ONCE);
  assertEquals([rig.dialer.entryAt(B), rig.dialer.nextWakeup(rig.linkCount)], [
    undefined,
    undefined,
  ]);
});

Deno.test("Dialer: a companion that cannot be reached is tried less and less, and in the end rests", () => {
  const rig = new DialerRig();
  rig.linkCount = OPTIONS.minLinks;
  rig.dialer.setCompanions(0, [nodeOf(1)], AT_ONCE);
  const waits: number[] = [];
  for (let attempt = 0; attempt < OPTIONS.maxAttempts; attempt++) {
    assertEquals(rig.dial(), [A]);
    waits.push(rig.fail(A)?.nextInMs ?? 0);
    rig.dialer.setCompanions(rig.now, [nodeOf(1)], AT_ONCE);
    rig.now = rig.dialer.nextWakeup(rig.linkCount) ?? Infinity;
  }
  assertGreater(waits.at(-1) ?? 0, 5 * OPTIONS.backoff.maxMs);
});

Deno.test("Dialer: a target stays one, whether its node is a companion or not", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dialer.setCompanions(0, [nodeOf(1)], AT_ONCE);
  rig.dialer.setCompanions(0, [], AT_ONCE);
  assertEquals([rig.dial(), rig.dialled[0]?.wanted], [[A], true]);
});

Deno.test("Dialer: a lost node that is a companion is dialled as that, and is lost again later", () => {
  const rig = new DialerRig();
  rig.linkCount = OPTIONS.minLinks;
  rig.dialer.addLost(0, nodeOf(1));
  rig.dialer.setCompanions(0, [nodeOf(1)], AT_ONCE);
  rig.dialer.addLost(0, nodeOf(1));
  rig.dialer.setCompanions(0, [], AT_ONCE);
  assertEquals(rig.dialer.entryAt(A)?.isTarget, false);
  assertGreater(OPTIONS.backoff.maxMs + 1, rig.dialer.nextWakeup(rig.linkCount) ?? Infinity);
});

Deno.test("Dialer: companions that hang leave slots for the others", () => {
  const rig = new DialerRig({ maxSimultaneous: 4 });
  rig.linkCount = OPTIONS.minLinks;
  rig.dialer.setCompanions(0, numbers(10, 2).map(nodeOf), AT_ONCE);
  assertEquals(rig.dial().length, 2);
  assertEquals([rig.dial(), rig.dialer.nextWakeup(rig.linkCount)], [[], undefined]);
  rig.dialer.addTarget(rig.now, A);
  assertEquals(rig.dial(), [A]);
});
