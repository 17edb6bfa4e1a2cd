import { assert, assertEquals } from "@std/assert";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { Flow } from "../../src/rooms/flow.ts";

interface Item {
  name: { sequence: number };
  bytes: number;
}

const item = (sequence: number): Item => ({ name: { sequence }, bytes: 10 });
const sequences = (items: readonly Item[]) => items.map(({ name }) => name.sequence);

/** Offers a message as its user does; answers with what is handed out. */
function offer(flow: Flow<Item>, sequence: number): number[] {
  if (flow.has(sequence) || !flow.hasRoomFor(sequence)) return [];
  return sequences(flow.add(item(sequence)));
}

Deno.test("Flow: hands out in order, each once", () => {
  const flow = new Flow<Item>(1, 1);
  assertEquals(offer(flow, 1), [1]);
  assertEquals(offer(flow, 1), []);
  assertEquals(offer(flow, 3), []);
  assertEquals(offer(flow, 4), []);
  assertEquals(offer(flow, 3), []);
  assert(flow.hasGap);
  assertEquals(offer(flow, 2), [2, 3, 4]);
  assert(!flow.hasGap);
  assertEquals(flow.next, 5);
});

Deno.test("Flow: any order of arrival comes out as what was sent", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const flow = new Flow<Item>(1, 1);
    const sent = Array.from({ length: 100 }, (_, at) => at + 1);
    const arriving = shuffled(random, [...sent, ...sent, ...sent]);
    const handedOut = arriving.flatMap((sequence) => offer(flow, sequence));
    assertEquals(handedOut, sent, `seed ${seed}`);
    assertEquals(flow.heldBytes, 0);
  }
});

Deno.test("Flow: a gap that is given up is jumped over, and what comes late is old", () => {
  const flow = new Flow<Item>(1, 1);
  offer(flow, 5);
  offer(flow, 6);
  offer(flow, 9);
  assertEquals(sequences(flow.skip()), [5, 6]);
  assertEquals(offer(flow, 2), []);
  assert(flow.has(2));
  assertEquals(sequences(flow.skip()), [9]);
  assertEquals(flow.next, 10);
  assertEquals(sequences(flow.skip()), []);
  assertEquals(flow.next, 10);
});

Deno.test("Flow: one that begins nowhere begins with the first message", () => {
  const flow = new Flow<Item>(1);
  assertEquals(flow.next, undefined);
  assertEquals(offer(flow, 41), [41]);
  assertEquals(offer(flow, 40), []);
  assertEquals(offer(flow, 42), [42]);
});

Deno.test("Flow: hearsay says where to begin until a message says better", () => {
  const low = new Flow<Item>(1);
  low.hear(40);
  assertEquals(offer(low, 41), []);
  assertEquals(offer(low, 40), [40, 41]);

  // Whoever says so lies, or is ahead: the author is not silenced by it.
  const high = new Flow<Item>(1);
  high.hear(1e15);
  assertEquals(offer(high, 7), [7]);
  assertEquals(offer(high, 8), [8]);
  assertEquals(offer(high, 6), []);
});

Deno.test("Flow: hearsay changes nothing once it is known where to begin", () => {
  const flow = new Flow<Item>(1, 1);
  flow.hear(40);
  assertEquals(flow.next, 1);
  assertEquals(offer(flow, 1), [1]);
});

Deno.test("Flow: holds a bounded number, those that are due first", () => {
  const flow = new Flow<Item>(1, 1);
  for (let sequence = 2_000; sequence > 1; sequence--) offer(flow, sequence);
  assertEquals(flow.heldBytes, 2_560);
  const handedOut = offer(flow, 1);
  assertEquals(handedOut, Array.from({ length: 257 }, (_, at) => at + 1));
  assertEquals(flow.heldBytes, 0);
});

Deno.test("Flow: counts the bytes that it holds, whatever happens", () => {
  const random = new SeededRandom(1);
  const flow = new Flow<Item>(1, 1);
  let [taken, handedOut] = [0, 0];
  for (let i = 0; i < 2_000; i++) {
    // So few that none has to make room for another.
    const sequence = 1 + randomInt(random, 250);
    if (!flow.has(sequence) && flow.hasRoomFor(sequence)) {
      taken++;
      handedOut += flow.add(item(sequence)).length;
    }
    if (randomInt(random, 50) === 0) handedOut += flow.skip().length;
    assertEquals(flow.heldBytes, 10 * (taken - handedOut));
  }
});
