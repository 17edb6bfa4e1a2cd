import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { MAX_PAYLOAD_BYTES } from "../../src/chain/datagram.ts";
import { ChainProtocolError } from "../../src/chain/protocol_error.ts";
import { RECEIVE_WINDOW_BYTES, ReliableReceiver } from "../../src/chain/reliable_receiver.ts";
import { ReliableSender } from "../../src/chain/reliable_sender.ts";
import { encodeNeighbour, encodeProbe } from "../../src/chain/stream_message.ts";
import type { MemberId } from "../../src/chain/side.ts";
import { fuzz } from "../fuzz/fuzz.ts";
import { ReliableWire, type WireOptions } from "./reliable_wire.ts";

function wire(options: WireOptions = {}, seed = 1): ReliableWire {
  return new ReliableWire(new SeededRandom(seed), options);
}

function message(length: number, fill = 7): Uint8Array {
  return encodeNeighbour(new Uint8Array(length).fill(fill));
}

/** What tells messages apart, in a few characters. */
function digest(message: Uint8Array): string {
  const sum = message.reduce((sum, byte) => (31 * sum + byte) | 0, 0);
  return `${message.length} bytes ${sum}`;
}

const PROBE = encodeProbe(1, { asker: "0011223344556677" as MemberId, nonce: new Uint8Array(16) });

fuzz(
  "ReliableSender: over any wire, all messages arrive once, whole and in order",
  60,
  (random) => {
    const options = {
      loss: random.next() * 0.2,
      duplication: random.next() * 0.2,
      delayMs: randomInt(random, 60),
      jitterMs: randomInt(random, 40),
    };
    const it = new ReliableWire(random.fork(), options);
    const messages: Uint8Array[] = [];
    for (let i = 0; i < 40; i++) {
      const length = random.next() < 0.1 ? randomInt(random, 65_537) : randomInt(random, 300);
      const each = message(length, i);
      messages.push(each);
      it.push(each);
      if (random.next() < 0.3) it.run(randomInt(random, 100));
    }
    for (let i = 0; i < 3_000 && it.sender.queuedBytes > 0; i++) it.run(100);
    assertEquals(it.received.map(digest), messages.map(digest));
    assertEquals(it.sender.queuedBytes, 0);
    assertEquals(it.sender.leftover(), []);
  },
);

Deno.test("ReliableSender: small messages that wait for each other share datagrams", () => {
  const it = wire({ delayMs: 20 });
  for (let i = 0; i < 1_000; i++) it.push(message(20));
  it.run(1_000);
  assertEquals(it.received.length, 1_000);
  assertLess(it.sent.length, 60);
});

Deno.test("ReliableSender: one small message does not wait", () => {
  const it = wire();
  it.push(message(20));
  assertEquals(it.sent.length, 1);
  it.run(6);
  assertEquals(it.received.length, 1);
});

Deno.test("ReliableSender: an urgent message goes before those that are not begun", () => {
  const it = wire();
  for (let i = 0; i < 100; i++) it.push(message(10_000, i));
  it.push(PROBE, true);
  assertEquals(it.sender.urgentCount, 1);
  it.run(5_000);
  assertEquals(it.received.length, 101);
  assertLess(it.received.findIndex(({ length }) => length === PROBE.length), 5);
});

Deno.test("ReliableSender: what a single loss costs is one datagram, without waiting for the timeout", () => {
  const sent: Uint8Array[] = [];
  const sender = new ReliableSender(new Uint8Array(16), RECEIVE_WINDOW_BYTES, (bytes) => {
    sent.push(bytes);
  });
  sender.push(message(8 * MAX_PAYLOAD_BYTES));
  sender.flush(0);
  const first = sent.length;
  assertEquals(first, 9);
  // All but the first have come.
  sender.handleReceipt(10, { next: 0, window: RECEIVE_WINDOW_BYTES, above: 0b11 });
  assertEquals(sent.length, first);
  sender.handleReceipt(11, { next: 0, window: RECEIVE_WINDOW_BYTES, above: 0b111 });
  assertEquals(sent.length, first + 1);
  assert(sent.at(-1) === sent[0]);
  sender.handleReceipt(12, { next: 0, window: RECEIVE_WINDOW_BYTES, above: 0b1111 });
  assertEquals(sent.length, first + 1);
});

Deno.test("ReliableSender: after a loss half as much is under way", () => {
  let sent = 0;
  const sender = new ReliableSender(new Uint8Array(16), RECEIVE_WINDOW_BYTES, () => sent++);
  sender.push(message(60_000));
  sender.flush(0);
  assertEquals(sent, 10);
  sender.handleReceipt(10, { next: 0, window: RECEIVE_WINDOW_BYTES, above: 0b1_1111_1111 });
  sender.handleReceipt(20, { next: 10, window: RECEIVE_WINDOW_BYTES, above: 0 });
  // The lost one again, and then five or a little more.
  assertGreater(sent, 10 + 1 + 4);
  assertLess(sent, 10 + 1 + 8);
});

Deno.test("ReliableSender: a neighbour that says nothing is sent less and less", () => {
  const it = wire({ loss: 1 });
  it.push(message(50_000));
  const burst = it.sent.length;
  assertEquals(burst, 10);
  it.run(20_000);
  assertLess(it.sent.length, burst + 20);
  assert(it.sender.isStuck(it.timeline.now()));
});

Deno.test("ReliableSender: acknowledgements that cannot be true change nothing", () => {
  const it = wire({ loss: 1 });
  it.push(message(30_000));
  const before = it.sender.queuedBytes;
  it.sender.handleReceipt(1, { next: 999, window: 0, above: 0xffff_ffff });
  it.sender.handleReceipt(1, { next: 2 ** 48 - 1, window: 0, above: 0 });
  assertEquals(it.sender.queuedBytes, before);
  it.sender.handleReceipt(2, { next: 3, window: RECEIVE_WINDOW_BYTES, above: 0 });
  const after = it.sender.queuedBytes;
  assertEquals(after, before - 3 * MAX_PAYLOAD_BYTES);
  // One that was overtaken.
  it.sender.handleReceipt(3, { next: 1, window: 0, above: 0 });
  assertEquals(it.sender.queuedBytes, after);
});

Deno.test("ReliableSender: what may not have arrived is left over, in order", () => {
  const it = wire();
  const messages = [1, 2, 3, 4].map((fill) => message(20_000, fill));
  it.push(message(10, 9));
  it.run(100);
  for (const each of messages) it.push(each);
  assertEquals(it.sender.leftover().map(digest), messages.map(digest));
  it.run(12);
  assertEquals(it.sender.leftover().map(digest), messages.map(digest));
});

Deno.test("ReliableReceiver: whoever does not read stops the sender, and starts it again", () => {
  const it = wire();
  it.isReading = false;
  for (let i = 0; i < 30; i++) it.push(message(30_000, i));
  it.run(10_000);
  const sent = it.sent.reduce((bytes, { payload }) => bytes + payload.length, 0);
  assertLess(sent, 1.25 * RECEIVE_WINDOW_BYTES);
  assertGreater(it.sender.queuedBytes, 500_000);
  assert(!it.sender.isStuck(it.timeline.now()));
  it.isReading = true;
  it.run(3_000);
  assertEquals(it.received.length, 30);
});

Deno.test("ReliableReceiver: what is urgent is read even when nothing else is", () => {
  const it = wire();
  it.isReading = false;
  it.push(message(1_000));
  it.push(PROBE, true);
  it.run(100);
  assertEquals(it.received, [PROBE]);
});

Deno.test("ReliableReceiver: a hostile neighbour makes it keep no more than its window", () => {
  const receiver = new ReliableReceiver(1_000_000, () => false);
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES);
  // The first never comes, so none of them can be used.
  for (let number = 1; number < 100_000; number++) receiver.handleData(0, number, payload);
  const { next, window, above } = receiver.receipt();
  assertEquals([next, above], [0, 0xffff_ffff]);
  assertLess(window, 2 * MAX_PAYLOAD_BYTES);
  receiver.handleData(0, 0, payload);
  const kept = receiver.receipt().next;
  assertLess(kept, RECEIVE_WINDOW_BYTES / MAX_PAYLOAD_BYTES);
  assertGreater(kept, RECEIVE_WINDOW_BYTES / MAX_PAYLOAD_BYTES / 2);
  // Tiny messages that nobody takes cost more than their bytes.
  const other = new ReliableReceiver(1_000, () => false);
  const empties = new Uint8Array(1_000);
  for (let number = 0; number < 10_000; number++) other.handleData(0, number, empties);
  assertEquals(other.receipt().window, 0);
  assertLess(other.receipt().next, 30);
});

Deno.test("ReliableReceiver: refuses a message that is too long", () => {
  const receiver = new ReliableReceiver(100, () => false);
  const payload = Uint8Array.of(0, 0, 0, 101);
  assertThrows(() => receiver.handleData(0, 0, payload), ChainProtocolError);
});

Deno.test("ReliableReceiver: acknowledges every second piece at once, a single one soon, a gap at once", () => {
  const receiver = new ReliableReceiver(1_000, () => false);
  const payload = Uint8Array.of(0);
  receiver.handleData(10, 0, payload);
  assertEquals(receiver.ackAt, 30);
  receiver.handleData(11, 1, payload);
  assertEquals(receiver.ackAt, 11);
  assertEquals(receiver.receipt().next, 2);
  assertEquals(receiver.ackAt, undefined);
  receiver.handleData(50, 4, payload);
  assertEquals(receiver.ackAt, 50);
  assertEquals(receiver.receipt().above, 0b10);
  // The same again: the acknowledgement may have got lost.
  receiver.handleData(60, 0, payload);
  assertEquals(receiver.ackAt, 60);
});
