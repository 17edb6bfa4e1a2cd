import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { Farewells } from "../../src/rooms/farewells.ts";
import { RoomKey } from "../../src/rooms/room_key.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import {
  decodeRoomHead,
  decodeRoomLetter,
  encodeRoomHead,
  type RoomHead,
} from "../../src/wire/rooms.ts";
import { idOf } from "../topology/ids.ts";

const CRYPTO = new FastCrypto();
const [SELF, OTHER] = [idOf(1), idOf(2)];
const CARRIED = { body: new Uint8Array(73).fill(1), signature: new Uint8Array(32) };
const INDEX: RoomHead = { type: "index", asks: true, entries: [] };

class Goodbyes {
  readonly sends: { to: NodeId; content: Uint8Array }[] = [];
  readonly farewells = new Farewells(SELF, (to, content) => this.sends.push({ to, content }));

  /** The room `name` is left. */
  leave(name: string): RoomKey {
    const key = new RoomKey(CRYPTO, name);
    this.farewells.add(key, CARRIED);
    return key;
  }

  /** A member of a room writes to this node. */
  write(key: RoomKey, head: RoomHead, { from = OTHER, now = 0 } = {}): void {
    const { nonce, sealed } = key.sealHead(from, SELF, encodeRoomHead(head));
    const tail = new Uint8Array(0);
    const letter = { location: key.location, nonce, head: sealed, tail };
    this.farewells.handleLetter(now, from, letter);
  }
}

Deno.test("Farewells: a member that writes is told that this node has left", () => {
  const goodbyes = new Goodbyes();
  const key = goodbyes.leave("room one");
  goodbyes.write(key, INDEX);
  const [send] = goodbyes.sends;
  assert(send !== undefined);
  const { nonce, head } = decodeRoomLetter(send.content);
  const opened = key.openHead(SELF, OTHER, { nonce, sealed: head });
  assert(opened !== undefined);
  assertEquals(send.to, OTHER);
  assertEquals(decodeRoomHead(opened), { type: "statements", carried: [CARRIED] });
});

Deno.test("Farewells: a farewell is not answered by another", () => {
  const goodbyes = new Goodbyes();
  goodbyes.write(goodbyes.leave("room one"), { type: "statements", carried: [CARRIED] });
  assertEquals(goodbyes.sends, []);
});

Deno.test("Farewells: who does not know the name is not answered", () => {
  const goodbyes = new Goodbyes();
  const { location } = goodbyes.leave("room one");
  const guess = new RoomKey(CRYPTO, "room two");
  goodbyes.write(guess, INDEX);
  const { nonce, sealed } = guess.sealHead(OTHER, SELF, encodeRoomHead(INDEX));
  const letter = { location, nonce, head: sealed, tail: new Uint8Array(0) };
  goodbyes.farewells.handleLetter(0, OTHER, letter);
  assertEquals(goodbyes.sends, []);
});

Deno.test("Farewells: who goes on writing is answered now and then", () => {
  const goodbyes = new Goodbyes();
  const key = goodbyes.leave("room one");
  for (let now = 0; now < 60_000; now += 10) goodbyes.write(key, INDEX, { now });
  assertEquals(goodbyes.sends.length, 4 + 3);
});

Deno.test("Farewells: of a room that is joined again nothing more is said", () => {
  const goodbyes = new Goodbyes();
  const key = goodbyes.leave("room one");
  assertEquals(goodbyes.farewells.take("room two"), undefined);
  assertEquals(goodbyes.farewells.take("room one"), key);
  assertEquals(goodbyes.farewells.take("room one"), undefined);
  goodbyes.write(key, INDEX);
  assertEquals(goodbyes.sends, []);
});

Deno.test("Farewells: the rooms that were left last are remembered", () => {
  const goodbyes = new Goodbyes();
  const keys = Array.from({ length: 100 }, (_, number) => goodbyes.leave(`room ${number}`));
  for (const [number, key] of keys.entries()) goodbyes.write(key, INDEX, { from: idOf(number) });
  assertEquals(goodbyes.sends.map(({ to }) => to), keys.map((_, at) => idOf(at)).slice(36));
});
