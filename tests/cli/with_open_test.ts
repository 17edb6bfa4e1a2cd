import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import { ControlError } from "../../src/control/client.ts";
import { FakeClient, type Script } from "./fake_client.ts";
import { FakeHost } from "./fake_host.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

const URL = "http://[::1]:8099/";

/** `area-net -p bob map …` where bob answers as told. */
async function map(page: Script, ...args: string[]) {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ page });
  host.sockets.set("profiles/bob/control.sock", client);
  const exitCode = await areaNet(["-p", "bob", "map", ...args], host);
  return { host, client, exitCode };
}

Deno.test("map --open: prints the address, opens it, and hangs up", async () => {
  const { host, client, exitCode } = await map({ result: { url: URL } }, "--open");
  assertEquals([exitCode, host.stdout, host.stderr], [0, `${URL}\n`, ""]);
  assertEquals([host.opened, client.isClosed], [[URL], true]);
  assertEquals(client.calls, [{ method: "page", params: {} }]);
});

Deno.test("map --open: an address with a token is printed, and given to no program", async () => {
  const url = `${URL}?token=abc`;
  const { host, exitCode } = await map({ result: { url } }, "--open");
  assertEquals([exitCode, host.stdout, host.opened], [0, `${url}\n`, []]);
});

Deno.test("map --open: answers programs in JSON", async () => {
  const { host } = await map({ result: { url: URL } }, "--open", "--json");
  assertEquals(JSON.parse(host.stdout), { version: 1, url: URL });
});

Deno.test("map --open: where there is no map, the reason is one line and 4", async () => {
  const result = new ControlError({ code: "unavailable", message: "The port is taken" });
  const { host, client, exitCode } = await map({ result }, "--open");
  assertEquals([exitCode, host.stdout, host.stderr], [4, "", "The port is taken\n"]);
  assertEquals([host.opened, client.isClosed], [[], true]);
});

Deno.test("map --open: goes with no other way to show the map", async () => {
  const { host, client, exitCode } = await map({}, "--open", "--d2");
  assertEquals([exitCode, client.calls], [2, []]);
  assertStringIncludes(host.stderr, "Options --open and --d2 exclude each other");
});

Deno.test("room page --open: opens the page of rooms, and that alone", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ room_page: { result: { url: URL } } });
  host.sockets.set("profiles/bob/control.sock", client);
  assertEquals(await areaNet(["-p", "bob", "room", "page", "--open"], host), 0, host.stderr);
  assertEquals([host.stdout, host.opened, client.isClosed], [`${URL}\n`, [URL], true]);
  assertEquals(client.calls, [{ method: "room_page", params: {} }]);
});
