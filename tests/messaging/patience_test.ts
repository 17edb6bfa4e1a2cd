import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { Patience } from "../../src/messaging/patience.ts";

/** A patience that has seen so many round trips of these lengths, over and over. */
function after(count: number, ...samples: readonly number[]): Patience {
  const patience = new Patience();
  for (let i = 0; i < count; i++) patience.measured(samples[i % samples.length] as number);
  return patience;
}

Deno.test("Patience: waits a second before anything is known, and doubles that up to four", () => {
  const patience = new Patience();
  const waits = Array.from({ length: 6 }, () => {
    const { ms } = patience;
    patience.double();
    return ms;
  });
  assertEquals(waits, [1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
});

Deno.test("Patience: any number of waits in vain is forgotten once things arrive", () => {
  const patience = new Patience();
  for (let i = 0; i < 5_000; i++) patience.double();
  assertEquals(patience.ms, 4_000);
  patience.renew();
  assertEquals(patience.ms, 1_000);
});

Deno.test("Patience: a short and steady way is waited for no less than the least", () => {
  assertEquals(after(100, 0.1).ms, 300);
  assertEquals(after(100, 60).ms, 300);
});

Deno.test("Patience: the first round trip counts for three, as in RFC 6298", () => {
  assertEquals(after(1, 500).ms, 1_500);
});

Deno.test("Patience: exceeds every round trip of a way that varies", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const patience = new Patience();
    const sample = () => 100 + 100 * random.next();
    for (let i = 0; i < 100; i++) patience.measured(sample());
    for (let i = 0; i < 1_000; i++) {
      const next = sample();
      assertGreater(patience.ms, next, `seed ${seed}`);
      patience.measured(next);
    }
  }
});

Deno.test("Patience: follows a way that has become faster or slower", () => {
  const patience = after(50, 2_000);
  assert(patience.ms >= 2_000);
  for (let i = 0; i < 100; i++) patience.measured(10);
  assertEquals(patience.ms, 300);
  for (let i = 0; i < 100; i++) patience.measured(1_000);
  assert(patience.ms >= 1_000 && patience.ms < 1_100, `${patience.ms}`);
});

Deno.test("Patience: is as RFC 6298 computes it", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const patience = new Patience();
    let srtt = NaN;
    let rttvar = NaN;
    for (let i = 0; i < 30; i++) {
      const r = 1_000 * random.next();
      rttvar = i === 0 ? r / 2 : 0.75 * rttvar + 0.25 * Math.abs(srtt - r);
      srtt = i === 0 ? r : 0.875 * srtt + 0.125 * r;
      patience.measured(r);
      assertLess(Math.abs(patience.ms - Math.max(300, srtt + 4 * rttvar)), 1e-6);
    }
  }
});

Deno.test("Patience: a way slower than the bound is given its time, and no more than that", () => {
  const slow = after(50, 9_000);
  const { ms } = slow;
  assert(ms >= 9_000 && ms < 9_100, `${ms}`);
  slow.double();
  assertEquals(slow.ms, ms);
});
