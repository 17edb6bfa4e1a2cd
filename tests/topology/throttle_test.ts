import { assertEquals } from "@std/assert";
import { Throttle } from "../../src/topology/throttle.ts";

const OPTIONS = { holdMs: 100, maxHoldMs: 2_000 };

/** The instants at which a throttle lets out what is wanted again as soon as it was said. */
function storm(count: number): number[] {
  const throttle = new Throttle(OPTIONS);
  let now = 0;
  return Array.from({ length: count }, () => {
    throttle.want();
    const at = throttle.nextWakeup() as number;
    if (at > now) assertEquals(throttle.take(at - 0.001), false);
    now = Math.max(now, at);
    assertEquals(throttle.take(now), true);
    return now;
  });
}

Deno.test("Throttle: says nothing unless there is something to say, and says it once", () => {
  const throttle = new Throttle(OPTIONS);
  assertEquals([throttle.nextWakeup(), throttle.take(1e9)], [undefined, false]);
  throttle.want();
  throttle.want();
  assertEquals([throttle.take(0), throttle.take(1e9)], [true, false]);
});

Deno.test("Throttle: the first is let out at once, then the hold doubles up to the longest", () => {
  const times = storm(10);
  const holds = times.slice(1).map((at, i) => at - (times[i] as number));
  assertEquals(holds, [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000]);
});

Deno.test("Throttle: after twice the longest hold without a change, the next two are heard soon", () => {
  const throttle = new Throttle(OPTIONS);
  let now = 0;
  for (let i = 0; i < 10; i++, now += 2_000) {
    throttle.want();
    throttle.take(now);
  }
  now += 2_000;
  throttle.want();
  assertEquals(throttle.take(now), true);
  throttle.want();
  assertEquals(throttle.nextWakeup(), now + OPTIONS.holdMs);
});

Deno.test("Throttle: a shorter quiet does not shorten the hold", () => {
  const throttle = new Throttle(OPTIONS);
  for (const now of [0, 1_000, 2_000, 3_000, 4_000, 6_000, 9_999]) {
    throttle.want();
    assertEquals(throttle.take(now), true);
  }
  throttle.want();
  assertEquals(throttle.nextWakeup(), 9_999 + 2_000);
});
