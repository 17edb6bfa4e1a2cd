import { assert, assertEquals, assertExists } from "@std/assert";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import type { AgreementKey } from "../../src/base/ports.ts";
import { type ContextName, OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { MAX_SEQUENCE } from "../../src/wire/limits.ts";
import { idOf } from "../wire/samples.ts";

const TEXT = encodeUtf8("for the recipient alone");
const NAME: ContextName = { origin: idOf(1), recipient: idOf(2), number: 7 };

/** Two keys, and the ends of a context between them. */
class Ends {
  readonly crypto = new FastCrypto();
  readonly own = this.crypto.newAgreementKey();
  readonly theirs = this.crypto.newAgreementKey();

  origin(name: ContextName = NAME): OriginSeal {
    const made = OriginSeal.make(this.crypto, name, this.own, this.theirs.publicKey);
    assertExists(made);
    return made;
  }

  recipient(
    { enc }: OriginSeal,
    name: ContextName = NAME,
    own: AgreementKey = this.theirs,
  ): RecipientSeal {
    const made = RecipientSeal.make(this.crypto, name, own, this.own.publicKey, enc);
    assertExists(made);
    return made;
  }
}

Deno.test("OriginSeal: what it seals, in however many pieces, the recipient opens as a whole", () => {
  const ends = new Ends();
  const origin = ends.origin();
  const recipient = ends.recipient(origin);
  for (const sequence of [0, 1, 2 ** 32, MAX_SEQUENCE]) {
    for (const pieces of [[TEXT], [], [TEXT, TEXT], [new Uint8Array(3), TEXT, new Uint8Array(0)]]) {
      const sealed = origin.seal(sequence, pieces);
      assertEquals(recipient.open(sequence, sealed), concatBytes(pieces));
    }
  }
});

Deno.test("OriginSeal: says which key alone can open it, and the other end which key it proves", () => {
  const ends = new Ends();
  const origin = ends.origin();
  assertEquals(origin.recipientKey, ends.theirs.publicKey);
  const recipient = ends.recipient(origin);
  assertEquals(recipient.originKey, ends.own.publicKey);
  assertEquals([origin.number, recipient.number], [7, 7]);
});

Deno.test("RecipientSeal: both ends and the number belong to the seal", () => {
  const ends = new Ends();
  const origin = ends.origin();
  const sealed = origin.seal(0, [TEXT]);
  const others: ContextName[] = [
    { ...NAME, origin: idOf(3) },
    { ...NAME, recipient: idOf(3) },
    { ...NAME, number: 8 },
    { ...NAME, number: 7 + 2 ** 32 },
    { origin: NAME.recipient, recipient: NAME.origin, number: 7 },
  ];
  for (const name of others) {
    assertEquals(ends.recipient(origin, name).open(0, sealed), undefined);
  }
  assertEquals(ends.recipient(origin).open(0, sealed), TEXT);
});

Deno.test("OriginSeal: two contexts of one name share nothing", () => {
  const ends = new Ends();
  const [one, other] = [ends.origin(), ends.origin()];
  const sealed = one.seal(0, [TEXT]);
  assertEquals(ends.recipient(other).open(0, sealed), undefined);
  const receipt = ends.recipient(one).sealReceipt(0, TEXT);
  assertEquals(other.openReceipt(0, receipt), undefined);
});

Deno.test("OriginSeal: opens the recipient's receipts, each under its own number", () => {
  const ends = new Ends();
  const origin = ends.origin();
  const recipient = ends.recipient(origin);
  const receipts = [0, 1, 2].map((number) => recipient.sealReceipt(number, TEXT));
  for (const [number, receipt] of receipts.entries()) {
    for (const as of [0, 1, 2, 3]) {
      assertEquals(origin.openReceipt(as, receipt), as === number ? TEXT : undefined);
    }
  }
  assertEquals(new Set(receipts.map((receipt) => receipt.toHex())).size, 3);
});

Deno.test("OriginSeal: an envelope is no receipt, and a receipt is no envelope", () => {
  const ends = new Ends();
  const origin = ends.origin();
  const recipient = ends.recipient(origin);
  assertEquals(origin.openReceipt(0, origin.seal(0, [TEXT])), undefined);
  assertEquals(recipient.open(0, recipient.sealReceipt(0, TEXT)), undefined);
});

Deno.test("OriginSeal: altered receipts do not open", () => {
  const ends = new Ends();
  const origin = ends.origin();
  const receipt = ends.recipient(origin).sealReceipt(0, TEXT);
  for (let at = 0; at < receipt.length; at++) {
    const altered = receipt.with(at, (receipt[at] ?? 0) ^ 1);
    assertEquals(origin.openReceipt(0, altered), undefined);
    assertEquals(origin.openReceipt(0, receipt.subarray(0, at)), undefined);
  }
});

Deno.test("OriginSeal: keys that may not be used make no context", () => {
  const ends = new Ends();
  const { crypto, own, theirs } = ends;
  for (const bad of [0, 31, 32, 33].map((length) => new Uint8Array(length))) {
    assertEquals(OriginSeal.make(crypto, NAME, own, bad), undefined);
    assertEquals(RecipientSeal.make(crypto, NAME, theirs, bad, own.publicKey), undefined);
    assertEquals(RecipientSeal.make(crypto, NAME, theirs, own.publicKey, bad), undefined);
  }
  assert(OriginSeal.make(crypto, NAME, own, theirs.publicKey) !== undefined);
});
