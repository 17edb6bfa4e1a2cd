import { assert, assertEquals, assertThrows } from "@std/assert";
import { createPrivateKey, generateKeyPairSync, generatePrimeSync, sign } from "node:crypto";
import { concatBytes, encodeUtf8 } from "../../../src/base/bytes.ts";
import { NodeCrypto, signerOf, spkiOf } from "../../../src/io/node_crypto.ts";
import { BrowserCrypto } from "../../../src/web/node/crypto.ts";
import { testCrypto } from "../../crypto/compliance.ts";
import { testHpke } from "../../identity/hpke_stories.ts";
import { agreementKeyFrom, LOW_ORDER_KEYS } from "../../io/agreement_keys.ts";
import { NODE_KEYS } from "../../io/credentials.ts";
import { derInteger, power, rsaSpki, signRaw } from "./rsa_keys.ts";

testCrypto("BrowserCrypto", () => new BrowserCrypto());
testHpke("BrowserCrypto", () => new BrowserCrypto());

const TEXT = encodeUtf8("bytes that were sent");
const SIZES = [0, 1, 63, 64, 65, 1_000, 65_536];

const node = new NodeCrypto();
const browser = new BrowserCrypto();

/** What a node says of a signature, which a browser must say too. */
function verdict(spki: Uint8Array, bytes: Uint8Array, signature: Uint8Array, why = ""): boolean {
  const verdict = node.verify(spki, bytes, signature);
  const said = `${why}: key ${spki.toHex()}, signature ${signature.toHex()}`;
  // Twice: the second time the key is at hand.
  for (const _ of [1, 2]) assertEquals(browser.verify(spki, bytes, signature), verdict, said);
  return verdict;
}

Deno.test("BrowserCrypto: hashes, and stretches, as nodes do", () => {
  for (const size of SIZES) {
    const bytes = new Uint8Array(size).fill(size);
    assertEquals(browser.sha256(bytes), node.sha256(bytes));
    assertEquals(browser.hmacSha256(bytes, TEXT), node.hmacSha256(bytes, TEXT));
    assertEquals(browser.hmacSha256(TEXT, bytes), node.hmacSha256(TEXT, bytes));
  }
  assertEquals(browser.stretch(TEXT, TEXT), node.stretch(TEXT, TEXT));
  assertEquals(
    browser.stretch(new Uint8Array(), new Uint8Array()),
    node.stretch(new Uint8Array(), new Uint8Array()),
  );
});

Deno.test("BrowserCrypto: a seed gives the signer that a node has of it", () => {
  for (const first of [0, 1, 77, 255]) {
    const seed = new Uint8Array(32).fill(first);
    const [ours, theirs] = [browser.signerFrom(seed), node.signerFrom(seed)];
    assertEquals([ours.id, ours.publicKey], [theirs.id, theirs.publicKey]);
    assertEquals(ours.sign(TEXT), theirs.sign(TEXT));
    assert(verdict(ours.publicKey, TEXT, ours.sign(TEXT)));
    const signature = ours.sign(TEXT);
    seed.fill(9);
    assertEquals(ours.sign(TEXT), signature, "Expected the seed's memory to be free again");
  }
  for (const length of [0, 31, 33, 64]) {
    assertThrows(() => browser.signerFrom(new Uint8Array(length)), RangeError, "is 32 bytes");
  }
});

Deno.test("BrowserCrypto: agrees with the keys of nodes, and with none of low order", () => {
  for (let i = 0; i < 8; i++) {
    const [ours, theirs] = [browser.newAgreementKey(), node.newAgreementKey()];
    const secret = ours.agree(theirs.publicKey);
    assertEquals(secret?.length, 32);
    assertEquals(theirs.agree(ours.publicKey), secret);
  }
  // RFC 7748, section 6.1: a key whose highest bit is set counts without it.
  const known = agreementKeyFrom(
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  );
  const ours = browser.newAgreementKey();
  const marked = ours.publicKey.with(31, (ours.publicKey[31] ?? 0) | 0x80);
  assertEquals(known.agree(marked), ours.agree(known.publicKey));
  for (const low of LOW_ORDER_KEYS) assertEquals(ours.agree(low), undefined, low.toHex());
});

Deno.test("BrowserCrypto: opens what nodes seal, and the other way round", () => {
  const [key, nonce] = [new Uint8Array(32).fill(3), new Uint8Array(12).fill(5)];
  for (const size of SIZES) {
    const bytes = new Uint8Array(size).fill(7);
    const sealed = node.seal(key, nonce, TEXT, bytes);
    const pieces = [bytes.subarray(0, size >> 2), new Uint8Array(), bytes.subarray(size >> 2)];
    assertEquals(browser.seal(key, nonce, TEXT, bytes), sealed);
    assertEquals(browser.seal(key, nonce, TEXT, ...pieces), sealed);
    assertEquals(browser.open(key, nonce, TEXT, sealed), bytes);
  }
  assertEquals(browser.seal(key, nonce, TEXT), node.seal(key, nonce, TEXT));
});

for (const [kind, newKey] of Object.entries(NODE_KEYS)) {
  Deno.test(`BrowserCrypto: takes signatures of the kind ${kind}, and none that was altered`, () => {
    const signer = signerOf(newKey());
    const signature = signer.sign(TEXT);
    assert(verdict(signer.publicKey, TEXT, signature));
    assert(!verdict(signer.publicKey, TEXT.slice(1), signature));
    assert(!verdict(signerOf(newKey()).publicKey, TEXT, signature));
    for (let at = 0; at < signature.length; at += 5) {
      const altered = signature.with(at, (signature[at] ?? 0) ^ 1);
      assert(!verdict(signer.publicKey, TEXT, altered, `byte ${at}`));
    }
    for (
      const wrong of [
        new Uint8Array(),
        new Uint8Array(64),
        new Uint8Array(256),
        new Uint8Array(5000).fill(255),
        signature.subarray(1),
        signature.subarray(0, -1),
        concatBytes([signature, Uint8Array.of(0)]),
        concatBytes([Uint8Array.of(0), signature]),
      ]
    ) {
      assert(!verdict(signer.publicKey, TEXT, wrong));
      assert(!verdict(wrong, TEXT, signature));
    }
  });

  Deno.test(`BrowserCrypto: has one form for a key of the kind ${kind}, as nodes have`, () => {
    const { publicKey, sign } = signerOf(newKey());
    const signature = sign(TEXT);
    for (let at = 0; at < publicKey.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const altered = publicKey.with(at, (publicKey[at] ?? 0) ^ flip);
        assert(!verdict(altered, TEXT, signature, `byte ${at}`));
      }
      assert(!verdict(publicKey.subarray(0, at), TEXT, signature));
    }
    assert(!verdict(concatBytes([publicKey, Uint8Array.of(0)]), TEXT, signature));
  });
}

/**
 * Signatures of TEXT on which libraries of Ed25519 differ, made after "Taming the many EdDSAs" from
 * keys and nonces plus points of small order.
 */
const EDGES_OF_ED25519 = [
  {
    name: "an honest one",
    key: "ce0835d5eef35d3d7194904428ab19ee30b76afce559883b3b3542994e42af45",
    signature: "77d9320e93ce69566779113b49e6ec1cd4cfaf069ba184e55d457f9d53fa643d" +
      "b65d672bfab6db2145cdaccaf80f2b1c81b95524ba28e14a46d4bfd01ec8e306",
    isTaken: true,
  },
  {
    name: "a number written as itself plus the order",
    key: "ce0835d5eef35d3d7194904428ab19ee30b76afce559883b3b3542994e42af45",
    signature: "77d9320e93ce69566779113b49e6ec1cd4cfaf069ba184e55d457f9d53fa643d" +
      "a3315d88141aee791b6aa46dd7090a3181b95524ba28e14a46d4bfd01ec8e316",
    isTaken: false,
  },
  {
    name: "a nonce of mixed order, right only when multiplied by the cofactor",
    key: "ce0835d5eef35d3d7194904428ab19ee30b76afce559883b3b3542994e42af45",
    signature: "f7b012276d9972abb6ef12d40b3e7c173c3f5e67646971dc982680c227f354ae" +
      "6e67dab12327d24565356be2b3d8d70f54134e3044423b379bccb85138ee980e",
    isTaken: false,
  },
  {
    name: "a key of mixed order, the nonce making up for it",
    key: "11cafa6189fadaeb44521804c87f0e5cbc49236185e67e41742c3dbcfc553d92",
    signature: "55ae61520ca466adcc4ae4a32dc1633a5d749c64a5b50f136fc3469f27e487e6" +
      "0b1c133ae63e8e3a98587a7a037f51b2db728ae479af52a3992dfc2e56cac409",
    isTaken: true,
  },
  {
    name: "a key of mixed order, right only when multiplied by the cofactor",
    key: "11cafa6189fadaeb44521804c87f0e5cbc49236185e67e41742c3dbcfc553d92",
    signature: "5866666666666666666666666666666666666666666666666666666666666666" +
      "58a547cab809a4d2adf55774258f349aa47defd20c240c7b6d072b0c4fa3c90a",
    isTaken: false,
  },
  {
    name: "the neutral point for a key",
    key: "0100000000000000000000000000000000000000000000000000000000000000",
    signature: "5866666666666666666666666666666666666666666666666666666666666666" +
      "0100000000000000000000000000000000000000000000000000000000000000",
    isTaken: true,
  },
  {
    name: "a key of order eight",
    key: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    signature: "9bad33f580df7ecc49df5342bac8145d5bedc40f573d1b067f3c4ce449689a15" +
      "0100000000000000000000000000000000000000000000000000000000000000",
    isTaken: true,
  },
  {
    name: "a key whose sign is that of zero",
    key: "0100000000000000000000000000000000000000000000000000000000000080",
    signature: "5866666666666666666666666666666666666666666666666666666666666666" +
      "0100000000000000000000000000000000000000000000000000000000000000",
    isTaken: false,
  },
  {
    name: "a key written as itself plus the prime",
    key: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    signature: "5866666666666666666666666666666666666666666666666666666666666666" +
      "0100000000000000000000000000000000000000000000000000000000000000",
    isTaken: false,
  },
  {
    name: "a nonce written as itself plus the prime",
    key: "ce0835d5eef35d3d7194904428ab19ee30b76afce559883b3b3542994e42af45",
    signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" +
      "c90bf2bf47f3192f72bf7ced3fb130b00803ae5874ca8f44950d613b92ab6e08",
    isTaken: false,
  },
];

for (const { name, key, signature, isTaken } of EDGES_OF_ED25519) {
  Deno.test(`BrowserCrypto: of Ed25519, ${name} is ${isTaken ? "taken" : "refused"}`, () => {
    const spki = Uint8Array.fromHex(`302a300506032b6570032100${key}`);
    assertEquals(verdict(spki, TEXT, Uint8Array.fromHex(signature)), isTaken);
  });
}

Deno.test("BrowserCrypto: of P-256, a signature and its mirror image are taken", () => {
  const { publicKey, sign } = signerOf(
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  );
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const signature = sign(TEXT);
  const [r, s] = [signature.subarray(0, 32), BigInt(`0x${signature.subarray(32).toHex()}`)];
  const numbers = { mirror: order - s, zero: 0n, order };
  const taken = Object.entries(numbers).filter(([name, number]) => {
    const bytes = Uint8Array.fromHex(number.toString(16).padStart(64, "0"));
    assert(!verdict(publicKey, TEXT, concatBytes([bytes.map(() => 0), bytes])), name);
    return verdict(publicKey, TEXT, concatBytes([r, bytes]), name);
  });
  assertEquals(taken.map(([name]) => name), ["mirror"]);
});

Deno.test("BrowserCrypto: of P-256, a compressed or a foreign point is no key", () => {
  const { publicKey, sign } = signerOf(
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  );
  const signature = sign(TEXT);
  const prefix = publicKey.subarray(2, 23);
  const parity = 2 + ((publicKey.at(-1) ?? 0) & 1);
  const compressed = Uint8Array.of(0x30, 0x39, ...prefix, 3, 0x22, 0, parity);
  const x = publicKey.subarray(27, 59);
  assert(!verdict(concatBytes([compressed, x]), TEXT, signature));
  const hybrid = publicKey.with(26, 4 + parity);
  assert(!verdict(hybrid, TEXT, signature));
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  assert(!verdict(spkiOf(p384), TEXT, signerOf(p384).sign(TEXT)));
});

Deno.test("BrowserCrypto: of RSA, moduli of 2048 to 4096 bits are taken", () => {
  const taken = [1024, 2040, 2047, 2048, 2049, 3000, 4096, 4104].filter((modulusLength) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
    return verdict(spkiOf(privateKey), TEXT, signerOf(privateKey).sign(TEXT), `${modulusLength}`);
  });
  assertEquals(taken, [2048, 2049, 3000, 4096]);
});

/** A prime for a modulus: whoever knows it can sign with any exponent. */
const PRIME = generatePrimeSync(2048, { bigint: true, rem: 65n, add: 66n });

Deno.test("BrowserCrypto: of RSA, exponents are odd and from 3 up to 33 bits", () => {
  const exponents = [
    1n,
    3n,
    65_537n,
    2n ** 31n - 1n,
    2n ** 32n + 15n,
    2n ** 33n - 1n,
    2n ** 33n + 17n,
    2n ** 64n + 13n,
    2n ** 200n + 235n,
  ];
  const taken = exponents.filter((exponent) => {
    const signature = signRaw(TEXT, PRIME, exponent);
    if (signature === undefined) return false;
    return verdict(
      rsaSpki(derInteger(PRIME), derInteger(exponent)),
      TEXT,
      signature,
      `${exponent}`,
    );
  });
  assert(taken.includes(65_537n), `Expected the usual one among ${taken}`);
  for (const exponent of taken) assert(exponent >= 3n && exponent < 2n ** 33n, `${exponent}`);
});

Deno.test("BrowserCrypto: of RSA, a key that is written in another way is another key, and none", () => {
  const [n, e] = [derInteger(PRIME), derInteger(65_537n)];
  const signature = signRaw(TEXT, PRIME, 65_537n);
  assert(signature !== undefined);
  const magnitude = n.subarray(5);
  const zero = Uint8Array.of(0);
  assert(verdict(rsaSpki(n, e), TEXT, signature));
  const others = {
    "a negative modulus": rsaSpki(Uint8Array.of(2, 0x82, 1, 0, ...magnitude), e),
    "a modulus with a zero too many": rsaSpki(Uint8Array.of(2, 0x82, 1, 2, 0, 0, ...magnitude), e),
    "an exponent with a zero too many": rsaSpki(n, Uint8Array.of(2, 4, 0, 1, 0, 1)),
    "a length in three bytes": rsaSpki(Uint8Array.of(2, 0x83, 0, 1, 1, 0, ...magnitude), e),
    "a length in more bytes than it needs": rsaSpki(n, Uint8Array.of(2, 0x81, 3, 1, 0, 1)),
    "an empty exponent": rsaSpki(n, Uint8Array.of(2, 0)),
    "one number more": rsaSpki(n, concatBytes([e, e])),
    "one number less": rsaSpki(n, new Uint8Array()),
    "bytes after it": concatBytes([rsaSpki(n, e), zero]),
    "no parameters": rsaSpki(n, e, { algorithm: "300b06092a864886f70d010101" }),
    "the algorithm of PSS": rsaSpki(n, e, { algorithm: "300d06092a864886f70d01010a0500" }),
    "unused bits": rsaSpki(n, e, { unusedBits: 1 }),
  };
  for (const [name, spki] of Object.entries(others)) assert(!verdict(spki, TEXT, signature), name);
});

Deno.test("BrowserCrypto: of RSA, nothing but the whole encoding is signed", () => {
  const spki = rsaSpki(derInteger(PRIME), derInteger(65_537n));
  const forgeries = {
    "another hash": { prefix: "3041300d060960864801650304020305000440" },
    "no parameters of the hash": { prefix: "302f300b0609608648016503040201" + "0420" },
    "a shorter padding, the rest after the hash": { padding: 8 },
    "zeros for padding": { fill: 0 },
    "another kind of block": { block: 2 },
  };
  for (const [name, forgery] of Object.entries(forgeries)) {
    const signature = signRaw(TEXT, PRIME, 65_537n, forgery);
    assert(signature !== undefined);
    assert(!verdict(spki, TEXT, signature, name), name);
  }
  const signature = signRaw(TEXT, PRIME, 65_537n) ?? new Uint8Array();
  const number = BigInt(`0x${signature.toHex()}`);
  assertEquals(power(number, 65_537n, PRIME), power(number + PRIME, 65_537n, PRIME));
  const larger = (number + PRIME).toString(16);
  if (larger.length <= 512) {
    assert(!verdict(spki, TEXT, Uint8Array.fromHex(larger.padStart(512, "0")), "plus modulus"));
  }
});

Deno.test("BrowserCrypto: a key for agreeing proves nothing", () => {
  const { privateKey } = generateKeyPairSync("x25519");
  assert(!verdict(spkiOf(privateKey), TEXT, new Uint8Array(64)));
});

Deno.test("BrowserCrypto: with more keys than are kept at hand every answer stays right", () => {
  const few = new BrowserCrypto();
  const signers = Array.from({ length: 1100 }, (_, i) => {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(0, i);
    return node.signerFrom(seed);
  });
  const [first, second] = signers;
  assert(first !== undefined && second !== undefined);
  for (const { publicKey, sign } of signers) assert(few.verify(publicKey, TEXT, sign(TEXT)));
  assert(few.verify(first.publicKey, TEXT, first.sign(TEXT)));
  assert(!few.verify(first.publicKey, TEXT, second.sign(TEXT)));
});

Deno.test("BrowserCrypto: a key's bytes may be used again once they were given", () => {
  for (const newKey of Object.values(NODE_KEYS)) {
    const own = new BrowserCrypto();
    const key = createPrivateKey(newKey().export({ type: "pkcs8", format: "pem" }));
    const { publicKey, sign: signed } = signerOf(key);
    const given = publicKey.slice();
    assert(own.verify(given, TEXT, signed(TEXT)));
    given.fill(0);
    assert(own.verify(publicKey, TEXT, signed(TEXT)));
    const der = { key, dsaEncoding: "der" as const };
    if (key.asymmetricKeyType === "ec") {
      assert(!verdict(publicKey, TEXT, sign("sha256", TEXT, der)));
    }
  }
});
