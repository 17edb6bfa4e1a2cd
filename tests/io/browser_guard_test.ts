import { assertEquals, assertMatch } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import {
  type DoorFacts,
  isOnLoopback,
  judgePage,
  judgeUpgrade,
  reachedAddress,
  type UpgradeRequest,
} from "../../src/io/browser_guard.ts";

const HOST = "[::1]:8099";
const LOOPBACK: DoorFacts = { isLoopback: true, paths: ["/", "/rooms.js"], others: () => [] };
const FAR: DoorFacts = { ...LOOPBACK, isLoopback: false };

const REQUEST: UpgradeRequest = {
  method: "GET",
  target: "/node",
  host: HOST,
  origin: `http://${HOST}`,
  site: undefined,
  mode: undefined,
  upgrade: "websocket",
  version: "13",
  key: "dGhlIHNhbXBsZSBub25jZQ==",
};

/** What becomes of a request for a WebSocket that is in order but for what is said. */
function verdict(some: Partial<UpgradeRequest>, facts = LOOPBACK): number {
  return judgeUpgrade({ ...REQUEST, ...some }, facts)?.status ?? 101;
}

Deno.test("judgeUpgrade: a page of this node, or no page at all, may come in", () => {
  assertEquals(verdict({}), 101);
  assertEquals(verdict({ origin: undefined }), 101);
  for (const target of ["/", "/node", "/node?x=1", "/?x=1"]) assertEquals(verdict({ target }), 101);
  assertEquals(verdict({ upgrade: "WebSocket" }), 101);
});

Deno.test("judgeUpgrade: all names of loopback are one, with the same port", () => {
  const names = ["[::1]", "127.0.0.1", "localhost", "LOCALHOST", "127.5.5.5", "[0:0:0:0:0:0:0:1]"];
  for (const page of names) {
    for (const name of names.slice(0, 3)) {
      assertEquals(verdict({ host: `${name}:8099`, origin: `http://${page}:8099` }), 101);
      assertEquals(verdict({ host: `${name}:8099`, origin: `http://${page}:8098` }), 403);
    }
  }
  assertEquals(verdict({ host: "localhost", origin: "http://127.0.0.1:80" }), 101);
});

Deno.test("judgeUpgrade: pages of other places are refused, whatever they look like", () => {
  const others = [
    "null",
    "",
    "http://evil.example",
    "http://evil.example:8099",
    "https://[::1]:8099",
    "http://[::1]",
    "http://[::1]:8099/",
    "http://[::1]:8099.evil.example",
    "http://localhost.evil.example:8099",
    "http://evil@[::1]:8099",
    "http://[::1]:8099@evil.example",
    "file://",
    "chrome-extension://abc",
    "http://[::1]:999999",
    "http://[::2]:8099",
    "http://[:::1]:8099",
    "http://-:8099",
  ];
  for (const origin of others) {
    assertEquals(verdict({ origin }), 403, origin);
    assertEquals(verdict({ origin, host: "192.0.2.1:8099" }, FAR), 403, origin);
  }
});

Deno.test("judgeUpgrade: a page of a node that takes browsers may come to every other such node", () => {
  const facts = {
    ...FAR,
    others: () => ["ws://192.0.2.7:8097", "ws://[::1]:8098"].map(parseAddress),
  };
  const host = "192.0.2.1:8099";
  assertEquals(verdict({ host, origin: "http://192.0.2.7:8097" }, facts), 101);
  assertEquals(verdict({ host, origin: "http://localhost:8098" }, facts), 101);
  assertEquals(verdict({ host, origin: "http://192.0.2.7:8098" }, facts), 403);
  assertEquals(verdict({ host, origin: "https://192.0.2.7:8097" }, facts), 403);
});

Deno.test("judgeUpgrade: the map is only asked where the page is none of this node", () => {
  let count = 0;
  const facts = { ...LOOPBACK, others: () => (count++, []) };
  verdict({}, facts);
  verdict({ origin: undefined }, facts);
  verdict({ key: "" }, facts);
  assertEquals(count, 0);
  verdict({ origin: "http://192.0.2.7:8097" }, facts);
  assertEquals(count, 1);
});

Deno.test("judgeUpgrade: names that a name server has a say in are refused", () => {
  for (const host of [undefined, "", "evil.example:8099", "evil.localhost:8099", "192.0.2.1:1"]) {
    assertEquals(verdict({ host, origin: undefined }), 403, host);
    if (host !== "192.0.2.1:1") assertEquals(verdict({ host, origin: undefined }, FAR), 403, host);
  }
  const rebound = { host: "evil.example:8099", origin: "http://evil.example:8099" };
  assertEquals([verdict(rebound), verdict(rebound, FAR)], [403, 403]);
});

Deno.test("judgeUpgrade: what is no WebSocket of this version is refused", () => {
  assertEquals(verdict({ method: "POST" }), 400);
  assertEquals(verdict({ upgrade: "h2c" }), 400);
  assertEquals(verdict({ upgrade: undefined }), 400);
  for (const target of ["/nodes", "/node/", "//node", "/config.json", "http://[::1]:8099/node"]) {
    assertEquals(verdict({ target }), 404, target);
  }
  for (const version of [undefined, "", "8", "13, 8"]) assertEquals(verdict({ version }), 426);
  const keys = [
    undefined,
    "",
    "dGhlIHNhbXBsZSBub25jZQ",
    "x".repeat(24),
    "dGhlIHNhbXBsZSBub25jZR==",
  ];
  for (const key of keys) assertEquals(verdict({ key }), 400, key);
});

Deno.test("judgeUpgrade: the words are about who asks, and no longer than a line", () => {
  const long = "x".repeat(10_000);
  const some = [{ origin: `http://${long}` }, { host: long }, { target: `/${long}` }, {
    version: long,
  }];
  for (const each of some) {
    const reason = judgeUpgrade({ ...REQUEST, ...each }, LOOPBACK)?.reason ?? "";
    assertMatch(reason, /^it .{10,200}$/);
  }
});

Deno.test("judgePage: what there is, is found, and nothing else", () => {
  const ask = (target: string, some: Partial<UpgradeRequest> = {}) => {
    const found = judgePage({ ...REQUEST, target, ...some }, LOOPBACK);
    return typeof found === "object" ? found.status : found;
  };
  for (const target of ["/", "/rooms.js", "/config.json"]) assertEquals(ask(target), target);
  assertEquals(ask("/config.json?x=1"), "/config.json");
  const none = [
    "",
    "/index.html",
    "/node",
    "//",
    "/../deno.json",
    "/%2e",
    "/rooms.js/",
    "/ROOMS.js",
  ];
  for (const target of [...none, "/__proto__", "http://[::1]:8099/"]) {
    assertEquals(ask(target), 404, target);
  }
  assertEquals(ask("/config.json", { origin: "http://evil.example" }), 403);
  assertEquals(ask("/config.json", { host: "evil.example" }), 403);
  assertEquals(ask("/config.json", { method: "POST" }), 405);
  assertEquals(ask("/config.json", { origin: undefined, site: "cross-site" }), 403);
});

Deno.test("reachedAddress: is what the browser dialled, with the port that it did not say", () => {
  assertEquals(reachedAddress("[::1]:8099"), parseAddress("ws://[::1]:8099"));
  assertEquals(reachedAddress("localhost:1"), parseAddress("ws://localhost:1"));
  assertEquals(reachedAddress("192.0.2.1"), parseAddress("ws://192.0.2.1:80"));
  for (const host of [undefined, "", "[::1", "a b", "[1]:2"]) {
    assertEquals(reachedAddress(host), undefined);
  }
});

Deno.test("isOnLoopback: what means another place on every machine", () => {
  for (const text of ["ws://[::1]:1", "ws://127.0.0.2:1", "ws://localhost:1"]) {
    assertEquals(isOnLoopback(parseAddress(text)), true);
  }
  assertEquals(isOnLoopback(parseAddress("ws://192.0.2.1:1")), false);
});
