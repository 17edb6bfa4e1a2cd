import { assertEquals } from "@std/assert";
import { RttEstimator, WARM_UP_SAMPLES } from "../../src/session/rtt.ts";

function estimate(samples: readonly number[]): number | null {
  const rtt = new RttEstimator();
  for (const sample of samples) rtt.add(sample);
  return rtt.smoothedUs;
}

Deno.test("RttEstimator: has no value before the first sample", () => {
  assertEquals(new RttEstimator().smoothedUs, null);
});

Deno.test("RttEstimator: while it warms up, the smallest sample stands", () => {
  assertEquals(estimate([900]), 900);
  assertEquals(estimate([900, 400]), 400);
  assertEquals(estimate([900, 400, 700, 500]), 400);
});

Deno.test("RttEstimator: warms up for a fixed number of samples", () => {
  const rtt = new RttEstimator();
  for (let i = 0; i < WARM_UP_SAMPLES; i++) {
    assertEquals(rtt.warmingUp, true);
    rtt.add(100);
  }
  assertEquals(rtt.warmingUp, false);
});

Deno.test("RttEstimator: after that, each sample moves the average by an eighth", () => {
  const warm = new Array<number>(WARM_UP_SAMPLES).fill(800);
  assertEquals(estimate([...warm, 1_600]), 900);
  assertEquals(estimate([...warm, 1_600, 100]), 800);
  assertEquals(estimate([...warm, 0]), 700);
});

Deno.test("RttEstimator: shows whole microseconds and averages without rounding", () => {
  const warm = new Array<number>(WARM_UP_SAMPLES).fill(10);
  assertEquals(estimate([...warm, 11, 11, 11, 11]), 10);
  assertEquals(estimate([...warm, ...new Array<number>(40).fill(11)]), 11);
});
