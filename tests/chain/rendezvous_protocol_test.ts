import { assertEquals, assertThrows } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import {
  ChainProtocolError,
  encodeConnect,
  encodeEcho,
  encodeError,
  encodeIntroduction,
  encodePlace,
  encodeReconnect,
  MAX_ID_LENGTH,
  MAX_OBJECT_BYTES,
  readChainReply,
  readConnect,
  readEcho,
  readReconnect,
  readRepairReply,
} from "../../src/chain/rendezvous_protocol.ts";

const V4 = parseAddress("192.0.2.1:4000");
const V6 = parseAddress("[2001:db8::1]:4001");

Deno.test("rendezvous protocol: every object is written byte for byte as agreed", () => {
  const written: [bytes: Uint8Array, text: string][] = [
    [
      encodeConnect({ tail: V6, head: V4 }),
      '{"msg":"CONNECT","head":"192.0.2.1:4000","tail":"[2001:db8::1]:4001"}',
    ],
    [
      encodePlace({ ip: V6, part: "head" }),
      '{"msg":"CONNECT","part":"head","ip":"[2001:db8::1]:4001"}',
    ],
    [
      encodePlace({ part: "tail", ip: V4 }),
      '{"msg":"CONNECT","part":"tail","ip":"192.0.2.1:4000"}',
    ],
    [encodeReconnect({ ip: V4, id: "k7" }), '{"msg":"RECONNECT","id":"k7","ip":"192.0.2.1:4000"}'],
    [encodeIntroduction(V6), '{"msg":"CONNECT","ip":"[2001:db8::1]:4001"}'],
    [encodeError('no "x"'), '{"msg":"ERROR","reason":"no \\"x\\""}'],
    [encodeEcho(V4), "192.0.2.1:4000"],
    [encodeEcho(V6), "[2001:db8::1]:4001"],
  ];
  for (const [bytes, text] of written) assertEquals(decodeUtf8(bytes), text);
});

Deno.test("rendezvous protocol: what is written is read back as the same", () => {
  const connect = { head: V4, tail: V6 };
  const reconnect = { id: "k7", ip: V6 };
  assertEquals(readConnect(parsed(encodeConnect(connect))), connect);
  assertEquals(readReconnect(parsed(encodeReconnect(reconnect))), reconnect);
  for (const part of ["head", "tail"] as const) {
    const reply = readChainReply(parsed(encodePlace({ part, ip: V4 })));
    assertEquals(reply, { type: "place", part, ip: V4 });
  }
  const introduction = readRepairReply(parsed(encodeIntroduction(V6)));
  assertEquals(introduction, { type: "introduction", ip: V6 });
  for (const read of [readChainReply, readRepairReply]) {
    assertEquals(read(parsed(encodeError("no"))), { type: "error", reason: "no" });
  }
  for (const address of [V4, V6]) assertEquals(readEcho(encodeEcho(address)), address);
});

Deno.test("rendezvous protocol: keys may stand in any order, with others that are ignored", () => {
  const object = JSON.parse(
    '{"tail":"[2001:DB8:0::1]:4001","v":2,"head":"192.0.2.1:4000",' +
      '"__proto__":{"msg":"x"},"msg":"CONNECT"}',
  );
  assertEquals(readConnect(object), { head: V4, tail: V6 });
});

Deno.test("rendezvous protocol: the largest request has room in the limit", () => {
  const address = parseAddress(`[${"1234:".repeat(7)}1234]:65535`);
  const connect = encodeConnect({ head: address, tail: address });
  const reconnect = encodeReconnect({ id: "\u{10}".repeat(MAX_ID_LENGTH), ip: address });
  for (const { length } of [connect, reconnect]) assertEquals(length <= MAX_OBJECT_BYTES, true);
});

Deno.test("rendezvous protocol: a request with anything missing or wrong says what was wanted", () => {
  const good = { msg: "CONNECT", head: V4, tail: V6 };
  const cases: [value: unknown, reason: string][] = [
    [{}, "Field msg is missing, wanted a text"],
    [null, "Field msg is missing"],
    [[], "Field msg is missing"],
    [{ ...good, msg: 1 }, "Field msg is no text"],
    [{ ...good, msg: "RECONNECT" }, 'Field msg is "RECONNECT", wanted "CONNECT"'],
    [{ ...good, msg: "connect" }, 'Field msg is "connect", wanted "CONNECT"'],
    [{ ...good, msg: "\u001b[2J".repeat(100) }, 'Field msg is "\\u001b[2J'],
    [{ msg: "CONNECT", tail: V6 }, "Field head is missing"],
    [{ msg: "CONNECT", head: V4 }, "Field tail is missing"],
    [{ ...good, head: ["192.0.2.1:1"] }, "Field head is no text"],
    [{ ...good, tail: null }, "Field tail is no text"],
    [Object.create(good), "Field msg is missing"],
    ...BAD_ADDRESSES.map((head): [unknown, string] => [
      { ...good, head },
      `Field head is ${JSON.stringify(head)}, wanted IP:PORT`,
    ]),
  ];
  for (const [value, reason] of cases) {
    assertThrows(() => readConnect(value), ChainProtocolError, reason);
  }
});

Deno.test("rendezvous protocol: a request for repair wants an id of some length and an address", () => {
  const good = { msg: "RECONNECT", id: "x".repeat(MAX_ID_LENGTH), ip: V4 };
  assertEquals(readReconnect(good), { id: good.id, ip: V4 });
  const cases: [value: unknown, reason: string][] = [
    [{ ...good, msg: "CONNECT" }, 'wanted "RECONNECT"'],
    [{ ...good, id: undefined }, "Field id is missing"],
    [{ ...good, id: 7 }, "Field id is no text"],
    [{ ...good, id: "" }, "Field id has 0 characters, wanted 1 to 128"],
    [{ ...good, id: `${good.id}x` }, "Field id has 129 characters"],
    [{ msg: "RECONNECT", id: "x" }, "Field ip is missing"],
    [{ ...good, ip: "nowhere" }, 'Field ip is "nowhere", wanted IP:PORT'],
  ];
  for (const [value, reason] of cases) {
    assertThrows(() => readReconnect(value), ChainProtocolError, reason);
  }
});

Deno.test("rendezvous protocol: a server's answer that is none is refused", () => {
  const cases: [value: unknown, reason: string][] = [
    [{ msg: "CONNECT", ip: V4 }, "Field part is missing"],
    [{ msg: "CONNECT", part: "middle", ip: V4 }, 'Field part is "middle", wanted "head" or "tail"'],
    [{ msg: "CONNECT", part: "head" }, "Field ip is missing"],
    [{ msg: "ERROR" }, "Field reason is missing"],
    [{ msg: "HELLO" }, 'Field msg is "HELLO"'],
    ["CONNECT", "Field msg is missing"],
  ];
  for (const [value, reason] of cases) {
    assertThrows(() => readChainReply(value), ChainProtocolError, reason);
  }
  assertThrows(() => readRepairReply({ msg: "CONNECT" }), ChainProtocolError, "Field ip");
});

Deno.test("readEcho: anything but an address is refused", () => {
  for (const text of ["", "hello", ...BAD_ADDRESSES]) {
    assertThrows(() => readEcho(encodeUtf8(text)), ChainProtocolError, "wanted IP:PORT");
  }
  assertThrows(() => readEcho(Uint8Array.of(0xff)), ChainProtocolError, "no UTF-8");
  assertThrows(() => readEcho(new Uint8Array(65)), ChainProtocolError, "An echo has 65 bytes");
});

/** Names would have to be looked up, zones mean something on one machine alone. */
const BAD_ADDRESSES = [
  "192.0.2.1",
  "192.0.2.1:0",
  "192.0.2.1:65536",
  "192.0.2.256:1",
  "192.0.2:1",
  "2001:db8::1:4001",
  "[2001:db8::1]",
  "[2001:db8::1::]:1",
  "[fe80::1%eth0]:1",
  "localhost:1",
  "example.com:1",
  "[192.0.2.1]:1",
];

function parsed(bytes: Uint8Array): unknown {
  const value: Record<string, Address | string> = JSON.parse(decodeUtf8(bytes));
  return value;
}
