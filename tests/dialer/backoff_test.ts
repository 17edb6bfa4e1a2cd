import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { backoffMs, JITTER, withJitter } from "../../src/dialer/backoff.ts";

const OPTIONS = { initialMs: 1_000, maxMs: 30_000 };
const NO_CHANCE = { next: () => 0 };

Deno.test("backoffMs: doubles from the initial delay and stops at the cap", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, OPTIONS, NO_CHANCE));
  assertEquals(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

Deno.test("backoffMs: stays at the cap after any number of failures", () => {
  for (const failures of [100, 1_100, 1e9]) {
    assertEquals(backoffMs(failures, OPTIONS, NO_CHANCE), OPTIONS.maxMs);
  }
});

Deno.test("backoffMs: chance lengthens by less than the jitter and never shortens", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const failures = 1 + seed % 12;
    const least = backoffMs(failures, OPTIONS, NO_CHANCE);
    const delay = backoffMs(failures, OPTIONS, new SeededRandom(seed));
    assert(delay >= least && delay < least * (1 + JITTER), `seed ${seed}: ${delay} of ${least}`);
  }
});

Deno.test("withJitter: uses the whole range", () => {
  const random = new SeededRandom(1);
  const delays = Array.from({ length: 1_000 }, () => withJitter(1_000, random));
  assert(Math.min(...delays) < 1_010, "some delays are hardly lengthened");
  assert(Math.max(...delays) > 1_000 * (1 + JITTER) - 10, "some are lengthened by all of it");
});
