import { assert, assertEquals } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { FairQueue } from "../../src/messaging/fair_queue.ts";

/** A queue of these items, each named by its flow and a letter. */
function queueOf(...items: readonly string[]): FairQueue<number, string> {
  const queue = new FairQueue<number, string>();
  for (const item of items) queue.push(Number(item[0]), item);
  return queue;
}

function shiftAll(queue: FairQueue<number, string>): string[] {
  const all: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) all.push(item);
  return all;
}

Deno.test("FairQueue: of one flow, first come is first served", () => {
  assertEquals(shiftAll(queueOf("1a", "1b", "1c")), ["1a", "1b", "1c"]);
});

Deno.test("FairQueue: flows take turns, however much each has waiting", () => {
  const queue = queueOf("1a", "1b", "1c", "1d", "2a", "3a", "3b");
  assertEquals(shiftAll(queue), ["1a", "2a", "3a", "1b", "3b", "1c", "1d"]);
});

Deno.test("FairQueue: who comes waits for one turn of each other flow and no more", () => {
  const queue = queueOf("1a", "1b", "1c", "2a", "2b", "2c");
  assertEquals(queue.shift(), "1a");
  queue.push(3, "3a");
  assertEquals(shiftAll(queue), ["2a", "1b", "3a", "2b", "1c", "2c"]);
});

Deno.test("FairQueue: knows which flows have something waiting", () => {
  const queue = queueOf("1a", "2a", "2b");
  assertEquals([1, 2, 3].map((flow) => queue.has(flow)), [true, true, false]);
  queue.shift();
  queue.shift();
  assertEquals([1, 2, 3].map((flow) => queue.has(flow)), [false, true, false]);
  queue.shift();
  assertEquals([queue.has(2), queue.shift(), [...queue]], [false, undefined, []]);
});

Deno.test("FairQueue: loses nothing, keeps the order of each flow, and passes nobody over twice", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const queue = new FairQueue<number, { flow: number; number: number }>();
    const waiting = new Map<number, number[]>([[1, []], [2, []], [3, []], [4, []]]);
    // How many of the others were served since a flow was or began to wait, by flow.
    const passedOver = new Map<number, Map<number, number>>();
    for (let number = 0; number < 400; number++) {
      if (random.next() < 0.55) {
        const flow = 1 + randomInt(random, 4);
        if (waiting.get(flow)?.length === 0) passedOver.set(flow, new Map());
        queue.push(flow, { flow, number });
        waiting.get(flow)?.push(number);
      } else {
        const item = queue.shift();
        assertEquals(item === undefined, [...waiting.values()].every(({ length }) => length === 0));
        if (item === undefined) continue;
        assertEquals(item.number, waiting.get(item.flow)?.shift(), `seed ${seed}`);
        for (const [flow, numbers] of waiting) {
          if (flow === item.flow || numbers.length === 0) continue;
          const served = passedOver.get(flow) as Map<number, number>;
          served.set(item.flow, (served.get(item.flow) ?? 0) + 1);
          assert((served.get(item.flow) ?? 0) <= 1, `seed ${seed}`);
        }
        passedOver.set(item.flow, new Map());
      }
      const all = [...queue].map((item) => item.number).sort((a, b) => a - b);
      assertEquals(all, [...waiting.values()].flat().sort((a, b) => a - b), `seed ${seed}`);
    }
  }
});
