import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Window } from "../../src/messaging/window.ts";

const [FIRST, LEAST, MOST] = [1_048_576, 131_072, 4_194_304];
const ENVELOPE = 66_560;

/** What a window is after so many bytes arrived, envelope by envelope. */
function grow(window: Window, bytes: number): Window {
  for (let arrived = 0; arrived < bytes; arrived += ENVELOPE) window.arrived(ENVELOPE);
  return window;
}

Deno.test("Window: doubles with each whole window that arrives, up to its bound", () => {
  const window = new Window();
  assertEquals(window.bytes, FIRST);
  window.arrived(FIRST);
  assertEquals(window.bytes, 2 * FIRST);
  assertEquals(grow(window, 100 * MOST).bytes, MOST);
});

Deno.test("Window: is cut in half, and never to nothing", () => {
  const window = new Window();
  window.cut();
  assertEquals(window.bytes, FIRST / 2);
  for (let i = 0; i < 100; i++) window.cut();
  assertEquals(window.bytes, LEAST);
});

Deno.test("Window: once cut, grows by one step for each window that arrives", () => {
  const window = new Window();
  window.cut();
  const before = window.bytes;
  grow(window, before);
  const grown = window.bytes - before;
  assert(grown > 50_000 && grown < 80_000, `${grown}`);
  assertEquals(grow(window, 1_000 * MOST).bytes, MOST);
});

Deno.test("Window: whatever happens, it stays between its bounds", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const window = new Window();
    for (let step = 0; step < 300; step++) {
      if (random.next() < 0.1) window.cut();
      else window.arrived(randomInt(random, ENVELOPE));
      assert(window.bytes >= LEAST && window.bytes <= MOST, `seed ${seed}`);
    }
  }
});

Deno.test("Window: two that share a way with room for one and a half come to equal shares", () => {
  const room = 1.5 * FIRST;
  const [a, b] = [new Window(), new Window()];
  grow(a, 2 * FIRST);
  for (let round = 0; round < 2_000; round++) {
    if (a.bytes + b.bytes > room) {
      a.cut();
      b.cut();
    }
    a.arrived(a.bytes);
    b.arrived(b.bytes);
  }
  assertGreater(a.bytes + b.bytes, room / 2);
  assertLess(Math.abs(a.bytes - b.bytes), room / 10);
});
