import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import { idOf } from "../topology/ids.ts";
import { addressOf, DialerRig, nodeOf, numbers, OPTIONS } from "./rig.ts";

const CAP_MS = OPTIONS.backoff.maxMs;
const LONGEST_MS = CAP_MS * (1 + JITTER);
const [A, B, C] = [addressOf(1), addressOf(2), addressOf(3)];

Deno.test("Dialer: candidates are dialled only while links are missing, and only as many", () => {
  const rig = new DialerRig();
  rig.dialer.setCandidates(0, numbers(10).map(nodeOf));
  rig.linkCount = 4;
  assertEquals(rig.dialer.nextWakeup(4), undefined);
  assertEquals(rig.dial(), []);
  rig.linkCount = 1;
  assertEquals(rig.dial().length, 3);
  assertEquals(rig.dial(), []);
  assert(rig.dialled.every(({ wanted }) => !wanted));
});

Deno.test("Dialer: a target that is being dialled counts as a link to come", () => {
  const rig = new DialerRig({ minLinks: 1 });
  rig.dialer.addTarget(0, A);
  rig.dialer.setCandidates(0, [nodeOf(2)]);
  assertEquals(rig.dial(), [A]);
  rig.fail(A);
  assertEquals(rig.dial(), [B]);
});

Deno.test("Dialer: which candidates are dialled is left to chance", () => {
  const first = new Set<Address>();
  for (let seed = 0; seed < 200; seed++) {
    const rig = new DialerRig({ minLinks: 1 }, seed);
    rig.dialer.setCandidates(0, numbers(8).map(nodeOf));
    for (const address of rig.dial()) first.add(address);
  }
  assertEquals(first.size, 8);
});

Deno.test("Dialer: no more candidates are kept than allowed, and which is left to chance", () => {
  const kept = new Set<Address>();
  for (let seed = 0; seed < 100; seed++) {
    const rig = new DialerRig({ maxIdle: 3, minLinks: 100, maxSimultaneous: 100 }, seed);
    rig.dialer.setCandidates(0, numbers(10).map(nodeOf));
    const dialled = rig.dial();
    assertEquals(dialled.length, 3);
    for (const address of dialled) kept.add(address);
  }
  assertEquals(kept.size, 10);
});

Deno.test("Dialer: candidates that are in the network no more are forgotten", () => {
  const rig = new DialerRig();
  rig.dialer.setCandidates(0, numbers(4).map(nodeOf));
  rig.dialer.setCandidates(0, [nodeOf(2)]);
  assertEquals(rig.dial(), [B]);
});

Deno.test("Dialer: remembered addresses are dialled while links are few, as many as may be kept", () => {
  const rig = new DialerRig({ maxIdle: 2 });
  rig.dialer.addCandidates(0, [A, B, C]);
  rig.dialer.setCandidates(0, []);
  assertEquals(rig.dial().sort(), [A, B]);
});

Deno.test("Dialer: a candidate that fails too often rests for ten caps, then is tried anew", () => {
  const rig = new DialerRig();
  const offer = () => rig.dialer.setCandidates(rig.now, [nodeOf(1)]);
  offer();
  rig.runFailing(10 * CAP_MS - 1);
  assertEquals(rig.dialled.length, OPTIONS.maxAttempts);
  const last = rig.dialled.at(-1)?.at as number;
  offer();
  assertEquals(rig.dial(), []);
  rig.now = last + 10 * LONGEST_MS;
  assertEquals(rig.dial(), [A]);
});

Deno.test("Dialer: a candidate that rests gives its place to a fresh one, one that waits does not", () => {
  const rig = new DialerRig({ maxIdle: 1, maxAttempts: 2 });
  rig.dialer.setCandidates(0, [nodeOf(1)]);
  rig.dial();
  rig.fail(A);
  rig.dialer.setCandidates(rig.now, [nodeOf(1), nodeOf(2)]);
  rig.advance(Infinity);
  assertEquals(rig.dial(), [A]);
  rig.fail(A);
  rig.dialer.setCandidates(rig.now, [nodeOf(1), nodeOf(2)]);
  assertEquals(rig.dial(), [B]);
});

Deno.test("Dialer: a lost node is dialled once a cap, for as long as it takes", () => {
  const rig = new DialerRig();
  rig.dialer.addLost(0, nodeOf(1));
  rig.runFailing(1_000 * CAP_MS);
  const [first = 0, ...later] = rig.dialled.map(({ at }) => at);
  assert(first < CAP_MS, `first after ${first} ms`);
  const gaps = later.map((at, i) => at - (later[i - 1] ?? first));
  assertGreater(gaps.length, 1_000 / (1 + JITTER) - 2);
  const odd = gaps.filter((gap) => gap < CAP_MS || gap > LONGEST_MS);
  assertEquals(odd, []);
});

Deno.test("Dialer: each of many lost nodes is dialled once a cap, however many links there are", () => {
  const rig = new DialerRig();
  for (const number of numbers(10)) rig.dialer.addLost(0, nodeOf(number));
  rig.linkCount = 100;
  rig.runFailing(100 * CAP_MS);
  for (const number of numbers(10)) {
    const count = rig.dialled.filter(({ address }) => address === addressOf(number)).length;
    assert(count >= 100 / (1 + JITTER) - 1 && count <= 101, `${count} attempts at ${number}`);
  }
});

Deno.test("Dialer: lost nodes that hang leave slots for the others", () => {
  const rig = new DialerRig({ maxSimultaneous: 4 });
  for (const number of numbers(10, 2)) rig.dialer.addLost(0, nodeOf(number));
  rig.now = LONGEST_MS;
  assertEquals(rig.dial().length, 2);
  assertEquals([rig.dial(), rig.dialer.nextWakeup(100)], [[], undefined]);
  rig.dialer.addTarget(rig.now, A);
  assertEquals(rig.dial(), [A]);
});

Deno.test("Dialer: who was remembered from an earlier run and is nowhere is lost, and dialled on", () => {
  const rig = new DialerRig();
  rig.dialer.addCandidates(0, [A]);
  rig.runFailing(CAP_MS);
  rig.dialer.addLost(rig.now, nodeOf(1));
  const before = rig.dialled.length;
  rig.linkCount = 100;
  rig.runFailing(100 * CAP_MS);
  assertGreater(rig.dialled.length - before, 80);
});

Deno.test("Dialer: no more lost nodes are kept than allowed", () => {
  const rig = new DialerRig({ maxIdle: 3 });
  for (const number of numbers(50)) rig.dialer.addLost(0, nodeOf(number));
  rig.runFailing(200 * CAP_MS);
  assertEquals(new Set(rig.dialled.map(({ address }) => address)).size, 3);
});

Deno.test("Dialer: a lost node that is back is dialled no more", () => {
  const rig = new DialerRig();
  rig.dialer.addLost(0, nodeOf(1));
  rig.dialer.forgetLost(idOf(1));
  assertEquals(rig.dialer.nextWakeup(0), undefined);
  rig.dialer.addLost(0, nodeOf(2));
  rig.advance(Infinity);
  assertEquals(rig.dial(), [B]);
  rig.reach(B, idOf(2));
  assertEquals(rig.dialer.nextWakeup(0), undefined);
});

Deno.test("Dialer: a node lost while it is dialled as a candidate is a lost one from then on", () => {
  const rig = new DialerRig();
  rig.dialer.setCandidates(0, [nodeOf(1)]);
  rig.dial();
  rig.dialer.addLost(0, nodeOf(1));
  rig.dialer.setCandidates(0, []);
  rig.fail(A);
  rig.runFailing(50 * CAP_MS);
  assertGreater(rig.dialled.filter(({ at }) => at > 25 * CAP_MS).length, 10);
});
