import { assertEquals } from "@std/assert";
import { Mailbox } from "../../src/controller/mailbox.ts";
import type { InboxMessage } from "../../src/controller/node_api.ts";
import type { Outcome } from "../../src/messaging/outcome.ts";
import { idOf } from "../wire/samples.ts";

const LIMITS = { count: 2, bytes: 10 };

function message(content: InboxMessage["content"]): InboxMessage {
  return { from: idOf(1), label: "bob", content, at: 5 };
}

/** Somebody who reads, and what they have read. */
function reader() {
  const heard: unknown[] = [];
  return { heard, read: ({ content }: InboxMessage) => void heard.push(content) };
}

function contentsOf(mailbox: Mailbox): unknown[] {
  return mailbox.read().map(({ content }) => content);
}

Deno.test("Mailbox: messages wait until somebody reads them, and are kept after that", () => {
  const mailbox = new Mailbox(LIMITS);
  mailbox.deliver(message("a"));
  mailbox.deliver(message(Uint8Array.of(1, 2)));
  assertEquals(mailbox.unread, 2);
  assertEquals(mailbox.read(), [message("a"), message(Uint8Array.of(1, 2))]);
  assertEquals(mailbox.unread, 0);
  assertEquals(mailbox.read().length, 2);
});

Deno.test("Mailbox: has room for what may still wait, in count and in bytes", () => {
  const mailbox = new Mailbox(LIMITS);
  assertEquals([mailbox.hasRoom(2, 10), mailbox.hasRoom(3, 0), mailbox.hasRoom(1, 11)], [
    true,
    false,
    false,
  ]);
  mailbox.deliver(message("1234567"));
  assertEquals([mailbox.hasRoom(1, 3), mailbox.hasRoom(1, 4)], [true, false]);
});

Deno.test("Mailbox: who listens has read what comes, and there is room for any of it", () => {
  const mailbox = new Mailbox(LIMITS);
  const { heard, read } = reader();
  const stop = mailbox.listen(read);
  assertEquals(mailbox.hasRoom(1_000, 1_000_000), true);
  for (const content of ["a", "b", "c"]) mailbox.deliver(message(content));
  assertEquals([heard, mailbox.unread], [["a", "b", "c"], 0]);
  assertEquals(contentsOf(mailbox), ["b", "c"]);
  stop();
  mailbox.deliver(message("d"));
  assertEquals([heard.length, mailbox.unread], [3, 1]);
  assertEquals(mailbox.hasRoom(2, 0), false);
});

Deno.test("Mailbox: one function may listen twice, and stops as often as it began", () => {
  const mailbox = new Mailbox(LIMITS);
  const { heard, read } = reader();
  const [stop, stopToo] = [mailbox.listen(read), mailbox.listen(read)];
  mailbox.deliver(message("a"));
  stop();
  stop();
  mailbox.deliver(message("b"));
  stopToo();
  mailbox.deliver(message("c"));
  assertEquals(heard, ["a", "a", "b"]);
});

Deno.test("Mailbox: a listener may come or go while a message is handed out", () => {
  const mailbox = new Mailbox(LIMITS);
  const { heard, read } = reader();
  const stop = mailbox.listen(() => {
    stop();
    mailbox.listen(read);
  });
  mailbox.deliver(message("a"));
  mailbox.deliver(message("b"));
  assertEquals(heard, ["b"]);
});

Deno.test("Mailbox: while nobody listens the fallback reads, and only then", () => {
  const { heard, read } = reader();
  const mailbox = new Mailbox(LIMITS, read);
  mailbox.deliver(message("a"));
  assertEquals([heard, mailbox.unread, mailbox.hasRoom(9, 99)], [["a"], 0, true]);
  const stop = mailbox.listen(() => {});
  mailbox.deliver(message("b"));
  stop();
  mailbox.deliver(message("c"));
  assertEquals(heard, ["a", "c"]);
});

Deno.test("Mailbox: each who waits for an outcome is told once, of their own letter", () => {
  const mailbox = new Mailbox(LIMITS);
  const told: [string, Outcome][] = [];
  const first = mailbox.expect((outcome) => told.push(["first", outcome]));
  const second = mailbox.expect((outcome) => told.push(["second", outcome]));
  mailbox.settle(second, { type: "timed-out" });
  mailbox.settle(second, { type: "no-route" });
  mailbox.settle(999, { type: "no-route" });
  assertEquals(told, [["second", { type: "timed-out" }]]);
  mailbox.cancel();
  mailbox.cancel();
  mailbox.settle(first, { type: "no-route" });
  assertEquals(told.slice(1), [["first", { type: "cancelled" }]]);
});

Deno.test("Mailbox: who is told of an outcome may send again", () => {
  const mailbox = new Mailbox(LIMITS);
  const told: string[] = [];
  const ticket = mailbox.expect(({ type }) => {
    told.push(type);
    mailbox.expect(({ type }) => told.push(`again ${type}`));
  });
  mailbox.settle(ticket, { type: "no-route" });
  mailbox.cancel();
  assertEquals(told, ["no-route", "again cancelled"]);
});
