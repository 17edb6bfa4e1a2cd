import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { openNode } from "../../mod.ts";
import { ControlError } from "../../src/control/client.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { openMapServer } from "../../src/io/map_server.ts";
import type { Change } from "../../src/web/map/network.ts";
import { until } from "../io/until.ts";
import { EventReader, exchange, get } from "./http.ts";
import { MapSource } from "./map_source.ts";

const MAP = "network.controller.map";

/** A port of ::1 that was free a moment ago, and what keeps it from others until then. */
async function takenPort() {
  const source = new MapSource();
  const server = await openMapServer({ addr: "::1", port: 0, connect: () => source.connect() });
  return { port: Number(new URL(server.url).port), server };
}

Deno.test("openNode: serves the map once it is asked for it, always at the same address, to its end", async () => {
  const node = await openNode({ settings: { label: "bob" } });
  const [first, second] = await Promise.all([
    node.control.call("page", {}),
    node.control.call("page", {}),
  ]);
  assertMatch(first.url, /^http:\/\/\[::1\]:\d+\/$/);
  assertEquals(second, first);
  assertEquals((await get(first.url)).status, 200);
  await node.close();
  assertEquals((await exchange(first.url, "")).status, 0);
});

Deno.test("openNode: what a page is told is what the node knows, and goes on", async () => {
  await using bob = await openNode({ settings: { label: "bob" } });
  const { url } = await bob.control.call("page", {});
  using reader = new EventReader(url);
  await until(() => reader.events("history").length === 1);
  const [begin] = reader.events<{ changes: Change[] }>("history");
  const labels = begin?.changes.flatMap(({ nodes }) => nodes.map(({ label }) => label));
  assertEquals([...new Set(labels)], ["bob"]);
  await using _alice = await openNode({ settings: { label: "alice" }, targets: [bob.address] });
  await until(() => {
    const changes = reader.events<Change>("change");
    return changes.some(({ nodes }) => nodes.some(({ label }) => label === "alice")) &&
      changes.some(({ links }) => links.some(({ to }) => to === bob.id));
  });
});

Deno.test("openNode: with a port of its own the map is served from the start", async () => {
  const { port, server } = await takenPort();
  await server.close();
  const notices: Notice[] = [];
  await using node = await openNode({
    settings: { [`${MAP}.port`]: port },
    tell: (notice) => notices.push(notice),
  });
  assertEquals((await get(`http://[::1]:${port}/`)).status, 200);
  assertEquals(notices.filter(({ type }) => type === "map-open").length, 1);
  assertEquals(await node.control.call("page", {}), { url: `http://[::1]:${port}/` });
});

Deno.test("openNode: a port that is taken is told, the node runs on, and the map can come later", async () => {
  const { port, server } = await takenPort();
  const notices: Notice[] = [];
  await using node = await openNode({
    settings: { [`${MAP}.port`]: port },
    tell: (notice) => notices.push(notice),
  });
  assertEquals(notices.filter(({ type }) => type === "map-failed").length, 1);
  const error = await assertRejects(() => node.control.call("page", {}), ControlError);
  assertEquals((error as ControlError).fault.code, "unavailable");
  assertStringIncludes((error as ControlError).message, `[::1]:${port}`);
  assertStringIncludes((error as ControlError).message, `-s ${MAP}.port=PORT`);
  await server.close();
  const { url } = await node.control.call("page", {});
  assertEquals((await get(url)).status, 200);
});

Deno.test("openNode: elsewhere than on loopback the address holds a token, which no notice tells", async () => {
  const { port, server } = await takenPort();
  await server.close();
  const notices: Notice[] = [];
  await using node = await openNode({
    settings: { [`${MAP}.addr`]: "0.0.0.0", [`${MAP}.port`]: port },
    tell: (notice) => notices.push(notice),
  });
  const { url } = await node.control.call("page", {});
  const token = new URL(url).searchParams.get("token") ?? "";
  assertMatch(token, /^[0-9a-f]{32}$/);
  assertEquals(JSON.stringify(notices).includes(token), false);
  const here = `http://127.0.0.1:${port}`;
  assertEquals((await get(here)).status, 403);
  assertEquals((await get(here, `/?token=${token}`)).status, 200);
});
