import { assert, assertEquals } from "@std/assert";
import type { LinkId } from "../../src/base/link_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { LinkQueues, type QueueLimits, type Waiting } from "../../src/messaging/link_queues.ts";

const [ONE, TWO, THREE] = [1, 2, 3] as [LinkId, LinkId, LinkId];

/** Own envelopes join a queue below this many bytes. */
const OWN_MARK = 524_288;

/** A context of which envelopes wait. */
const CONTEXT = 7;

/** A frame that waits, in pieces of these lengths. */
function frame(...lengths: readonly number[]): Waiting {
  return { pieces: lengths.map((length) => new Uint8Array(length)) };
}

function queues(limits: QueueLimits = { perLink: 100, inAll: 150 }): LinkQueues {
  const made = new LinkQueues(limits);
  for (const link of [ONE, TWO, THREE]) made.add(link);
  return made;
}

Deno.test("LinkQueues: frames leave in their order, urgent ones before all others", () => {
  const made = queues();
  const waiting = [frame(1), frame(2), frame(3), frame(4)] as const;
  made.push(ONE, waiting[0], CONTEXT);
  made.push(ONE, waiting[1], CONTEXT);
  made.push(ONE, waiting[2]);
  made.push(ONE, waiting[3]);
  const taken = Array.from({ length: 5 }, () => made.take(ONE));
  assertEquals(taken.map((pieces) => pieces?.[0]?.length), [3, 4, 1, 2, undefined]);
});

Deno.test("LinkQueues: of envelopes each context has its turn, whatever another one has waiting", () => {
  const made = queues();
  for (const length of [1, 2, 3]) made.push(ONE, frame(length), CONTEXT);
  for (const length of [11, 12]) made.push(ONE, frame(length), CONTEXT + 1);
  made.push(ONE, frame(21), CONTEXT + 2);
  const taken = Array.from({ length: 6 }, () => made.take(ONE)?.[0]?.length);
  assertEquals(taken, [1, 11, 21, 2, 12, 3]);
});

Deno.test("LinkQueues: hands out the very pieces that it was given", () => {
  const made = queues();
  const waiting = frame(10, 20);
  made.push(ONE, waiting, CONTEXT);
  assert(made.take(ONE) === waiting.pieces);
});

Deno.test("LinkQueues: takes as much for a link as it may hold, all pieces counted, and no more", () => {
  const made = queues();
  assertEquals(made.push(ONE, frame(30, 30), CONTEXT), true);
  assertEquals(made.push(ONE, frame(20, 21), CONTEXT), false);
  assertEquals(made.push(ONE, frame(20, 20)), true);
  assertEquals(made.push(ONE, frame(1)), false);
  made.take(ONE);
  assertEquals(made.push(ONE, frame(40), CONTEXT), true);
});

Deno.test("LinkQueues: takes as much for all links together as it may hold", () => {
  const made = queues();
  assertEquals(made.push(ONE, frame(80), CONTEXT), true);
  assertEquals(made.push(TWO, frame(71), CONTEXT), false);
  assertEquals(made.push(TWO, frame(70), CONTEXT), true);
  assertEquals(made.push(THREE, frame(1), CONTEXT), false);
  made.remove(ONE);
  assertEquals(made.push(THREE, frame(80), CONTEXT), true);
});

Deno.test("LinkQueues: own envelopes may be made while little waits for their link", () => {
  const made = queues({ perLink: 2 * OWN_MARK, inAll: 2 * OWN_MARK });
  made.push(ONE, frame(OWN_MARK - 1), CONTEXT);
  assertEquals([made.hasRoom(ONE, CONTEXT), made.isFull(ONE)], [true, false]);
  made.push(ONE, frame(1), CONTEXT);
  assertEquals([made.hasRoom(ONE, CONTEXT), made.isFull(ONE)], [false, true]);
  assertEquals([made.hasRoom(TWO, CONTEXT), made.isFull(TWO)], [true, false]);
  made.take(ONE);
  assertEquals([made.hasRoom(ONE, CONTEXT), made.isFull(ONE)], [true, false]);
});

Deno.test("LinkQueues: where much waits, one own envelope of each context may have its turn", () => {
  const made = queues({ perLink: 3 * OWN_MARK, inAll: 3 * OWN_MARK });
  made.push(ONE, frame(OWN_MARK), CONTEXT);
  assertEquals([CONTEXT, CONTEXT + 1, undefined].map((each) => made.hasRoom(ONE, each)), [
    false,
    true,
    true,
  ]);
  made.push(ONE, frame(1), CONTEXT + 1);
  assertEquals(made.hasRoom(ONE, CONTEXT + 1), false);
});

Deno.test("LinkQueues: where all links together hold as much as they may, no own envelope is made", () => {
  const made = queues({ perLink: 2 * OWN_MARK, inAll: 2 * OWN_MARK });
  made.push(ONE, frame(OWN_MARK), CONTEXT);
  made.push(TWO, frame(OWN_MARK), CONTEXT);
  assertEquals([CONTEXT, undefined].map((each) => made.hasRoom(THREE, each)), [false, false]);
  made.take(ONE);
  assertEquals(made.hasRoom(THREE, CONTEXT), true);
});

Deno.test("LinkQueues: for a link that is not there nothing waits, and nothing is to be had", () => {
  const made = queues();
  const other = 9 as LinkId;
  assertEquals([made.push(other, frame(1), CONTEXT), made.hasRoom(other, undefined)], [
    false,
    false,
  ]);
  assertEquals([made.take(other), made.remove(other)], [undefined, []]);
  assertEquals(made.takeOffers(), []);
});

Deno.test("LinkQueues: tells once for which links something came to wait", () => {
  const made = queues();
  made.push(TWO, frame(1), CONTEXT);
  made.push(ONE, frame(1), CONTEXT);
  made.push(TWO, frame(1), CONTEXT);
  assertEquals(made.takeOffers(), [TWO, ONE]);
  assertEquals(made.takeOffers(), []);
  made.push(ONE, frame(1), CONTEXT);
  made.remove(ONE);
  assertEquals(made.takeOffers(), []);
});

Deno.test("LinkQueues: gives back all that waited for a link that is gone, urgent first", () => {
  const made = queues();
  const [first, second, urgent] = [frame(1), frame(2), frame(3)] as const;
  made.push(ONE, first, CONTEXT);
  made.push(ONE, second, CONTEXT);
  made.push(ONE, urgent);
  assertEquals(made.remove(ONE), [urgent, first, second]);
  assertEquals([made.take(ONE), made.remove(ONE)], [undefined, []]);
});

Deno.test("LinkQueues: whatever comes and goes, no bound is crossed and nothing is lost", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const made = queues();
    const model = new Map<LinkId, number[]>([[ONE, []], [TWO, []], [THREE, []]]);
    const sum = (lengths: readonly number[]) => lengths.reduce((a, b) => a + b, 0);
    for (let step = 0; step < 500; step++) {
      const link = 1 + randomInt(random, 3) as LinkId;
      const lengths = model.get(link) as number[];
      if (random.next() < 0.02) {
        const removed = made.remove(link).map(({ pieces }) => pieces[0]?.length);
        assertEquals(removed, lengths, `seed ${seed}`);
        model.set(link, []);
        made.add(link);
      } else if (random.next() < 0.6) {
        const length = 1 + randomInt(random, 40);
        const all = [...model.values()].map(sum);
        const fits = sum(lengths) + length <= 100 && sum(all) + length <= 150;
        assertEquals(made.push(link, frame(length), CONTEXT), fits, `seed ${seed}`);
        if (fits) lengths.push(length);
      } else {
        assertEquals(made.take(link)?.[0]?.length, lengths.shift(), `seed ${seed}`);
      }
    }
  }
});
