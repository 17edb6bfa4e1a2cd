import { assertEquals, assertNotEquals } from "@std/assert";
import { formerIds, successionStatement } from "../../src/identity/successions.ts";
import type { Succession } from "../../src/wire/succession.ts";
import { CRYPTO, signerOf, successionOf } from "./signers.ts";

const idOf = (number: number) => signerOf(number).id;

/** The ids before that of the key number `to`, as a chain tells. */
const before = (to: number, chain: readonly Succession[]) => formerIds(CRYPTO, idOf(to), chain);

Deno.test("formerIds: a node that never changed its key had no other id", () => {
  assertEquals(before(1, []), []);
});

Deno.test("formerIds: tells every id that a chain leads from, oldest first", () => {
  const chain = [successionOf(5, 2), successionOf(2, 9), successionOf(9, 1)];
  assertEquals(before(1, chain), [idOf(5), idOf(2), idOf(9)]);
  assertEquals(before(1, chain.slice(1)), [idOf(2), idOf(9)]);
  assertEquals(before(1, chain.slice(2)), [idOf(9)]);
});

Deno.test("formerIds: a chain that does not lead to the present id proves nothing", () => {
  const chain = [successionOf(1, 2), successionOf(2, 3), successionOf(3, 4)];
  const [first, second, third] = chain as [Succession, Succession, Succession];
  const wrong: Record<string, Succession[]> = {
    "another node's": [successionOf(1, 5)],
    "too short": [first, second],
    "a gap": [first, third],
    "in the wrong order": [third, second, first],
    "two swapped": [second, first, third],
    "twice the last": [first, second, third, third],
    "another's in between": [first, successionOf(7, 8), third],
  };
  for (const [name, each] of Object.entries(wrong)) assertEquals(before(4, each), undefined, name);
  assertEquals(before(3, chain), undefined, "one more than there were");
});

Deno.test("formerIds: each change must be signed by the old key, and no other", () => {
  assertEquals(before(2, [successionOf(1, 2, { by: 2 })]), undefined);
  assertEquals(before(2, [successionOf(1, 2, { by: 3 })]), undefined);
  for (const at of [0, 1, 2]) {
    const chain = [successionOf(1, 2), successionOf(2, 3), successionOf(3, 4)];
    const forged = chain.with(at, successionOf(at + 1, at + 2, { by: 9 }));
    assertEquals(before(4, forged), undefined, `change ${at}`);
  }
});

Deno.test("formerIds: what was signed cannot be used for another key or another time", () => {
  const signed = successionOf(1, 2, { atMs: 1_000 });
  const reused = { ...signed, newKey: signerOf(3).publicKey };
  assertEquals(before(3, [reused]), undefined);
  assertEquals(before(2, [{ ...signed, atMs: 1_001 }]), undefined);
  assertEquals(before(2, [{ ...signed, oldKey: signerOf(3).publicKey }]), undefined);
  assertEquals(before(2, [{ ...signed, signature: new Uint8Array(0) }]), undefined);
});

Deno.test("successionStatement: differs with either key and with the time, and is like no advertisement", () => {
  const [a, b, c] = [1, 2, 3].map((number) => signerOf(number).publicKey) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const statements = [
    { oldKey: a, newKey: b, atMs: 1 },
    { oldKey: b, newKey: a, atMs: 1 },
    { oldKey: a, newKey: c, atMs: 1 },
    { oldKey: a, newKey: b, atMs: 2 },
    { oldKey: a, newKey: b, atMs: Number.MAX_SAFE_INTEGER - 1 },
  ].map((change) => successionStatement(CRYPTO, change));
  assertEquals(new Set(statements.map((bytes) => bytes.join())).size, statements.length);
  const purpose = new TextEncoder().encode("area-net succession\0");
  for (const statement of statements) {
    assertEquals(statement.length, purpose.length + 32 + 32 + 8);
    assertEquals(statement.subarray(0, purpose.length), purpose);
  }
  // An advertisement begins with the id of who signs it.
  assertNotEquals(CRYPTO.sha256(a).subarray(0, purpose.length), purpose);
});
