import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { nodeIdFromBytes } from "../../src/base/node_id.ts";
import { NodeCrypto, signerOf, spkiOf } from "../../src/io/node_crypto.ts";
import { testCrypto } from "../crypto/compliance.ts";
import { agreementKeyFrom, LOW_ORDER_KEYS } from "./agreement_keys.ts";
import { NODE_KEYS } from "./credentials.ts";

const TEXT = encodeUtf8("bytes that were sent");

testCrypto("NodeCrypto", () => new NodeCrypto());

Deno.test("NodeCrypto: sha256 and hmacSha256 give what RFC 6234 and RFC 4231 say", () => {
  const crypto = new NodeCrypto();
  assertEquals(
    crypto.sha256(encodeUtf8("abc")).toHex(),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assertEquals(
    crypto.hmacSha256(encodeUtf8("Jefe"), encodeUtf8("what do ya want for nothing?")).toHex(),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  assertEquals(crypto.sha256(TEXT).constructor, Uint8Array);
});

Deno.test("NodeCrypto: an Ed25519 signature is that of RFC 8032", () => {
  // Section 7.1, test 2; the prefixes are those of RFC 8410.
  const publicKey = Uint8Array.fromHex(
    "302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  );
  const signature = Uint8Array.fromHex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  assert(new NodeCrypto().verify(publicKey, Uint8Array.of(0x72), signature));
});

Deno.test("NodeCrypto: an agreement is that of RFC 7748", () => {
  // Section 6.1.
  const bob = agreementKeyFrom("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const alice = Uint8Array.fromHex(
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
  );
  const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  assertEquals(bob.agree(alice)?.toHex(), secret);
});

Deno.test("NodeCrypto: no key agrees with a public key of low order", () => {
  const key = new NodeCrypto().newAgreementKey();
  for (const low of LOW_ORDER_KEYS) assertEquals(key.agree(low), undefined, low.toHex());
});

Deno.test("NodeCrypto: agreement keys differ from one to the next, and from one crypto to another", () => {
  const [one, other] = [new NodeCrypto(), new NodeCrypto()];
  const keys = [one.newAgreementKey(), one.newAgreementKey(), other.newAgreementKey()];
  assertEquals(new Set(keys.map(({ publicKey }) => publicKey.toHex())).size, 3);
});

Deno.test("NodeCrypto: sealed bytes are those of RFC 8439", () => {
  // Section 2.8.2.
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const nonce = Uint8Array.fromHex("070000004041424344454647");
  const aad = Uint8Array.fromHex("50515253c0c1c2c3c4c5c6c7");
  const plaintext = encodeUtf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
      "sunscreen would be it.",
  );
  const sealed = new NodeCrypto().seal(key, nonce, aad, plaintext);
  assertEquals(
    sealed.toHex(),
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6" +
      "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36" +
      "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc" +
      "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
  );
  assertEquals(new NodeCrypto().open(key, nonce, aad, sealed), plaintext);
});

for (const [kind, newKey] of Object.entries(NODE_KEYS)) {
  Deno.test(`signerOf: with a key of the kind ${kind} others see who signed what`, () => {
    const crypto = new NodeCrypto();
    const signer = signerOf(newKey());
    const signature = signer.sign(TEXT);
    assertEquals(signer.id, nodeIdFromBytes(crypto.sha256(signer.publicKey)));
    assertEquals(signature.constructor, Uint8Array);
    // Twice: the second time the key is at hand.
    for (const _ of [1, 2]) assert(crypto.verify(signer.publicKey, TEXT, signature));
    assertEquals(crypto.verify(signer.publicKey, TEXT.slice(1), signature), false);
    assertEquals(crypto.verify(signerOf(newKey()).publicKey, TEXT, signature), false);
    for (let at = 0; at < signature.length; at += 7) {
      const altered = signature.with(at, (signature[at] ?? 0) ^ 1);
      assertEquals(crypto.verify(signer.publicKey, TEXT, altered), false, `byte ${at}`);
    }
  });

  Deno.test(`signerOf: WebCrypto, which browsers have, checks signatures of the kind ${kind}`, async () => {
    const signer = signerOf(newKey());
    const [importing, checking] = WEB_ALGORITHMS[kind] as [
      AlgorithmIdentifier,
      AlgorithmIdentifier,
    ];
    const spki = new Uint8Array(signer.publicKey);
    const key = await crypto.subtle.importKey("spki", spki, importing, false, ["verify"]);
    const signature = new Uint8Array(signer.sign(TEXT));
    assert(await crypto.subtle.verify(checking, key, signature, new Uint8Array(TEXT)));
  });
}

const WEB_ALGORITHMS: Record<string, [object, object]> = {
  "Ed25519": [{ name: "Ed25519" }, { name: "Ed25519" }],
  "P-256": [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
  "RSA": [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, { name: "RSASSA-PKCS1-v1_5" }],
};

/** Keys that no node may have, though the library could check their signatures. */
const FOREIGN_KEYS: Record<string, () => KeyObject> = {
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
  "RSA with 1024 bits": () => generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey,
  "X25519": () => generateKeyPairSync("x25519").privateKey,
};

for (const [kind, newKey] of Object.entries(FOREIGN_KEYS)) {
  Deno.test(`NodeCrypto: a key of the kind ${kind} proves nothing`, () => {
    const key = newKey();
    const spki = spkiOf(key);
    const signature = kind === "X25519" ? new Uint8Array(64) : signerOf(key).sign(TEXT);
    for (const _ of [1, 2]) assertEquals(new NodeCrypto().verify(spki, TEXT, signature), false);
  });
}

Deno.test("NodeCrypto: hostile keys and signatures are wrong, and nothing worse", () => {
  const crypto = new NodeCrypto();
  for (const newKey of Object.values(NODE_KEYS)) {
    const { publicKey, sign } = signerOf(newKey());
    const signature = sign(TEXT);
    for (const wrong of [new Uint8Array(), new Uint8Array(64), new Uint8Array(5000).fill(255)]) {
      assertEquals(crypto.verify(publicKey, TEXT, wrong), false);
      assertEquals(crypto.verify(wrong, TEXT, signature), false);
    }
    for (let at = 0; at < publicKey.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const altered = publicKey.with(at, (publicKey[at] ?? 0) ^ flip);
        assertEquals(crypto.verify(altered, TEXT, signature), false, `byte ${at}`);
      }
      assertEquals(crypto.verify(publicKey.subarray(0, at), TEXT, signature), false);
    }
  }
});

Deno.test("NodeCrypto: with more keys than are kept at hand every answer stays right", () => {
  const crypto = new NodeCrypto();
  const signers = Array.from({ length: 1500 }, () => signerOf(generateKey()));
  for (const { publicKey, sign } of [...signers, ...signers]) {
    assert(crypto.verify(publicKey, TEXT, sign(TEXT)));
  }
  const [first, second] = signers;
  assertEquals(
    crypto.verify(first?.publicKey ?? TEXT, TEXT, second?.sign(TEXT) ?? TEXT),
    false,
  );
});

Deno.test("spkiOf: a private key and its public half have the same", () => {
  const key = generateKey();
  assertEquals(spkiOf(createPublicKey(key)), spkiOf(key));
  assertNotEquals(spkiOf(generateKey()), spkiOf(key));
});

function generateKey(): KeyObject {
  return generateKeyPairSync("ed25519").privateKey;
}
