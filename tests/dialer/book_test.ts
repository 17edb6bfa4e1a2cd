/** What the book of a dialer tells of single addresses. */

import { assertEquals } from "@std/assert";
import { idOf } from "../topology/ids.ts";
import { addressOf, DialerRig, nodeOf, OPTIONS } from "./rig.ts";

const [A, B] = [addressOf(1), addressOf(2)];
const ENOUGH = OPTIONS.minLinks;

Deno.test("Dialer: tells who is at an address, who asked for it and whether it is being dialled", () => {
  const rig = new DialerRig();
  const { dialer } = rig;
  assertEquals(dialer.entryAt(A), undefined);
  dialer.addTarget(0, A);
  assertEquals(dialer.entryAt(A), { id: undefined, isTarget: true, isDialling: false });
  rig.dial();
  assertEquals(dialer.entryAt(A)?.isDialling, true);
  rig.reach(A, idOf(1));
  assertEquals(dialer.entryAt(A), { id: idOf(1), isTarget: true, isDialling: false });
  dialer.setCandidates(0, [nodeOf(2)]);
  assertEquals(dialer.entryAt(B), { id: idOf(2), isTarget: false, isDialling: false });
  assertEquals([dialer.addressesOf(idOf(1)), dialer.addressesOf(idOf(2))], [[A], [B]]);
});

Deno.test("Dialer: tells when a target is dialled next, whatever links there are", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  assertEquals(rig.dialer.nextAttemptAt(A, ENOUGH), 0);
  rig.now = 5;
  rig.dial();
  assertEquals(rig.dialer.nextAttemptAt(A, ENOUGH), 5);
  rig.now = 9;
  const nextInMs = rig.fail(A)?.nextInMs ?? NaN;
  assertEquals(rig.dialer.nextAttemptAt(A, ENOUGH), 9 + nextInMs);
  assertEquals(rig.dialer.nextWakeup(ENOUGH), 9 + nextInMs);
});

Deno.test("Dialer: tells no time for an address that is linked, unknown, or not needed", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dial();
  rig.reach(A, idOf(1));
  assertEquals(rig.dialer.nextAttemptAt(A, 0), undefined);
  assertEquals(rig.dialer.nextAttemptAt(B, 0), undefined);
  rig.dialer.setCandidates(7, [nodeOf(2)]);
  assertEquals(rig.dialer.nextAttemptAt(B, ENOUGH - 1), 7);
  assertEquals(rig.dialer.nextAttemptAt(B, ENOUGH), undefined);
  rig.dialer.addLost(7, nodeOf(2));
  assertEquals(rig.dialer.nextAttemptAt(B, ENOUGH), rig.dialer.nextWakeup(ENOUGH));
});
