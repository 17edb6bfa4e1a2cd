/** Secure channels with real keys, and their secrets by another road: `node:crypto` and the header. */

import { assertEquals } from "@std/assert";
import {
  createHash,
  createHmac,
  createPublicKey,
  hkdfSync,
  verify as verifySignature,
} from "node:crypto";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import type { AgreementKey } from "../../src/base/ports.ts";
import { openBytes } from "../../src/io/chacha20_poly1305.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import { ChannelError } from "../../src/session/secure_channel.ts";
import { ChannelEnd, connect, cryptoWith, one } from "../session/channel_pair.ts";
import { testSecureChannel } from "../session/channel_stories.ts";
import { agreementKeyFrom, LOW_ORDER_KEYS } from "./agreement_keys.ts";
import { newParty, NODE_KEYS } from "./credentials.ts";

const crypto = new NodeCrypto();
const signerFrom = (byte: number) => crypto.signerFrom(new Uint8Array(32).fill(byte));

testSecureChannel("NodeCrypto", () => ({
  crypto,
  alice: signerFrom(1),
  bob: signerFrom(2),
  mallory: signerFrom(3),
}));

Deno.test("SecureChannel: nodes with keys of every kind prove themselves to one another", () => {
  const signers = Object.values(NODE_KEYS).map((newKey) => signerOf(newParty(newKey()).privateKey));
  for (const dialler of signers) {
    for (const accepter of signers) {
      const { alice, bob } = connect({ crypto, signer: dialler }, { crypto, signer: accepter });
      assertEquals([alice.opened?.id, bob.opened?.id], [accepter.id, dialler.id]);
    }
  }
});

Deno.test("SecureChannel: keys of low order are refused, however they are written", () => {
  for (const key of LOW_ORDER_KEYS) {
    const bob = ChannelEnd.accept(crypto, signerFrom(2));
    let refused = false;
    try {
      bob.hear(Uint8Array.of(1, ...key));
    } catch (error) {
      refused = error instanceof ChannelError;
    }
    assertEquals([refused, bob.said.length], [true, 0]);
  }
});

const sha256 = (...parts: Uint8Array[]) =>
  new Uint8Array(createHash("sha256").update(concatBytes(parts)).digest());
/** Extract and expand in one, as RFC 5869 has it. */
const derive = (secret: Uint8Array, salt: Uint8Array, purpose: string) =>
  new Uint8Array(hkdfSync("sha256", secret, salt, encodeUtf8(`area-net channel 1 ${purpose}`), 32));
const opened = (key: Uint8Array, sealed: Uint8Array, number = 0) =>
  openBytes(key, Uint8Array.of(...new Uint8Array(11), number), new Uint8Array(0), sealed) ??
    new Uint8Array(0);

Deno.test("SecureChannel: keys, proofs and the binding are those that its header describes", () => {
  const fresh = ["11", "22"].map((byte) => agreementKeyFrom(byte.repeat(32)));
  const [near, far] = fresh as [AgreementKey, AgreementKey];
  const fixed = cryptoWith(crypto, { newAgreementKey: () => fresh.shift() as AgreementKey });
  const [dialler, accepter] = [signerFrom(1), signerFrom(2)];
  const { alice, bob, handshake: [hello, answer, proof] } = connect(
    { crypto: fixed, signer: dialler },
    { crypto: fixed, signer: accepter },
  );

  let transcript = sha256(encodeUtf8("area-net channel 1"));
  const mix = (bytes: Uint8Array) => transcript = sha256(transcript, bytes);
  assertEquals(hello[0], 1);
  mix(hello);
  mix(answer.subarray(0, 32));
  const agreed = near.agree(far.publicKey) as Uint8Array;
  const salt = transcript;
  const steps = [
    ["accepter", accepter.publicKey, answer.subarray(32)],
    ["dialler", dialler.publicKey, proof],
  ] as const;
  for (const [role, publicKey, sealed] of steps) {
    const plain = opened(derive(agreed, salt, `${role} proof`), sealed);
    const [size, signature, code] = [publicKey.length, plain.slice(46, -32), plain.slice(-32)];
    assertEquals(plain.subarray(0, 2), Uint8Array.of(0, size));
    assertEquals(plain.subarray(2, 2 + size), publicKey);
    mix(publicKey);
    const key = createPublicKey({ key: publicKey as never, type: "spki", format: "der" });
    const words = concatBytes([encodeUtf8(`area-net channel 1 ${role}\0`), transcript]);
    assertEquals(verifySignature(null, words, key, signature), true);
    mix(signature);
    const mac = createHmac("sha256", derive(agreed, salt, `${role} code`)).update(transcript);
    assertEquals(code.toHex(), mac.digest("hex"));
    mix(code);
  }
  // The second extract takes the first one's key, not the secret that went into it.
  const root = new Uint8Array(createHmac("sha256", salt).update(agreed).digest());
  assertEquals(alice.opened?.binding, derive(root, transcript, "binding"));
  const records = [bob.say(Uint8Array.of(7)), bob.say(Uint8Array.of(8))].map(one);
  const key = derive(root, transcript, "accepter records");
  for (const [number, record] of records.entries()) {
    assertEquals(opened(key, record, number), Uint8Array.of(7 + number));
  }
  assertEquals(
    opened(derive(root, transcript, "dialler records"), one(alice.say(Uint8Array.of(9)))),
    Uint8Array.of(9),
  );
  // What stood on the wire when this was written: nodes that differ here cannot talk.
  assertEquals(sha256(hello, answer, proof, ...records).toHex(), GOLDEN);
});

const GOLDEN = "72a1d13fe9619477e9eeec1db89c0679d1cb36638a0a4ce8b7995a3f245f8a6e";
