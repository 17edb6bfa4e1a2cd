import { assert, assertEquals, assertLess } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { MAX_MESSAGE_BYTES } from "../../src/wire/limits.ts";
import {
  encodeContents,
  encodeMessagingFrame,
  encodeRoute,
  MAX_LISTED,
  type MessagingMessage,
  reversedRoute,
} from "../../src/wire/messaging.ts";
import { envelopesAt, line, MailNet, receiptsAt, twoWays } from "./mail_net.ts";

/** The frame of a message as an attacker writes it. */
function frameOf(message: MessagingMessage): Uint8Array {
  return concatBytes(encodeMessagingFrame(message));
}

Deno.test("Messaging: a letter goes over all hops, and its outcome names them", () => {
  const net = line(4);
  const ticket = net.send(0, 3, "hello");
  net.run(100);
  const outcome = net.outcome(0, ticket);
  assert(outcome?.type === "delivered");
  assertEquals(outcome.path, [0, 1, 2, 3].map((number) => net.idOf(number)));
  assertEquals(net.office(3).inbox, [{ from: 0, content: "hello" }]);
  const { sent, delivered } = net.office(0).messaging.counts;
  assertEquals([sent, delivered, net.office(3).messaging.counts.received], [1, 1, 1]);
  // The envelope there and the receipt back.
  for (const relay of [1, 2]) assertEquals(net.office(relay).messaging.counts.relayed, 2);
});

Deno.test("Messaging: letters cross in both directions between all nodes", () => {
  const net = line(4);
  const numbers = [0, 1, 2, 3];
  for (const from of numbers) {
    for (const to of numbers) if (from !== to) net.send(from, to, `${from} to ${to}`);
  }
  net.run(1_000);
  for (const to of numbers) {
    assertEquals(new Set(net.ends(to)), new Set(["delivered"]));
    const expected = numbers.filter((from) => from !== to).map((from) => `${from} to ${to}`);
    assertEquals(net.contentsAt(to).toSorted(), expected);
    for (const { from, content } of net.office(to).inbox) {
      assertEquals(content, `${from} to ${to}`);
    }
  }
});

Deno.test("Messaging: where no way leads, the answer is there at once", () => {
  const net = new MailNet(3);
  net.connect([0, 1]);
  const ticket = net.send(0, 2, "hello");
  assertEquals(net.outcome(0, ticket), { type: "no-route" });
  assertEquals(net.office(0).messaging.nextWakeup() ?? Infinity, Infinity);
});

Deno.test("Messaging: a letter to the node itself is answered at once", () => {
  const net = line(2);
  const ticket = net.send(0, 0, "hello");
  assert(net.outcome(0, ticket) !== undefined);
});

Deno.test("Messaging: a message above the limit is not said to be delivered", () => {
  const net = line(2);
  const tickets = [
    new Uint8Array(MAX_MESSAGE_BYTES + 1),
    "a".repeat(MAX_MESSAGE_BYTES + 1),
    "€".repeat(MAX_MESSAGE_BYTES / 2),
  ].map((content) => {
    try {
      return net.send(0, 1, content, 5_000);
    } catch (error) {
      assert(error instanceof RangeError);
      return undefined;
    }
  });
  net.run(6_000);
  assertEquals(net.contentsAt(1), []);
  for (const ticket of tickets) {
    if (ticket !== undefined) assert(net.outcome(0, ticket)?.type !== "delivered");
  }
});

Deno.test("Messaging: what is too much for one recipient or for all is refused at once, by us", () => {
  const net = line(3, { queues: { perLink: 300_000, inAll: 400_000 } });
  net.office(0).stalled.add(1);
  const ends = () => net.ends(0).join(" ");
  for (let i = 0; i < 4; i++) net.send(0, 1, new Uint8Array(99_000), 10_000);
  assertEquals(ends(), "open open open refused");
  for (let i = 0; i < 4; i++) net.send(0, 2, new Uint8Array(99_000), 10_000);
  assertEquals(ends(), "open open open refused open refused refused refused");
  const refused = [...net.office(0).outcomes.values()].flat();
  for (const outcome of refused) assertEquals(outcome, { type: "refused", by: "us" });
  net.release(0, 1);
  net.run(10_000);
  assertEquals(net.ends(0).filter((end) => end === "delivered").length, 4);
  assertEquals([net.contentsAt(1).length, net.contentsAt(2).length], [3, 1]);
});

Deno.test("Messaging: a full inbox is told to the sender, and fills no further whatever comes at once", () => {
  const limit = { count: 5, bytes: 10_000 };
  const kept = { count: 0, bytes: 0 };
  const net: MailNet = line(2, {
    hasRoom: (count, bytes) =>
      kept.count + count <= limit.count && kept.bytes + bytes <= limit.bytes,
  });
  const { messaging } = net.office(1);
  // All envelopes come in one piece, before anybody has looked at what was in the first.
  for (let i = 0; i < 8; i++) net.send(0, 1, `letter ${i}`);
  const frames: Uint8Array[] = [];
  net.tamper = ({ to, frame }) => {
    if (to !== 1) return frame;
    frames.push(frame);
    return undefined;
  };
  net.run(10);
  net.tamper = ({ frame }) => frame;
  const taken: unknown[] = [];
  for (const frame of envelopesAt(net, 1)) {
    messaging.handleMessage(net.now, net.idOf(0), frame.message, frame.frame);
  }
  for (const event of messaging.takeEvents()) {
    if (event.type !== "received") continue;
    kept.count++;
    kept.bytes += event.received.content.length;
    taken.push(event.received.content);
  }
  assertEquals(taken, [0, 1, 2, 3, 4].map((i) => `letter ${i}`));
  net.run(100);
  assertEquals(net.ends(0), [...Array(5).fill("delivered"), ...Array(3).fill("refused")]);
  const outcomes = [...net.office(0).outcomes.values()].slice(5).flat();
  for (const outcome of outcomes) assertEquals(outcome, { type: "refused", by: "them" });
  assertEquals(frames.length, 8);
});

Deno.test("Messaging: when a link goes down with letters on it they arrive by another way, once", () => {
  const net = twoWays();
  for (let i = 0; i < 500; i++) net.send(0, 3, `letter ${i}`);
  net.run(4);
  net.disconnect(1, 3);
  net.run(3_000);
  assertEquals(new Set(net.ends(0)), new Set(["delivered"]));
  assertEquals(net.contentsAt(3), Array.from({ length: 500 }, (_, i) => `letter ${i}`));
});

Deno.test("Messaging: a relay whose link is gone with letters waiting costs no storm of envelopes", () => {
  const net = twoWays();
  net.office(1).stalled.add(3);
  for (let i = 0; i < 100; i++) net.send(0, 3, new Uint8Array(60_000));
  net.run(50);
  const before = net.passed.length;
  net.disconnect(1, 3);
  net.run(20_000);
  assertEquals(new Set(net.ends(0)), new Set(["delivered"]));
  assertEquals(net.contentsAt(3).length, 100);
  // Each of some 100 envelopes takes three hops, each receipt as many.
  assertLess(net.passed.length - before, 1_500);
});

Deno.test("Messaging: letters for a node that is started anew reach its new life", () => {
  const net = line(3);
  net.send(0, 2, "before");
  net.run(100);
  net.office(1).stalled.add(2);
  const ticket = net.send(0, 2, "between");
  net.run(100);
  net.office(1).stalled.delete(2);
  net.restart(2);
  net.run(5_000);
  assertEquals(net.outcome(0, ticket)?.type, "delivered");
  assertEquals(net.contentsAt(2), ["between"]);
});

Deno.test("Messaging: a node that is started anew is known to all it wrote to before", () => {
  const net = line(3);
  net.send(2, 0, "first life");
  net.run(100);
  net.restart(2);
  const ticket = net.send(2, 0, "second life");
  net.run(5_000);
  assertEquals(net.outcome(2, ticket)?.type, "delivered");
  assertEquals(net.contentsAt(0), ["first life", "second life"]);
});

Deno.test("Messaging: contexts are numbered upwards, over all recipients and lives of them", () => {
  const net = line(3);
  for (let life = 0; life < 3; life++) {
    for (const to of [1, 2]) net.send(0, to, `life ${life}`);
    net.run(100);
    net.restart(2);
    net.run(100);
  }
  net.send(0, 2, "last");
  net.run(100);
  const contexts = envelopesAt(net, 1).filter(({ from }) => from === 0)
    .map(({ message: { context } }) => context);
  const firstSeen = [...new Set(contexts)];
  assertEquals(firstSeen, firstSeen.toSorted((a, b) => a - b));
  assertEquals(firstSeen.length, 5);
});

Deno.test("Messaging: when a node leaves, what it still waits for is cancelled, each once", () => {
  const net = line(3);
  net.office(0).stalled.add(1);
  for (const to of [1, 2]) net.send(0, to, new Uint8Array(200_000));
  const { messaging, outcomes } = net.office(0);
  messaging.leave(net.now);
  messaging.leave(net.now);
  for (const event of messaging.takeEvents()) {
    if (event.type === "outcome") outcomes.get(event.ticket)?.push(event.outcome);
  }
  assertEquals(net.ends(0), ["cancelled", "cancelled"]);
});

Deno.test("Messaging: greets every other node that is there, once each period", () => {
  const net = line(3, { greetPeriodMs: 10_000 });
  net.run(30_000 - net.now);
  net.run(500);
  for (const { number, greetedBy } of net.offices) {
    const others = [0, 1, 2].filter((each) => each !== number);
    assertEquals(greetedBy.toSorted(), [...others, ...others, ...others].toSorted());
  }
  assertEquals(net.offices.flatMap(({ inbox }) => inbox), []);
});

Deno.test("Messaging: so many contexts that do not open are tried in a second, and honest ones after that", () => {
  const net = line(3);
  const { messaging } = net.office(2);
  const rejected = () => messaging.counts.rejected;
  for (let i = 0; i < 1_000; i++) {
    const route = encodeRoute([0, 1, 2].map((number) => net.idOf(number)));
    const enc = new Uint8Array(32).fill(1 + (i % 200));
    const junk = { context: i + 1, sequence: 0, enc, sealed: new Uint8Array(40) };
    net.inject(1, 2, frameOf({ type: "envelope", route, ...junk }));
  }
  const tried = rejected();
  assert(tried > 0 && tried <= 200, `${tried}`);
  const ticket = net.send(0, 2, "honest");
  net.run(3_000);
  assertEquals(net.outcome(0, ticket)?.type, "delivered");
  assertEquals(net.contentsAt(2), ["honest"]);
});

Deno.test("Messaging: for nonsense in a receipt no neighbour is blamed, and nothing is delivered by it", () => {
  for (const nonsense of [[], "text", [-1, [], []], [1, [], Array(MAX_LISTED + 1).fill(1)]]) {
    const net = line(3);
    const [alice, mallory] = [net.office(0), net.office(2)];
    const ticket = net.send(0, 2, "hello", 3_000);
    net.tamper = ({ to, message, frame }) => {
      if (to !== 2 || message.type !== "envelope") return frame;
      const { context, enc } = message;
      const name = { origin: alice.id, recipient: mallory.id, number: context };
      const own = alice.key.publicKey;
      const seal = RecipientSeal.make(net.crypto, name, mallory.key, own, enc);
      assert(seal !== undefined);
      // It holds the key of the context, and may seal with it whatever it likes.
      const sealed = seal.sealReceipt(0, encodeItem(nonsense));
      const route = reversedRoute(message.route);
      net.inject(2, 1, frameOf({ type: "receipt", route, context, number: 0, sealed }));
      return undefined;
    };
    net.run(4_000);
    assertEquals(net.offices.flatMap(({ blamed }) => blamed), []);
    assertEquals(net.outcome(0, ticket), { type: "timed-out" });
  }
});

Deno.test("Messaging: forgets origins that are on the map no more before those that are", () => {
  const net = line(3, { maxOrigins: 2 });
  net.send(1, 0, "from 1");
  net.send(2, 0, "from 2");
  net.run(500);
  net.rotate(2, 7);
  net.send(2, 0, "from 7");
  net.run(500);
  assertEquals(net.contentsAt(0), ["from 1", "from 2", "from 7"]);
  // All that was recorded on the way comes once more.
  for (const { from, frame } of envelopesAt(net, 0)) net.inject(from, 0, frame);
  net.run(500);
  assertEquals(net.contentsAt(0).length, 3);
});

Deno.test("Messaging: a relay that has no room costs no storm of envelopes", () => {
  const net = twoWays({ queues: { perLink: 500_000, inAll: 67_108_864 } });
  net.office(1).stalled.add(3);
  const tickets = Array.from({ length: 8 }, (_, i) => net.send(0, 3, new Uint8Array(60_000 + i)));
  const before = net.passed.length;
  for (let i = 0; i < 30; i++) {
    net.run(100);
    if (net.ends(0).filter((end) => end === "open").length < 4) {
      tickets.push(net.send(0, 3, new Uint8Array(60_000)));
    }
  }
  net.release(1, 3);
  net.run(30_000);
  assertEquals(new Set(net.ends(0)), new Set(["delivered"]));
  assertEquals(net.contentsAt(3).length, tickets.length);
  assertLess(net.passed.length - before, 20 * tickets.length);
});

Deno.test("Messaging: an origin can hold back what makes others wait, and no more than a window of it", () => {
  const net = line(2);
  const mallory = net.office(0);
  const theirs = net.office(1).key.publicKey;
  const name = { origin: mallory.id, recipient: net.idOf(1), number: net.web.wall + 5_000 };
  const seal = OriginSeal.make(net.crypto, name, mallory.key, theirs);
  assert(seal !== undefined);
  const route = encodeRoute([mallory.id, net.idOf(1)]);
  for (let sequence = 1; sequence < 600; sequence++) {
    const records = [{ type: "message" as const, content: `letter ${sequence}` }];
    const sealed = seal.seal(sequence, encodeContents({ more: false, floor: 0, records }));
    const envelope = { context: name.number, sequence, enc: seal.enc, sealed };
    net.inject(0, 1, frameOf({ type: "envelope", route, ...envelope }));
    net.run(5);
  }
  assertEquals(net.contentsAt(1), []);
  const { message } = receiptsAt(net, 0).at(-1) ?? {};
  assert(message !== undefined);
  assertLess(message.sealed.length, 2_000);
});
