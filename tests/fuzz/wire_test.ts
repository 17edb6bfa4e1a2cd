import { assertEquals } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { WireError } from "../../src/wire/error.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import {
  type Contents,
  decodeArrivals,
  decodeContents,
  encodeArrivals,
  encodeContents,
  encodeRoute,
} from "../../src/wire/messaging.ts";
import {
  decodeAdvertisement,
  encodeAdvertisement,
  peekAdvertisement,
} from "../../src/wire/topology.ts";
import { ADVERTISEMENT, encodeMessage, idOf, MESSAGES, type SentMessage } from "../wire/samples.ts";
import { fuzz, mutated, pick, randomBytes } from "./fuzz.ts";

/** What `decode` makes of the bytes; undefined when it throws what it may throw. */
function attempt<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** Bytes that hold a message, or something like one. */
function almostMessage(random: SeededRandom): Uint8Array {
  switch (randomInt(random, 3)) {
    case 0:
      return randomBytes(random, 60);
    case 1:
      return mutated(random, encodeMessage(pick(random, MESSAGES)));
    default:
      return encodeItem([
        pick(random, [1, 2, 4, 5, 7, 16, 17, 18, 32, 33, 34]),
        ...randomElements(random),
      ]);
  }
}

function randomElements(random: SeededRandom): unknown[] {
  return Array.from({ length: randomInt(random, 12) }, () => randomElement(random));
}

function randomElement(random: SeededRandom): unknown {
  const made = [
    () => randomInt(random, 300),
    () => random.uint32() * pick(random, [1, -1, 0.5, 2 ** 20, 2 ** 40]),
    () => pick(random, ["", "area-net", "[::1]:80", "full", "left", "x".repeat(300)]),
    () => randomBytes(random, 40),
    () => new Uint8Array(32),
    () => encodeRoute([idOf(1), idOf(2)]),
    () => pick(random, [true, false, null, undefined, NaN]),
    () => randomElements(random).slice(0, 3),
    () => ({ [pick(random, ["__proto__", "constructor", "length"])]: 1 }),
  ];
  return pick(random, made)();
}

fuzz(
  "decodeMessage: throws nothing but a WireError, and what it takes can be sent on",
  20_000,
  (random) => {
    const message = attempt(decodeMessage, almostMessage(random));
    if (message === undefined || message.type === "foreign-hello") return;
    const again = decodeMessage(encodeMessage(message as SentMessage));
    assertEquals(again, message);
  },
);

fuzz(
  "decodeAdvertisement: throws nothing but a WireError, and agrees with the look at it",
  10_000,
  (random) => {
    const whole = encodeAdvertisement(ADVERTISEMENT);
    const body = random.next() < 0.2 ? randomBytes(random, 80) : mutated(random, whole);
    const entry = attempt(peekAdvertisement, body);
    const advertisement = attempt(decodeAdvertisement, body);
    if (advertisement === undefined) return;
    const { id, sequence } = advertisement;
    assertEquals({ id, sequence }, entry);
    assertEquals(decodeAdvertisement(encodeAdvertisement(advertisement)), advertisement);
  },
);

/** What an envelope or a receipt may hold, or something like it. */
function almostContents(random: SeededRandom): Uint8Array {
  switch (randomInt(random, 4)) {
    case 0:
      return mutated(random, concatBytes(encodeContents(CONTENTS)));
    case 1:
      return mutated(random, encodeArrivals({ next: 300, held: [302, 9], refused: [1, 2] }));
    case 2:
      return encodeItem([pick(random, [true, 0, 7]), ...randomElements(random)]);
    default: {
      const records = Array.from({ length: randomInt(random, 4) }, () => {
        const record = [pick(random, [1, 2, 3, 4]), ...randomElements(random)];
        return random.next() < 0.7 ? record : randomElement(random);
      });
      return encodeItem([random.next() < 0.5, randomInt(random, 9), records]);
    }
  }
}

const CONTENTS: Contents = {
  more: true,
  floor: 5,
  records: [
    { type: "message", content: "text" },
    { type: "message", content: new Uint8Array(3) },
    { type: "probe" },
    { type: "greeting" },
    { type: "service", service: "room", content: new Uint8Array([1, 2, 3]) },
    { type: "first", size: 9, isText: true, piece: new Uint8Array(2) },
    { type: "next", piece: new Uint8Array(7) },
  ],
};

fuzz(
  "decodeContents: it and decodeArrivals throw nothing but a WireError, and what they take they write",
  20_000,
  (random) => {
    const bytes = almostContents(random);
    const contents = attempt(decodeContents, bytes);
    if (contents !== undefined) {
      assertEquals(decodeContents(concatBytes(encodeContents(contents))), contents);
    }
    const arrivals = attempt(decodeArrivals, bytes);
    if (arrivals !== undefined) assertEquals(decodeArrivals(encodeArrivals(arrivals)), arrivals);
  },
);

fuzz(
  "FrameDecoder: takes any bytes in any pieces, never an item above the limit",
  5_000,
  (random) => {
    const limit = 1 + randomInt(random, 300);
    const stream = random.next() < 0.3 ? randomBytes(random, 200) : concatBytes(
      Array.from({ length: 5 }, () => {
        const frame = encodeFrame(randomBytes(random, 300));
        return random.next() < 0.1 ? mutated(random, frame) : frame;
      }),
    );
    const expected = attempt(() => itemsOf(stream, limit, () => stream.length), stream);
    const items = attempt(() => itemsOf(stream, limit, () => 1 + randomInt(random, 50)), stream);
    assertEquals(items, expected);
    for (const item of items ?? []) assertEquals(item.length > 0 && item.length <= limit, true);
  },
);

/** The items of a stream that arrives in pieces of the given lengths. */
function itemsOf(stream: Uint8Array, limit: number, pieceLength: () => number): Uint8Array[] {
  const decoder = new FrameDecoder(limit);
  const items: Uint8Array[] = [];
  for (let at = 0; at < stream.length;) {
    const to = at + pieceLength();
    decoder.push(stream.subarray(at, to));
    at = to;
    for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
      items.push(item.slice());
    }
  }
  return items;
}
