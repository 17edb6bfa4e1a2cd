import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { LinkStateDatabase, type StoredAdvertisement } from "../../src/topology/database.ts";
import { byId, idOf } from "./ids.ts";

/** The advertisement `sequence` of the node `number`, written at `writtenAt`. */
function stored(number: number, sequence: number, writtenAt = 0): StoredAdvertisement {
  const id = idOf(number);
  const advertisement = { id, sequence, label: "", addresses: [], left: false, links: [] };
  return { advertisement, body: new Uint8Array(), writtenAt };
}

function filled(entries: Iterable<readonly [number, number]>): LinkStateDatabase {
  const database = new LinkStateDatabase(1_000);
  for (const [number, sequence] of entries) database.store(stored(number, sequence));
  return database;
}

Deno.test("LinkStateDatabase: judges by the number whether an advertisement is news", () => {
  const database = new LinkStateDatabase(2);
  database.store(stored(1, 5));
  const judge = (number: number, sequence: number) =>
    database.judge({ id: idOf(number), sequence });
  assertEquals([4, 5, 6].map((sequence) => judge(1, sequence)), ["older", "same", "newer"]);
  assertEquals(judge(2, 1), "newer");
  database.store(stored(2, 1));
  assertEquals(judge(3, 1), "no-room");
  assertEquals(judge(1, 6), "newer");
});

Deno.test("LinkStateDatabase: holds the newest of each node and lists it", () => {
  const database = filled([[1, 1], [2, 7], [1, 2]]);
  assertEquals(database.size, 2);
  assertEquals(database.get(idOf(1))?.advertisement.sequence, 2);
  assertEquals(database.get(idOf(3)), undefined);
  assertEquals(database.index().sort(byId), [
    { id: idOf(1), sequence: 2 },
    { id: idOf(2), sequence: 7 },
  ]);
});

Deno.test("LinkStateDatabase: takes out what was written before an instant, and only that", () => {
  const database = new LinkStateDatabase(10);
  for (const [number, writtenAt] of [[1, 999], [2, 1_000], [3, 1_001]] as const) {
    database.store(stored(number, 1, writtenAt));
  }
  const removed = database.removeWrittenBefore(1_000);
  assertEquals(removed.map(({ advertisement }) => advertisement.id), [idOf(1)]);
  assertEquals(database.hash, filled([[2, 1], [3, 1]]).hash);
});

Deno.test("LinkStateDatabase: an empty one has the hash 0, again after all is taken out", () => {
  const database = filled([[1, 1], [2, 2 ** 52 + 1]]);
  assertNotEquals(database.hash, 0);
  database.removeWrittenBefore(Infinity);
  assertEquals([database.size, database.hash], [0, 0]);
});

Deno.test("LinkStateDatabase: the hash tells neighbouring numbers apart, small and large", () => {
  const hashes = new Set<number>();
  for (const base of [0, 2 ** 32, 2 ** 52]) {
    for (let i = 1; i <= 1_000; i++) hashes.add(filled([[1, base + i]]).hash);
  }
  for (let number = 2; number <= 1_001; number++) hashes.add(filled([[number, 1]]).hash);
  assertEquals(hashes.size, 4_000);
});

Deno.test("LinkStateDatabase: two share their hash if and only if they hold the same", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const database = new LinkStateDatabase(1_000);
    const model = new Map<number, { sequence: number; writtenAt: number }>();
    const seen = new Map<number, string>();
    for (let now = 0; now < 100; now++) {
      if (randomInt(random, 10) === 0) {
        const oldest = now - 30;
        database.removeWrittenBefore(oldest);
        for (const [number, { writtenAt }] of model) if (writtenAt < oldest) model.delete(number);
      } else {
        const number = randomInt(random, 8);
        const sequence = (model.get(number)?.sequence ?? 0) + 1 + randomInt(random, 2);
        database.store(stored(number, sequence, now));
        model.set(number, { sequence, writtenAt: now });
      }
      const content = [...model].map(([number, { sequence }]) => [number, sequence] as const);
      assertEquals(database.size, content.length);
      assertEquals(database.hash, filled(shuffled(random, content)).hash, `seed ${seed}`);
      assert(Number.isSafeInteger(database.hash) && database.hash >= 0);
      const words = JSON.stringify(content.sort(([a], [b]) => a - b));
      assertEquals(seen.get(database.hash) ?? words, words, `seed ${seed}`);
      seen.set(database.hash, words);
    }
  }
});
