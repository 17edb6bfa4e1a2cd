import { assertAlmostEquals, assertEquals } from "@std/assert";
import { RtoEstimator } from "../../src/chain/rto.ts";

function afterSamples(...samples: readonly number[]): RtoEstimator {
  const rto = new RtoEstimator();
  for (const sample of samples) rto.add(sample);
  return rto;
}

Deno.test("RtoEstimator: waits half a second before it knows better", () => {
  assertEquals(afterSamples().timeoutMs, 500);
  assertEquals(afterSamples().smoothedMs, undefined);
});

Deno.test("RtoEstimator: the first sample gives three times itself, as RFC 6298 has it", () => {
  assertEquals(afterSamples(200).timeoutMs, 200 + 4 * 100);
  assertEquals(afterSamples(200).smoothedMs, 200);
});

Deno.test("RtoEstimator: later samples move the average by an eighth and the variation by a quarter", () => {
  const rto = afterSamples(200, 280);
  assertEquals(rto.smoothedMs, 210);
  assertEquals(rto.timeoutMs, 210 + 4 * (75 + 20));
});

Deno.test("RtoEstimator: steady samples come down to the least timeout and no further", () => {
  const rto = afterSamples(...new Array<number>(100).fill(5));
  assertAlmostEquals(rto.smoothedMs ?? 0, 5, 0.001);
  assertEquals(rto.timeoutMs, 200);
});

Deno.test("RtoEstimator: doubles with each timeout up to the most, until something is acknowledged", () => {
  const rto = afterSamples(1);
  const timeouts = Array.from({ length: 5 }, () => {
    rto.backOff();
    return rto.timeoutMs;
  });
  assertEquals(timeouts, [400, 800, 1_600, 2_000, 2_000]);
  for (let i = 0; i < 10_000; i++) rto.backOff();
  assertEquals(rto.timeoutMs, 2_000);
  rto.recover();
  assertEquals(rto.timeoutMs, 200);
});
