import { assertEquals, assertThrows } from "@std/assert";
import {
  type Address,
  formatAddress,
  isWildcard,
  normalHost,
  parseAddress,
  schemeOf,
  splitAddress,
  webRtcAddress,
  webSocketAddress,
} from "../../src/base/address.ts";

const NORMAL_FORMS: readonly (readonly [text: string, normal: string])[] = [
  ["[::1]:8095", "[::1]:8095"],
  ["  [::1]:8095\n", "[::1]:8095"],
  ["[0:0:0:0:0:0:0:1]:8095", "[::1]:8095"],
  ["[::]:1", "[::]:1"],
  ["[::1]:00080", "[::1]:80"],
  ["[::1]:65535", "[::1]:65535"],
  // RFC 5952, sections 4.1 to 4.3: no leading zeros, the longest run of zeros, lower case.
  ["[2001:0DB8:0000:0000:0001:0000:0000:0001]:80", "[2001:db8::1:0:0:1]:80"],
  ["[2001:db8:0:1:1:1:1:1]:80", "[2001:db8:0:1:1:1:1:1]:80"],
  ["[2001:0:0:1:0:0:0:1]:80", "[2001:0:0:1::1]:80"],
  ["[2001:db8::0:1]:80", "[2001:db8::1]:80"],
  ["[fe80:0:0:0:1:0:0:0]:80", "[fe80::1:0:0:0]:80"],
  ["[1:0:0:0:0:0:0:0]:80", "[1::]:80"],
  ["[1::2:3:4:5:6:7]:80", "[1:0:2:3:4:5:6:7]:80"],
  ["[1:2:3:4:5:6:7::]:80", "[1:2:3:4:5:6:7:0]:80"],
  ["[64:ff9b::192.0.2.33]:80", "[64:ff9b::c000:221]:80"],
  ["[FE80::1%Eth0]:80", "[fe80::1%eth0]:80"],
  // An IPv4-mapped address is the IPv4 address, however it is written.
  ["[::ffff:192.0.2.1]:80", "192.0.2.1:80"],
  ["[::FFFF:c000:0201]:80", "192.0.2.1:80"],
  ["[0:0:0:0:0:ffff:255.255.255.255]:80", "255.255.255.255:80"],
  ["192.0.2.1:80", "192.0.2.1:80"],
  ["192.000.02.001:80", "192.0.2.1:80"],
  ["LocalHost:80", "localhost:80"],
  ["Node-1.Example.ORG:80", "node-1.example.org:80"],
  ["example.org.:80", "example.org.:80"],
  ["my_host:80", "my_host:80"],
  ["xn--bcher-kva.example:80", "xn--bcher-kva.example:80"],
  [`${"a".repeat(63)}.b:80`, `${"a".repeat(63)}.b:80`],
];

Deno.test("parseAddress: gives the one normal form of every way of writing an address", () => {
  for (const [text, normal] of NORMAL_FORMS) assertEquals<string>(parseAddress(text), normal, text);
});

Deno.test("parseAddress: leaves a normal form as it is", () => {
  for (const [, normal] of NORMAL_FORMS) assertEquals<string>(parseAddress(normal), normal);
});

const SHAPE = 'is not an address, wanted "[addr]:port" or "host:port"';
const PORT = "wanted 1 to 65535";
const BRACKETS = "holds no IPv6 address between its brackets";
const HOST = "is neither an IP address nor a name";

const UNREADABLE: readonly (readonly [text: string, problem: string])[] = [
  ["", SHAPE],
  ["localhost", SHAPE],
  ["::1:8095", SHAPE],
  ["[::1]", SHAPE],
  ["[::1]:", SHAPE],
  ["[::1]8095", SHAPE],
  ["localhost:port", SHAPE],
  ["localhost:-1", SHAPE],
  ["localhost:123456", SHAPE],
  ["http://localhost:80", SHAPE],
  ["localhost:0", PORT],
  ["[::1]:65536", PORT],
  ["[]:80", BRACKETS],
  ["[localhost]:80", BRACKETS],
  ["[192.0.2.1]:80", BRACKETS],
  ["[:::]:80", BRACKETS],
  ["[1::2::3]:80", BRACKETS],
  ["[1:2:3:4:5:6:7]:80", BRACKETS],
  ["[1:2:3:4:5:6:7:8:9]:80", BRACKETS],
  ["[1:2:3:4::5:6:7:8]:80", BRACKETS],
  ["[12345::]:80", BRACKETS],
  ["[g::]:80", BRACKETS],
  ["[::1.2.3]:80", BRACKETS],
  ["[::1.2.3.256]:80", BRACKETS],
  ["[1.2.3.4::]:80", BRACKETS],
  ["[fe80::1%]:80", BRACKETS],
  ["[fe80::1%a b]:80", BRACKETS],
  [":80", HOST],
  ["256.0.0.1:80", HOST],
  ["1.2.3:80", HOST],
  ["1.2.3.4.5:80", HOST],
  ["1234:80", HOST],
  ["1.2.3.0004:80", HOST],
  ["-host:80", HOST],
  ["host-:80", HOST],
  ["a..b:80", HOST],
  [".a:80", HOST],
  ["a b:80", HOST],
  ["bücher.example:80", HOST],
  [`${"a".repeat(64)}:80`, HOST],
  [`${"a.".repeat(127)}:80`, HOST],
];

Deno.test("parseAddress: says what is wrong with what it cannot read", () => {
  for (const [text, problem] of UNREADABLE) {
    assertThrows(() => parseAddress(text), SyntaxError, problem, text);
  }
});

Deno.test("parseAddress: repeats the text that it could not read", () => {
  assertThrows(() => parseAddress("nowhere"), SyntaxError, '"nowhere"');
  assertThrows(() => parseAddress("nowhere:70000"), SyntaxError, '"nowhere:70000" has port 70000');
});

Deno.test("formatAddress: puts brackets around IPv6 alone and takes port 0", () => {
  assertEquals<string>(formatAddress({ host: "::", port: 0 }), "[::]:0");
  assertEquals<string>(formatAddress({ host: "::ffff:127.0.0.1", port: 80 }), "127.0.0.1:80");
  assertEquals<string>(formatAddress({ host: "Example.org", port: 80 }), "example.org:80");
  assertThrows(() => formatAddress({ host: "a b", port: 80 }), SyntaxError, `"a b" ${HOST}`);
});

Deno.test("splitAddress: undoes formatAddress", () => {
  for (const host of ["::1", "fe80::1%eth0", "192.0.2.1", "example.org"]) {
    for (const port of [0, 1, 65535]) {
      assertEquals(splitAddress(formatAddress({ host, port })), { host, port });
    }
  }
});

Deno.test("isWildcard: knows the two hosts that mean every interface", () => {
  const cases: [text: string, wildcard: boolean][] = [
    ["[::]:80", true],
    ["[0:0:0:0:0:0:0:0]:80", true],
    ["0.0.0.0:80", true],
    ["[::ffff:0.0.0.0]:80", true],
    ["[::1]:80", false],
    ["127.0.0.1:80", false],
    ["localhost:80", false],
  ];
  for (const [text, wildcard] of cases) {
    assertEquals(isWildcard(parseAddress(text)), wildcard, text);
  }
});

Deno.test("normalHost: gives undefined for what is no host", () => {
  assertEquals(normalHost("::1"), "::1");
  assertEquals(normalHost("10.0.0.1"), "10.0.0.1");
  assertEquals(normalHost("Bob"), "bob");
  for (const host of ["", "[::1]", "1.2.3", "a b", "::g", "-"]) {
    assertEquals(normalHost(host), undefined, host);
  }
});

Deno.test("parseAddress: reads the addresses that browsers dial, in normal form", () => {
  const id = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst";
  const cases: [text: string, normal: string, scheme: string, host: string, port: number][] = [
    ["[::1]:80", "[::1]:80", "tls", "::1", 80],
    [" ws://[0::1]:080\n", "ws://[::1]:80", "ws", "::1", 80],
    ["ws://LocalHost:8080", "ws://localhost:8080", "ws", "localhost", 8080],
    ["ws://[::ffff:192.0.2.1]:1", "ws://192.0.2.1:1", "ws", "192.0.2.1", 1],
    [`webrtc://${id}`, `webrtc://${id}`, "webrtc", id, 0],
  ];
  for (const [text, normal, scheme, host, port] of cases) {
    const address = parseAddress(text);
    assertEquals(address as string, normal);
    assertEquals([schemeOf(address), splitAddress(address)], [scheme, { host, port }], text);
  }
  assertEquals(webSocketAddress(parseAddress("[::1]:80")), parseAddress("ws://[::1]:80"));
  assertEquals(webRtcAddress(id), parseAddress(`webrtc://${id}`));
  assertEquals(isWildcard(parseAddress("ws://[::]:80")), true);
});

Deno.test("parseAddress: refuses other schemes, and half of what these need", () => {
  const id = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst";
  const bad = ["ws://", "ws://[::1]", "ws://ws://[::1]:80", "wss://[::1]:80", "http://[::1]:80"];
  const badIds = ["", id.slice(1), `${id}a`, id.toUpperCase(), `${id}:80`, id.replace("a", "1")];
  for (const text of [...bad, ...badIds.map((each) => `webrtc://${each}`)]) {
    assertThrows(() => parseAddress(text), SyntaxError, undefined, text);
  }
});

Deno.test("Address: equal addresses are equal texts", () => {
  const written = ["[::1]:80", "[0::1]:80", "[0:0:0:0:0:0:0.0.0.1]:80"];
  assertEquals(new Set<Address>(written.map(parseAddress)).size, 1);
});
