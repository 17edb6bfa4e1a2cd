import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import { MAX_COUNT, readArguments } from "../../src/cli/arguments.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { MAX_DURATION_MS, readDuration } from "../../src/cli/duration.ts";
import { COMMAND_OPTIONS } from "../../src/cli/options.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { METHODS } from "../../src/control/methods.ts";
import { FakeHost } from "./fake_host.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

Deno.test("readArguments: options stand before, between or behind the words of a message", () => {
  const wanted = {
    words: ["send", "erin", "hello", "there"],
    trace: true,
    json: true,
    timeoutMs: 2000,
  };
  for (
    const line of [
      "--trace --json --timeout 2s send erin hello there",
      "send --trace erin hello --json there --timeout=2",
      "send erin hello there --json --timeout 2000ms --trace",
      "send erin --json --timeout 1m --timeout 2s --trace -- hello there",
    ]
  ) {
    const { words, trace, json, timeoutMs, given } = readArguments(line.split(" "));
    assertEquals({ words, trace, json, timeoutMs }, wanted);
    assertEquals(given, ["json", "trace", "timeout"]);
  }
});

Deno.test("readArguments: behind a lone -- every word is text", () => {
  const args = ["send", "erin", "--trace", "--", "--json", "-p", "--", "-n5", "--no-such-thing"];
  const { words, trace, json, profile } = readArguments(args);
  assertEquals(words, ["send", "erin", "--json", "-p", "--", "-n5", "--no-such-thing"]);
  assertEquals([trace, json, profile], [true, false, undefined]);
});

Deno.test("readArguments: no option swallows a word of a message", () => {
  for (const word of ["true", "false"]) {
    for (const flag of COMMAND_OPTIONS.filter((option) => !("value" in option))) {
      const { words, given } = readArguments(["send", "erin", `--${flag.name}`, word, "alarm"]);
      assertEquals([words, given], [["send", "erin", word, "alarm"], [flag.name]]);
    }
  }
  const { words } = readArguments(["send", "2e5", "1.50", "0x10", "-", "", "=", "a=b", ":-)"]);
  assertEquals(words, ["send", "2e5", "1.50", "0x10", "-", "", "=", "a=b", ":-)"]);
});

Deno.test("readArguments: a word that looks like an option is told to stand behind --", () => {
  assertThrows(
    () => readArguments(["send", "erin", "-_-"]),
    UsageError,
    "Unknown option -_-; words that begin with a dash go behind a lone --",
  );
});

Deno.test("readArguments: counts are whole numbers that a node takes", () => {
  for (
    const args of [["-n", "5"], ["-n5"], ["--count", "5"], ["--count=5"], ["-n", "1", "-n", "5"]]
  ) {
    assertEquals(readArguments(["ping", "a", ...args]).count, 5);
  }
  for (const count of ["0", "1.5", "1e3", "x", "1000001", "99999999999999999999"]) {
    assertThrows(
      () => readArguments(["-n", count]),
      UsageError,
      `Option --count is "${count}", wanted a whole number from 1 to 1000000`,
    );
  }
  for (const name of ["timeout", "count", "id"]) {
    assertThrows(() => readArguments(["ping", "a", `--${name}`]), UsageError, "wants a value");
  }
});

Deno.test("readArguments: its limits are those of the methods", () => {
  const { shape } = METHODS.ping.params;
  assertEquals(shape.count.safeParse(MAX_COUNT).success, true);
  assertEquals(shape.count.safeParse(MAX_COUNT + 1).success, false);
  assertEquals(shape.timeout_ms.safeParse(MAX_DURATION_MS).success, true);
  assertEquals(shape.timeout_ms.safeParse(MAX_DURATION_MS + 1).success, false);
});

Deno.test("readDuration: takes ms, s and m, and a bare number for seconds", () => {
  const cases: [text: string, ms: number][] = [
    ["500ms", 500],
    ["5s", 5_000],
    ["2m", 120_000],
    ["3", 3_000],
    ["1.5", 1_500],
    [".5s", 500],
    ["60m", MAX_DURATION_MS],
  ];
  for (const [text, ms] of cases) assertEquals(readDuration(text, "--timeout"), ms);
  for (const text of ["0", "0ms", "61m", "5x", "-1s", "s", "5 s", "1e9", "Infinity", "NaN", "5S"]) {
    assertThrows(
      () => readDuration(text, "--timeout"),
      UsageError,
      `Option --timeout is "${text}", wanted a duration of more than 0 and at most 60m`,
    );
  }
});

Deno.test("areaNet: an option that a command has no use for names those that have", async () => {
  const samples: Record<string, string> = {
    TIME: "5s",
    COUNT: "5",
    ID: "a",
    PEER: "erin",
    ADDRESS: "[::1]:1",
    "allow|refuse": "allow",
  };
  for (const option of COMMAND_OPTIONS) {
    const takers = COMMANDS.filter(({ options = [] }) => options.includes(option.name));
    const value = "value" in option ? [samples[option.value] ?? ""] : [];
    const host = new FakeHost(SHIPPED_FILES);
    const args = ["config", "show", "-p", "bob", `--${option.name}`, ...value];
    assertEquals(await areaNet(args, host), 2);
    const names = takers.map(({ name }) => name).join(", ");
    assertStringIncludes(host.stderr, `Option --${option.name} is for ${names}\n`);
    assertEquals(takers.length > 0, true, option.name);
  }
});
