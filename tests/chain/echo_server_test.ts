import { assertEquals } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { answerEcho } from "../../src/chain/echo_server.ts";

const FROM = parseAddress("192.0.2.1:4000");

Deno.test("answerEcho: any datagram is answered with where it came from", () => {
  for (const bytes of [new Uint8Array(0), encodeUtf8("hello"), new Uint8Array(65_507).fill(0xff)]) {
    assertEquals(answerEcho(FROM, bytes), encodeUtf8("192.0.2.1:4000"));
  }
  const ipv6 = parseAddress("[2001:DB8:0:0::1]:4000");
  assertEquals(answerEcho(ipv6, encodeUtf8("?")), encodeUtf8("[2001:db8::1]:4000"));
});

Deno.test("answerEcho: two echo servers do not answer each other", () => {
  const answer = answerEcho(FROM, encodeUtf8("?")) ?? new Uint8Array(0);
  assertEquals(answerEcho(parseAddress("192.0.2.2:8082"), answer), undefined);
});

Deno.test("answerEcho: nobody is answered at port 0", () => {
  assertEquals(answerEcho("192.0.2.1:0" as Address, encodeUtf8("?")), undefined);
});
