import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { WireError } from "../../src/wire/error.ts";
import { encodeFrame, FrameDecoder, frameOf } from "../../src/wire/frame.ts";

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

/** The stream of these items in pieces of `size` bytes, each with a buffer of its own. */
function piecesOf(items: readonly Uint8Array[], size: number): Uint8Array[] {
  const stream = concatBytes(items.map(encodeFrame));
  return Array.from(
    { length: Math.ceil(stream.length / size) },
    (_, i) => stream.slice(i * size, (i + 1) * size),
  );
}

/** An item of which no two stretches are alike. */
function longItem(length: number): Uint8Array {
  const random = new SeededRandom(length);
  return Uint8Array.from({ length }, () => random.uint32());
}

Deno.test("frameOf: gives the very frame, for every way of cutting two frames into pieces", () => {
  const items = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  const stream = concatBytes(items.map(encodeFrame));
  const waysToCut = 2 ** (stream.length - 1);
  for (let cuts = 0; cuts < waysToCut; cuts++) {
    const decoder = new FrameDecoder(3);
    const frames: Uint8Array[] = [];
    const taken: Uint8Array[] = [];
    let from = 0;
    for (let to = 1; to <= stream.length; to++) {
      if (to < stream.length && (cuts >> (to - 1) & 1) === 0) continue;
      decoder.push(stream.slice(from, to));
      from = to;
      for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
        taken.push(item);
        frames.push(frameOf(item));
      }
    }
    // Looked at last: what came later must not have written over it.
    assertEquals(taken, items, `cuts ${cuts.toString(2)}`);
    assertEquals(frames, items.map(encodeFrame), `cuts ${cuts.toString(2)}`);
  }
});

Deno.test("frameOf: copies nothing, and neither does a frame that arrived in one piece", () => {
  const piece = STREAM.slice();
  const decoder = new FrameDecoder(5);
  decoder.push(piece);
  let at = 0;
  for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
    const frame = frameOf(item);
    assert(item.buffer === piece.buffer);
    assert(frame.buffer === piece.buffer);
    assertEquals([frame.byteOffset, frame.length], [at, 4 + item.length]);
    at += frame.length;
  }
  assertEquals(at, STREAM.length);
});

Deno.test("frameOf: finds the frame in a piece that is a view in the midst of other bytes", () => {
  const around = concatBytes([Uint8Array.of(9, 9, 9), STREAM, Uint8Array.of(9)]);
  const decoder = new FrameDecoder(5);
  decoder.push(around.subarray(3, 3 + STREAM.length));
  const [frame] = [decoder.next()].map((item) => frameOf(item as Uint8Array));
  assertEquals(frame, encodeFrame(ITEMS[0] as Uint8Array));
  assert(frame?.buffer === around.buffer);
});

Deno.test("frameOf: refuses what is no whole item of a decoder", () => {
  const decoder = new FrameDecoder(5);
  decoder.push(STREAM.slice());
  decoder.next();
  const item = decoder.next() as Uint8Array;
  for (const other of [item.slice(), item.subarray(1), item.subarray(0, 2), new Uint8Array()]) {
    assertThrows(() => frameOf(other), Error, `No frame around ${other.length} bytes, wanted`);
  }
  assertEquals(frameOf(item), encodeFrame(ITEMS[1] as Uint8Array));
});

Deno.test("FrameDecoder: only the frame that a cut goes through is copied", () => {
  const items = [longItem(100), longItem(200), longItem(300)];
  const pieces = piecesOf(items, 150);
  const decoder = new FrameDecoder(300);
  const buffers: ArrayBufferLike[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
      assertEquals(item, items[buffers.length]);
      buffers.push(item.buffer);
    }
  }
  const own = pieces.map(({ buffer }) => buffer);
  assertEquals(buffers.map((buffer) => own.indexOf(buffer as ArrayBuffer)), [0, -1, -1]);
  // A frame that was joined has just the room that it needs.
  assertEquals(buffers.slice(1).map(({ byteLength }) => byteLength), [204, 304]);
});

Deno.test("FrameDecoder: never changes a piece or an item that it gave, however the stream goes on", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const decoder = new FrameDecoder(3_000);
    const sent = Array.from({ length: 30 }, () => longItem(1 + randomInt(random, 3_000)));
    const stream = concatBytes(sent.map(encodeFrame));
    const pieces: [piece: Uint8Array, copy: Uint8Array][] = [];
    const items: Uint8Array[] = [];
    for (let at = 0; at < stream.length;) {
      const most = [1, 10, 300, 5_000][randomInt(random, 4)] as number;
      const to = at + 1 + randomInt(random, most);
      const piece = stream.slice(at, to);
      pieces.push([piece, piece.slice()]);
      decoder.push(piece);
      at = to;
      // Now and then many frames gather before anybody looks.
      if (random.next() < 0.1 || at >= stream.length) {
        for (let item = decoder.next(); item !== undefined; item = decoder.next()) items.push(item);
      }
    }
    assertEquals(items, sent, `seed ${seed}`);
    assertEquals(items.map(frameOf), sent.map(encodeFrame), `seed ${seed}`);
    for (const [piece, copy] of pieces) assertEquals(piece, copy);
  }
});

Deno.test("FrameDecoder: of a frame that comes in crumbs it holds on to few of them", () => {
  const item = longItem(100_000);
  const decoder = new FrameDecoder(item.length);
  const crumbs = piecesOf([item], 1);
  for (const [at, crumb] of crumbs.entries()) {
    decoder.push(crumb);
    // Whatever the decoder still looks at is wrong from now on; but the length has to be right.
    if (at >= 4) crumb[0] = ~(crumb[0] as number);
  }
  const given = decoder.next() as Uint8Array;
  const wrong = item.reduce((count, byte, i) => count + (byte === given[i] ? 0 : 1), 0);
  assert(wrong < 100, `${wrong} crumbs are held on to`);
});

Deno.test("FrameDecoder: takes as long as there are bytes, however many pieces wait", () => {
  const begin = performance.now();
  const item = longItem(2 ** 20);
  const crumbs = new FrameDecoder(item.length);
  for (const crumb of piecesOf([item], 1)) {
    assertEquals(crumbs.next(), undefined);
    crumbs.push(crumb);
  }
  assertEquals(crumbs.next(), item);
  const waiting = new FrameDecoder(1);
  const count = 400_000;
  for (let i = 0; i < count; i++) waiting.push(STREAM.subarray(0, 5));
  for (let i = 0; i < count; i++) assert(waiting.next() !== undefined);
  assertEquals(waiting.next(), undefined);
  // About a second; where each piece costs a look at all others it is minutes.
  assert(performance.now() - begin < 15_000);
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
