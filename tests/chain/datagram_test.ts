import { assert, assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import {
  dataPayload,
  decodeDatagram,
  encodeAck,
  encodeAlive,
  encodeBye,
  encodeByeAck,
  encodeHello,
  encodeMeet,
  type LineEnd,
  MAX_DATAGRAM_BYTES,
  MAX_PAYLOAD_BYTES,
  startData,
} from "../../src/chain/datagram.ts";
import type { MemberId } from "../../src/chain/side.ts";

const secret = (fill: number) => new Uint8Array(16).fill(fill);
const ID = "0123456789abcdef" as MemberId;
const CARD = { id: ID, rank: 7, secret: secret(9), label: "Zoë" };
const END: LineEnd = {
  headIsFree: true,
  size: 3,
  head: parseAddress("203.0.113.1:7001"),
  first: { id: ID, rank: 5, tail: parseAddress("[2001:db8::1]:7002") },
};
const RECEIPT = { next: 2 ** 40 + 1, window: 70_000, above: 0x8000_0001 };
const ALIVE = {
  type: "alive",
  token: secret(1),
  receipt: RECEIPT,
  sentUs: 0xffff_ffff,
  echoUs: 12,
  heldUs: 34,
} as const;

const MEET = { nonce: secret(1), echo: secret(2), hasAgreed: false, end: END };

/** One of each kind. */
const SAMPLES = [
  encodeMeet(MEET),
  encodeHello(secret(1), secret(2), secret(3), CARD),
  encodeAlive(ALIVE),
  dataOf(5, "stream"),
  encodeAck(secret(1), RECEIPT),
  encodeBye(secret(1), secret(2)),
  encodeBye(secret(1), undefined),
  encodeByeAck(secret(1)),
];

function dataOf(number: number, text: string): Uint8Array {
  const payload = encodeUtf8(text);
  const datagram = startData(secret(1), number, payload.length);
  dataPayload(datagram).set(payload);
  return datagram;
}

Deno.test("decodeDatagram: gives back what was encoded", () => {
  assertEquals(decodeDatagram(encodeMeet(MEET)), { type: "meet", ...MEET });
  assertEquals(decodeDatagram(encodeHello(secret(1), secret(2), secret(3), CARD)), {
    type: "hello",
    ticket: secret(1),
    nonce: secret(2),
    echo: secret(3),
    card: CARD,
  });
  assertEquals(decodeDatagram(encodeAlive(ALIVE)), ALIVE);
  assertEquals(decodeDatagram(dataOf(2 ** 33, "stream")), {
    type: "data",
    token: secret(1),
    number: 2 ** 33,
    payload: encodeUtf8("stream"),
  });
  const ack = decodeDatagram(encodeAck(secret(1), RECEIPT));
  assertEquals(ack, { type: "ack", token: secret(1), receipt: RECEIPT });
  const bye = { type: "bye", token: secret(1) } as const;
  assertEquals(decodeDatagram(encodeBye(secret(1), secret(2))), { ...bye, id: secret(2) });
  assertEquals(decodeDatagram(encodeBye(secret(1), undefined)), { ...bye, id: undefined });
  assertEquals(decodeDatagram(encodeByeAck(secret(1))), { type: "bye-ack", token: secret(1) });
});

Deno.test("decodeDatagram: one that has never had a neighbour has no rank", () => {
  const end = { ...END, first: { ...END.first, rank: undefined } };
  const meet = decodeDatagram(encodeMeet({ ...MEET, hasAgreed: true, end }));
  assertEquals(meet, { type: "meet", ...MEET, hasAgreed: true, end });
});

Deno.test("encodeAck: has its bytes where the format says", () => {
  const bytes = encodeAck(secret(1), { next: 0x0102_0304_0506, window: 7, above: 0x0a0b_0c0d });
  const expected = [0xac, 5, ...secret(1), 1, 2, 3, 4, 5, 6, 0, 0, 0, 7, 10, 11, 12, 13];
  assertEquals([...bytes], expected);
});

Deno.test("decodeDatagram: of all that is cut short, only what may be optional is missed", () => {
  for (const whole of SAMPLES) {
    for (let length = 0; length < whole.length; length++) {
      const datagram = decodeDatagram(whole.subarray(0, length));
      if (datagram === undefined) continue;
      // DATA is as long as it is, and BYE may end before its id.
      assert(datagram.type === "data" || (datagram.type === "bye" && length === 18), datagram.type);
    }
  }
});

Deno.test("decodeDatagram: ignores what a later version adds, up to the longest datagram", () => {
  const [meet] = SAMPLES;
  assert(meet !== undefined);
  const longer = concatBytes([meet, new Uint8Array(MAX_DATAGRAM_BYTES - meet.length)]);
  assertEquals(decodeDatagram(longer), decodeDatagram(meet));
  assertEquals(decodeDatagram(concatBytes([longer, new Uint8Array(1)])), undefined);
});

Deno.test("decodeDatagram: knows nothing of other protocols, unknown types and bad fields", () => {
  const [meet, hello] = SAMPLES;
  assert(meet !== undefined && hello !== undefined);
  assertEquals(decodeDatagram(encodeUtf8("203.0.113.1:7001, and more than a header")), undefined);
  assertEquals(decodeDatagram(meet.with(1, 0)), undefined);
  assertEquals(decodeDatagram(meet.with(1, 99)), undefined);
  // The label's length, then a byte that is no UTF-8.
  assertEquals(decodeDatagram(hello.with(hello.length - 5, 255)), undefined);
  assertEquals(decodeDatagram(hello.with(hello.length - 1, 0xff)), undefined);
  for (const head of ["0.0.0.0:7001", "224.0.0.1:7001", "host.example:7001"]) {
    const end = { ...END, head: parseAddress(head) };
    assertEquals(decodeDatagram(encodeMeet({ ...MEET, end })), undefined, head);
  }
});

Deno.test("startData: a full one is as long as a datagram may be", () => {
  assertEquals(startData(secret(1), 0, MAX_PAYLOAD_BYTES).length, MAX_DATAGRAM_BYTES);
  assertEquals(decodeDatagram(startData(secret(1), 0, 0)), undefined);
});
