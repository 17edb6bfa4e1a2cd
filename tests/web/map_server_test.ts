import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MAX_CONNECTIONS, MAX_PAGES, openMapServer } from "../../src/io/map_server.ts";
import { until } from "../io/until.ts";
import { closed, dial, EventReader, exchange, get } from "./http.ts";
import { MapSource } from "./map_source.ts";
import { change, fiveNodes, manyNodes, node } from "./networks.ts";

const PATHS = ["/", "/map.js", "/map.css"];

/** A server of a source's map on loopback, at any free port. */
function serve(source = new MapSource(fiveNodes()), addr = "::1") {
  return openMapServer({ addr, port: 0, connect: () => source.connect() });
}

Deno.test("openMapServer: serves a page whose every part comes from itself", async () => {
  await using server = await serve();
  assertMatch(server.url, /^http:\/\/\[::1\]:\d+\/$/);
  for (const path of PATHS) {
    const { status, headers, body } = await get(server.url, path);
    assertEquals(status, 200);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assert(body.length > 1000, path);
  }
  const { body, headers } = await get(server.url);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(body.match(/%TOKEN%/), null);
  const parts = [...body.matchAll(/(?:src|href)="([^"]*)"/gs)].map(([, part]) => part ?? "");
  assertEquals(parts.filter((part) => !part.startsWith("data:")), ["map.css", "map.js"]);
  assertEquals(body.match(/ style=| on\w+=|<style|javascript:/gi), null);
});

Deno.test("openMapServer: every answer, a refusal too, holds the browser to this origin", async () => {
  await using server = await serve();
  const answers = [
    await get(server.url),
    await get(server.url, "/map.js"),
    await get(server.url, "/nothing"),
    await get(server.url, "/", { host: "evil.example" }),
    await get(server.url, "/", {}, "POST"),
  ];
  assertEquals(answers.map(({ status }) => status), [200, 200, 404, 403, 405]);
  const wanted = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  for (const { headers } of answers) {
    assertEquals(headers.get("content-security-policy")?.split("; "), wanted);
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cache-control"), "no-store");
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    assertEquals(headers.get("access-control-allow-origin"), undefined);
  }
  assertEquals(answers[4]?.headers.get("allow"), "GET");
});

Deno.test("openMapServer: foreign hosts, origins and methods get a sentence and nothing of the map", async () => {
  const source = new MapSource(fiveNodes());
  await using server = await serve(source);
  const refused = [
    get(server.url, "/events", { host: "evil.example" }),
    get(server.url, "/events", { origin: "http://evil.example" }),
    get(server.url, "/events", { origin: "null" }),
    get(server.url, "/events", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }),
    get(server.url, "/events", {}, "POST"),
  ];
  for (const { status, headers, body } of await Promise.all(refused)) {
    assert(status === 403 || status === 405, `Expected a refusal, not ${status}`);
    assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
    assertMatch(body, /^[A-Z][^\n]+\n$/);
    assert(!body.includes("alice"), body);
  }
  assertEquals(source.listeners, 0);
});

Deno.test("openMapServer: beyond loopback nothing is shown without the token", async () => {
  const source = new MapSource(fiveNodes());
  for (const addr of ["::", "0.0.0.0"]) {
    await using server = await serve(source, addr);
    const { search, port } = new URL(server.url);
    const here = `http://${addr === "::" ? "[::1]" : "127.0.0.1"}:${port}`;
    assertMatch(server.url.slice(here.length), /^\/\?token=[0-9a-f]{32}$/);
    assertEquals(new URL(server.url).origin, here);
    for (const path of [...PATHS, "/events", "/nothing"]) {
      for (const query of ["", "?token=", `?token=${"0".repeat(32)}`]) {
        const { status, body } = await get(here, path + query);
        assertEquals(status, 403);
        assertStringIncludes(body, "area-net map --open");
      }
    }
    for (const path of PATHS) assertEquals((await get(here, path + search)).status, 200);
    const { body } = await get(here, `/${search}`);
    assertStringIncludes(body, `"map.js${search}"`);
    assertStringIncludes(body, `"map.css${search}"`);
    using reader = new EventReader(here, `/events${search}`);
    await until(() => reader.events("history").length === 1);
  }
});

Deno.test("openMapServer: every server has a token of its own", async () => {
  await using one = await serve(undefined, "0.0.0.0");
  await using other = await serve(undefined, "0.0.0.0");
  assert(new URL(one.url).search !== new URL(other.url).search);
});

Deno.test("openMapServer: a stream begins with what was, and goes on with what comes", async () => {
  const lost = change(2, { nodes: [node("erin", "lost")] });
  const source = new MapSource(fiveNodes(1), lost);
  await using server = await serve(source);
  const origin = new URL(server.url).origin;
  using reader = new EventReader(server.url, "/events", { origin });
  await until(() => source.listeners === 1);
  const back = change(3, { nodes: [node("erin")] });
  source.tell(back);
  await until(() => reader.events("change").length === 1);
  const [begin] = reader.events<{ now: number; version: string; changes: unknown[] }>("history");
  assertEquals(begin?.changes, [fiveNodes(1), lost]);
  assertEquals(begin?.version, "0.1.0");
  assert(Math.abs((begin?.now ?? 0) - Date.now()) < 60_000);
  assertEquals(reader.events("change"), [back]);
});

Deno.test("openMapServer: a label with line ends cannot end its event", async () => {
  const label = "a\n\nevent: change\ndata: {}\n\n\r\n\u2028";
  await using server = await serve(
    new MapSource(change(1, { nodes: [node("x", "alive", label)] })),
  );
  using reader = new EventReader(server.url);
  await until(() => reader.events("history").length === 1);
  const [begin] = reader.events<{ changes: { nodes: { label: string }[] }[] }>("history");
  assertEquals(begin?.changes[0]?.nodes[0]?.label, label);
  assertEquals(reader.events("change"), []);
});

Deno.test("openMapServer: a page that goes takes its session with it", async () => {
  const source = new MapSource(fiveNodes());
  await using server = await serve(source);
  {
    using _reader = new EventReader(server.url);
    await until(() => source.listeners === 1);
  }
  await until(() => source.listeners === 0);
  assertEquals(server.pages, 0);
});

Deno.test("openMapServer: so many pages and no more, and a place that is freed can be taken", async () => {
  const source = new MapSource(fiveNodes());
  await using server = await serve(source);
  const readers = Array.from({ length: MAX_PAGES }, () => new EventReader(server.url));
  try {
    await until(() => source.listeners === MAX_PAGES);
    const { status, headers, body } = await get(server.url, "/events");
    assertEquals([status, headers.get("retry-after")], [503, "10"]);
    assertStringIncludes(body, String(MAX_PAGES));
    assertEquals((await get(server.url)).status, 200, "The page itself is served on");
    readers.pop()?.socket.destroy();
    await until(() => source.listeners === MAX_PAGES - 1);
    using late = new EventReader(server.url);
    await until(() => late.status === 200);
    source.tell(change(9, { nodes: [node("frank")] }));
    await until(() => [...readers, late].every((each) => each.events("change").length === 1));
  } finally {
    for (const reader of readers) reader.socket.destroy();
  }
});

Deno.test("openMapServer: a page that does not read is dropped, and the others go on", async () => {
  const source = new MapSource(manyNodes(50));
  await using server = await serve(source);
  const slow = new EventReader(server.url);
  slow.socket.pause();
  using quick = new EventReader(server.url);
  await until(() => source.listeners === 2);
  const much = change(1, { nodes: manyNodes(300).nodes });
  let told = 0;
  await until(() => {
    // A pace that a page which reads can keep.
    if (quick.events("change").length === told) {
      source.tell(much);
      told++;
    }
    return source.listeners === 1;
  });
  await until(() => quick.events("change").length === told);
  const bytes = told * JSON.stringify(much).length;
  assert(bytes < 32 * 1_048_576, `Expected it to be dropped before ${bytes} bytes`);
  slow.socket.resume();
  await closed(slow.socket);
});

Deno.test("openMapServer: silent connections are closed, and do not keep others out for long", async () => {
  await using server = await serve();
  const silent = Array.from({ length: MAX_CONNECTIONS }, () => dial(server.url));
  await Promise.all(silent.map(closed));
  assertEquals((await get(server.url)).status, 200);
});

Deno.test("openMapServer: what is no request, or too large a one, ends its connection alone", async () => {
  const source = new MapSource(fiveNodes());
  await using server = await serve(source);
  using reader = new EventReader(server.url);
  await until(() => source.listeners === 1);
  const host = new URL(server.url).host;
  const broken = [
    "\0\0\0\0\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    `GET / HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: ${host}\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
  ];
  for (const request of broken) {
    const { status } = await exchange(server.url, request);
    assert(status === 0 || status >= 400, `${status} for ${request.slice(0, 40)}`);
  }
  source.tell(change(9, { nodes: [node("frank")] }));
  await until(() => reader.events("change").length === 1);
});

Deno.test("openMapServer: closing ends every connection at once, twice does no harm", async () => {
  const source = new MapSource(fiveNodes());
  const server = await serve(source);
  const reader = new EventReader(server.url);
  await until(() => source.listeners === 1);
  const idle = dial(server.url);
  await server.close();
  await Promise.all([closed(reader.socket), closed(idle)]);
  await until(() => source.listeners === 0);
  assertEquals((await exchange(server.url, "")).status, 0);
});

Deno.test("openMapServer: a session that ends takes its page along", async () => {
  const source = new MapSource(fiveNodes());
  const sessions = [source.connect()];
  const connect = () => sessions[0] ?? source.connect();
  await using server = await openMapServer({ addr: "::1", port: 0, connect });
  const reader = new EventReader(server.url);
  await until(() => reader.events("history").length === 1);
  sessions[0]?.close();
  await closed(reader.socket);
});
