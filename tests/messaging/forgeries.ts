/**
 * What those on the way may try with the bytes of letters, and what comes of it: nothing. One suite,
 * run for each implementation of {@linkcode Crypto}.
 */

import { assert, assertEquals } from "@std/assert";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import type { Crypto } from "../../src/base/ports.ts";
import { OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import {
  encodeArrivals,
  encodeContents,
  encodeMessagingFrame,
  encodeRoute,
  type MessagingMessage,
  reversedRoute,
} from "../../src/wire/messaging.ts";
import { envelopesAt, line, type MailNet, receiptsAt } from "./mail_net.ts";

/** Alice writes to Bob over Mallory, who is linked to Carol too. */
const [ALICE, MALLORY, BOB, CAROL] = [0, 1, 2, 3] as const;

/** Time enough that failures of before are not counted any more, in milliseconds. */
const PAUSE_MS = 20;

/**
 * Registers the suite.
 *
 * @param name of the cryptography
 * @param open makes a fresh one for each test
 */
export function testForgeries(name: string, open: () => Crypto): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    Deno.test(`Messaging: over ${name}, ${sentence}`, () => {
      const net = line(3, {}, open());
      const withCarol = line(4, {}, open());
      withCarol.disconnect(BOB, CAROL);
      withCarol.connect([MALLORY, CAROL]);
      story(net, withCarol);
    });
  }
}

const STORIES: Record<string, (net: MailNet, withCarol: MailNet) => void> = {
  "nobody writes under another one's name": (net) => {
    const theirs = net.office(BOB).key.publicKey;
    const [alice, bob] = [net.idOf(ALICE), net.idOf(BOB)];
    net.send(ALICE, BOB, "a true one");
    net.run(PAUSE_MS);
    const contexts = envelopesAt(net, BOB).map(({ message }) => message.context);
    // Mallory has a key of her own alone, whatever she says of whose the letter is.
    for (const origin of [alice, net.idOf(MALLORY)]) {
      for (const number of [0, 1, ...contexts, net.web.wall + 9_999]) {
        const name = { origin, recipient: bob, number };
        const seal = OriginSeal.make(net.crypto, name, net.office(MALLORY).key, theirs);
        assert(seal !== undefined);
        for (const sequence of [0, 1, 2]) {
          const sealed = seal.seal(sequence, contentsOf("a forged one"));
          const route = encodeRoute([alice, net.idOf(MALLORY), bob]);
          const rest = { context: number, sequence, enc: seal.enc, sealed };
          net.inject(MALLORY, BOB, frameOf({ type: "envelope", route, ...rest }));
        }
      }
    }
    net.run(1_000);
    assertEquals(net.office(BOB).inbox, [{ from: ALICE, content: "a true one" }]);
    assert(net.office(BOB).messaging.counts.rejected > 0);
    // And the true ones go on.
    net.send(ALICE, BOB, "another true one");
    net.run(2_000);
    assertEquals(net.contentsAt(BOB), ["a true one", "another true one"]);
  },

  "what is recorded and sent again is taken once": (net) => {
    for (let i = 0; i < 20; i++) {
      net.send(ALICE, BOB, `letter ${i}`);
      net.run(PAUSE_MS);
    }
    const recorded = envelopesAt(net, BOB).map(({ frame }) => frame.slice());
    for (const frame of [...recorded, ...recorded.toReversed()]) net.inject(MALLORY, BOB, frame);
    for (let i = 20; i < 400; i++) net.send(ALICE, BOB, `letter ${i}`);
    net.run(2_000);
    for (const frame of recorded) net.inject(MALLORY, BOB, frame);
    net.run(1_000);
    assertEquals(net.contentsAt(BOB), Array.from({ length: 400 }, (_, i) => `letter ${i}`));
  },

  "what was recorded in an earlier life of either end is worth nothing in the next": (net) => {
    const recorded: Uint8Array[] = [];
    const replay = () => {
      recorded.push(...envelopesAt(net, BOB).map(({ frame }) => frame.slice()));
      net.passed.length = 0;
      for (const frame of recorded) net.inject(MALLORY, BOB, frame);
      net.run(1_000);
    };
    net.send(ALICE, BOB, "one");
    net.run(500);
    net.restart(ALICE);
    replay();
    net.send(ALICE, BOB, "two");
    net.run(2_000);
    replay();
    assertEquals(net.contentsAt(BOB), ["one", "two"]);
    net.restart(BOB);
    replay();
    net.send(ALICE, BOB, "three");
    net.run(2_000);
    replay();
    assertEquals(net.contentsAt(BOB), ["three"]);
  },

  "with any byte of a frame altered nothing arrives, and what came unaltered still does": (net) => {
    let frame: Uint8Array | undefined;
    net.tamper = (passing) => {
      if (passing.to !== BOB || passing.message.type !== "envelope") return passing.frame;
      frame ??= passing.frame.slice();
      return undefined;
    };
    const ticket = net.send(ALICE, BOB, "the true one", 60_000);
    net.run(PAUSE_MS);
    assert(frame !== undefined);
    for (let at = 0; at < frame.length; at++) {
      for (const bit of [0x01, 0x80]) {
        net.inject(MALLORY, BOB, frame.with(at, (frame[at] as number) ^ bit));
        net.run(PAUSE_MS);
        assertEquals(net.office(BOB).inbox, [], `byte ${at}`);
        assertEquals(net.outcome(ALICE, ticket), undefined, `byte ${at}`);
      }
    }
    net.inject(MALLORY, BOB, frame);
    net.run(1_000);
    assertEquals(net.office(BOB).inbox, [{ from: ALICE, content: "the true one" }]);
    assertEquals(net.outcome(ALICE, ticket)?.type, "delivered");
  },

  "what is for one node cannot be passed off as being for another": (_, net) => {
    net.send(ALICE, BOB, "for Bob");
    net.run(500);
    const [alice, mallory] = [net.idOf(ALICE), net.idOf(MALLORY)];
    for (const { message } of envelopesAt(net, BOB)) {
      for (const origin of [alice, mallory, net.idOf(BOB)]) {
        const way = origin === mallory ? [mallory] : [origin, mallory];
        const route = encodeRoute([...way, net.idOf(CAROL)]);
        net.inject(MALLORY, CAROL, frameOf({ ...message, route }));
      }
      // Nor sent back to its origin as if it were Bob's.
      const route = encodeRoute([net.idOf(BOB), mallory, alice]);
      net.inject(MALLORY, ALICE, frameOf({ ...message, route }));
    }
    net.run(500);
    assertEquals([net.contentsAt(CAROL), net.contentsAt(ALICE)], [[], []]);
    assertEquals(net.contentsAt(BOB), ["for Bob"]);
  },

  "no letter is taken for delivered on the word of anybody but its recipient": (net) => {
    net.send(ALICE, BOB, "delivered");
    net.run(500);
    const known = receiptsAt(net, ALICE).map(({ message }) => message);
    net.tamper = ({ to, frame }) => to === BOB ? undefined : frame;
    const ticket = net.send(ALICE, BOB, "lost", 60_000);
    net.run(PAUSE_MS);
    const { message } = envelopesAt(net, BOB).at(-1) ?? {};
    assert(message !== undefined);
    const { context, enc } = message;
    const name = { origin: net.idOf(ALICE), recipient: net.idOf(BOB), number: context };
    const arrivals = encodeArrivals({ next: 1_000, held: [], refused: [] });
    const route = reversedRoute(message.route);
    const say = (receipt: { number: number; sealed: Uint8Array; context?: number }) => {
      net.inject(MALLORY, ALICE, frameOf({ type: "receipt", route, context, ...receipt }));
      net.run(PAUSE_MS);
      assertEquals(net.outcome(ALICE, ticket), undefined);
    };
    // Sealed with another key than Bob's.
    const own = net.office(ALICE).key.publicKey;
    const seal = RecipientSeal.make(net.crypto, name, net.office(MALLORY).key, own, enc);
    assert(seal !== undefined);
    for (const number of [0, 1, 2]) say({ number, sealed: seal.sealReceipt(number, arrivals) });
    // Not sealed at all.
    for (const sealed of [arrivals, concatBytes([arrivals, new Uint8Array(16)])]) {
      say({ number: 1, sealed });
    }
    // Bob's own of before, under its number, under others, and as of another context.
    for (const { number, sealed } of known) {
      for (const each of [number, number + 1, number + 2]) say({ number: each, sealed });
      say({ number, sealed, context: context + 1 });
    }
  },

  "with any byte of a receipt altered nothing is delivered, and the true one still delivers": (
    net,
  ) => {
    let frame: Uint8Array | undefined;
    net.tamper = (passing) => {
      if (passing.to !== ALICE || passing.message.type !== "receipt") return passing.frame;
      frame ??= passing.frame.slice();
      return undefined;
    };
    const ticket = net.send(ALICE, BOB, "hello", 600_000);
    net.run(PAUSE_MS);
    assert(frame !== undefined);
    for (let at = 0; at < frame.length; at++) {
      net.inject(MALLORY, ALICE, frame.with(at, (frame[at] as number) ^ 0x01));
      net.run(PAUSE_MS);
      assertEquals(net.outcome(ALICE, ticket), undefined, `byte ${at}`);
    }
    net.inject(MALLORY, ALICE, frame);
    assertEquals(net.outcome(ALICE, ticket)?.type, "delivered");
    assertEquals(net.contentsAt(BOB), ["hello"]);
  },

  "a text stands in no frame on the way": (net) => {
    const canary = "the canary sings at midnight";
    for (const text of [canary, canary.repeat(10_000)]) {
      net.send(ALICE, BOB, text);
      net.run(2_000);
    }
    assertEquals(net.contentsAt(BOB), [canary, canary.repeat(10_000)]);
    const needle = encodeUtf8("canary").toHex();
    for (const { frame } of net.passed) assert(!frame.toHex().includes(needle));
  },
};

function contentsOf(content: string): Uint8Array[] {
  return encodeContents({ more: false, floor: 0, records: [{ type: "message", content }] });
}

/** The frame of a message as an attacker writes it. */
function frameOf(message: MessagingMessage): Uint8Array {
  return concatBytes(encodeMessagingFrame(message));
}
