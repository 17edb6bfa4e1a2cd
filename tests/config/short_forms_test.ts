import { assert, assertEquals } from "@std/assert";
import page from "../../docs/configuration.md" with { type: "text" };
import { KEYS } from "../../src/config/keys.ts";
import { describeOrigin } from "../../src/config/layer.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import { readImplied, readShortForms, SHORT_FORMS } from "../../src/config/short_forms.ts";

const TIMEOUT = "network.controller.peers.heartbeat_timeout";
const FILE = "network.controller.target.file";

Deno.test("SHORT_FORMS: stand for settings, and docs/configuration.md lists them", () => {
  for (const { name, value, key } of SHORT_FORMS) {
    assert(KEYS.has(key), key);
    const row = page.split("\n").find((line) => line.startsWith(`| \`--${name} ${value}\` `));
    assert(row?.includes(`| \`${key}\``), name);
  }
});

Deno.test("readShortForms: the last value counts, and every value of a list", () => {
  const given = new Map([["connect", ["a:1", "b:2"]], ["port", ["1", "2"]], ["key", ["3"]]]);
  const entries = readShortForms(given).entries
    .map(({ key, value, origin }) => [key, value, describeOrigin(origin)]);
  assertEquals(entries, [
    ["network.controller.listen.port", 2, "command line --port"],
    ["network.controller.target.addrs", ["a:1", "b:2"], "command line --connect"],
    ["network.controller.identity.key", "3", "command line --key"],
  ]);
});

Deno.test("readShortForms: what its setting refuses is refused in the name of the short form", () => {
  const given = new Map([["port", ["http"]], ["connect", ["a:1", "[::1]"]], ["period", ["-1"]]]);
  assertEquals(resolveConfig([readShortForms(given)]).problems.map(formatProblem), [
    '--port: Key network.controller.listen.port is "http", wanted a whole number from 0 to 65535',
    '--connect: Entry 2 of key network.controller.target.addrs is "[::1]", ' +
    'wanted "[addr]:port" or "host:port"',
    '--period: Key network.controller.peers.heartbeat_period is "-1", ' +
    "wanted a number of seconds from 0.001 to 2000000",
  ]);
});

Deno.test("readImplied: patience grows with the period, and never shrinks", () => {
  for (const [period, timeout] of [["0.1", undefined], ["2", undefined], ["3", 15], ["60", 300]]) {
    const given = new Map([["period", [period as string]]]);
    assertEquals(implied(given, false).get(TIMEOUT), timeout);
  }
  assertEquals(implied(new Map([["period", ["soon"]]]), false).size, 0);
});

Deno.test("readImplied: no target file is wanted with --connect, nor where there are no files", () => {
  const port: [string, string[]] = ["port", ["1"]];
  const connect: [string, string[]] = ["connect", ["a:1"]];
  assertEquals(implied(new Map([port]), false).has(FILE), false);
  assertEquals(implied(new Map([port]), true).get(FILE), "");
  assertEquals(implied(new Map([port, connect]), false).get(FILE), "");
  assertEquals(implied(new Map(), false).size, 0);
});

function implied(given: ReadonlyMap<string, readonly string[]>, isAlone: boolean) {
  const { entries } = readImplied(given, defaultConfig(), isAlone);
  return new Map(entries.map(({ key, value }) => [key, value]));
}
