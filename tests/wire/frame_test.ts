import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { WireError } from "../../src/wire/error.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";

const ITEMS = [[1], [2, 3, 4, 5, 6], [7, 8]].map((bytes) => Uint8Array.from(bytes));
const STREAM = concatBytes(ITEMS.map(encodeFrame));

/** Every item that can be had now, copied out of the stream. */
function drain(decoder: FrameDecoder): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
    items.push(item.slice());
  }
  return items;
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

Deno.test("encodeFrame: puts the length before the item, big end first", () => {
  assertEquals(encodeFrame(Uint8Array.of(7, 8)), Uint8Array.of(0, 0, 0, 2, 7, 8));
  const long = encodeFrame(new Uint8Array(0x0304));
  assertEquals(long.slice(0, 4), Uint8Array.of(0, 0, 3, 4));
});

Deno.test("FrameDecoder: takes a stream that is cut at any two places", () => {
  for (let first = 0; first <= STREAM.length; first++) {
    for (let second = first; second <= STREAM.length; second++) {
      const decoder = new FrameDecoder(5);
      const items: Uint8Array[] = [];
      for (const [from, to] of [[0, first], [first, second], [second, STREAM.length]]) {
        decoder.push(STREAM.subarray(from, to));
        items.push(...drain(decoder));
      }
      assertEquals(items, ITEMS, `cut at ${first} and ${second}`);
    }
  }
});

Deno.test("FrameDecoder: takes a stream byte by byte, and all pieces before the first look", () => {
  const eager = new FrameDecoder(5);
  const patient = new FrameDecoder(5);
  const items: Uint8Array[] = [];
  for (const byte of STREAM) {
    eager.push(Uint8Array.of(byte));
    items.push(...drain(eager));
    patient.push(Uint8Array.of(byte));
  }
  assertEquals(items, ITEMS);
  assertEquals(drain(patient), ITEMS);
});

Deno.test("FrameDecoder: gives back random items, however the stream is cut", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const sent = Array.from(
      { length: 20 },
      () => Uint8Array.from({ length: 1 + randomInt(random, 300) }, () => randomInt(random, 256)),
    );
    const stream = concatBytes(sent.map(encodeFrame));
    const decoder = new FrameDecoder(300);
    const items: Uint8Array[] = [];
    for (let at = 0; at < stream.length;) {
      const to = at + 1 + randomInt(random, 200);
      decoder.push(stream.subarray(at, to));
      items.push(...drain(decoder));
      at = to;
    }
    assertEquals(items, sent, `seed ${seed}`);
  }
});

Deno.test("FrameDecoder: waits for the rest without an error", () => {
  const decoder = new FrameDecoder(5);
  assertEquals(decoder.next(), undefined);
  decoder.push(new Uint8Array());
  assertEquals(decoder.next(), undefined);
  decoder.push(header(5));
  assertEquals([decoder.next(), decoder.next()], [undefined, undefined]);
});

Deno.test("FrameDecoder: a length of zero or above the limit is an error as soon as it is known", () => {
  const cases: [length: number, message: string][] = [
    [0, "A frame of 0 bytes, wanted at least 1"],
    [6, "A frame of 6 bytes, wanted at most 5"],
    [0x8000_0000, "A frame of 2147483648 bytes, wanted at most 5"],
    [0xffff_ffff, "A frame of 4294967295 bytes, wanted at most 5"],
  ];
  for (const [length, message] of cases) {
    const decoder = new FrameDecoder(5);
    decoder.push(header(length).subarray(0, 3));
    assertEquals(decoder.next(), undefined);
    decoder.push(header(length).subarray(3));
    assertThrows(() => decoder.next(), WireError, message);
  }
});

Deno.test("FrameDecoder: an announced length costs nothing until its bytes are here", () => {
  const limit = 0xffff_ffff;
  for (let i = 0; i < 1000; i++) {
    const decoder = new FrameDecoder(limit);
    decoder.push(header(limit));
    assertEquals(decoder.next(), undefined);
  }
});

Deno.test("FrameDecoder: a new limit holds from the next item on", () => {
  const decoder = new FrameDecoder(1);
  decoder.push(STREAM);
  assertEquals(decoder.next(), ITEMS[0]);
  decoder.limit = 5;
  assertEquals(drain(decoder), ITEMS.slice(1));
});
