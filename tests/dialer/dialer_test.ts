import { assert, assertEquals, assertGreater } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import { idOf } from "../topology/ids.ts";
import { addressOf, DialerRig, nodeOf, numbers, OPTIONS } from "./rig.ts";

const CAP_MS = OPTIONS.backoff.maxMs;
const LONGEST_MS = CAP_MS * (1 + JITTER);
const [A, B, C] = [addressOf(1), addressOf(2), addressOf(3)];

Deno.test("Dialer: a target is dialled at once, as a wanted link", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  assertEquals(rig.dialer.nextWakeup(0), 0);
  rig.dial();
  assertEquals(rig.dialled, [{ at: 0, address: A, wanted: true }]);
  assertEquals(rig.dial(), []);
});

Deno.test("Dialer: a target is never given up, nor left alone for longer than cap and jitter", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  for (let failures = 1; failures <= 10_000; failures++) {
    const before = rig.now;
    assertEquals(rig.dial(), [A]);
    const failure = rig.fail(A);
    assertEquals(failure?.failures, failures);
    rig.advance(Infinity);
    const waitedMs = rig.now - before;
    assert(waitedMs <= LONGEST_MS, `${waitedMs} ms after ${failures} failures`);
    if (failures > 6) assert(waitedMs >= CAP_MS);
  }
});

Deno.test("Dialer: an attempt that hangs does not push the next one further away", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dial();
  rig.now = 5_000;
  assertEquals(rig.fail(A)?.nextInMs, 0);
  assertEquals(rig.dial(), [A]);
});

Deno.test("Dialer: targets far beyond the limit that all hang are dialled in turn, none is left out", () => {
  const rig = new DialerRig({ maxSimultaneous: 2 });
  const targets = numbers(20).map(addressOf);
  for (const target of targets) rig.dialer.addTarget(0, target);
  for (let i = 0; i < 200; i++) {
    const begun = rig.dial();
    rig.now += 5_000;
    for (const address of begun) rig.fail(address, "timed out");
  }
  const dialled = new Set(rig.dialled.map(({ address }) => address));
  assertEquals(targets.filter((target) => !dialled.has(target)), []);
});

Deno.test("Dialer: no more attempts are under way than allowed", () => {
  const rig = new DialerRig({ maxSimultaneous: 3 });
  for (const number of numbers(10)) rig.dialer.addTarget(0, addressOf(number));
  assertEquals(rig.dial().length, 3);
  assertEquals(rig.dialer.nextWakeup(0), undefined);
  assertEquals(rig.dial(), []);
  rig.reach(A, idOf(1));
  assertEquals(rig.dialer.nextWakeup(0), 0);
  assertEquals(rig.dial(), [addressOf(4)]);
});

Deno.test("Dialer: a failure tells whether its reason is that of the time before, and what comes next", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  const repeated = ["refused", "refused", "reset", "refused"].map((reason) => {
    rig.advance(Infinity);
    rig.dial();
    return rig.fail(A, reason)?.repeated;
  });
  assertEquals(repeated, [false, true, false, false]);
});

Deno.test("Dialer: nothing is dialled before it is allowed again", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dial();
  assertEquals(rig.fail(A, "banned", 60_000)?.nextInMs, 60_000);
  assertEquals(rig.dialer.nextWakeup(0), 60_000);
});

Deno.test("Dialer: an unknown attempt changes nothing", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dial();
  const link = rig.attempts.get(A);
  rig.fail(A);
  assertEquals(rig.dialer.handleFailed(0, link as NonNullable<typeof link>, "again"), undefined);
});

Deno.test("Dialer: connect dials now, also what waits for its backoff", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  for (let i = 0; i < 8; i++) {
    rig.advance(Infinity);
    rig.dial();
    rig.fail(A);
  }
  rig.dialer.addTarget(rig.now, A);
  assertEquals(rig.dial(), [A]);
  const failure = rig.fail(A);
  assertEquals(failure?.failures, 1);
});

Deno.test("Dialer: a linked target is left alone until its link is down", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  assertEquals(rig.dialer.isTarget(idOf(1)), false);
  rig.dial();
  rig.reach(A, idOf(1));
  assertEquals(rig.dialer.isTarget(idOf(1)), true);
  assertEquals(rig.dialer.nextWakeup(1), undefined);
  rig.now = 1e9;
  assertEquals(rig.dial(), []);
  rig.dialer.handleDown(rig.now, idOf(2), 1e9);
  assertEquals(rig.dialer.nextWakeup(0), undefined);
  rig.dialer.handleDown(rig.now, idOf(1), 1e9);
  rig.advance(Infinity);
  assertEquals(rig.dial(), [A]);
});

Deno.test("Dialer: a link of 15 s resets the backoff, a shorter one does not", () => {
  for (const [upMs, isGood] of [[14_999, false], [15_000, true]] as const) {
    const rig = new DialerRig();
    rig.dialer.addTarget(0, A);
    for (let i = 0; i < 3; i++) {
      rig.dial();
      rig.fail(A);
      rig.advance(Infinity);
    }
    rig.dial();
    rig.reach(A, idOf(1));
    rig.now += upMs;
    rig.dialer.handleDown(rig.now, idOf(1), upMs);
    const waitMs = (rig.dialer.nextWakeup(0) as number) - rig.now;
    const leastMs = OPTIONS.backoff.initialMs * (isGood ? 1 : 8);
    assert(waitMs >= leastMs && waitMs < leastMs * (1 + JITTER), `${waitMs} ms after ${upMs}`);
  }
});

Deno.test("Dialer: news of a node ends its rest and brings a waiting target forward", () => {
  const rig = new DialerRig({ maxAttempts: 1 });
  rig.dialer.setCandidates(0, [nodeOf(2)]);
  rig.dialer.addTarget(0, A);
  for (let i = 0; i < 8; i++) {
    for (const address of rig.dial()) rig.fail(address);
    rig.advance(Infinity);
  }
  rig.dial();
  rig.fail(A);
  assertGreater((rig.dialer.nextWakeup(0) as number) - rig.now, OPTIONS.backoff.initialMs);
  rig.dialer.handleNews(rig.now, [A, B, C]);
  assert((rig.dialer.nextWakeup(0) as number) - rig.now <= OPTIONS.backoff.initialMs);
  rig.now += OPTIONS.backoff.initialMs;
  assertEquals(rig.dial().sort(), [A, B]);
});

Deno.test("Dialer: a target stays one when its node is lost, and a lost node may become one", () => {
  const rig = new DialerRig();
  rig.dialer.addTarget(0, A);
  rig.dialer.addLost(0, nodeOf(1));
  assertEquals(rig.dial(), [A]);
  rig.dialer.addLost(0, nodeOf(2));
  rig.dialer.addTarget(0, B);
  assertEquals(rig.dial(), [B]);
  assert(rig.dialled.every(({ wanted }) => wanted));
});

Deno.test("Dialer: wants to be woken exactly when something is due", () => {
  for (let seed = 0; seed < 200; seed++) wakeupAgrees(seed);
});

/** Drives a dialer by chance and holds `nextWakeup` against `due` at every step. */

function wakeupAgrees(seed: number): void {
  const random = new SeededRandom(seed);
  const pick = (below: number) => randomInt(random, below);
  const rig = new DialerRig({ maxSimultaneous: 1 + pick(4), maxIdle: pick(6) }, seed);
  for (let step = 0; step < 60; step++) {
    const where = `seed ${seed}, step ${step}`;
    const number = 1 + pick(12);
    const begun = [...rig.attempts.keys()];
    const attempt = begun[pick(begun.length)];
    switch (pick(9)) {
      case 0:
        rig.dialer.addTarget(rig.now, addressOf(number));
        break;
      case 1:
        rig.dialer.setCandidates(rig.now, numbers(pick(8), number).map(nodeOf));
        break;
      case 2:
        rig.dialer.addLost(rig.now, nodeOf(number));
        break;
      case 3:
        rig.dialer.handleNews(rig.now, [addressOf(number)]);
        break;
      case 4:
        rig.dialer.handleDown(rig.now, idOf(number), pick(30_000));
        break;
      case 5:
        rig.linkCount = pick(6);
        break;
      case 6:
      case 7:
        if (attempt !== undefined) rig.fail(attempt);
        break;
      case 8:
        if (attempt !== undefined) rig.reach(attempt, idOf(number));
    }
    const at = rig.dialer.nextWakeup(rig.linkCount);
    const early = at === undefined ? rig.now + 1e9 : at - 0.001;
    if (early >= rig.now) {
      assertEquals(rig.dialer.due(early, rig.linkCount), [], where);
      assertEquals(rig.dialer.nextWakeup(rig.linkCount), at, where);
    }
    if (at === undefined) rig.now += pick(20_000);
    else {
      rig.now = Math.max(rig.now, at);
      assertGreater(rig.dial().length, 0, where);
    }
  }
}

Deno.test("Dialer: of a node that nobody wants any more no address is dialled", () => {
  const rig = new DialerRig();
  for (const address of [A, B, C]) rig.dialer.addTarget(0, address);
  rig.dial();
  rig.reach(A, idOf(1));
  rig.reach(B, idOf(1));
  rig.reach(C, idOf(3));
  rig.dialer.removeNode(idOf(1));
  for (const number of [1, 3]) rig.dialer.handleDown(rig.now, idOf(number), 60_000);
  rig.runFailing(100_000);
  assertEquals(new Set(rig.dialled.slice(3).map(({ address }) => address)), new Set([C]));
  assertEquals([rig.dialer.isTarget(idOf(1)), rig.dialer.isTarget(idOf(3))], [false, true]);
});

Deno.test("Dialer: an attempt at a node that nobody wants any more takes its place until it has ended", () => {
  const rig = new DialerRig({ maxSimultaneous: 1 });
  rig.dialer.addTarget(0, A);
  rig.dial();
  rig.reach(A, idOf(1));
  rig.dialer.handleDown(rig.now, idOf(1), 60_000);
  rig.advance(Infinity);
  assertEquals(rig.dial(), [A]);
  rig.dialer.removeNode(idOf(1));
  rig.dialer.addTarget(rig.now, B);
  assertEquals(rig.dial(), []);
  rig.fail(A);
  assertEquals(rig.dial(), [B]);
});

Deno.test("Dialer: tells which targets have no link and wait, and who was met there", () => {
  const rig = new DialerRig();
  assertEquals(rig.dialer.waitingTargets(), []);
  for (const address of [A, B, C]) rig.dialer.addTarget(0, address);
  rig.dialer.addCandidates(0, [addressOf(4)]);
  const waiting = (...targets: readonly (readonly [typeof A, number?])[]) =>
    assertEquals(
      rig.dialer.waitingTargets(),
      targets.map(([address, number]) => ({
        address,
        id: number === undefined ? undefined : idOf(number),
      })),
    );
  waiting([A], [B], [C]);
  rig.dial();
  waiting();
  rig.reach(A, idOf(1));
  rig.fail(B);
  waiting([B]);
  rig.dialer.handleDown(rig.now, idOf(1), 0);
  waiting([A, 1], [B]);
});
