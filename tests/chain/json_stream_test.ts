import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { JsonStream, MAX_NESTING } from "../../src/chain/json_stream.ts";
import { ChainProtocolError } from "../../src/chain/protocol_error.ts";

const LIMIT = 256;

/** Objects that look like several, or like none: brackets, quotes and escapes within texts. */
const OBJECTS: object[] = [
  {},
  { a: 1 },
  { text: "}{][" },
  { text: '"' },
  { text: '\\"}' },
  { text: "\\" },
  { text: "\\\\" },
  { "{": { "[": [[], {}, [{}]] } },
  { text: "\u2028 ü 漢 😀 \u0000" },
  { n: -1.5e-7, t: true, f: false, z: null },
];

Deno.test("JsonStream: takes what comes in any two pieces, wherever the cut is", () => {
  const bytes = encodeUtf8(OBJECTS.map((object) => JSON.stringify(object)).join(""));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const stream = new JsonStream(LIMIT);
    const taken = [bytes.slice(0, cut), bytes.slice(cut)].flatMap((piece) => feed(stream, piece));
    assertEquals(taken, OBJECTS);
  }
});

Deno.test("JsonStream: takes what comes byte by byte, each object with its last byte", () => {
  const stream = new JsonStream(LIMIT);
  for (const object of OBJECTS) {
    const bytes = encodeUtf8(JSON.stringify(object));
    for (const byte of bytes.subarray(0, -1)) assertEquals(feed(stream, Uint8Array.of(byte)), []);
    assertEquals(feed(stream, bytes.subarray(-1)), [object]);
  }
});

Deno.test("JsonStream: takes what comes in pieces of any size", () => {
  const bytes = encodeUtf8(OBJECTS.map((object) => JSON.stringify(object, null, 2)).join(" \r\n"));
  for (let seed = 0; seed < 200; seed++) {
    const random = new SeededRandom(seed);
    const stream = new JsonStream(LIMIT);
    const taken: unknown[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + Math.floor(random.next() * 20);
      taken.push(...feed(stream, bytes.slice(at, end)));
      at = end;
    }
    assertEquals(taken, OBJECTS, `seed ${seed}`);
  }
});

Deno.test("JsonStream: white space around objects counts for nothing, however much it is", () => {
  const stream = new JsonStream(4);
  assertEquals(feed(stream, encodeUtf8(`${" \t\r\n".repeat(1000)}{}  {}`)), [{}, {}]);
  for (let i = 0; i < 100; i++) assertEquals(feed(stream, encodeUtf8("\n \n")), []);
  assertEquals(feed(stream, encodeUtf8("{}")), [{}]);
});

Deno.test("JsonStream: an object may be as large as the limit, and no larger", () => {
  const largest = encodeUtf8(JSON.stringify({ text: "x".repeat(LIMIT - 11) }));
  assertEquals(largest.length, LIMIT);
  assertEquals(feed(new JsonStream(LIMIT), concatBytes([largest, largest])).length, 2);
  for (const end of ['"}', "xx", " ".repeat(LIMIT)]) {
    const stream = new JsonStream(LIMIT);
    stream.push(encodeUtf8(`{"text":"${"x".repeat(LIMIT - 10)}${end}`));
    refuses(stream, `An object has more than ${LIMIT} bytes`);
  }
});

Deno.test("JsonStream: an object that never ends is refused when the limit is reached", () => {
  const stream = new JsonStream(LIMIT);
  stream.push(encodeUtf8("{"));
  assertEquals(stream.next(), undefined);
  for (let i = 1; i < LIMIT; i++) assertEquals(feed(stream, encodeUtf8(" ")), []);
  stream.push(encodeUtf8(" "));
  refuses(stream, "more than");
});

Deno.test("JsonStream: an object may be nested as deep as allowed, and no deeper", () => {
  const nested = (depth: number) =>
    encodeUtf8(`{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`);
  assertEquals(feed(new JsonStream(LIMIT), nested(MAX_NESTING)).length, 1);
  const stream = new JsonStream(LIMIT);
  stream.push(nested(MAX_NESTING + 1));
  refuses(stream, "nested more than");
});

Deno.test("JsonStream: what is no JSON object is refused", () => {
  const cases: [bytes: Uint8Array, reason: string][] = [
    [encodeUtf8("[]"), "wanted a JSON object"],
    [encodeUtf8("null"), "wanted a JSON object"],
    [encodeUtf8("GET / HTTP/1.1\r\n"), "wanted a JSON object"],
    [encodeUtf8("\ufeff{}"), "wanted a JSON object"],
    [encodeUtf8(",{}"), "wanted a JSON object"],
    [encodeUtf8("{]"), "no JSON"],
    [encodeUtf8("{'a':1}"), "no JSON"],
    [encodeUtf8('{"a":1,}'), "no JSON"],
    [encodeUtf8('{"a":"\n"}'), "no JSON"],
    [encodeUtf8('{"a":01}'), "no JSON"],
    [encodeUtf8("{{}}"), "no JSON"],
    [Uint8Array.of(...encodeUtf8('{"a":"'), 0xc3, ...encodeUtf8('"}')), "no UTF-8"],
    [Uint8Array.of(...encodeUtf8('{"a":"'), 0xed, 0xa0, 0x80, ...encodeUtf8('"}')), "no UTF-8"],
  ];
  for (const [bytes, reason] of cases) {
    const stream = new JsonStream(LIMIT);
    stream.push(bytes);
    refuses(stream, reason);
  }
});

Deno.test("JsonStream: objects before a fault are taken, and none after it", () => {
  const stream = new JsonStream(LIMIT);
  stream.push(encodeUtf8('{"a":1}{"b":2}x{"c":3}'));
  assertEquals([stream.next(), stream.next()], [{ a: 1 }, { b: 2 }]);
  refuses(stream, "wanted a JSON object");
  stream.push(encodeUtf8('{"d":4}'));
  refuses(stream, "wanted a JSON object");
});

Deno.test("JsonStream: random bytes are taken or refused, and never fail otherwise", () => {
  const alphabet = encodeUtf8('{}[]"\\:,a1 \n');
  for (let seed = 0; seed < 3_000; seed++) {
    const random = new SeededRandom(seed);
    const stream = new JsonStream(64);
    try {
      for (let i = 0; i < 20; i++) {
        feed(stream, Uint8Array.from({ length: 8 }, () => pick(random, alphabet)));
      }
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

/** Mostly what JSON is made of, sometimes anything. */
function pick(random: SeededRandom, alphabet: Uint8Array): number {
  const any = Math.floor(random.next() * 256);
  return random.next() < 0.05 ? any : alphabet[any % alphabet.length] ?? 0;
}

function feed(stream: JsonStream, bytes: Uint8Array): unknown[] {
  stream.push(bytes);
  const taken: unknown[] = [];
  for (;;) {
    const object = stream.next();
    if (object === undefined) return taken;
    taken.push(object);
  }
}

function refuses(stream: JsonStream, reason: string): void {
  for (let i = 0; i < 2; i++) assertThrows(() => stream.next(), ChainProtocolError, reason);
}
