import { assertEquals } from "@std/assert";
import { describeOrigin, readFileLayer, readSettingLayer } from "../../src/config/layer.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { type Resolution, resolveConfig } from "../../src/config/resolve.ts";
import { defaultConfig } from "../../src/config/schema.ts";

/** A default file in the form of the original area-net's: no label, no key that came later. */
const ORIGINAL_DEFAULT = `[network]

[network.controller]
peer_file_dump_interval = 7 # seconds

[network.controller.incoming]
max_conn_count = 3
max_simultaneous_conn_attempts = 3

[network.controller.outgoing]
max_simultaneous_conn_attempts = 3

[network.controller.peers]
max_conn_attempt = 5
conn_attempt_delay = 2
max_idle_count = 3
max_banned_count = 3
heartbeat_timeout = 12 # seconds
heartbeat_period = 3

[network.controller.listen]
addr = "::1"
port = 9000

[network.controller.target]
file = "profiles/default.json"
`;

const ORIGINAL_PROFILE = `label = "frank"

[network.controller.listen]
port = 9001

[network.controller.target]
path = "profiles/frank/frank.json"
`;

Deno.test("resolveConfig: the original's configuration directory runs as it is", () => {
  const { config, problems } = layered(ORIGINAL_DEFAULT, ORIGINAL_PROFILE, [
    '"network.controller.d2" = true',
  ]);
  assertEquals(problems, []);
  const { controller } = defaultConfig().network;
  assertEquals(config, {
    label: "frank",
    network: {
      name: "area-net",
      key: "",
      key_file: "",
      controller: {
        ...controller,
        peer_file_dump_interval: 7,
        d2: true,
        listen: { addr: "::1", port: 9001 },
        target: { file: "profiles/frank/frank.json", addrs: [] },
        incoming: {
          ...controller.incoming,
          max_conn_count: 3,
          max_simultaneous_conn_attempts: 3,
        },
        outgoing: { max_simultaneous_conn_attempts: 3 },
        peers: {
          ...controller.peers,
          max_conn_attempt: 5,
          conn_attempt_delay: 2,
          max_idle_count: 3,
          max_banned_count: 3,
          heartbeat_timeout: 12,
          heartbeat_period: 3,
        },
      },
    },
  });
});

Deno.test("resolveConfig: no layers give the defaults of the schema", () => {
  const { config, problems } = resolveConfig([]);
  assertEquals(problems, []);
  assertEquals(config, defaultConfig());
});

Deno.test("resolveConfig: later layers win, and every value knows its layer", () => {
  const { settings } = layered('label = "a"\n[network]\nname = "n"\n', '\nlabel = "b"\n', [
    "network.controller.listen.port=1",
    "network.controller.listen.port=2",
  ]);
  const shown = ["label", "network.name", "network.controller.listen.port", "network.controller.d2"]
    .map((key) => settings.get(key))
    .map((setting) => setting && [setting.value, describeOrigin(setting.origin)]);
  assertEquals(shown, [
    ["b", "profile p.toml:2"],
    ["n", "default d.toml:3"],
    [2, "command line"],
    [false, "built in"],
  ]);
});

Deno.test("resolveConfig: names key, value, what was wanted, file and line", () => {
  assertEquals(problemsOf("[network.controller.listen]\nport = 70000\n"), [
    "d.toml:2: Key network.controller.listen.port is 70000, wanted a whole number from 0 to 65535",
  ]);
  assertEquals(problemsOf("[network]\ncontroller = 5\n"), [
    "d.toml:2: Key network.controller is 5, wanted a table",
  ]);
  assertEquals(problemsOf("[[network]]\nname = 'x'\n"), [
    "d.toml:1: Key network is an array, wanted a table",
  ]);
  assertEquals(problemsOf("[network.controller.d2]\non = true\n"), [
    "d.toml:1: Key network.controller.d2 is a table, wanted true or false",
  ]);
});

Deno.test("resolveConfig: suggests the nearest key, once for a whole table", () => {
  assertEquals(problemsOf("[network.controler.peers]\nban_time = 1\nmax_idle_count = 2\n"), [
    "d.toml:1: Unknown key network.controler, did you mean network.controller?",
  ]);
  assertEquals(problemsOf("colour = 'red'\n"), [
    'd.toml:1: Unknown key colour, "area-net config schema" lists those there are',
  ]);
});

Deno.test("resolveConfig: lists all problems of all layers, overridden values too", () => {
  const { problems } = layered("label = 1\nx = 2\n", 'label = "good"\nport = 3\n', [
    "network.controller.d2=maybe",
    "nonsense",
  ]);
  assertEquals(problems.map(formatProblem), [
    "d.toml:1: Key label is 1, wanted at most 64 characters (128 bytes in UTF-8), " +
    "none of them a control character",
    'd.toml:2: Unknown key x, "area-net config schema" lists those there are',
    "p.toml:2: Unknown key port, did you mean network.controller.listen.port?",
    '-s network.controller.d2=maybe: Key network.controller.d2 is "maybe", wanted true or false',
    "-s nonsense: Wanted KEY=VALUE, such as network.controller.d2=true",
  ]);
});

Deno.test("resolveConfig: a layer may use both names of a setting only for one value", () => {
  const both = (path: string) => `[network.controller.target]\nfile = "a.json"\npath = "${path}"\n`;
  assertEquals(problemsOf(both("a.json")), []);
  assertEquals(problemsOf(both("b.json")), [
    "d.toml:3: Keys network.controller.target.path and network.controller.target.file are two " +
    'names of one setting, given as "b.json" and "a.json", keep network.controller.target.file',
  ]);
  assertEquals(problemsOf('"network.controller.d2" = true\n[network.controller]\nd2 = false\n'), [
    "d.toml:1: Key network.controller.d2 is given twice, as false and true, keep one",
  ]);
});

Deno.test("resolveConfig: values that do not go together are named with both their places", () => {
  const { problems } = layered(ORIGINAL_DEFAULT, "", [
    "network.controller.peers.heartbeat_period=12",
    "network.controller.peers.conn_attempt_max_delay=1.5",
  ]);
  assertEquals(problems.map(formatProblem), [
    "-s network.controller.peers.conn_attempt_max_delay=1.5: " +
    "Key network.controller.peers.conn_attempt_max_delay is 1.5, " +
    "wanted no less than conn_attempt_delay, which is 2 (default d.toml:15)",
    "d.toml:18: Key network.controller.peers.heartbeat_timeout is 12, " +
    "wanted more than heartbeat_period, which is 12 (command line)",
  ]);
});

Deno.test("resolveConfig: rules hold in every table: one key of the network, no certificate alone", () => {
  const { problems } = layered('[network]\nkey = "0123456789abcdef"\n', "", [
    "network.key_file=net.key",
    "network.controller.identity.cert=bob.crt",
  ]);
  assertEquals(problems.map(formatProblem), [
    "-s network.controller.identity.cert=bob.crt: " +
    'Key network.controller.identity.cert is "bob.crt", ' +
    'wanted its private key in key, which is "" (built in)',
    '-s network.key_file=net.key: Key network.key_file is "net.key", ' +
    'wanted nothing beside key, which is "***" (default d.toml:2)',
  ]);
  assertEquals(layered("", "", ["network.controller.identity.key=bob.key"]).problems, []);
});

Deno.test("resolveConfig: names the entry of a list that is wrong", () => {
  assertEquals(problemsOf('[network.controller.target]\naddrs = ["[::1]:1", "[::1]"]\n'), [
    'd.toml:2: Entry 2 of key network.controller.target.addrs is "[::1]", ' +
    'wanted "[addr]:port" or "host:port"',
  ]);
  assertEquals(problemsOf('[network.controller.trust]\nallow = "abc"\n'), [
    'd.toml:2: Key network.controller.trust.allow is "abc", ' +
    "wanted a list of node ids, each 52 characters of lower-case base32",
  ]);
});

Deno.test("resolveConfig: a layer may give one list twice, but not two lists", () => {
  const twice = (list: string) =>
    problemsOf(
      `"network.controller.target.addrs" = ["a:1"]\n[network.controller.target]\naddrs = ${list}\n`,
    );
  assertEquals(twice('["a:1"]'), []);
  assertEquals(twice('["b:1"]'), [
    'd.toml:1: Key network.controller.target.addrs is given twice, as ["b:1"] and ["a:1"], keep one',
  ]);
});

Deno.test("resolveConfig: a bad value is not accused a second time of not going together", () => {
  const text = "[network.controller.peers]\nheartbeat_timeout = 'x'\nheartbeat_period = 20\n";
  assertEquals(problemsOf(text).length, 1);
});

Deno.test("resolveConfig: no value is accused of not going with one from a file that is broken", () => {
  const { problems } = layered("broken", "[network.controller.peers]\nheartbeat_period = 20\n", []);
  assertEquals(problems.map(({ file }) => file), ["d.toml"]);
});

function layered(defaults: string, profile: string, settings: readonly string[]): Resolution {
  return resolveConfig([
    readFileLayer("default", "d.toml", defaults),
    readFileLayer("profile", "p.toml", profile),
    ...settings.map(readSettingLayer),
  ]);
}

function problemsOf(defaults: string): string[] {
  return resolveConfig([readFileLayer("default", "d.toml", defaults)]).problems.map(formatProblem);
}
