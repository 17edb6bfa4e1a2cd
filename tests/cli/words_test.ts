import { assertEquals } from "@std/assert";
import { splitUnfinished, splitWords } from "../../src/cli/words.ts";

Deno.test("splitWords: quotes count around whole words alone", () => {
  const cases: [line: string, words: string[]][] = [
    ["", []],
    ["  send   erin\thello ", ["send", "erin", "hello"]],
    ["send erin it's fine, isn't it", ["send", "erin", "it's", "fine,", "isn't", "it"]],
    ['send erin "two  spaces"', ["send", "erin", "two  spaces"]],
    ["send 'Mr. Smith' \"it's\" hello", ["send", "Mr. Smith", "it's", "hello"]],
    ["send erin 'tis the season", ["send", "erin", "'tis", "the", "season"]],
    ['send erin 5" and 7"', ["send", "erin", '5"', "and", '7"']],
    ['send erin "" x', ["send", "erin", "", "x"]],
    ['a "b"c "d" "e', ["a", '"b"c', "d", '"e']],
    ["a C:\\temp \\n", ["a", "C:\\temp", "\\n"]],
  ];
  for (const [line, words] of cases) assertEquals(splitWords(line), words, line);
});

Deno.test("splitUnfinished: what is being typed is the last word, with the quote it began with", () => {
  const cases: [line: string, before: string[], stem: string][] = [
    ["", [], ""],
    ["se", [], "se"],
    ["send ", ["send"], ""],
    ["send er", ["send"], "er"],
    ['send "Mr. Sm', ["send"], '"Mr. Sm'],
    ["send 'Mr. Sm", ["send"], "'Mr. Sm"],
    ['send "Mr. Smith" he', ["send", "Mr. Smith"], "he"],
    ["send erin it's", ["send", "erin"], "it's"],
  ];
  for (const [line, before, stem] of cases) assertEquals(splitUnfinished(line), { before, stem });
});

Deno.test("splitWords: takes a line of quotes without end in its stride", () => {
  assertEquals(splitWords(`"${"x ".repeat(50_000)}`).length, 50_000);
  assertEquals(splitWords('" '.repeat(20_001)).length > 0, true);
});
