import { assertEquals } from "@std/assert";
import { Outbox, PACE_MS } from "../../src/topology/outbox.ts";
import { idOf } from "./ids.ts";

const [A, B] = [idOf(1), idOf(2)];

Deno.test("Outbox: hands out all that waits at once, each node once, in the order of arrival", () => {
  const outbox = new Outbox();
  for (const id of [B, A, B]) outbox.add(id);
  assertEquals(outbox.take(0), [B, A]);
  assertEquals(outbox.take(1e9), []);
  assertEquals(outbox.nextWakeup(), undefined);
});

Deno.test("Outbox: the next batch leaves no sooner than the pace", () => {
  const outbox = new Outbox();
  outbox.add(A);
  outbox.take(1_000);
  outbox.add(B);
  assertEquals(outbox.nextWakeup(), 1_000 + PACE_MS);
  assertEquals(outbox.take(1_000 + PACE_MS - 0.001), []);
  assertEquals(outbox.take(1_000 + PACE_MS), [B]);
});

Deno.test("Outbox: an empty look does not set the pace back", () => {
  const outbox = new Outbox();
  outbox.take(1_000);
  outbox.add(A);
  assertEquals(outbox.take(1_000), [A]);
});

Deno.test("Outbox: what the neighbour has already is not sent", () => {
  const outbox = new Outbox();
  outbox.add(A);
  outbox.add(B);
  outbox.remove(A);
  assertEquals(outbox.take(0), [B]);
});
