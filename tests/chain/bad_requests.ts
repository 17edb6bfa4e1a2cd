/** What no rendezvous server takes, and what it says of it. */

/** Bytes that are no request at all, each with a part of the reason. */
export const NO_REQUESTS: readonly (readonly [bytes: string | Uint8Array, reason: string])[] = [
  ["GET / HTTP/1.1\r\n\r\n", "wanted a JSON object"],
  ["[]", "wanted a JSON object"],
  ["null", "wanted a JSON object"],
  ["{,}", "no JSON"],
  [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), "no UTF-8"],
  [Uint8Array.of(0x16, 0x03, 0x01, 0x00), "wanted a JSON object"],
  [`{"msg":"${"x".repeat(5_000)}`, "more than 2048 bytes"],
  [`{"a":${"[".repeat(100)}`, "nested more than 16 deep"],
  ["{}", "Field msg is missing"],
  ['{"msg":null}', "Field msg is no text"],
  ['{"msg":"HELLO"}', 'Field msg is \\"HELLO\\"'],
  ['{"msg":"ERROR","reason":"x"}', 'Field msg is \\"ERROR\\"'],
];

/** Addresses that mean no single machine. */
export const UNUSABLE = [
  "0.0.0.0:1",
  "0.1.2.3:1",
  "[::]:1",
  "[::ffff:0.0.0.0]:1",
  "224.0.0.1:1",
  "239.255.255.250:1900",
  "255.255.255.255:1",
  "[ff02::1]:1",
];

/** Addresses that mean another machine in each network. */
export const PRIVATE = [
  "127.0.0.1:1",
  "10.0.0.1:1",
  "172.16.0.1:1",
  "172.31.255.255:1",
  "192.168.1.1:1",
  "169.254.1.1:1",
  "100.64.0.1:1",
  "[::1]:1",
  "[fd00::1]:1",
  "[fe80::1]:1",
  "[fec0::1]:1",
  "[::ffff:10.0.0.1]:1",
];

/** Addresses that lie beside private ones. */
export const PUBLIC = [
  "1.1.1.1:1",
  "126.0.0.1:1",
  "128.0.0.1:1",
  "172.15.0.1:1",
  "172.32.0.1:1",
  "192.167.0.1:1",
  "100.63.0.1:1",
  "100.128.0.1:1",
  "223.255.255.255:1",
  "[2001:db8::1]:1",
  "[fbff::1]:1",

  "[1::]:1",
];

/** Texts that are no address. */
export const NO_ADDRESSES = ["", "nowhere", "192.0.2.1", "192.0.2.1:0", "192.0.2.1:70000", "::1:1"];
