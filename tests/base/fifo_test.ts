import { assertEquals, assertLess } from "@std/assert";
import { Fifo } from "../../src/base/fifo.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";

Deno.test("Fifo: does what a plain array does, slowly", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new SeededRandom(seed);
    const fifo = new Fifo<number>();
    let model: number[] = [];
    for (let step = 0; step < 300; step++) {
      switch (randomInt(random, 40)) {
        case 0:
          fifo.clear();
          model = [];
          break;
        case 1:
          assertEquals([...fifo], model, `seed ${seed}`);
          break;
        default:
          if (random.next() < 0.5) {
            fifo.push(step);
            model.push(step);
          } else {
            assertEquals(fifo.peek(), model[0], `seed ${seed}`);
            assertEquals(fifo.shift(), model.shift(), `seed ${seed}`);
          }
      }
      assertEquals(fifo.size, model.length, `seed ${seed}`);
    }
  }
});

Deno.test("Fifo: empty, it gives nothing, as often as it is asked", () => {
  const fifo = new Fifo<string>();
  assertEquals([fifo.shift(), fifo.peek(), fifo.size, [...fifo]], [undefined, undefined, 0, []]);
  fifo.push("a");
  fifo.shift();
  assertEquals([fifo.shift(), fifo.peek(), fifo.size, [...fifo]], [undefined, undefined, 0, []]);
  fifo.push("b");
  assertEquals([fifo.peek(), fifo.size], ["b", 1]);
});

Deno.test("Fifo: takes out of a long queue as fast as out of a short one", () => {
  const fifo = new Fifo<number>();
  const count = 300_000;
  for (let i = 0; i < count; i++) fifo.push(i);
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    if (fifo.shift() !== i) throw new Error(`Not ${i}`);
    fifo.push(i);
  }
  // Array.shift needs minutes for it.
  assertLess(performance.now() - begin, 5_000);
});
