import { assertEquals, assertThrows } from "@std/assert";
import { formatKnownPeers, parseKnownPeers } from "../../src/identity/known_peers.ts";
import { addressOf, known, NOW } from "./known.ts";
import { signerOf } from "./signers.ts";

const PEERS = [
  known(1, { pinned: true, formerly: [signerOf(2).id, signerOf(3).id] }),
  known(4, { label: 'é "quoted"\n', addresses: [], firstSeen: NOW - 86_400_000 }),
  known(5, { label: "", addresses: [addressOf(5), addressOf(6)], lastSeen: NOW + 123 }),
];

/** One peer as the file shows it, with changes. */
function entry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { peers } = JSON.parse(formatKnownPeers([known(1)]));
  return { ...peers[0], ...changes };
}

function textOf(...peers: unknown[]): string {
  return JSON.stringify({ version: 1, peers });
}

Deno.test("parseKnownPeers: what was written comes back as it was", () => {
  for (const peers of [[], PEERS]) {
    assertEquals(parseKnownPeers(formatKnownPeers(peers)), peers);
  }
});

Deno.test("formatKnownPeers: is made to be read and edited by people", () => {
  assertEquals(
    formatKnownPeers([known(1, { pinned: true, formerly: [signerOf(2).id] })]),
    `{
  "version": 1,
  "peers": [
    {
      "id": "${signerOf(1).id}",
      "label": "node1",
      "addresses": [
        "[fd00::1]:8083"
      ],
      "first_seen": "2026-11-21T10:00:00.000Z",
      "last_seen": "2026-11-21T10:00:00.000Z",
      "pinned": true,
      "formerly": [
        "${signerOf(2).id}"
      ]
    }
  ]
}
`,
  );
});

Deno.test("parseKnownPeers: takes what people write by hand: no label, no pin, a short time, any form of address", () => {
  const { label: _l, pinned: _p, formerly: _f, ...bare } = entry({
    addresses: ["[FD00:0::0001]:08083"],
    first_seen: "2026-11-21T10:00:00Z",
  });
  assertEquals(parseKnownPeers(textOf(bare)), [
    known(1, { label: "" }),
  ]);
});

Deno.test("parseKnownPeers: a file of another shape is told what was wanted", () => {
  const wanted = 'Wanted an object with "version": 1 and an array "peers"';
  const shapes = [null, 1, [], {}, { version: 1 }, { version: 1, peers: {} }];
  for (const shape of [...shapes, { version: 2, peers: [] }, { version: "1", peers: [] }]) {
    assertThrows(() => parseKnownPeers(JSON.stringify(shape)), SyntaxError, wanted);
  }
  for (const text of ["", "{", '{"version":1,"peers":[}', "known"]) {
    assertThrows(() => parseKnownPeers(text), SyntaxError, "", text);
  }
});

const WRONG: readonly (readonly [changes: Record<string, unknown>, problem: string])[] = [
  [{ id: undefined }, "A node id has 52 characters"],
  [{ id: "short" }, "A node id has 52 characters"],
  [{ id: "A".repeat(52) }, "A node id is lower-case base32"],
  [{ addresses: undefined }, "addresses is no array"],
  [{ addresses: "[::1]:80" }, "addresses is no array"],
  [{ addresses: ["nowhere"] }, '"nowhere" is not an address'],
  [{ addresses: ["[::1]:0"] }, '"[::1]:0" has port 0, wanted 1 to 65535'],
  [{ addresses: [80] }, '"80" is not an address'],
  [{ first_seen: undefined }, "first_seen is undefined, wanted a time"],
  [{ first_seen: "yesterday" }, 'first_seen is "yesterday", wanted a time'],
  [{ last_seen: NOW }, `last_seen is ${NOW}, wanted a time`],
  [{ last_seen: null }, "last_seen is null, wanted a time"],
  [{ formerly: "none" }, "formerly is no array"],
  [{ formerly: ["short"] }, "A node id has 52 characters"],
];

Deno.test("parseKnownPeers: a wrong value names the peer and what is wrong with it", () => {
  for (const [changes, problem] of WRONG) {
    const words = `${JSON.stringify(changes)}`;
    const text = textOf(entry(), entry({ id: signerOf(2).id }), entry(changes));
    assertThrows(() => parseKnownPeers(text), SyntaxError, `Peer 3: ${problem}`, words);
  }
});

Deno.test("parseKnownPeers: a pin that is neither true nor false is an error, and not simply no pin", () => {
  for (const pinned of ["true", "yes", 1, []]) {
    assertThrows(() => parseKnownPeers(textOf(entry({ pinned }))), SyntaxError, "Peer 1: pinned");
  }
});

Deno.test("parseKnownPeers: a peer that is no object is an error in plain words", () => {
  for (const peer of [null, 1, "peer", []]) {
    assertThrows(() => parseKnownPeers(textOf(peer)), SyntaxError, "is no object");
  }
});

Deno.test("parseKnownPeers: two entries for one id are an error, as one of them would be lost", () => {
  const text = textOf(entry(), entry({ pinned: true }));
  assertThrows(() => parseKnownPeers(text), SyntaxError, "Peer 2");
});
