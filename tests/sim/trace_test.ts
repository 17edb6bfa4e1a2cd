import { assertEquals, assertMatch } from "@std/assert";
import { Trace } from "../../src/sim/trace.ts";

function hashOf(write: (trace: Trace) => void): string {
  const trace = new Trace();
  write(trace);
  return trace.hash;
}

Deno.test("Trace: equal events give equal hashes, and every difference shows", () => {
  const writers: ((trace: Trace) => void)[] = [
    () => {},
    (trace) => trace.numbers(0),
    (trace) => trace.numbers(1),
    (trace) => trace.numbers(1.000001),
    (trace) => trace.numbers(1, 2),
    (trace) => trace.numbers(2, 1),
    (trace) => trace.text(""),
    (trace) => trace.text("a"),
    (trace) => trace.text("ab"),
    (trace) => trace.bytes(Uint8Array.of(1, 2)),
    (trace) => trace.bytes(Uint8Array.of(2, 1)),
    (trace) => {
      trace.bytes(Uint8Array.of(1));
      trace.bytes(Uint8Array.of(2));
    },
  ];
  const hashes = writers.map(hashOf);
  assertEquals(writers.map(hashOf), hashes);
  assertEquals(new Set(hashes).size, writers.length);
  for (const hash of hashes) assertMatch(hash, /^[0-9a-f]{16}$/);
});
