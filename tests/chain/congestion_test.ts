import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { CongestionWindow } from "../../src/chain/congestion.ts";
import { MAX_PAYLOAD_BYTES } from "../../src/chain/datagram.ts";

/** Acknowledges a whole window, one datagram after the other. */
function roundTrip(window: CongestionWindow): void {
  for (let left = window.bytes; left >= MAX_PAYLOAD_BYTES; left -= MAX_PAYLOAD_BYTES) {
    window.arrived(MAX_PAYLOAD_BYTES);
  }
}

Deno.test("CongestionWindow: begins with ten datagrams and doubles every round trip", () => {
  const window = new CongestionWindow();
  assertEquals(window.bytes, 10 * MAX_PAYLOAD_BYTES);
  roundTrip(window);
  assertEquals(window.bytes, 20 * MAX_PAYLOAD_BYTES);
});

Deno.test("CongestionWindow: never grows beyond its limit", () => {
  const window = new CongestionWindow();
  for (let i = 0; i < 20; i++) roundTrip(window);
  assertEquals(window.bytes, 131_072);
});

Deno.test("CongestionWindow: a loss halves it, and then it grows by one datagram a round trip", () => {
  const window = new CongestionWindow();
  roundTrip(window);
  window.lost(20 * MAX_PAYLOAD_BYTES);
  assertEquals(window.bytes, 10 * MAX_PAYLOAD_BYTES);
  roundTrip(window);
  assertGreater(window.bytes, 10.5 * MAX_PAYLOAD_BYTES);
  assertLess(window.bytes, 11.5 * MAX_PAYLOAD_BYTES);
});

Deno.test("CongestionWindow: a timeout begins again with one datagram, and doubles up to half of what was", () => {
  const window = new CongestionWindow();
  window.timedOut(16 * MAX_PAYLOAD_BYTES);
  assertEquals(window.bytes, MAX_PAYLOAD_BYTES);
  for (let i = 0; i < 3; i++) roundTrip(window);
  assertEquals(window.bytes, 8 * MAX_PAYLOAD_BYTES);
  roundTrip(window);
  assert(window.bytes < 9.5 * MAX_PAYLOAD_BYTES);
});

Deno.test("CongestionWindow: losses in a row leave room for two", () => {
  const window = new CongestionWindow();
  for (let i = 0; i < 10; i++) window.lost(window.bytes);
  assertEquals(window.bytes, 2 * MAX_PAYLOAD_BYTES);
});
