import { assert, assertEquals } from "@std/assert";
import { ALIASES, canonicalKey, KEYS, suggestKey, TABLES } from "../../src/config/keys.ts";

Deno.test("KEYS: are dotted and tell default and meaning", () => {
  const port = KEYS.get("network.controller.listen.port");
  assertEquals(port?.initial, 8083);
  assert([...KEYS.values()].every(({ description }) => description.endsWith(".")));
});

Deno.test("TABLES: are all that stands above a key, and no key", () => {
  assert(TABLES.has("network") && TABLES.has("network.controller.peers"));
  assert([...TABLES].every((table) => !KEYS.has(table)));
});

Deno.test("canonicalKey: leads every alias to a key, and leaves other keys alone", () => {
  for (const [alias, key] of ALIASES) {
    assert(!KEYS.has(alias) && KEYS.has(key));
    assertEquals(canonicalKey(alias), key);
  }
  assertEquals(canonicalKey("label"), "label");
});

Deno.test("suggestKey: finds a misspelt key, a misspelt table and a key in the wrong table", () => {
  const cases = [
    ["labl", "label"],
    ["netwrok", "network"],
    ["network.controler", "network.controller"],
    ["network.controller.peers.hartbeat_period", "network.controller.peers.heartbeat_period"],
    ["port", "network.controller.listen.port"],
    ["network.controller.listen.d2", "network.controller.d2"],
    [
      "network.controller.outgoing.max_simultaneous_conn_attempt",
      "network.controller.outgoing.max_simultaneous_conn_attempts",
    ],
  ];
  for (const [unknown = "", meant] of cases) assertEquals(suggestKey(unknown), meant);
  assertEquals(suggestKey("network.controller.colour"), undefined);
});
