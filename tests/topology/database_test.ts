import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { LinkStateDatabase, type StoredAdvertisement } from "../../src/topology/database.ts";
import { byId, idOf } from "./ids.ts";

/** The advertisement `sequence` of the node `number`. */
function stored(number: number, sequence: number): StoredAdvertisement {
  const said = { label: "", addresses: [], left: false, links: [], successions: [] };
  const keys = { publicKey: new Uint8Array(0), sealingKey: new Uint8Array(0) };
  const advertisement = { id: idOf(number), sequence, ...keys, ...said };
  return { advertisement, body: new Uint8Array(), signature: new Uint8Array() };
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

Deno.test("LinkStateDatabase: takes out what was written before a date, and only that", () => {
  const database = filled([[1, 999], [2, 1_000], [3, 1_001]]);
  assertEquals(database.removeBelow(1_000).map(({ id }) => id), [idOf(1)]);
  assertEquals(database.get(idOf(1)), undefined);
  assertEquals(database.hash, filled([[2, 1_000], [3, 1_001]]).hash);
});

Deno.test("LinkStateDatabase: takes out one node, and nothing for one that it does not hold", () => {
  const database = filled([[1, 1], [2, 2]]);
  database.remove(idOf(1));
  database.remove(idOf(3));
  assertEquals([database.size, database.hash], [1, filled([[2, 2]]).hash]);
});

Deno.test("LinkStateDatabase: an empty one has the hash 0, again after all is taken out", () => {
  const database = filled([[1, 1], [2, 2 ** 52 + 1]]);
  assertNotEquals(database.hash, 0);
  database.removeBelow(Infinity);
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
    const model = new Map<number, number>();
    const seen = new Map<number, string>();
    for (let now = 1; now <= 100; now++) {
      const step = randomInt(random, 20);
      const number = randomInt(random, 8);
      if (step === 0) {
        const oldest = now - 30;
        database.removeBelow(oldest);
        for (const [each, sequence] of model) if (sequence < oldest) model.delete(each);
      } else if (step === 1) {
        database.remove(idOf(number));
        model.delete(number);
      } else {
        const sequence = Math.max((model.get(number) ?? 0) + 1, now - randomInt(random, 40));
        database.store(stored(number, sequence));
        model.set(number, sequence);
      }
      assertEquals(database.size, model.size);
      assertEquals(database.hash, filled(shuffled(random, model)).hash, `seed ${seed}`);
      assert(Number.isSafeInteger(database.hash) && database.hash >= 0);
      const words = JSON.stringify([...model].sort(([a], [b]) => a - b));
      assertEquals(seen.get(database.hash) ?? words, words, `seed ${seed}`);
      seen.set(database.hash, words);
    }
  }
});
