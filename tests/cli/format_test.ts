import { assertEquals } from "@std/assert";
import { formatAnswer, formatBytes, formatCount, formatMicros } from "../../src/cli/format.ts";

Deno.test("formatMicros: takes the unit that people would, also at the seams", () => {
  const cases: [us: number | null, text: string][] = [
    [null, "-"],
    [0, "0 µs"],
    [87.4, "87 µs"],
    [999.4, "999 µs"],
    [999.5, "1.0 ms"],
    [1234.4, "1.2 ms"],
    [999_949, "999.9 ms"],
    [999_950, "1.00 s"],
    [61_000_000, "61.00 s"],
  ];
  for (const [us, text] of cases) assertEquals(formatMicros(us), text);
});

Deno.test("formatBytes: takes the unit that people would, also at the seams", () => {
  const cases: [bytes: number, text: string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1024 * 1024 - 1, "1.0 MiB"],
    [3_000_000_000, "2.8 GiB"],
    [2 ** 50, "1024.0 TiB"],
  ];
  for (const [bytes, text] of cases) assertEquals(formatBytes(bytes), text);
});

Deno.test("formatCount: one is one", () => {
  assertEquals([0, 1, 2].map((n) => formatCount(n, "link")), ["0 links", "1 link", "2 links"]);
});

Deno.test("formatAnswer: is one line with nothing that acts on a terminal, and means the same", () => {
  const label = "\x1b[2J\x9b31m\u2028\u202egnp.exe\x7f\ud800größer";
  const line = formatAnswer({ label });
  assertEquals(line.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), ["\n"]);
  assertEquals(JSON.parse(line), { version: 1, label });
});
