import { assert, assertEquals } from "@std/assert";
import { Holders } from "../../src/dht/holders.ts";
import { RECORD_LIFETIME_MS } from "../../src/dht/records.ts";
import { idAt } from "./points.ts";

const [A, B] = [idAt("0"), idAt("1")];

Deno.test("Holders: a node that said it keeps the record is fresh until all have to be told again", () => {
  const holders = new Holders();
  holders.handleSent(0, A);
  assert(!holders.isFresh(A) && !holders.isKnown(A));
  holders.handleStored(10, A);
  assert(holders.isFresh(A) && holders.isKnown(A));
  holders.age(20);
  assert(!holders.isFresh(A) && holders.isKnown(A));
  holders.handleFailed(A);
  assert(!holders.isKnown(A));
  holders.handleFailed(B);
  assertEquals(holders.living(20), [A]);
});

Deno.test("Holders: who may have the record is listed until it ends there, or the node is gone", () => {
  const holders = new Holders();
  holders.handleSent(0, A);
  holders.handleStored(10, B);
  assertEquals(holders.living(20), [A, B]);
  assertEquals(holders.living(RECORD_LIFETIME_MS), [B]);
  holders.age(RECORD_LIFETIME_MS);
  holders.handleGone(B);
  assertEquals(holders.living(0), []);
});
