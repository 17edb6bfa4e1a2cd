import { assertEquals } from "@std/assert";
import { RecentMessages, type SealedMessage } from "../../src/rooms/recent_messages.ts";
import { idOf } from "../topology/ids.ts";

const [A, B] = [idOf(1), idOf(2)];
const RUN = new Uint8Array(32);

function message(sequence: number, author = A, bytes = 10): SealedMessage {
  return { name: { author, run: RUN, epoch: 1, sequence }, sealed: new Uint8Array(bytes) };
}

const kept = (recent: RecentMessages, author = A) =>
  recent.range(author, 0, 1e9).map(({ name }) => name.sequence);

Deno.test("RecentMessages: finds the messages of an author in their order", () => {
  const recent = new RecentMessages();
  for (const sequence of [2, 1, 4, 3]) recent.add(message(sequence));
  recent.add(message(9, B));
  assertEquals(recent.range(A, 2, 4).map(({ name }) => name.sequence), [2, 3]);
  assertEquals(kept(recent, B), [9]);
  assertEquals(recent.range(idOf(3), 0, 10), []);
});

Deno.test("RecentMessages: knows where the run before a number begins", () => {
  const recent = new RecentMessages();
  for (const sequence of [1, 3, 4, 5]) recent.add(message(sequence));
  assertEquals(recent.firstBefore(A, 6), 3);
  assertEquals(recent.firstBefore(A, 3), 3);
  assertEquals(recent.firstBefore(A, 2), 1);
  assertEquals(recent.firstBefore(B, 7), 7);
});

Deno.test("RecentMessages: keeps a bounded number, the newest", () => {
  const recent = new RecentMessages();
  for (let sequence = 1; sequence <= 2_000; sequence++) recent.add(message(sequence));
  assertEquals(kept(recent), Array.from({ length: 512 }, (_, at) => 1_489 + at));
});

Deno.test("RecentMessages: keeps a bounded number of bytes, the newest", () => {
  const recent = new RecentMessages();
  for (let sequence = 1; sequence <= 100; sequence++) recent.add(message(sequence, A, 60_000));
  assertEquals(kept(recent).length, 34);
  assertEquals(kept(recent).at(-1), 100);
});

Deno.test("RecentMessages: an author that counts anew is kept apart from what it said before", () => {
  const recent = new RecentMessages();
  for (let sequence = 1; sequence <= 500; sequence++) recent.add(message(sequence));
  recent.forget(A);
  assertEquals(kept(recent), []);
  for (let sequence = 1; sequence <= 300; sequence++) recent.add(message(sequence));
  // The old ones are dropped first, and take none of the new ones along.
  assertEquals(kept(recent).length, 300);
});
