import { assert, assertEquals, assertExists } from "@std/assert";
import type { AgreementKey } from "../../src/base/ports.ts";
import { hkdfExpand, hkdfExtract, NO_SALT } from "../../src/identity/hkdf.ts";
import { type HpkeContext, setUpRecipient, setUpSender } from "../../src/identity/hpke.ts";
import { NodeCrypto } from "../../src/io/node_crypto.ts";
import vectors from "../identity/hpke_vectors.json" with { type: "json" };
import { testHpke } from "../identity/hpke_stories.ts";
import { agreementKeyFrom, LOW_ORDER_KEYS } from "./agreement_keys.ts";

const crypto = new NodeCrypto();
const bytes = (hex: string) => Uint8Array.fromHex(hex);

testHpke("NodeCrypto", () => new NodeCrypto());

const sender = agreementKeyFrom(vectors.skSm);
const recipient = agreementKeyFrom(vectors.skRm);
const ephemeral = agreementKeyFrom(vectors.skEm);
const info = bytes(vectors.info);

/** Both ends as RFC 9180, appendix A.2.3, sets them up. */
function publishedContexts(): { enc: Uint8Array; ends: [HpkeContext, HpkeContext] } {
  const made = setUpSender({ crypto, sender, ephemeral, recipient: recipient.publicKey, info });
  assertExists(made);
  const { enc } = made;
  const other = setUpRecipient({ crypto, recipient, enc, sender: sender.publicKey, info });
  assertExists(other);
  return { enc, ends: [made.context, other] };
}

Deno.test("setUpSender: the encapsulated key and the public keys are those of RFC 9180", () => {
  const keys: [AgreementKey, string][] = [
    [sender, vectors.pkSm],
    [recipient, vectors.pkRm],
    [ephemeral, vectors.pkEm],
  ];
  for (const [key, published] of keys) assertEquals(key.publicKey.toHex(), published);
  assertEquals(publishedContexts().enc.toHex(), vectors.enc);
});

for (const { sequence, aad, pt, ct } of vectors.encryptions) {
  Deno.test(`HpkeContext: message ${sequence} is sealed and opened as in RFC 9180`, () => {
    const [from, to] = publishedContexts().ends;
    assertEquals(from.seal(sequence, bytes(aad), bytes(pt)).toHex(), ct);
    assertEquals(to.open(sequence, bytes(aad), bytes(ct))?.toHex(), pt);
  });
}

Deno.test("HpkeContext: one context seals all published messages, whatever their order", () => {
  const [from] = publishedContexts().ends;
  for (const { sequence, aad, pt, ct } of vectors.encryptions.toReversed()) {
    assertEquals(from.seal(sequence, bytes(aad), bytes(pt)).toHex(), ct);
  }
});

for (const { exporter_context, L, exported_value } of vectors.exports) {
  Deno.test(`HpkeContext: what "${exporter_context}" exports is as in RFC 9180`, () => {
    for (const end of publishedContexts().ends) {
      assertEquals(end.export(bytes(exporter_context), L).toHex(), exported_value);
    }
  });
}

Deno.test("setUpSender: no recipient has a public key of low order", () => {
  for (const low of LOW_ORDER_KEYS) {
    const made = setUpSender({ crypto, sender, ephemeral, recipient: low, info });
    assertEquals(made, undefined, low.toHex());
  }
});

Deno.test("setUpRecipient: neither the sender nor enc has a public key of low order", () => {
  const good = { crypto, recipient, enc: ephemeral.publicKey, sender: sender.publicKey, info };
  assert(setUpRecipient(good) !== undefined);
  for (const low of LOW_ORDER_KEYS) {
    assertEquals(setUpRecipient({ ...good, enc: low }), undefined, low.toHex());
    assertEquals(setUpRecipient({ ...good, sender: low }), undefined, low.toHex());
  }
});

/** RFC 5869, appendix A.1 to A.3: the cases with SHA-256. */
const HKDF_CASES = [
  {
    secret: "0b".repeat(22),
    salt: bytes("000102030405060708090a0b0c"),
    purpose: "f0f1f2f3f4f5f6f7f8f9",
    key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
    derived: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  },
  {
    secret: range(0x00, 0x50),
    salt: bytes(range(0x60, 0xb0)),
    purpose: range(0xb0, 0x100),
    key: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
    derived: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c" +
      "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71" +
      "cc30c58179ec3e87c14c01d5c1f3434f1d87",
  },
  {
    secret: "0b".repeat(22),
    salt: NO_SALT,
    purpose: "",
    key: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
    derived: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  },
];

HKDF_CASES.forEach(({ secret, salt, purpose, key, derived }, i) => {
  Deno.test(`hkdfExpand: test case ${i + 1} of RFC 5869`, () => {
    assertEquals(hkdfExtract(crypto, salt, bytes(secret)).toHex(), key);
    const length = derived.length / 2;
    assertEquals(hkdfExpand(crypto, bytes(key), bytes(purpose), length).toHex(), derived);
  });
});

/** All bytes from `first` up to `end`, in hex. */
function range(first: number, end: number): string {
  return Uint8Array.from({ length: end - first }, (_, i) => first + i).toHex();
}
