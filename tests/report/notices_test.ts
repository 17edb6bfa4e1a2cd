import { assertEquals } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { describeNotice } from "../../src/report/notices.ts";
import { id } from "./networks.ts";

const address: Address = parseAddress("[::1]:8090");
const alice = { id: id("alice"), label: "alice" };
const failed = { type: "dial-failed", address, reason: "connection refused" } as const;

/** An example of every notice, and its words; the type wants each kind of notice to be here. */
const EXAMPLES: { [T in Notice["type"]]: [Extract<Notice, { type: T }>, string][] } = {
  "listening": [
    [{ type: "listening", address }, "info: Listening on [::1]:8090"],
  ],
  "link-up": [
    [
      { type: "link-up", peer: alice, address, direction: "outgoing" },
      "info: Link to alice (aliceali) at [::1]:8090 is up",
    ],
    [
      { type: "link-up", peer: { ...alice, label: "" }, address, direction: "incoming" },
      "info: Link from aliceali at [::1]:8090 is up",
    ],
  ],
  "link-down": [
    [
      { type: "link-down", peer: alice, address, reason: "no sign of life", isFarewell: false },
      "warn: Link with alice (aliceali) at [::1]:8090 is down: no sign of life",
    ],
    [
      { type: "link-down", peer: alice, address, reason: "leaving", isFarewell: true },
      "info: Link with alice (aliceali) at [::1]:8090 is down: leaving",
    ],
  ],
  "dial-failed": [
    [
      { ...failed, attempt: 1, repeated: false, nextInMs: 2345 },
      "info: No link to [::1]:8090: connection refused (attempt 1), next attempt in 2.3 s",
    ],
    [
      { ...failed, attempt: 2, repeated: true, nextInMs: 4_600 },
      "debug: No link to [::1]:8090: connection refused (attempt 2), next attempt in 4.6 s",
    ],
  ],
  "refused": [[
    { type: "refused", address, reason: "full" },
    "info: Refused a link from [::1]:8090: full",
  ]],
  "refused-more": [
    [{ type: "refused-more", count: 1 }, "info: Refused 1 more link"],
    [{ type: "refused-more", count: 980 }, "info: Refused 980 more links"],
  ],
  "banned": [
    [
      { type: "banned", peer: alice, forMs: 600_000, reason: "broke the protocol" },
      "warn: Banned alice (aliceali) for 10 min: broke the protocol",
    ],
    [
      { type: "banned", peer: alice, forMs: 5_400_000, reason: "broke the protocol" },
      "warn: Banned alice (aliceali) for 1.5 h: broke the protocol",
    ],
  ],
  "node-learnt": [
    [{ type: "node-learnt", node: alice }, "info: Learnt of node alice (aliceali)"],
  ],
  "node-lost": [[
    { type: "node-lost", node: alice },
    "warn: Lost node alice (aliceali): no links lead to it any more",
  ]],
  "node-left": [[{ type: "node-left", node: alice }, "info: Node alice (aliceali) left"]],
  "node-returned": [
    [{ type: "node-returned", node: alice }, "info: Node alice (aliceali) is back"],
  ],
  "node-forgotten": [
    [{ type: "node-forgotten", node: alice }, "debug: Forgot node alice (aliceali), gone for long"],
  ],
  "report-failed": [[
    { type: "report-failed", file: "peers.json", reason: "no space left on device" },
    "error: Could not write peers.json: no space left on device; trying again at every dump",
  ]],
  "report-recovered": [
    [{ type: "report-recovered", file: "peers.json" }, "info: Writing peers.json works again"],
  ],
  "greeted": [[{ type: "greeted", node: alice }, "info: Greeting from alice (aliceali)"]],
  "map-open": [[
    { type: "map-open", address: parseAddress("[::1]:8099") },
    "info: The live map is served at [::1]:8099; page tells how to open it",
  ]],
  "map-failed": [[
    { type: "map-failed", address: parseAddress("[::1]:8099"), reason: "address in use" },
    "error: Could not serve the live map at [::1]:8099: address in use. Choose another " +
    "network.controller.map.port or map.addr, and start the node anew",
  ]],
  "browsers-open": [[
    { type: "browsers-open", address: parseAddress("[::1]:8100") },
    "info: Browsers find the page of rooms at [::1]:8100",
  ]],
  "browsers-failed": [[
    { type: "browsers-failed", address: parseAddress("[::1]:8100"), reason: "address in use" },
    "error: Could not take browsers at [::1]:8100: address in use. Choose another " +
    "network.controller.browsers.port or browsers.addr, and start the node anew",
  ]],
  "leaving": [
    [{ type: "leaving", links: 1 }, "info: Leaving, closing 1 link"],
    [{ type: "leaving", links: 2 }, "info: Leaving, closing 2 links"],
  ],
};

for (const [type, examples] of Object.entries(EXAMPLES)) {
  Deno.test(`describeNotice: puts ${type} into words`, () => {
    for (const [notice, want] of examples) {
      const { level, text } = describeNotice(notice);
      assertEquals(`${level}: ${text}`, want);
    }
  });
}

Deno.test("describeNotice: lets no label or reason start a line or drive a terminal", () => {
  const peer = { id: id("alice"), label: "a\nerror: forged" };
  const reason = "\x1b[2Jgone\u2028";
  assertEquals(
    describeNotice({ type: "link-down", peer, address, reason, isFarewell: false }).text,
    "Link with a\\u{a}error: forged (aliceali) at [::1]:8090 is down: \\u{1b}[2Jgone\\u{2028}",
  );
});
