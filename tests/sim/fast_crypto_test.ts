import { assert, assertEquals } from "@std/assert";
import { nodeIdFromBytes } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { testCrypto } from "../crypto/compliance.ts";

const TEXT = new TextEncoder().encode("what is signed");

testCrypto("FastCrypto", () => new FastCrypto());

Deno.test("FastCrypto: an id is the hash of its public key, and the same seed gives the same key", () => {
  const crypto = new FastCrypto();
  const { id, publicKey } = crypto.newSigner(new SeededRandom(1));
  assertEquals(nodeIdFromBytes(crypto.sha256(publicKey)), id);
  assertEquals(new FastCrypto().newSigner(new SeededRandom(1)).id, id);
  assert(crypto.newSigner(new SeededRandom(2)).id !== id);
});

Deno.test("FastCrypto: a signature holds for its key and its bytes alone", () => {
  const crypto = new FastCrypto();
  const [alice, bob] = [1, 2].map((seed) => crypto.newSigner(new SeededRandom(seed)));
  assert(alice !== undefined && bob !== undefined);
  const signature = alice.sign(TEXT);
  assert(crypto.verify(alice.publicKey, TEXT, signature));
  assert(!crypto.verify(bob.publicKey, TEXT, signature));
  assert(!crypto.verify(alice.publicKey, TEXT, bob.sign(TEXT)));
  for (let at = 0; at < TEXT.length; at++) {
    const altered = TEXT.with(at, (TEXT[at] as number) ^ 1);
    assert(!crypto.verify(alice.publicKey, altered, signature), `byte ${at}`);
  }
  for (const length of [0, 31]) {
    assert(!crypto.verify(alice.publicKey, TEXT, signature.subarray(0, length)));
  }
});

Deno.test("FastCrypto: a key that it did not make signs nothing, and confuses nobody", () => {
  const crypto = new FastCrypto();
  const stranger = new FastCrypto().newSigner(new SeededRandom(1));
  for (const publicKey of [stranger.publicKey, new Uint8Array(0), new Uint8Array(1_000)]) {
    assert(!crypto.verify(publicKey, TEXT, stranger.sign(TEXT)));
  }
});

Deno.test("FastCrypto: hashes of 32 bytes differ where the input does, be it by a zero", () => {
  const crypto = new FastCrypto();
  const random = new SeededRandom(1);
  const inputs = [
    ...Array.from({ length: 300 }, (_, length) => new Uint8Array(length)),
    ...Array.from({ length: 2_000 }, (_, i) => Uint8Array.of(i >> 8, i & 255, 1)),
    ...Array.from({ length: 2_000 }, () => {
      return Uint8Array.from({ length: 40 }, () => randomInt(random, 256));
    }),
  ];
  const hashes = inputs.map((bytes) => crypto.sha256(bytes));
  assert(hashes.every(({ length }) => length === 32));
  assertEquals(new Set(hashes.map((hash) => hash.join())).size, inputs.length);
});

Deno.test("FastCrypto: the same calls in the same order give the same keys and the same sealed bytes", () => {
  const run = () => {
    const crypto = new FastCrypto();
    const [one, other] = [crypto.newAgreementKey(), crypto.newAgreementKey()];
    const secret = one.agree(other.publicKey);
    assert(secret !== undefined);
    const sealed = crypto.seal(secret, new Uint8Array(12), TEXT, TEXT);
    return [one.publicKey, other.publicKey, secret, sealed].map((bytes) => bytes.toHex());
  };
  const first = run();
  assertEquals(run(), first);
  assertEquals(new Set(first).size, first.length);
});

Deno.test("FastCrypto: keys for agreement draw nothing from the seed, and signers nothing from their count", () => {
  const crypto = new FastCrypto();
  const random = new SeededRandom(1);
  crypto.newAgreementKey();
  assertEquals(crypto.newSigner(random).id, new FastCrypto().newSigner(new SeededRandom(1)).id);
});

Deno.test("FastCrypto: any altered word of 64 KiB is found", () => {
  const crypto = new FastCrypto();
  const [key, nonce] = [new Uint8Array(32), new Uint8Array(12)];
  const sealed = crypto.seal(key, nonce, TEXT, new Uint8Array(65_536));
  for (let at = 0; at < sealed.length; at += 251) {
    const altered = sealed.with(at, (sealed[at] as number) ^ 0x80);
    assertEquals(crypto.open(key, nonce, TEXT, altered), undefined, `byte ${at}`);
  }
});
