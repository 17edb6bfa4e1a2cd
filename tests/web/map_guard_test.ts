import { assertEquals } from "@std/assert";
import { judge } from "../../src/io/map_guard.ts";
import { isLoopbackHost, type PageRequest } from "../../src/io/page_guard.ts";

const HOST = "[::1]:8099";
const TOKEN = "0123456789abcdef0123456789abcdef";
const LOOPBACK = { isLoopback: true };
const OPEN = { isLoopback: false, token: TOKEN };

/** What becomes of a request that is in order but for what is said. */
function verdict(some: Partial<PageRequest>, facts: Parameters<typeof judge>[1] = LOOPBACK) {
  const found = judge({
    method: "GET",
    target: "/",
    host: HOST,
    origin: undefined,
    site: undefined,
    mode: undefined,
    ...some,
  }, facts);
  return typeof found === "object" ? found.status : found;
}

Deno.test("judge: what there is, is found, and nothing else", () => {
  for (const target of ["/", "/map.js", "/map.css", "/events"] as const) {
    assertEquals(verdict({ target }), target);
    assertEquals(verdict({ target: `${target}?x=1` }), target);
  }
  const none = ["", "/index.html", "//", "/../deno.json", "/%2e", "http://[::1]:8099/", "/events/"];
  for (const target of none) assertEquals(verdict({ target }), 404, target);
});

Deno.test("judge: on loopback only this machine's own names are taken for it", () => {
  const good = [
    "[::1]:8099",
    "[::1]",
    "127.0.0.1:8099",
    "127.8.9.1:1",
    "localhost:9000",
    "LOCALHOST",
  ];
  for (const host of good) assertEquals(verdict({ host }), "/", host);
  const bad = [
    undefined,
    "",
    "evil.example",
    "evil.example:8099",
    "localhost.evil.example:8099",
    "evil.localhost",
    "127.0.0.1.evil.example",
    "192.0.2.1:8099",
    "[2001:db8::1]:8099",
    "0.0.0.0:8099",
    "[::]:8099",
    "2130706433",
    "0x7f000001",
    "[::1",
    "::1",
    "[::1]:8099:1",
    "localhost:8099@evil.example",
    "user@localhost",
    "localhost ",
    "localhost, evil.example",
  ];
  for (const host of bad) assertEquals(verdict({ host }), 403, host);
});

Deno.test("judge: elsewhere any IP address is taken, and no name that a name server knows", () => {
  const target = `/?token=${TOKEN}`;
  for (const host of ["192.0.2.1:8099", "[2001:db8::1]:8099", "localhost:1", "127.0.0.1"]) {
    assertEquals(verdict({ host, target }, OPEN), "/", host);
  }
  for (const host of ["evil.example:8099", "a.b", "192.0.2.1.nip.example"]) {
    assertEquals(verdict({ host, target }, OPEN), 403, host);
  }
});

Deno.test("judge: only GET", () => {
  for (const method of ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", ""]) {
    assertEquals(verdict({ method }), 405, method);
  }
});

Deno.test("judge: an origin that is given must be the page's own", () => {
  assertEquals(verdict({ origin: `http://${HOST}`, target: "/events" }), "/events");
  const bad = [
    "null",
    "",
    "http://evil.example",
    "https://[::1]:8099",
    "http://[::1]:8098",
    "http://[::1]",
    "http://localhost:8099",
    `http://${HOST}.evil.example`,
    `http://${HOST}/`,
  ];
  for (const origin of bad) assertEquals(verdict({ origin, target: "/events" }), 403, origin);
});

Deno.test("judge: other pages may lead here, and may not take anything from here", () => {
  for (const site of ["cross-site", "same-site"]) {
    assertEquals(verdict({ site, mode: "navigate" }), "/");
    assertEquals(verdict({ site, mode: "no-cors" }), 403);
    for (const target of ["/events", "/map.js", "/map.css"]) {
      assertEquals(verdict({ site, mode: "navigate", target }), 403);
      assertEquals(verdict({ site, mode: "no-cors", target }), 403);
    }
  }
  assertEquals(verdict({ site: "same-origin", mode: "cors", target: "/events" }), "/events");
  assertEquals(verdict({ site: "none", mode: "navigate" }), "/");
});

Deno.test("judge: with a token nothing is told without it, not even what there is", () => {
  const tokens = [
    "",
    "?token=",
    "?token",
    `?token=${TOKEN.slice(1)}`,
    `?token=${TOKEN}0`,
    `?token=${TOKEN.toUpperCase()}`,
    `?Token=${TOKEN}`,
    `?x=${TOKEN}`,
    `#token=${TOKEN}`,
    `?token=wrong&token=${TOKEN}`,
    `?token=${"\u00e9".repeat(16)}`,
  ];
  for (const path of ["/", "/map.js", "/map.css", "/events", "/nothing"]) {
    for (const token of tokens) assertEquals(verdict({ target: path + token }, OPEN), 403, token);
    const wanted = path === "/nothing" ? 404 : path;
    assertEquals(verdict({ target: `${path}?token=${TOKEN}` }, OPEN), wanted);
    assertEquals(verdict({ target: `${path}?x=1&token=${TOKEN}` }, OPEN), wanted);
  }
});

Deno.test("isLoopbackHost: what no other machine can connect to", () => {
  for (const host of ["::1", "127.0.0.1", "127.1.2.3"]) assertEquals(isLoopbackHost(host), true);
  for (const host of ["::", "0.0.0.0", "192.0.2.1", "fe80::1", "127.0.0.1.example"]) {
    assertEquals(isLoopbackHost(host), false, host);
  }
});
