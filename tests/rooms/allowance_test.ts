import { assert, assertEquals } from "@std/assert";
import { nodeIdFromBytes } from "../../src/base/node_id.ts";
import { Allowance } from "../../src/rooms/allowance.ts";
import { idOf } from "../topology/ids.ts";

const [A, B] = [idOf(1), idOf(2)];

/** How many of `tries` are granted at one instant. */
function granted(allowance: Allowance, now: number, tries = 100): number {
  return Array.from({ length: tries }, () => allowance.take(now, A)).filter(Boolean).length;
}

Deno.test("Allowance: grants a burst, then as much as comes back", () => {
  const allowance = new Allowance({ burst: 5, refillMs: 100 });
  assertEquals(granted(allowance, 0), 5);
  assert(!allowance.has(99, A));
  assertEquals(granted(allowance, 100), 1);
  assertEquals(granted(allowance, 350), 2);
  assertEquals(granted(allowance, 400), 1);
  assertEquals(granted(allowance, 1_000_000), 5);
});

Deno.test("Allowance: each node has its own", () => {
  const allowance = new Allowance({ burst: 1, refillMs: 100 });
  assertEquals(granted(allowance, 0), 1);
  assert(allowance.take(0, B));
});

Deno.test("Allowance: looking takes nothing", () => {
  const allowance = new Allowance({ burst: 1, refillMs: 100 });
  for (let i = 0; i < 10; i++) assert(allowance.has(0, A));
  assert(allowance.take(0, A));
  assert(!allowance.has(0, A));
});

Deno.test("Allowance: remembers a bounded number of nodes, the latest ones", () => {
  const allowance = new Allowance({ burst: 1, refillMs: 1e9 });
  const idAt = (number: number) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, number);
    return nodeIdFromBytes(bytes);
  };
  for (let number = 0; number < 1_500; number++) assert(allowance.take(0, idAt(number)));
  assert(allowance.has(0, idAt(0)));
  assert(!allowance.has(0, idAt(1_499)));
  assert(!allowance.has(0, idAt(500)));
});
