import { assertEquals, assertThrows } from "@std/assert";
import { parsePageConfig } from "../../../src/web/rooms/page_config.ts";

const GOOD = {
  network: "area-net",
  nodes: ["ws://[::1]:8080", "ws://host.example:80"],
  ice_servers: ["stun:stun.example:3478"],
  needs_key: true,
};

Deno.test("parsePageConfig: reads what a node tells its page", () => {
  assertEquals(parsePageConfig(JSON.stringify(GOOD)) as unknown, {
    network: "area-net",
    nodes: ["ws://[::1]:8080", "ws://host.example:80"],
    iceServers: ["stun:stun.example:3478"],
    needsKey: true,
  });
});

const WRONG: Record<string, unknown> = {
  "nothing": null,
  "a list": [],
  "no network": { ...GOOD, network: 1 },
  "nodes that are no list": { ...GOOD, nodes: "ws://[::1]:1" },
  "a node that is no address": { ...GOOD, nodes: ["ws://[::1]"] },
  "a node that browsers cannot dial": { ...GOOD, nodes: ["[::1]:8080"] },
  "servers that are no texts": { ...GOOD, ice_servers: [1] },
  "no word about the key": { ...GOOD, needs_key: undefined },
};

for (const [name, value] of Object.entries(WRONG)) {
  Deno.test(`parsePageConfig: refuses ${name}`, () => {
    assertThrows(() => parsePageConfig(JSON.stringify(value)), SyntaxError);
  });
}

Deno.test("parsePageConfig: refuses what is no JSON", () => {
  assertThrows(() => parsePageConfig("<html>"), SyntaxError);
});
