import { assertEquals } from "@std/assert";
import { Heap } from "../../src/base/heap.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";

Deno.test("Heap: an empty one has nothing to give", () => {
  const heap = new Heap<number>((a, b) => a < b);
  assertEquals([heap.size, heap.peek(), heap.pop(), heap.size], [0, undefined, undefined, 0]);
});

Deno.test("Heap: does as a sorted array does, over random operations", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const heap = new Heap<number>((a, b) => a < b);
    const sorted: number[] = [];
    for (let step = 0; step < 400; step++) {
      if (random.next() < 0.55) {
        // Few values, so that many are equal.
        const value = randomInt(random, 30);
        heap.push(value);
        sorted.push(value);
        sorted.sort((a, b) => a - b);
      } else {
        assertEquals(heap.pop(), sorted.shift(), `seed ${seed}`);
      }
      assertEquals([heap.size, heap.peek()], [sorted.length, sorted[0]], `seed ${seed}`);
    }
  }
});

Deno.test("Heap: the order is the caller's", () => {
  const heap = new Heap<{ at: number; name: string }>((a, b) =>
    a.at > b.at || (a.at === b.at && a.name < b.name)
  );
  for (const [at, name] of [[1, "b"], [2, "x"], [1, "a"], [3, "y"]] as const) {
    heap.push({ at, name });
  }
  const names = Array.from({ length: 4 }, () => heap.pop()?.name);
  assertEquals(names, ["y", "x", "a", "b"]);
});
