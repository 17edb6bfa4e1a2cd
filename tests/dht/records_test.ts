import { assert, assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { RECORD_LIFETIME_MS, recordDigest, Records } from "../../src/dht/records.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { MAX_RECORDS_AT_LOCATION } from "../../src/wire/limits.ts";
import { idAt } from "./points.ts";

const CRYPTO = new FastCrypto();
const place = (number: number) => idAt("0", number);
const owner = (number: number) => idAt("1", number);
const payload = (text: string) => encodeUtf8(text);

Deno.test("Records: one for each location and owner, the newer in place of the older", () => {
  const records = new Records(CRYPTO, 100);
  records.store(0, place(1), owner(1), payload("old"));
  records.store(0, place(1), owner(1), payload("new"));
  records.store(0, place(1), owner(2), payload("other"));
  records.store(0, place(2), owner(1), payload("elsewhere"));
  assertEquals(records.at(0, place(1)).toSorted(), [payload("new"), payload("other")].toSorted());
  assertEquals(records.at(0, place(2)), [payload("elsewhere")]);
  assertEquals(records.at(0, place(3)), []);
  assertEquals(records.size, 3);
});

Deno.test("Records.at: leaves out what is known, and nothing else", () => {
  const records = new Records(CRYPTO, 100);
  for (const number of [1, 2, 3]) {
    records.store(0, place(1), owner(number), payload(`${number}`));
  }
  const known = ["1", "3", "4"].map((text) => recordDigest(CRYPTO, payload(text)));
  assertEquals(records.at(0, place(1), known), [payload("2")]);
});

Deno.test("Records: what is not renewed ends, what is renewed lives on", () => {
  const records = new Records(CRYPTO, 100);
  records.store(0, place(1), owner(1), payload("left"));
  records.store(10, place(1), owner(2), payload("stays"));
  records.store(100_000, place(1), owner(2), payload("stays"));
  assertEquals(records.nextWakeup(), RECORD_LIFETIME_MS);
  assertEquals(records.at(RECORD_LIFETIME_MS - 1, place(1)).length, 2);
  records.expire(RECORD_LIFETIME_MS);
  assertEquals(records.size, 1);
  assertEquals(records.nextWakeup(), 100_000 + RECORD_LIFETIME_MS);
  assertEquals(records.at(100_000 + RECORD_LIFETIME_MS, place(1)), []);
  assertEquals([records.size, records.nextWakeup()], [0, undefined]);
});

Deno.test("Records.withdraw: only the owner's own record goes", () => {
  const records = new Records(CRYPTO, 100);
  records.store(0, place(1), owner(1), payload("a"));
  records.withdraw(place(1), owner(2));
  records.withdraw(place(2), owner(1));
  assertEquals(records.size, 1);
  records.withdraw(place(1), owner(1));
  assertEquals([records.size, records.nextWakeup()], [0, undefined]);
});

Deno.test("Records: a full location refuses newcomers, and who is there goes on renewing", () => {
  const records = new Records(CRYPTO, 10_000);
  for (let number = 0; number < MAX_RECORDS_AT_LOCATION; number++) {
    assert(records.store(0, place(1), owner(number), payload("here")));
  }
  for (let number = 0; number < 500; number++) {
    assert(!records.store(1, place(1), owner(1_000 + number), payload("flood")));
  }
  assert(records.store(100, place(1), owner(7), payload("renewed")));
  assertEquals(records.at(100, place(1)).length, MAX_RECORDS_AT_LOCATION);
  assert(records.store(100, place(2), owner(1_000), payload("elsewhere")));
  assert(
    records.store(RECORD_LIFETIME_MS, place(1), owner(1_000), payload("late")),
    "those who did not renew made room",
  );
});

Deno.test("Records: keeps no more than it may, whoever asks, and what is there stays", () => {
  const records = new Records(CRYPTO, 50);
  assert(records.store(0, place(0), owner(0), payload("first")));
  for (let number = 1; number < 200; number++) {
    assertEquals(records.store(0, place(number), owner(number), payload("flood")), number < 50);
  }
  assertEquals(records.size, 50);
  assert(records.store(0, place(0), owner(0), payload("renewed")));
  records.withdraw(place(1), owner(1));
  assert(records.store(0, place(300), owner(300), payload("room again")));
});

Deno.test("Records: no owner takes more than its part, and gets it back when its records go", () => {
  const records = new Records(CRYPTO, 1_600);
  const kept = (from: number, to: number) => {
    let count = 0;
    for (let number = from; number < to; number++) {
      if (records.store(0, place(number), owner(1), payload("mine"))) count++;
    }
    return count;
  };
  assertEquals(kept(0, 500), 100);
  assert(records.store(0, place(1), owner(2), payload("another's")));
  for (let number = 0; number < 10; number++) records.withdraw(place(number), owner(1));
  assertEquals(kept(500, 600), 10);
});

Deno.test("Records: an owner has room for 32 rooms where all the room is small", () => {
  const records = new Records(CRYPTO, 64);
  for (let number = 0; number < 40; number++) {
    assertEquals(records.store(0, place(number), owner(1), payload("mine")), number < 32);
  }
});
