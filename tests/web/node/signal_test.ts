import { assertEquals, assertThrows } from "@std/assert";
import { SeededRandom } from "../../../src/base/random.ts";
import {
  decodeSignal,
  encodeSignal,
  END_REASONS,
  MAX_SIGNAL_BYTES,
  type Signal,
} from "../../../src/web/node/signal.ts";
import { encodeItem } from "../../../src/wire/cbor.ts";
import { WireError } from "../../../src/wire/error.ts";

const session = "000102030405060708090a0b0c0d0e0f";
const SESSION = Uint8Array.fromHex(session);
const sdp = "v=0\r\ns=-\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n";
const candidate = {
  candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host",
  sdpMid: "0",
  sdpMLineIndex: 0,
};

const SIGNALS: Signal[] = [
  { type: "offer", session, sdp },
  { type: "answer", session, sdp },
  { type: "candidates", session, candidates: [candidate, { ...candidate, sdpMLineIndex: 255 }] },
  { type: "candidates", session, candidates: [] },
  ...END_REASONS.map((reason) => ({ type: "end" as const, session, reason })),
];

for (const signal of SIGNALS) {
  Deno.test(`decodeSignal: reads what was written (${JSON.stringify(signal).slice(0, 60)})`, () => {
    const bytes = encodeSignal(signal);
    assertEquals(bytes && decodeSignal(bytes), signal);
  });
}

Deno.test("encodeSignal: is written as the header says", () => {
  const bytes = encodeSignal({ type: "end", session, reason: "busy" });
  assertEquals(bytes?.toHex(), `830450${session}02`);
});

Deno.test("encodeSignal: what is too large is not written", () => {
  const filled = (length: number) => sdp + "a".repeat(length - sdp.length);
  assertEquals(encodeSignal({ type: "offer", session, sdp: filled(12_289) }), undefined);
  const largest = encodeSignal({ type: "offer", session, sdp: filled(12_288) });
  assertEquals(largest !== undefined && decodeSignal(largest).type, "offer");
});

const WRONG: Record<string, unknown> = {
  "no array": 1,
  "an empty array": [],
  "an unknown type": [5, SESSION, 0],
  "the type zero": [0, SESSION, 0],
  "a short session": [4, SESSION.subarray(1), 0],
  "a long session": [4, new Uint8Array(17), 0],
  "a session of text": [4, session, 0],
  "an unknown reason": [4, SESSION, 3],
  "no content": [1, SESSION],
  "a description of bytes": [1, SESSION, new TextEncoder().encode(sdp)],
  "a description that is too long": [1, SESSION, sdp + "a".repeat(12_288)],
  "no description": [1, SESSION, ""],
  "a camera": [1, SESSION, `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`],
  "a camera alone": [2, SESSION, sdp.replace("m=application", "m=video")],
  "two data channels": [1, SESSION, sdp + sdp],
  "a camera behind a bare carriage return": [1, SESSION, `${sdp}a=x\rm=audio 9 x 0`],
  "too many candidates": [3, SESSION, new Array(17).fill(["a", "0", 0])],
  "a candidate that is too long": [3, SESSION, [["a".repeat(513), "0", 0]]],
  "a candidate without a line": [3, SESSION, [["a", "0"]]],
  "a line that is none": [3, SESSION, [["a", "0", -1]]],
};

for (const [name, item] of Object.entries(WRONG)) {
  Deno.test(`decodeSignal: refuses ${name}`, () => {
    assertThrows(() => decodeSignal(encodeItem(item)), WireError);
  });
}

Deno.test("decodeSignal: refuses what is larger than a signal before it looks at it", () => {
  assertThrows(() => decodeSignal(new Uint8Array(MAX_SIGNAL_BYTES + 1)), WireError, "16385 bytes");
});

Deno.test("decodeSignal: bytes at random, and signals that were altered, do no more than be refused", () => {
  const random = new SeededRandom(6);
  const whole = encodeSignal({ type: "candidates", session, candidates: [candidate] }) ?? SESSION;
  for (let round = 0; round < 3_000; round++) {
    const altered = whole.slice(0, random.uint32() % (whole.length + 1));
    if (altered.length > 0) altered[random.uint32() % altered.length] = random.uint32();
    const noise = Uint8Array.from({ length: random.uint32() % 64 }, () => random.uint32());
    for (const bytes of [altered, noise]) {
      try {
        decodeSignal(bytes);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
      }
    }
  }
});
