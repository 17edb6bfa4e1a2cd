import { assertEquals, assertThrows } from "@std/assert";
import { formatToml, readToml, TomlError } from "../../src/config/toml.ts";

Deno.test("readToml: knows values and the lines of keys and tables", () => {
  const { values, lines } = readToml(
    'label = "x"\n\n[a.b]\nc.d = 1\n"e.f" = true\ng = { h = 2 }\n',
  );
  assertEquals(values, { label: "x", a: { b: { c: { d: 1 }, "e.f": true, g: { h: 2 } } } });
  assertEquals(Object.fromEntries(lines), {
    label: 1,
    a: 3,
    "a.b": 3,
    "a.b.c": 4,
    "a.b.c.d": 4,
    "a.b.e.f": 5,
    "a.b.g": 6,
    "a.b.g.h": 6,
  });
});

Deno.test("readToml: says where and why a text is not TOML", () => {
  const cases: [text: string, at: TomlError["at"], message: string][] = [
    [
      "a = 1\nlabel = bob\n",
      { line: 2, column: 9 },
      "Not TOML: unexpected character in label = bob",
    ],
    ["port =\nd2 = true\n", { line: 1, column: 7 }, "Not TOML: a value is missing"],
    ["port = \r\nd2 = true\r\n", { line: 1, column: 7 }, "Not TOML: a value is missing"],
    ["a = 1\na = 2\n", { line: 2, column: 1 }, "defining a key multiple times"],
    ["[a\nb = 1\n", { line: 2, column: 1 }, "must be on the same line"],
    ["a = 'x\n", { line: 1, column: 7 }, "unterminated string"],
    ["a = 1 2\n", { line: 1, column: 7 }, "must be a newline"],
  ];
  for (const [text, at, message] of cases) {
    const error = assertThrows(() => readToml(text), TomlError, message);
    assertEquals(error.at, at, text);
  }
});

Deno.test("readToml: tells how a text is written where quotes are missing", () => {
  assertThrows(() => readToml("label = bob"), TomlError, "text is written in quotes");
});

Deno.test("formatToml: scalars and lists of texts read back as they were", () => {
  const values = ["", 'a "b" \\ c', "é\u{1F600}", "tab\there", 0, -1, 0.5, 1e21, 1e-7, true, false];
  for (const value of values) assertEquals(readToml(`v = ${formatToml(value)}`).values.v, value);
  for (const values of [[], ["a"], ['"b"', "c, d"]]) {
    assertEquals(readToml(`v = ${formatToml(values)}`).values.v, values);
  }
  assertEquals([Infinity, -Infinity, NaN].map(formatToml), ["inf", "-inf", "nan"]);
});

Deno.test("formatToml: what no setting holds is named by its kind", () => {
  const { values } = readToml("d = 2026-01-02T03:04:05Z\na = [1]\nt = { b = 1 }\n");
  assertEquals(["d", "a", "t"].map((key) => formatToml(values[key])), [
    "a date",
    "an array",
    "a table",
  ]);
});
