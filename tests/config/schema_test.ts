import { assertEquals, assertMatch } from "@std/assert";
import defaultToml from "../../config/network/default.toml" with { type: "text" };
import page from "../../docs/configuration.md" with { type: "text" };
import { type Key, KEYS } from "../../src/config/keys.ts";
import { readFileLayer } from "../../src/config/layer.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import { formatToml } from "../../src/config/toml.ts";
import { nodeId } from "../cli/node_id.ts";

const PEERS = "network.controller.peers";

Deno.test("defaultConfig: is what the schema gives for nothing, a new value each time", () => {
  const config = defaultConfig();
  assertEquals(config.label, "");
  assertEquals(config.network.controller.listen, { addr: "::1", port: 8083 });
  assertEquals(config.network.controller.target, { file: "profiles/default.json", addrs: [] });
  config.network.controller.listen.port = 1;
  assertEquals(defaultConfig().network.controller.listen.port, 8083);
});

Deno.test("configSchema: its defaults are those of config/network/default.toml, key for key", () => {
  const { entries, problems } = readFileLayer("default", "default.toml", defaultToml);
  assertEquals(problems, []);
  assertEquals(
    entries.map(({ key, value }) => [key, value]),
    [...KEYS.values()].map(({ name, initial }) => [name, initial]),
  );
});

Deno.test("configSchema: default.toml explains every key in the words of the schema", () => {
  const lines = defaultToml.split("\n");
  const { entries } = readFileLayer("default", "default.toml", defaultToml);
  for (const { key, origin } of entries) {
    const end = "line" in origin ? origin.line - 1 : 0;
    const start = lines.findLastIndex((line, at) => at < end && !line.startsWith("#")) + 1;
    const comment = lines.slice(start, end).map((line) => line.slice(2)).join(" ");
    assertEquals(comment, KEYS.get(key)?.description, key);
  }
});

Deno.test("configSchema: docs/configuration.md has a row for every key, and for no other", () => {
  const [, table = ""] = page.split("## Every setting");
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(rows, [...KEYS.values()].map(documentedRow));
});

/** One value in bounds and one out of bounds for each end of each key's range. */
const BOUNDS: [key: string, good: unknown[], bad: unknown[]][] = [
  ["label", ["", "é".repeat(64), "a\u{1F600}"], [
    "a".repeat(65),
    "\u{1F600}".repeat(33),
    "a\nb",
    1,
  ]],
  ["network.name", ["a", "n".repeat(64)], ["", "n".repeat(65), "a\tb", true]],
  ["network.key", ["", "k".repeat(16), "k".repeat(1024)], [
    "k".repeat(15),
    "k".repeat(1025),
    `${"k".repeat(16)}\n`,
    1,
  ]],
  ["network.key_file", ["", "/etc/area-net/network.key"], ["a\0b", true]],
  ["network.controller.peer_file_dump_interval", [0.001, 0.5, 2e6], [0, -1, 2e6 + 1, "5"]],
  ["network.controller.d2", [true, false], [1, "true", "yes"]],
  ["network.controller.d2_max_nodes", [1, 16_384], [0, 16_385, 1.5, "60"]],
  [
    "network.controller.listen.addr",
    ["::", "::1", "fe80::1%eth0", "127.0.0.1"],
    ["[::1]", "localhost", "256.0.0.1", "::1:8080:", "", 1],
  ],
  ["network.controller.listen.port", [0, 65535], [-1, 65536, 80.5, "80"]],
  ["network.controller.target.file", ["", "a", "/b/c d.json"], ["a\0b", []]],
  ["network.controller.target.addrs", [[], ["[::1]:1", "b.example:2"]], [
    "[::1]:1",
    ["[::1]"],
    ["[::1]:1", 2],
  ]],
  ["network.controller.identity.key", ["", "a.pem"], ["a\nb", 1]],
  ["network.controller.identity.cert", ["", "a.pem"], ["a\nb", 1]],
  ["network.controller.trust.mode", ["tofu", "pinned", "open"], ["TOFU", "closed", ""]],
  ["network.controller.trust.allow", [[], [nodeId("b")]], [nodeId("b"), ["b"], [1]]],
  ["network.controller.trust.deny", [[], [nodeId("b")]], [nodeId("b"), [`${nodeId("b")}a`]]],
  ["network.controller.incoming.max_conn_count", [0, 1000], [-1, 1001, Infinity]],
  ["network.controller.incoming.max_simultaneous_conn_attempts", [1, 1000], [0, 1001]],
  ["network.controller.incoming.handshake_timeout", [0.001, 2e6], [0, 2e6 + 1]],
  ["network.controller.incoming.max_conn_per_addr", [1, 2000], [0, 2001]],
  ["network.controller.outgoing.max_simultaneous_conn_attempts", [1, 1000], [0, 1001]],
  [`${PEERS}.max_conn_attempt`, [1, 1000], [0, 1001]],
  [`${PEERS}.conn_attempt_delay`, [0.001, 2e6], [0, Infinity]],
  [`${PEERS}.conn_attempt_max_delay`, [0.001, 2e6], [0, NaN]],
  [`${PEERS}.conn_attempt_timeout`, [0.001, 2e6], [0, 2e6 + 1]],
  [`${PEERS}.max_idle_count`, [0, 100_000], [-1, 100_001]],
  [`${PEERS}.max_banned_count`, [0, 100_000], [-1, 100_001]],
  [`${PEERS}.ban_time`, [0.001, 2e6], [0, 2e6 + 1]],
  [`${PEERS}.max_known_count`, [1, 100_000], [0, 100_001]],
  [`${PEERS}.min_link_count`, [0, 1000], [-1, 1001]],
  [`${PEERS}.heartbeat_timeout`, [0.001, 2e6], [0, 2e6 + 1]],
  [`${PEERS}.heartbeat_period`, [0.001, 2e6], [0, 2e6 + 1]],
  ["network.controller.topology.max_age", [0.001, 2e6], [0, 2e6 + 1]],
  ["network.controller.topology.max_nodes", [1, 16_384], [0, 16_385]],
  ["network.controller.topology.max_clock_skew", [0.001, 2e6], [0, 2e6 + 1]],
  ["network.controller.control.socket", ["", "/run/area-net/bob.sock"], ["a\0b", 1]],
  ["network.controller.messages.print", [true, false], [1, "true"]],
  ["network.controller.messages.max_unread_count", [1, 1e6], [0, 1e6 + 1]],
  ["network.controller.messages.max_unread_size", [2 ** 20, 2 ** 30], [2 ** 20 - 1, 2 ** 30 + 1]],
  [
    "network.controller.messages.max_queue_per_peer",
    [2 ** 20, 2 ** 30],
    [2 ** 20 - 1, 2 ** 30 + 1],
  ],
  ["network.controller.messages.max_queue", [2 ** 20, 2 ** 32], [2 ** 20 - 1, 2 ** 32 + 1, "8M"]],
  ["network.controller.ping.period", [0, 0.001, 2e6], [-1, 2e6 + 1, Infinity]],
  ["network.controller.rooms.max_count", [1, 1000], [0, 1001]],
  ["network.controller.rooms.max_link_count", [0, 1000], [-1, 1001, 1.5]],
  ["network.controller.rooms.max_unread_count", [1, 1e6], [0, 1e6 + 1]],
  ["network.controller.dht.bucket_size", [1, 64], [0, 65, "20"]],
  ["network.controller.dht.max_record_count", [1, 1e6], [0, 1e6 + 1]],
  [
    "network.controller.browsers.addr",
    ["::", "::1", "127.0.0.1"],
    ["[::1]", "localhost", "::1:8080:", "", 1],
  ],
  ["network.controller.browsers.port", [0, 65535], [-1, 65536, 80.5, "80"]],
  ["network.controller.browsers.max_conn_count", [0, 10_000], [-1, 10_001]],
  [
    "network.controller.browsers.ice_servers",
    [[], ["stun:stun.example:3478"], ["stuns:a", "stun:b"]],
    ["stun:a", ["http://a"], ["stun:"], ["stun:a b"], [1], [`stun:${"a".repeat(254)}`]],
  ],
  [
    "network.controller.map.addr",
    ["::", "::1", "127.0.0.1"],
    ["[::1]", "localhost", "::1:8080:", "", 1],
  ],
  ["network.controller.map.port", [0, 65535], [-1, 65536, 80.5, "80"]],
  ["network.controller.log.level", ["debug", "info", "warn", "error"], ["INFO", "trace", 1]],
  ["network.controller.log.format", ["text", "json"], ["xml", ""]],
  ["network.controller.log.max_size", [1024, 2 ** 30], [1023, 2 ** 30 + 1]],
  ["network.controller.log.max_files", [0, 100], [-1, 101]],
];

Deno.test("configSchema: every key takes what lies in its range and refuses what does not", () => {
  assertEquals(BOUNDS.map(([key]) => key), [...KEYS.keys()]);
  for (const [name, good, bad] of BOUNDS) {
    const key = KEYS.get(name) as Key;
    for (const value of good) assertEquals(key.schema.safeParse(value).success, true, name);
    for (const value of bad) assertEquals(key.schema.safeParse(value).success, false, name);
  }
});

Deno.test("configSchema: every refusal says what was wanted", () => {
  for (const [name, , bad] of BOUNDS) {
    for (const value of bad) {
      const issues = KEYS.get(name)?.schema.safeParse(value).error?.issues ?? [];
      for (const { message } of issues) assertMatch(message, /^wanted /);
    }
  }
});

function documentedRow(key: Key): string {
  const wanted = key.schema.safeParse(null).error?.issues[0]?.message.replace(/^wanted /, "");
  return `| \`${key.name}\` | \`${formatToml(key.initial)}\` | ${wanted} | ${key.description} |`;
}
