import { assert, assertEquals, assertMatch } from "@std/assert";
import docs from "../../docs/causes.md" with { type: "text" };
import { CAUSE_CODES, CAUSES, STAGES } from "../../src/diagnosis/causes.ts";

/** The rows of the table of codes: what stands in the first two columns. */
const ROWS = Array.from(docs.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm), ([, code, stage]) => ({
  code,
  stage,
}));

Deno.test("CAUSES: every code has its row in docs/causes.md, with its stage, in the same order", () => {
  const wanted = CAUSE_CODES.map((code) => ({ code, stage: CAUSES[code].stage }));
  assertEquals(ROWS, wanted);
});

Deno.test("CAUSES: every row in docs/causes.md says what it means and what to do", () => {
  const rows = docs.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(rows.length, CAUSE_CODES.length);
  for (const row of rows) {
    const cells = row.split("|").slice(1, -1).map((cell) => cell.trim());
    assertEquals(cells.length, 4, row);
    for (const cell of cells.slice(2)) assertMatch(cell, /\S.*\.$/, row);
  }
});

Deno.test("CAUSES: codes are short, in lower case and stand for one stage each", () => {
  for (const code of CAUSE_CODES) {
    assertMatch(code, /^[a-z]+(-[a-z]+)*$/);
    assert(code.length <= 24, code);
    assert(STAGES.includes(CAUSES[code].stage), code);
  }
  const used = new Set(CAUSE_CODES.map((code) => CAUSES[code].stage));
  assertEquals(STAGES.filter((stage) => !used.has(stage)), []);
});

Deno.test("CAUSES: what is the matter is a clause that begins with a word of ours", () => {
  for (const code of CAUSE_CODES) assertMatch(CAUSES[code].message, /^[a-z]+ .*[^.\s]$/, code);
});

Deno.test("CAUSES: advice is a sentence, and missing only where nothing is to be done", () => {
  const without = CAUSE_CODES.filter((code) => CAUSES[code].advice === null);
  assertEquals(without, ["up", "up-through", "self"]);
  for (const code of CAUSE_CODES) {
    assertMatch(CAUSES[code].advice ?? "Nothing", /^[A-Z].*[^.\s]$/, code);
  }
});
