/** What HPKE promises whatever {@linkcode Crypto} it stands on: one suite, run for each of them. */

import { assert, assertEquals, assertExists, assertNotEquals, assertThrows } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import type { AgreementKey, Crypto } from "../../src/base/ports.ts";
import { type HpkeContext, setUpRecipient, setUpSender } from "../../src/identity/hpke.ts";

const INFO = encodeUtf8("what both know");
const AAD = encodeUtf8("in the open");
const TEXT = encodeUtf8("for the recipient alone");

/** Sequences at which one of the two numbers in a nonce is about to change. */
const SEQUENCES = [0, 1, 2, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];

/**
 * Registers the suite.
 *
 * @param name of what it stands on
 * @param open makes a fresh one for each test
 */
export function testHpke(name: string, open: () => Crypto): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    Deno.test(`HpkeContext: over ${name}, ${sentence}`, () => story(new People(open())));
  }
}

/** Alice, who sends to Bob, and Mallory, who holds a key too. */
class People {
  readonly crypto: Crypto;
  readonly alice: AgreementKey;
  readonly bob: AgreementKey;
  readonly mallory: AgreementKey;

  constructor(crypto: Crypto) {
    this.crypto = crypto;
    this.alice = crypto.newAgreementKey();
    this.bob = crypto.newAgreementKey();
    this.mallory = crypto.newAgreementKey();
  }

  sender(
    { sender = this.alice, recipient = this.bob.publicKey, info = INFO } = {},
  ): { enc: Uint8Array; context: HpkeContext } {
    const ephemeral = this.crypto.newAgreementKey();
    const made = setUpSender({ crypto: this.crypto, sender, ephemeral, recipient, info });
    assertExists(made);
    return made;
  }

  recipient(
    enc: Uint8Array,
    { recipient = this.bob, sender = this.alice.publicKey, info = INFO } = {},
  ): HpkeContext {
    const made = setUpRecipient({ crypto: this.crypto, recipient, enc, sender, info });
    assertExists(made);
    return made;
  }

  /** Both ends of a stream from Alice to Bob. */
  pair(): [sender: HpkeContext, recipient: HpkeContext] {
    const { enc, context } = this.sender();
    return [context, this.recipient(enc)];
  }
}

const STORIES: Record<string, (people: People) => void> = {
  "what one end seals the other opens, in any order": (people) => {
    const [sender, recipient] = people.pair();
    const letters = SEQUENCES.map((sequence, i) => {
      const text = encodeUtf8("x".repeat(i * i * i));
      return { sequence, text, sealed: sender.seal(sequence, AAD, text) };
    });
    for (const { sequence, text, sealed } of [...letters.toReversed(), ...letters]) {
      assertEquals(sealed.length, text.length + 16);
      assertEquals(recipient.open(sequence, AAD, sealed), text);
    }
  },

  "the same text under another sequence is sealed differently and opens under no other": (
    people,
  ) => {
    const [sender, recipient] = people.pair();
    const seals = SEQUENCES.map((sequence) => sender.seal(sequence, AAD, TEXT));
    assertEquals(new Set(seals.map((sealed) => sealed.toHex())).size, SEQUENCES.length);
    seals.forEach((sealed, i) => {
      SEQUENCES.forEach((sequence, j) => {
        assertEquals(recipient.open(sequence, AAD, sealed) !== undefined, i === j, `${i} as ${j}`);
      });
    });
  },

  "nothing altered on the way opens, and what came unaltered still does": (people) => {
    const [sender, recipient] = people.pair();
    const sealed = sender.seal(7, AAD, TEXT);
    for (let at = 0; at < sealed.length; at++) {
      const altered = sealed.with(at, (sealed[at] ?? 0) ^ 0x10);
      assertEquals(recipient.open(7, AAD, altered), undefined, `byte ${at}`);
      assertEquals(recipient.open(7, AAD, sealed.subarray(0, at)), undefined, `${at} bytes`);
    }
    for (let at = 0; at < AAD.length; at++) {
      const altered = AAD.with(at, (AAD[at] ?? 0) ^ 1);
      assertEquals(recipient.open(7, altered, sealed), undefined, `byte ${at} of the aad`);
    }
    assertEquals(recipient.open(7, new Uint8Array(0), sealed), undefined);
    assertEquals(recipient.open(7, AAD, sealed), TEXT);
  },

  "who seals with another key is not taken for Alice": (people) => {
    const { enc, context } = people.sender({ sender: people.mallory });
    const sealed = context.seal(0, AAD, TEXT);
    assertEquals(people.recipient(enc).open(0, AAD, sealed), undefined);
    const honest = people.recipient(enc, { sender: people.mallory.publicKey });
    assertEquals(honest.open(0, AAD, sealed), TEXT);
  },

  "what Alice sealed to Bob is nobody else's to open or to pass off as theirs": (people) => {
    const { enc, context } = people.sender();
    const sealed = context.seal(0, AAD, TEXT);
    const { alice, bob, mallory } = people;
    const others = [
      people.recipient(enc, { recipient: mallory }),
      people.recipient(enc, { recipient: alice }),
      people.recipient(enc, { recipient: mallory, sender: bob.publicKey }),
      people.recipient(enc, { sender: mallory.publicKey }),
      people.recipient(enc, { sender: bob.publicKey }),
    ];
    for (const other of others) assertEquals(other.open(0, AAD, sealed), undefined);
  },

  "what Bob got from Alice he cannot send on as if it were hers to another": (people) => {
    const { enc, context } = people.sender();
    const sealed = context.seal(0, AAD, TEXT);
    const carol = people.crypto.newAgreementKey();
    const recipient = people.recipient(enc, { recipient: carol });
    assertEquals(recipient.open(0, AAD, sealed), undefined);
  },

  "with any bit of enc altered nothing opens": (people) => {
    const { enc, context } = people.sender();
    const sealed = context.seal(0, AAD, TEXT);
    for (let at = 0; at < enc.length; at++) {
      // The highest bit of all means nothing to X25519: that it counts here is due to the RFC.
      for (const bit of [0x01, 0x80]) {
        const altered = enc.with(at, (enc[at] ?? 0) ^ bit);
        const recipient = people.recipient(altered);
        assertEquals(recipient.open(0, AAD, sealed), undefined, `byte ${at}`);
      }
    }
  },

  "with other info nothing opens": (people) => {
    const { enc, context } = people.sender();
    const sealed = context.seal(0, AAD, TEXT);
    for (const info of [new Uint8Array(0), INFO.slice(1), Uint8Array.of(...INFO, 0)]) {
      assertEquals(people.recipient(enc, { info }).open(0, AAD, sealed), undefined);
    }
  },

  "a second context between the same two is another one, and so is the way back": (people) => {
    const [sender, recipient] = people.pair();
    const sealed = sender.seal(0, AAD, TEXT);
    const [later, laterRecipient] = people.pair();
    assertNotEquals(later.seal(0, AAD, TEXT), sealed);
    assertEquals(laterRecipient.open(0, AAD, sealed), undefined);
    const back = people.sender({ sender: people.bob, recipient: people.alice.publicKey });
    const answer = back.context.seal(0, AAD, TEXT);
    assertEquals(recipient.open(0, AAD, answer), undefined);
    const atAlice = people.recipient(back.enc, {
      recipient: people.alice,
      sender: people.bob.publicKey,
    });
    assertEquals(atAlice.open(0, AAD, answer), TEXT);
  },

  "a node may seal to itself": (people) => {
    const { alice } = people;
    const { enc, context } = people.sender({ recipient: alice.publicKey });
    const sealed = context.seal(0, AAD, TEXT);
    assertEquals(people.recipient(enc, { recipient: alice }).open(0, AAD, sealed), TEXT);
  },

  "both ends export the same secrets, one for each context and length": (people) => {
    const [sender, recipient] = people.pair();
    const seen: string[] = [];
    for (const context of [new Uint8Array(0), Uint8Array.of(0), encodeUtf8("other")]) {
      for (const length of [16, 32, 33, 64, 256 + 16, 8_160]) {
        const secret = sender.export(context, length);
        assertEquals(secret, recipient.export(context, length));
        assertEquals(secret.length, length);
        seen.push(secret.subarray(0, 16).toHex());
      }
    }
    assertEquals(new Set(seen).size, seen.length);
    assertEquals(sender.export(AAD, 0), new Uint8Array(0));
    assertNotEquals(people.pair()[0].export(AAD, 32), sender.export(AAD, 32));
  },

  "no more is exported than can be derived": (people) => {
    const [sender] = people.pair();
    for (const length of [8_161, 65_568, -1, 1.5, NaN]) {
      assertThrows(() => sender.export(AAD, length), RangeError, `Cannot derive ${length} bytes`);
    }
  },

  "what is no sequence seals nothing, and what claims to have one opens to nothing": (people) => {
    const [sender, recipient] = people.pair();
    const sealed = sender.seal(0, AAD, TEXT);
    for (const sequence of [-1, 0.5, 2 ** 53, 2 ** 64, NaN, Infinity]) {
      assertThrows(() => sender.seal(sequence, AAD, TEXT), RangeError, `sequence ${sequence}`);
      assertEquals(recipient.open(sequence, AAD, sealed), undefined);
    }
  },

  "a public key that may not be used makes no context": (people) => {
    const { crypto, alice, bob } = people;
    const ephemeral = crypto.newAgreementKey();
    const { enc } = people.sender();
    for (const bad of [0, 31, 32, 33].map((length) => new Uint8Array(length))) {
      const sending = { crypto, sender: alice, ephemeral, info: INFO };
      assertEquals(setUpSender({ ...sending, recipient: bad }), undefined);
      const receiving = { crypto, recipient: bob, enc, sender: alice.publicKey, info: INFO };
      assert(setUpRecipient(receiving) !== undefined);
      assertEquals(setUpRecipient({ ...receiving, enc: bad }), undefined);
      assertEquals(setUpRecipient({ ...receiving, sender: bad }), undefined);
    }
  },
};
