import { assert, assertEquals } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Inbox } from "../../src/messaging/inbox.ts";

/** A message by its number, of a size. */
interface Item {
  number: number;
  bytes: number;
}

const LIMITS = { count: 5, bytes: 100 };

function inbox(...unread: readonly number[]): Inbox<Item> {
  const made = new Inbox<Item>(LIMITS);
  for (const [number, bytes] of unread.entries()) made.add({ number, bytes }, false);
  return made;
}

Deno.test("Inbox: has room up to its count and up to its bytes, and not for one more", () => {
  const empty = inbox();
  assertEquals([empty.hasRoom(5, 100), empty.hasRoom(6, 0), empty.hasRoom(0, 101)], [
    true,
    false,
    false,
  ]);
  const filled = inbox(30, 30);
  assertEquals([filled.hasRoom(3, 40), filled.hasRoom(4, 0), filled.hasRoom(1, 41)], [
    true,
    false,
    false,
  ]);
});

Deno.test("Inbox: gives all that is kept, the oldest first, and has room again once that is read", () => {
  const box = inbox(50, 50);
  assertEquals([box.unread, box.hasRoom(1, 1)], [2, false]);
  assertEquals(box.readAll().map(({ number }) => number), [0, 1]);
  assertEquals([box.unread, box.hasRoom(5, 100)], [0, true]);
  assertEquals(box.readAll().map(({ number }) => number), [0, 1]);
});

Deno.test("Inbox: of what has been read the newest are kept, within the bounds", () => {
  const box = inbox();
  for (let number = 0; number < 20; number++) box.add({ number, bytes: 10 }, true);
  assertEquals(box.unread, 0);
  assertEquals(box.readAll().map(({ number }) => number), [15, 16, 17, 18, 19]);
  box.add({ number: 20, bytes: 95 }, true);
  assertEquals(box.readAll().map(({ number }) => number), [20]);
  box.add({ number: 21, bytes: 101 }, true);
  assertEquals(box.readAll(), []);
});

Deno.test("Inbox: what waits is never dropped, whatever is read beside it", () => {
  const box = inbox(10, 10);
  for (let number = 2; number < 50; number++) box.add({ number, bytes: 90 }, true);
  assertEquals(box.unread, 2);
  const numbers = box.readAll().map(({ number }) => number);
  assertEquals(numbers.filter((number) => number < 2), [0, 1]);
});

Deno.test("Inbox: what came first comes first, whether it waited or was read at once", () => {
  const box = inbox();
  for (const [number, isRead] of [false, true, false, true].entries()) {
    box.add({ number, bytes: 1 }, isRead);
  }
  assertEquals(box.readAll().map(({ number }) => number), [0, 1, 2, 3]);
  box.add({ number: 4, bytes: 1 }, true);
  box.add({ number: 5, bytes: 1 }, true);
  assertEquals(box.readAll().map(({ number }) => number), [1, 2, 3, 4, 5]);
});

Deno.test("Inbox: keeps no more than twice its bounds, in count and in bytes", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const box = new Inbox<Item>(LIMITS);
    const waiting: number[] = [];
    for (let number = 0; number < 200; number++) {
      const bytes = randomInt(random, 60);
      const isRead = random.next() < 0.3;
      if (isRead || box.hasRoom(1, bytes)) {
        box.add({ number, bytes }, isRead);
        if (!isRead) waiting.push(number);
      }
      assertEquals(box.unread, waiting.length, `seed ${seed}`);
      if (random.next() < 0.9) continue;
      const all = box.readAll();
      const sum = all.reduce((sum, { bytes }) => sum + bytes, 0);
      assert(all.length <= 10 && sum <= 200, `seed ${seed}`);
      const numbers = all.map(({ number }) => number);
      assertEquals(waiting.filter((each) => !numbers.includes(each)), [], `seed ${seed}`);
      waiting.length = 0;
    }
  }
});
