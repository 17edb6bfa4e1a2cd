/**
 * What the project relies on from the five @std packages, said once. It passes with the packages
 * themselves and with the stand-ins of `std_npm/`: what is not said here must not be relied on.
 */

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertGreater,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";
import { parseArgs } from "@std/cli";
import { BaseHandler, ConsoleHandler, Logger, type LogRecord } from "@std/log";
import { mergeReadableStreams, TextLineStream, toText } from "@std/streams";
import { parse, stringify } from "@std/toml";

Deno.test("@std/toml: parse reads tables, dotted and quoted keys, arrays and numbers", () => {
  const text = `
    label = "bob"
    "a.b" = 1
    dotted.key = true
    [network.controller]
    d2 = false
    [network.controller.listen]
    addr = '::1'
    port = 8_095
    delay = 1.5
    list = ["a", "b"]
  `;
  assertEquals(parse(text), {
    label: "bob",
    "a.b": 1,
    dotted: { key: true },
    network: {
      controller: {
        d2: false,
        listen: { addr: "::1", port: 8095, delay: 1.5, list: ["a", "b"] },
      },
    },
  });
});

for (const text of ["a = ", "[a", "= 1", "a = nonsense"]) {
  Deno.test(`@std/toml: parse throws a SyntaxError for ${JSON.stringify(text)}`, () => {
    assertThrows(() => parse(text), SyntaxError);
  });
}

Deno.test("@std/toml: stringify writes what parse reads back", () => {
  const table = {
    label: 'quotes " and\nlines',
    on: true,
    count: 3,
    delay: 0.25,
    list: ["a", "b"],
    network: { controller: { listen: { addr: "::1" } } },
  };
  assertEquals(parse(stringify(table)), table);
});

Deno.test("@std/cli: parseArgs reads strings, booleans and their short names", () => {
  const args = ["-p", "bob", "--config-dir=/etc/net", "-h", "--json", "show"];
  const options = parseArgs(args, {
    string: ["profile", "config-dir"],
    boolean: ["help", "json", "version"],
    alias: { profile: "p", help: "h" },
  });
  assertEquals(options.profile, "bob");
  assertEquals(options["config-dir"], "/etc/net");
  assertEquals([options.help, options.json, options.version], [true, true, false]);
  assertEquals(options._, ["show"]);
});

Deno.test("@std/cli: parseArgs keeps strings as they are and the last of several", () => {
  const options = parseArgs(["--port", "08", "--port", "009"], { string: ["port", "none"] });
  assertEquals([options.port, options.none], ["009", undefined]);
});

Deno.test("@std/cli: parseArgs collects what may be repeated, also by its short name", () => {
  const args = ["-s", "a.b=true", "--setting", "c=-1", "-s=d=e", "-s", "f"];
  const known = {
    string: ["setting", "other"],
    collect: ["setting", "other"],
    alias: { setting: "s" },
  } as const;
  assertEquals(parseArgs(args, known).setting, ["a.b=true", "c=-1", "d=e", "f"]);
  assertEquals(parseArgs(args.slice(0, 2), known).setting, ["a.b=true"]);
  assertEquals(parseArgs(args, known).other, []);
});

Deno.test("@std/cli: parseArgs gives an empty text for a string without its value", () => {
  assertEquals(parseArgs(["--name"], { string: ["name"] }).name, "");
  assertEquals(parseArgs(["-p", "-h"], { string: ["p"], boolean: ["h"] }).p, "");
});

Deno.test("@std/cli: parseArgs turns off what is negatable alone", () => {
  const known = { boolean: ["color", "d2"], negatable: ["color"] } as const;
  assertEquals(parseArgs(["--no-color"], known).color, false);
  assertEquals(parseArgs(["--d2", "--no-d2"], known).d2, true);
});

Deno.test("@std/cli: parseArgs tells of unknown options as they were typed", () => {
  const told: string[] = [];
  const options = parseArgs(["--nme=x", "-q", "--no-d2", "word", "--name", "y"], {
    string: ["name"],
    unknown: (arg: string) => {
      if (arg.startsWith("-")) told.push(arg);
      return !arg.startsWith("-");
    },
  });
  assertEquals(told, ["--nme=x", "-q", "--no-d2"]);
  assertEquals(options.name, "y");
  assertEquals(["nme", "q", "no-d2"].filter((name) => Object.hasOwn(options, name)), []);
});

Deno.test("@std/cli: parseArgs may stop at the first word", () => {
  const options = parseArgs(["-h", "run", "-p", "bob"], { boolean: ["h"], stopEarly: true });
  assertEquals([options.h, options._], [true, ["run", "-p", "bob"]]);
});

Deno.test("@std/cli: parseArgs takes everything after -- as words", () => {
  const args = ["a", "--", "--no-d2", "-p"];
  assertEquals(parseArgs(args, { string: ["_"] })._, ["a", "--no-d2", "-p"]);
  const apart = parseArgs(args, { "--": true });
  assertEquals([apart._, apart["--"]], [["a"], ["--no-d2", "-p"]]);
});

Deno.test("@std/log: a logger hands records of its level and above to its handlers", () => {
  const all = new Recorder("DEBUG");
  const grave = new Recorder("ERROR");
  const logger = new Logger("node", "INFO", { handlers: [all, grave] });
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  assertEquals(all.lines, ["node INFO b []", "node WARN c []", "node ERROR d []"]);
  assertEquals(grave.lines, ["node ERROR d []"]);
});

Deno.test("@std/log: a record holds what was logged beside its text, and the time", () => {
  const records: LogRecord[] = [];
  const handler = new Recorder("DEBUG", (record) => `${records.push(record)}`);
  const before = Date.now();
  new Logger("node", "DEBUG", { handlers: [handler] }).debug("text", { a: 1 });
  const [record] = records;
  assertEquals(record?.args, [{ a: 1 }]);
  const time = record?.datetime.getTime() ?? NaN;
  assert(time >= before && time <= Date.now());
});

Deno.test("@std/log: ConsoleHandler prints each line as it was formatted", () => {
  const printed: unknown[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => printed.push(args);
  try {
    const handler = new ConsoleHandler("INFO", { formatter: ({ msg }) => msg, useColors: false });
    new Logger("node", "DEBUG", { handlers: [handler] }).warn("heard");
    handler.log("as it is");
  } finally {
    console.log = log;
  }
  assertEquals(printed, [["heard"], ["as it is"]]);
});

Deno.test("@std/streams: TextLineStream cuts at LF and CRLF, wherever the chunks end", async () => {
  const chunks = ["one\ntw", "o\r", "\nthree\r\n", "\n", "last"];
  const lines = ReadableStream.from(chunks).pipeThrough(new TextLineStream());
  assertEquals(await Array.fromAsync(lines), ["one", "two", "three", "", "last"]);
});

Deno.test("@std/streams: TextLineStream adds no line after the last end", async () => {
  const lines = ReadableStream.from(["one\n"]).pipeThrough(new TextLineStream());
  assertEquals(await Array.fromAsync(lines), ["one"]);
});

Deno.test("@std/streams: toText joins text, and bytes cut anywhere", async () => {
  const bytes = new TextEncoder().encode("größer");
  assertEquals(await toText(ReadableStream.from([bytes.slice(0, 3), bytes.slice(3)])), "größer");
  assertEquals(await toText(ReadableStream.from(["a", "b"])), "ab");
});

Deno.test("@std/streams: mergeReadableStreams gives the chunks of all", async () => {
  const merged = mergeReadableStreams(ReadableStream.from([1, 2]), ReadableStream.from([3]));
  assertEquals((await Array.fromAsync(merged)).sort(), [1, 2, 3]);
});

Deno.test("@std/streams: mergeReadableStreams fails with the first that fails", async () => {
  const broken = new ReadableStream<number>({ start: (control) => control.error(new Error("no")) });
  const merged = mergeReadableStreams(ReadableStream.from([1]), broken);
  await assertRejects(() => Array.fromAsync(merged), Error, "no");
});

/** Each assertion with a call that holds and one that does not. */
const ASSERTIONS: Record<string, { holds: () => void; fails: () => void }> = {
  assert: { holds: () => assert(1), fails: () => assert(0) },
  assertAlmostEquals: {
    holds: () => (assertAlmostEquals(0.1 + 0.2, 0.3), assertAlmostEquals(1, 1.4, 0.5)),
    fails: () => assertAlmostEquals(1, 1.6, 0.5),
  },
  assertArrayIncludes: {
    holds: () => assertArrayIncludes([{ a: 1 }, { a: 2 }], [{ a: 2 }]),
    fails: () => assertArrayIncludes([1], [1, 2]),
  },
  assertEquals: {
    holds: () => assertEquals({ a: [1, new Map([["b", NaN]])] }, { a: [1, new Map([["b", NaN]])] }),
    fails: () => assertEquals({ a: 1 }, { a: 2 }),
  },
  "assertEquals of bytes": {
    holds: () => assertEquals(Uint8Array.of(1, 2), Uint8Array.of(1, 2)),
    fails: () => assertEquals(Uint8Array.of(1, 2), Uint8Array.of(1, 3)),
  },
  assertExists: { holds: () => assertExists(0), fails: () => assertExists(null) },
  assertGreater: { holds: () => assertGreater(2, 1), fails: () => assertGreater(1, 1) },
  assertInstanceOf: {
    holds: () => assertInstanceOf(new TypeError("a"), Error),
    fails: () => assertInstanceOf(new Error("a"), TypeError),
  },
  assertLess: { holds: () => assertLess(1, 2), fails: () => assertLess(1, 1) },
  assertMatch: { holds: () => assertMatch("abc", /b/), fails: () => assertMatch("abc", /d/) },
  assertNotEquals: {
    holds: () => assertNotEquals([1], [2]),
    fails: () => assertNotEquals([1], [1]),
  },
  assertStringIncludes: {
    holds: () => assertStringIncludes("abc", "bc"),
    fails: () => assertStringIncludes("abc", "cb"),
  },
  assertThrows: { holds: () => assertThrows(failing), fails: () => assertThrows(() => {}) },
  "assertThrows of a class": {
    holds: () => assertThrows(failing, RangeError),
    fails: () => assertThrows(failing, SyntaxError),
  },
  "assertThrows with a message": {
    holds: () => assertThrows(failing, RangeError, "purpose"),
    fails: () => assertThrows(failing, RangeError, "accident"),
  },
};

for (const [name, { holds, fails }] of Object.entries(ASSERTIONS)) {
  Deno.test(`@std/assert: ${name} holds or throws an AssertionError`, () => {
    holds();
    // Caught by hand: assertThrows is itself on trial.
    let thrown: unknown;
    try {
      fails();
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof AssertionError)) throw new Error(`Expected ${name} to fail`);
  });
}

Deno.test("@std/assert: fail fails with its message", () => {
  assertThrows(() => fail("for a reason"), AssertionError, "for a reason");
});

Deno.test("@std/assert: a message of one's own is in the failure", () => {
  assertThrows(() => assertEquals(1, 2, "seed 7"), AssertionError, "seed 7");
  assertThrows(() => assert(false, "seed 7"), AssertionError, "seed 7");
});

Deno.test("@std/assert: assertThrows and assertRejects hand out what was thrown", async () => {
  const error: RangeError = assertThrows(failing, RangeError);
  assertEquals(error.message, "on purpose");
  const reason: RangeError = await assertRejects(() => Promise.resolve().then(failing), RangeError);
  assertEquals(reason.message, "on purpose");
});

Deno.test("@std/assert: assertRejects wants a rejection, no exception and no success", async () => {
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
  await assertRejects(() => assertRejects(failing), AssertionError);
});

function failing(): never {
  throw new RangeError("on purpose");
}

/** A handler that keeps its lines. */
class Recorder extends BaseHandler {
  readonly lines: string[] = [];

  constructor(level: "DEBUG" | "ERROR", formatter = describeRecord) {
    super(level, { formatter });
  }

  override log(line: string): void {
    this.lines.push(line);
  }
}

function describeRecord({ loggerName, levelName, msg, args }: LogRecord): string {
  return `${loggerName} ${levelName} ${msg} ${JSON.stringify(args)}`;
}
