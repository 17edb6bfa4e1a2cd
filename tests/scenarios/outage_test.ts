import { assertLess } from "@std/assert";
import { JITTER } from "../../src/dialer/backoff.ts";
import { Cluster } from "../../src/sim/cluster.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CAP_MS = 30 * SECOND_MS;

const OUTAGES = {
  "1 s": SECOND_MS,
  "7 s": 7 * SECOND_MS,
  "30 s": 30 * SECOND_MS,
  "10 min": 10 * MINUTE_MS,
  "3 h": 3 * HOUR_MS,
  "1 day": DAY_MS,
  "30 days": 30 * DAY_MS,
};

for (const [name, outageMs] of Object.entries(OUTAGES)) {
  for (const end of ["kill", "crash", "leave"] as const) {
    Deno.test(`outage: ${name} after a ${end}, the link to an initial target is back within cap and jitter`, () => {
      const cluster = new Cluster({ seed: outageMs % 1_009 });
      const alice = cluster.add("alice");
      const bob = cluster.add("bob", { targets: [alice] });
      cluster.startAll();
      cluster.until(() => cluster.agrees(), 5 * SECOND_MS);
      cluster.run(20 * SECOND_MS);
      alice[end]();
      cluster.run(outageMs);
      // The target returns without knowing anybody: it is bob who has to come.
      alice.store.texts.clear();
      alice.start();
      const tookMs = cluster.until(() => alice.snapshot().peers.length === 1, 2 * CAP_MS);
      assertLess(tookMs, CAP_MS * (1 + JITTER) + 100);
      cluster.until(() => bob.snapshot().peers.length === 1, SECOND_MS);
    });
  }
}

Deno.test("outage: a target that is there only long after the start is linked within cap and jitter", () => {
  const cluster = new Cluster({ seed: 71 });
  const alice = cluster.add("alice");
  const bob = cluster.add("bob", { targets: [alice] });
  bob.start();
  cluster.run(3 * DAY_MS);
  alice.start();
  cluster.until(() => cluster.agrees(), CAP_MS * (1 + JITTER) + SECOND_MS);
});

Deno.test("outage: a machine that sleeps does not accuse its peers when it wakes", () => {
  const cluster = new Cluster({ seed: 72 });
  cluster.addMany(4);
  cluster.startAll();
  cluster.until(() => cluster.agrees(), 5 * SECOND_MS);
  const [sleeper] = cluster.nodes;
  sleeper?.suspend();
  cluster.run(8 * SECOND_MS);
  sleeper?.resume();
  cluster.run(5 * SECOND_MS);
  const down = cluster.nodes.flatMap(({ told }) => told)
    .filter(({ notice }) => notice.type === "link-down");
  assertLess(down.length, 1);
});
