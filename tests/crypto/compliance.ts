/**
 * What every {@linkcode Crypto} must do with agreement keys and ciphers, real or simulated: one suite,
 * run for each of them. That real ones also do what their RFCs say is a matter of published vectors.
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import type { Crypto, Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";

/**
 * Registers the suite for one implementation.
 *
 * @param name starts the name of every test
 * @param open makes a fresh one for each test
 */
export function testCrypto(name: string, open: () => Crypto): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    Deno.test(`${name}: ${sentence}`, () => story(open()));
  }
}

const KEY = noise(32);
const NONCE = noise(12);
const AAD = encodeUtf8("who it is for");
const CANARY = encodeUtf8("the canary that nobody on the way may read");
const SIZES = [0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1_000, 65_535, 65_536];

const STORIES: Record<string, (crypto: Crypto) => void> = {
  "a seed always gives the same signer, whose signatures others can check": (crypto) => {
    const [one, again, other] = [noise(32), noise(32), noise(32).with(0, 77)]
      .map((seed) => crypto.signerFrom(seed)) as [Signer, Signer, Signer];
    assertEquals([again.id, again.publicKey], [one.id, one.publicKey]);
    assertNotEquals(other.id, one.id);
    assertEquals(nodeIdToBytes(one.id), crypto.sha256(one.publicKey));
    assert(crypto.verify(one.publicKey, CANARY, again.sign(CANARY)));
    assert(!crypto.verify(one.publicKey, CANARY, other.sign(CANARY)));
  },

  "a stretched secret depends on every bit of it and of the salt": (crypto) => {
    const stretched = crypto.stretch(CANARY, AAD);
    assertEquals(stretched.length, 32);
    assertEquals(crypto.stretch(CANARY.slice(), AAD), stretched);
    assertNotEquals(crypto.stretch(flipped(CANARY, 3), AAD), stretched);
    assertNotEquals(crypto.stretch(CANARY, flipped(AAD, 3)), stretched);
  },

  "two keys agree on 32 bytes, whichever of them is asked": (crypto) => {
    const [alice, bob] = [crypto.newAgreementKey(), crypto.newAgreementKey()];
    const secret = alice.agree(bob.publicKey);
    assertEquals(secret, bob.agree(alice.publicKey));
    assertEquals(secret?.length, 32);
    assertEquals([secret?.constructor, alice.publicKey.constructor], [Uint8Array, Uint8Array]);
    assertEquals(alice.publicKey.length, 32);
    assertEquals(alice.agree(alice.publicKey)?.length, 32);
  },

  "every pair of keys agrees on a secret of its own, and none is a public key": (crypto) => {
    const keys = Array.from({ length: 12 }, () => crypto.newAgreementKey());
    const seen = keys.map(({ publicKey }) => publicKey.toHex());
    keys.forEach((one, i) => {
      for (const other of keys.slice(i)) seen.push(one.agree(other.publicKey)?.toHex() ?? "none");
    });
    assertEquals(new Set(seen).size, 12 + 12 * 13 / 2);
  },

  "with a public key that nobody holds a key agrees on something that tells nobody": (crypto) => {
    const [alice, bob] = [crypto.newAgreementKey(), crypto.newAgreementKey()];
    const strange = bob.publicKey.with(7, (bob.publicKey[7] ?? 0) ^ 1);
    assertNotEquals(alice.agree(strange), alice.agree(bob.publicKey));
    assertNotEquals(alice.agree(strange), bob.agree(strange));
  },

  "no key agrees with zeros or with what is not 32 bytes": (crypto) => {
    const alice = crypto.newAgreementKey();
    assertEquals(alice.agree(new Uint8Array(32)), undefined);
    const { publicKey } = crypto.newAgreementKey();
    const lengths = [0, 1, 31, 33, 64, 10_000];
    for (const length of lengths) {
      const bytes = new Uint8Array(length).fill(9);
      bytes.set(publicKey.subarray(0, length));
      assertEquals(alice.agree(bytes), undefined, `${length} bytes`);
    }
  },

  "what is sealed can be opened, and is 16 bytes longer, whatever its size": (crypto) => {
    for (const size of SIZES) {
      const plaintext = noise(size);
      for (const aad of [AAD, new Uint8Array(0), noise(1_000)]) {
        const sealed = crypto.seal(KEY, NONCE, aad, plaintext);
        assertEquals(sealed.length, size + 16);
        const opened = crypto.open(KEY, NONCE, aad, sealed);
        assertEquals(opened, plaintext);
        assertEquals([sealed.constructor, opened?.constructor], [Uint8Array, Uint8Array]);
      }
    }
  },

  "bytes may stand anywhere in a larger buffer, and stay as they are": (crypto) => {
    for (const size of [0, 1, 64, 1_001]) {
      const inputs = [KEY, NONCE, AAD, noise(size)] as const;
      const [key, nonce, aad, plaintext] = inputs.map(within) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      const sealed = crypto.seal(key, nonce, aad, plaintext);
      assertEquals(sealed, crypto.seal(...inputs));
      const moved = within(sealed);
      assertEquals(crypto.open(key, nonce, aad, moved), plaintext);
      assertEquals(moved, sealed);
      assertEquals([key, nonce, aad, plaintext], [...inputs]);
    }
  },

  "what was sealed and opened no longer depends on the bytes that were given": (crypto) => {
    const plaintext = noise(100);
    const sealed = crypto.seal(KEY, NONCE, AAD, plaintext);
    plaintext.fill(0);
    const opened = crypto.open(KEY, NONCE, AAD, sealed);
    sealed.fill(0);
    assertEquals(opened, noise(100));
  },

  "no bit of what is sealed, its key, its nonce or its aad can be altered": (crypto) => {
    for (const size of [0, 3, 4, 43]) {
      const good = [KEY, NONCE, AAD, crypto.seal(KEY, NONCE, AAD, noise(size))] as const;
      good.forEach((part, which) => {
        for (let bit = 0; bit < part.length * 8; bit++) {
          const [key, nonce, aad, sealed] = good.map((bytes, i) =>
            i === which ? flipped(bytes, bit) : bytes
          ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
          assertEquals(crypto.open(key, nonce, aad, sealed), undefined, `${which}, bit ${bit}`);
        }
      });
    }
  },

  "nothing that was cut, lengthened, turned round or invented opens": (crypto) => {
    const sealed = crypto.seal(KEY, NONCE, AAD, noise(40));
    for (let length = 0; length < sealed.length; length++) {
      assertEquals(crypto.open(KEY, NONCE, AAD, sealed.subarray(0, length)), undefined);
      assertEquals(
        crypto.open(KEY, NONCE, AAD, sealed.subarray(sealed.length - length)),
        undefined,
      );
      assertEquals(crypto.open(KEY, NONCE, AAD, noise(length)), undefined);
    }
    for (const byte of [0, 1, 255]) {
      assertEquals(crypto.open(KEY, NONCE, AAD, Uint8Array.of(...sealed, byte)), undefined);
      assertEquals(crypto.open(KEY, NONCE, AAD, Uint8Array.of(byte, ...sealed)), undefined);
      assertEquals(crypto.open(KEY, NONCE, Uint8Array.of(...AAD, byte), sealed), undefined);
    }
    assertEquals(crypto.open(KEY, NONCE, AAD, sealed.toReversed()), undefined);
    assertEquals(crypto.open(KEY, NONCE, AAD, new Uint8Array(56)), undefined);
    // Two of its words change places.
    const swapped = sealed.slice();
    swapped.set(sealed.subarray(0, 4), 4);
    swapped.set(sealed.subarray(4, 8), 0);
    assertEquals(crypto.open(KEY, NONCE, AAD, swapped), undefined);
  },

  "no byte can change sides between the aad and what is sealed": (crypto) => {
    const sealed = crypto.seal(KEY, NONCE, AAD, noise(40));
    const both = Uint8Array.of(...AAD, ...sealed);
    for (let at = 0; at <= both.length; at++) {
      const opened = crypto.open(KEY, NONCE, both.subarray(0, at), both.subarray(at));
      assertEquals(opened !== undefined, at === AAD.length, `cut at ${at}`);
    }
  },

  "the tag of one message is none for another": (crypto) => {
    const one = crypto.seal(KEY, NONCE, AAD, noise(40));
    const other = crypto.seal(KEY, NONCE.with(0, (NONCE[0] ?? 0) ^ 1), AAD, noise(40));
    const mixed = Uint8Array.of(...one.subarray(0, 40), ...other.subarray(40));
    assertEquals(crypto.open(KEY, NONCE, AAD, mixed), undefined);
  },

  "sealed bytes show neither the text nor that it is the same again": (crypto) => {
    const seals = [0, 1, 2].map((first) => crypto.seal(KEY, NONCE.with(0, first), AAD, CANARY));
    for (const sealed of seals) {
      const hex = sealed.toHex();
      for (let at = 0; at + 4 <= CANARY.length; at++) {
        assert(!hex.includes(CANARY.subarray(at, at + 4).toHex()), `four bytes from ${at}`);
      }
    }
    assertEquals(new Set(seals.map((sealed) => sealed.toHex())).size, 3);
    // A single byte may come out as it went in, but not each time.
    for (const size of [1, 2, 3, 4, 5]) {
      const last = Array.from({ length: 16 }, (_, first) => {
        return crypto.seal(KEY, NONCE.with(0, first), AAD, new Uint8Array(size))[size - 1];
      });
      assert(new Set(last).size > 4, `Expected the last of ${size} bytes to be hidden: ${last}`);
    }
    for (const byte of [0, 255]) {
      const plain = crypto.seal(KEY, NONCE, AAD, new Uint8Array(4_096).fill(byte));
      assert(new Set(plain).size > 200, "Expected bytes of all kinds");
    }
  },

  "a key that is not 32 bytes or a nonce that is not 12 is our mistake": (crypto) => {
    const sealed = crypto.seal(KEY, NONCE, AAD, CANARY);
    for (const [keyBytes, nonceBytes] of [[31, 12], [33, 12], [0, 12], [32, 11], [32, 13]]) {
      const [key, nonce] = [new Uint8Array(keyBytes ?? 0), new Uint8Array(nonceBytes ?? 0)];
      assertThrows(() => crypto.seal(key, nonce, AAD, CANARY));
      assertThrows(() => crypto.open(key, nonce, AAD, sealed));
    }
  },
};

/** Bytes without a pattern. */
function noise(length: number): Uint8Array {
  const random = new SeededRandom(length);
  return Uint8Array.from({ length }, () => random.uint32());
}

/** The same bytes, at an odd place in a buffer that is larger. */
function within(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 8).fill(0xaa);
  larger.set(bytes, 3);
  return larger.subarray(3, 3 + bytes.length);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit >>> 3;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
}
