import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { nodeIdFromBytes } from "../../src/base/node_id.ts";
import { RoomKey } from "../../src/rooms/room_key.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import type { MessageName } from "../../src/wire/rooms.ts";
import { idOf } from "../wire/samples.ts";

const CRYPTO = new FastCrypto();
const KEY = new RoomKey(CRYPTO, "garden party");
const SAME = new RoomKey(CRYPTO, "garden party");
const OTHER = new RoomKey(CRYPTO, "garden partz");
const TEXT = Uint8Array.of(1, 2, 3);
const NAME: MessageName = {
  author: idOf(1),
  run: new Uint8Array(32).fill(9),
  epoch: 1_000,
  sequence: 1,
};

Deno.test("RoomKey: the location is the id of a key that follows from the name", () => {
  assertEquals(SAME.location, KEY.location);
  assertNotEquals(OTHER.location, KEY.location);
  assertEquals(nodeIdFromBytes(CRYPTO.sha256(KEY.signer.publicKey)), KEY.location);
  const signature = SAME.signer.sign(TEXT);
  assert(CRYPTO.verify(KEY.signer.publicKey, TEXT, signature));
});

Deno.test("RoomKey: stretches a name once", () => {
  let stretched = 0;
  const crypto = new FastCrypto();
  const stretch = crypto.stretch.bind(crypto);
  crypto.stretch = (secret, salt) => {
    stretched++;
    return stretch(secret, salt);
  };
  const key = new RoomKey(crypto, "garden party");
  key.sealRecord(TEXT);
  key.sealHead(idOf(1), idOf(2), TEXT);
  key.sealMessage(NAME, TEXT);
  assertEquals(stretched, 1);
});

Deno.test("RoomKey: a record opens for those who know the name", () => {
  const payload = KEY.sealRecord(TEXT);
  assertEquals(SAME.openRecord(payload), TEXT);
  assertEquals(OTHER.openRecord(payload), undefined);
});

Deno.test("RoomKey: a record that was altered or cut does not open", () => {
  const payload = KEY.sealRecord(TEXT);
  for (let at = 0; at < payload.length; at++) {
    assertEquals(KEY.openRecord(payload.with(at, (payload[at] as number) ^ 1)), undefined);
    assertEquals(KEY.openRecord(payload.slice(0, at)), undefined);
  }
});

Deno.test("RoomKey: a head opens from its sender, for its recipient, and for nobody else", () => {
  const [a, b, c] = [idOf(1), idOf(2), idOf(3)];
  const head = KEY.sealHead(a, b, TEXT);
  assertEquals(SAME.openHead(a, b, head), TEXT);
  assertEquals(SAME.openHead(b, a, head), undefined);
  assertEquals(SAME.openHead(a, c, head), undefined);
  assertEquals(SAME.openHead(c, b, head), undefined);
  assertEquals(OTHER.openHead(a, b, head), undefined);
  for (let at = 0; at < head.sealed.length; at++) {
    const sealed = head.sealed.with(at, (head.sealed[at] as number) ^ 1);
    assertEquals(SAME.openHead(a, b, { ...head, sealed }), undefined);
  }
  for (const nonce of [head.nonce.slice(1), head.nonce.map((byte) => byte ^ 1)]) {
    assertEquals(SAME.openHead(a, b, { ...head, nonce }), undefined);
  }
});

Deno.test("RoomKey: a head opens even after the keys of many other pairs were needed", () => {
  const key = new RoomKey(CRYPTO, "garden party");
  const head = key.sealHead(idOf(1), idOf(2), TEXT);
  for (let a = 10; a < 40; a++) {
    for (let b = 40; b < 60; b++) key.sealHead(idOf(a), idOf(b), TEXT);
  }
  assertEquals(key.openHead(idOf(1), idOf(2), head), TEXT);
});

Deno.test("RoomKey: no nonce comes twice with one key, whatever is sealed", () => {
  const crypto = new FastCrypto();
  const used = new Map<string, string>();
  const seal = crypto.seal.bind(crypto);
  crypto.seal = (key, nonce, aad, ...plaintext) => {
    const name = `${key.toHex()} ${nonce.toHex()}`;
    const text = plaintext.map((each) => each.toHex()).join("");
    assertEquals(used.get(name) ?? text, text);
    used.set(name, text);
    return seal(key, nonce, aad, ...plaintext);
  };
  const key = new RoomKey(crypto, "garden party");
  for (let number = 1; number <= 200; number++) {
    const text = Uint8Array.of(number);
    key.sealRecord(text);
    key.sealHead(idOf(1), idOf(2), text);
    key.sealHead(idOf(2), idOf(1), text);
    key.sealMessage({ ...NAME, sequence: number }, text);
    key.sealMessage({ ...NAME, author: idOf(2), sequence: number }, text);
    key.sealMessage({ ...NAME, epoch: 1_001, sequence: number }, text);
    // The clock was set back, and a new run of the node comes by the same epoch.
    key.sealMessage({ ...NAME, run: new Uint8Array(32), sequence: number }, text);
  }
  assertEquals(used.size, 200 * 7);
});

Deno.test("RoomKey: a message opens under its own name alone", () => {
  const sealed = KEY.sealMessage(NAME, TEXT);
  assertEquals(SAME.openMessage(NAME, sealed), TEXT);
  assertEquals(OTHER.openMessage(NAME, sealed), undefined);
  const others: readonly Partial<MessageName>[] = [
    { author: idOf(2) },
    { run: new Uint8Array(32) },
    { epoch: 1_001 },
    { sequence: 2 },
  ];
  for (const other of others) {
    assertEquals(SAME.openMessage({ ...NAME, ...other }, sealed), undefined);
  }
});
