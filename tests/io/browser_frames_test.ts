import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { concatBytes, decodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import {
  CLOSE_CODE,
  closeFrame,
  messageFrame,
  pongFrame,
  WebSocketDecoder,
  WebSocketError,
  type WebSocketItem,
} from "../../src/io/browser_frames.ts";
import { fuzz, mutated, randomBytes } from "../fuzz/fuzz.ts";
import { clientFrame, OPCODE, ServerReader } from "./web_socket_client.ts";

const MAX = 1_000;
const { binary, close, continuation, ping, pong, text } = OPCODE;

/** Everything that a decoder makes of chunks. */
function decode(chunks: readonly Uint8Array[], max = MAX): WebSocketItem[] {
  const decoder = new WebSocketDecoder(max);
  return chunks.flatMap((chunk) => {
    decoder.push(chunk);
    return [...itemsOf(decoder)];
  });
}

function* itemsOf(decoder: WebSocketDecoder): Generator<WebSocketItem> {
  for (let item = decoder.next(); item !== undefined; item = decoder.next()) yield item;
}

function noise(length: number): Uint8Array {
  const random = new SeededRandom(length);
  return Uint8Array.from({ length }, () => random.uint32());
}

/** The masked "Hello" of RFC 6455, section 5.7, as binary. */
const HELLO = Uint8Array.fromHex("828537fa213d7f9f4d5158");

Deno.test("WebSocketDecoder: reads the masked message of the standard", () => {
  assertEquals(decode([HELLO]), [{ type: "message", bytes: new TextEncoder().encode("Hello") }]);
});

Deno.test("WebSocketDecoder: messages of every form of length come out, wherever they are cut", () => {
  const messages = [0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536, 70_000].map(noise);
  const bytes = concatBytes(messages.map((each) => clientFrame(binary, each)));
  const wanted = messages.map((each) => ({ type: "message" as const, bytes: each }));
  for (const size of [7, 1_000, 65_536, bytes.length]) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assertEquals(decode(chunks, 70_000), wanted);
  }
  const short = concatBytes(messages.slice(0, 9).map((each) => clientFrame(binary, each)));
  assertEquals(decode(Array.from(short, (byte) => Uint8Array.of(byte))), wanted.slice(0, 9));
});

Deno.test("WebSocketDecoder: items are bytes of their own, whatever becomes of the chunk", () => {
  const chunk = concatBytes([clientFrame(binary, Uint8Array.of(1, 2)), HELLO]);
  const [first, second] = decode([chunk]);
  const before = structuredClone([first, second]);
  chunk.fill(0);
  assertEquals([first, second], before);
  assert(first?.type === "message");
  assertEquals(first.bytes.constructor, Uint8Array);
});

Deno.test("WebSocketDecoder: a message in pieces comes as one, with others' control frames within", () => {
  const pieces = [noise(10), noise(0), noise(300), noise(1)];
  const frames = [
    clientFrame(binary, pieces[0] as Uint8Array, { isFinal: false }),
    clientFrame(ping, Uint8Array.of(7)),
    clientFrame(continuation, pieces[1] as Uint8Array, { isFinal: false }),
    clientFrame(continuation, pieces[2] as Uint8Array, { isFinal: false }),
    clientFrame(pong, Uint8Array.of(8)),
    clientFrame(continuation, pieces[3] as Uint8Array),
    clientFrame(binary, Uint8Array.of(9)),
    clientFrame(close, Uint8Array.of(3, 232)),
  ];
  assertEquals(decode(frames), [
    { type: "ping", bytes: Uint8Array.of(7) },
    { type: "pong", bytes: Uint8Array.of(8) },
    { type: "message", bytes: concatBytes(pieces) },
    { type: "message", bytes: Uint8Array.of(9) },
    { type: "close" },
  ]);
});

const some = new Uint8Array(5);

/** What a client must not send, the words about it, and the code that it is told. */
const WRONG: readonly [what: string, frames: Uint8Array[], words: RegExp, code?: number][] = [
  ["a text", [clientFrame(text, some)], /^it sent text/, CLOSE_CODE.unsupported],
  ["no mask", [clientFrame(binary, some, { isMasked: false })], /without a mask/],
  ["reserved bits", [clientFrame(binary, some, { reserved: 0x40 })], /bits that mean nothing/],
  ["an unknown frame", [clientFrame(3, some)], /unknown kind 3/],
  ["an unknown control frame", [clientFrame(11, some)], /unknown kind 11/],
  ["a piece of nothing", [clientFrame(continuation, some)], /had not begun/],
  [
    "a message within another",
    [clientFrame(binary, some, { isFinal: false }), clientFrame(binary, some)],
    /within another/,
  ],
  ["a ping in pieces", [clientFrame(ping, some, { isFinal: false })], /in pieces/],
  ["a close in pieces", [clientFrame(close, some, { isFinal: false })], /in pieces/],
  ["a long ping", [clientFrame(ping, noise(126))], /too long/],
  ["too much", [clientFrame(binary, noise(MAX + 1))], /more than 1000/, CLOSE_CODE.tooLarge],
  [
    "too much in pieces",
    [
      clientFrame(binary, noise(MAX), { isFinal: false }),
      clientFrame(continuation, noise(0), { isFinal: false }),
      clientFrame(continuation, noise(1)),
    ],
    /more than 1000/,
    CLOSE_CODE.tooLarge,
  ],
];

for (const [what, frames, words, code = CLOSE_CODE.protocol] of WRONG) {
  Deno.test(`WebSocketDecoder: ${what} is refused`, () => {
    const error = assertThrows(() => decode(frames), WebSocketError);
    assertMatch(error.message, words);
    assertEquals(error.code, code);
  });
}

Deno.test("WebSocketDecoder: what claims to be too much is refused before any of it came", () => {
  for (const claimed of [MAX + 1, 65_536, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
    const head = clientFrame(binary, new Uint8Array(0), { claimed });
    const error = assertThrows(() => decode([head]), WebSocketError);
    assertEquals(error.code, CLOSE_CODE.tooLarge);
  }
  const all = Uint8Array.of(0x82, 0xff, ...new Uint8Array(8).fill(255));
  assertThrows(() => decode([all]), WebSocketError, "more than 1000");
});

fuzz("WebSocketDecoder: whatever comes, it is refused and nothing worse", 500, (random) => {
  const good = concatBytes([
    clientFrame(binary, randomBytes(random, 200), { isFinal: false }),
    clientFrame(ping, randomBytes(random, 20)),
    clientFrame(continuation, randomBytes(random, 200)),
  ]);
  try {
    for (const item of decode([mutated(random, good), randomBytes(random, 100)])) {
      if (item.type === "message") assertLess(item.bytes.length, MAX + 1);
    }
  } catch (error) {
    assert(error instanceof WebSocketError, String(error));
  }
});

Deno.test("messageFrame: is read as it was meant, in every form of length", () => {
  for (const size of [0, 1, 125, 126, 65_535]) {
    const payload = noise(size);
    const reader = new ServerReader();
    reader.push(new TextEncoder().encode("HTTP/1.1 101 \r\n\r\n"));
    const frames = reader.push(
      concatBytes([messageFrame(payload), pongFrame(payload.slice(0, 9))]),
    );
    assertEquals(frames, [
      { opcode: binary, payload },
      { opcode: pong, payload: payload.slice(0, 9) },
    ]);
  }
  assertThrows(() => messageFrame(new Uint8Array(65_536)), RangeError, "wanted less than 65536");
});

Deno.test("closeFrame: holds its code, and as much of the reason as fits in whole characters", () => {
  assertEquals(closeFrame(1000), Uint8Array.of(0x88, 2, 3, 232));
  const long = closeFrame(1013, "é".repeat(100));
  assertEquals(long.subarray(0, 4), Uint8Array.of(0x88, 124, 3, 245));
  assertEquals(decodeUtf8(long.subarray(4)), "é".repeat(61));
});
