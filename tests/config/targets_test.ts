import { assertEquals, assertThrows } from "@std/assert";
import alice from "../../profiles/alice/alice.json" with { type: "text" };
import bob from "../../profiles/bob/bob.json" with { type: "text" };
import carol from "../../profiles/carol/carol.json" with { type: "text" };
import dave from "../../profiles/dave/dave.json" with { type: "text" };
import nobody from "../../profiles/default.json" with { type: "text" };
import erin from "../../profiles/erin/erin.json" with { type: "text" };
import { ConfigError } from "../../src/config/problem.ts";
import { parseTargets } from "../../src/config/targets.ts";

Deno.test("parseTargets: reads the target files as shipped", () => {
  const shipped = [nobody, alice, bob, carol, dave, erin].map((text) => parseTargets(text, "t"));
  assertEquals<string[][]>(shipped, [
    [],
    [],
    ["[::1]:8090", "[::1]:8085"],
    ["[::1]:8105"],
    ["[::1]:8090"],
    ["[::1]:8100"],
  ]);
});

Deno.test("parseTargets: merges two ways of writing one address, keeping the order", () => {
  const text = '["B.example:1", "[0:0::1]:2", "[::1]:2", "b.example:1", "[::ffff:192.0.2.1]:3"]';
  assertEquals<string[]>(parseTargets(text, "t"), ["b.example:1", "[::1]:2", "192.0.2.1:3"]);
});

Deno.test("parseTargets: names every entry that is wrong, why, and its line", () => {
  const text = '[\n  "[::1]:8090",\n  8085,\n  "[::1]",\n  "[::1]:99999"\n]\n';
  assertEquals(messageOf(text), [
    't.json:3: Entry 2 of 4: 8085 is no text, wanted one such as "[::1]:8090"',
    't.json:4: Entry 3 of 4: "[::1]" is not an address, wanted "[addr]:port" or "host:port"',
    't.json:5: Entry 4 of 4: "[::1]:99999" has port 99999, wanted 1 to 65535',
  ]);
});

Deno.test("parseTargets: gives no line that could be wrong where entries are nested", () => {
  assertEquals(messageOf('[["[::1]:1"],\n"x"]'), [
    't.json: Entry 1 of 2: ["[::1]:1"] is no text, wanted one such as "[::1]:8090"',
    't.json: Entry 2 of 2: "x" is not an address, wanted "[addr]:port" or "host:port"',
  ]);
});

Deno.test("parseTargets: says where a text is not JSON", () => {
  const cases: [text: string, place: string, met: string][] = [
    ['[\n  "[::1]:1",\n]\n', "t.json:3", "] is out of place"],
    ['[\n  "[::1]:1"\n  "[::1]:2"\n]', "t.json:3", '"[::1]:2" is out of place'],
    ['[\n  "[::1]:1"\n', "t.json:2", "the text ends too early"],
    ['[\n  "[::1]:1\n]', "t.json:2", '" is out of place'],
    ["", "t.json:1", "the text ends too early"],
    ["[::1]:8090", "t.json:1", ": is out of place"],
    ["# targets\n[]", "t.json:1", "# is out of place"],
  ];
  for (const [text, place, met] of cases) {
    assertEquals(messageOf(text), [
      `${place}: Not JSON: ${met}, ` +
      'wanted a JSON array of addresses, such as ["[::1]:8090", "[::1]:8085"]',
    ], text);
  }
});

Deno.test("parseTargets: refuses JSON that is no array", () => {
  for (const [text, met] of [["{}", "an object"], ["null", "null"], ['"[::1]:1"', '"[::1]:1"']]) {
    assertEquals(messageOf(text as string), [
      `t.json:1: Holds ${met}, ` +
      'wanted a JSON array of addresses, such as ["[::1]:8090", "[::1]:8085"]',
    ]);
  }
});

function messageOf(text: string): string[] {
  return assertThrows(() => parseTargets(text, "t.json"), ConfigError).message.split("\n");
}
