import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { SystemClock } from "../../src/io/clock.ts";

const clock = new SystemClock();

function wakeAt(at: number): Promise<number> {
  return new Promise((resolve) => clock.wakeAt(at, () => resolve(clock.now())));
}

Deno.test("SystemClock: never wakes before the instant, fractions included", async () => {
  const instants = Array.from({ length: 20 }, (_, i) => clock.now() + i * 0.7);
  const woken = await Promise.all(instants.map(wakeAt));
  woken.forEach((at, i) => assert(at >= (instants[i] as number)));
});

Deno.test("SystemClock: an instant in the past wakes soon, after the call", async () => {
  let within = true;
  const woken = new Promise<boolean>((resolve) => {
    clock.wakeAt(clock.now() - 1000, () => resolve(within));
  });
  within = false;
  assertEquals(await woken, false);
});

Deno.test("SystemClock: an instant further off than setTimeout reaches is not taken as now", async () => {
  let early = false;
  const far = [2 ** 31, 2 ** 32 + 5, Infinity];
  const cancels = far.map((ms) => clock.wakeAt(clock.now() + ms, () => early = true));
  await wakeAt(clock.now() + 10);
  assert(!early);
  for (const cancel of cancels) cancel();
});

Deno.test("SystemClock: who cancels is not woken", async () => {
  let woken = false;
  const cancel = clock.wakeAt(clock.now() + 1, () => woken = true);
  cancel();
  cancel();
  await wakeAt(clock.now() + 5);
  assert(!woken);
});

Deno.test("SystemClock: the wall clock counts from 1970", () => {
  assertAlmostEquals(clock.wall(), new Date().getTime(), 1000);
});
