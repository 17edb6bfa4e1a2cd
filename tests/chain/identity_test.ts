import { assertEquals, assertNotEquals } from "@std/assert";
import { Identity } from "../../src/chain/identity.ts";

let drawn = 0;

function identity(): Identity {
  return new Identity("one", (length) => new Uint8Array(length).fill(++drawn));
}

Deno.test("Identity: each one is another, with a secret of its own", () => {
  const [a, b] = [identity(), identity()];
  assertNotEquals(a.id, b.id);
  assertNotEquals(a.secret, b.secret);
  assertEquals(a.id.length, 16);
});

Deno.test("Identity: has no rank until there is a neighbour, and then one that only grows", () => {
  const own = identity();
  assertEquals([own.rank, own.card.rank], [undefined, 0]);
  own.settle();
  assertEquals(own.rank, 0);
  own.follow(4);
  assertEquals(own.rank, 5);
  own.follow(2);
  own.settle();
  assertEquals([own.rank, own.card.rank], [5, 5]);
});

Deno.test("Identity: a rank that nobody honest has leaves room behind it", () => {
  const own = identity();
  own.follow(2 ** 48 - 1);
  const rank = own.rank ?? Infinity;
  const next = identity();
  next.follow(rank);
  assertEquals(next.rank, rank);
});
