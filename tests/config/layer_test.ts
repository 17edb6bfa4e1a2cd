import { assertEquals, assertStringIncludes } from "@std/assert";
import { describeOrigin, readFileLayer, readSettingLayer } from "../../src/config/layer.ts";

const D2 = "network.controller.d2";

Deno.test("readFileLayer: gives each value its file and line", () => {
  const text = 'label = "bob"\n[network.controller]\nd2 = true\nlisten = { port = 1 }\n';
  const { entries, problems } = readFileLayer("profile", "bob.toml", text);
  assertEquals(problems, []);
  assertEquals(entries.map(({ key, value, origin }) => [key, value, describeOrigin(origin)]), [
    ["label", "bob", "profile bob.toml:1"],
    [D2, true, "profile bob.toml:3"],
    ["network.controller.listen.port", 1, "profile bob.toml:4"],
  ]);
});

Deno.test("readFileLayer: keeps an unknown table whole and drops a known one that is empty", () => {
  const { entries } = readFileLayer("profile", "bob.toml", "[network]\n[netwrok.x]\ny = 1\n");
  assertEquals(entries.map(({ key, value }) => [key, value]), [["netwrok", { x: { y: 1 } }]]);
});

Deno.test("readFileLayer: takes a quoted dotted key for a path", () => {
  const { entries } = readFileLayer("profile", "bob.toml", `"${D2}" = true\n`);
  assertEquals(entries.map(({ key, value }) => [key, value]), [[D2, true]]);
});

Deno.test("readFileLayer: a text that is not TOML is one problem with its place", () => {
  const { entries, problems } = readFileLayer("default", "default.toml", "\nd2 == true\n");
  assertEquals(entries, []);
  assertEquals(problems.map(({ file, line, column }) => [file, line, column]), [
    ["default.toml", 2, 5],
  ]);
});

Deno.test("readSettingLayer: takes a plain path, a quoted path and any TOML value", () => {
  const cases: [setting: string, key: string, value: unknown][] = [
    [`${D2}=true`, D2, true],
    [`"${D2}" = true`, D2, true],
    [` '${D2}'=false `, D2, false],
    ['"network"."controller".d2 = true', D2, true],
    ["network.controller.listen.port = 0x1F90", "network.controller.listen.port", 8080],
    ["network.controller.listen={port=1}", "network.controller.listen.port", 1],
    ['label="a = b"', "label", "a = b"],
    ["label='c'", "label", "c"],
  ];
  for (const [setting, key, value] of cases) {
    const { entries, problems } = readSettingLayer(setting);
    assertEquals(problems, [], setting);
    assertEquals(entries.map((entry) => [entry.key, entry.value]), [[key, value]], setting);
  }
});

Deno.test("readSettingLayer: takes a bare word where the key holds a text", () => {
  const cases: [setting: string, key: string, value: string][] = [
    ["label=bob", "label", "bob"],
    ["label = bob the builder", "label", "bob the builder"],
    ["label=", "label", ""],
    ["label=007", "label", "007"],
    ["label=[a] {b}", "label", "[a] {b}"],
    ["network.controller.listen.addr=::1", "network.controller.listen.addr", "::1"],
    ["network.controller.target.path=a=b.json", "network.controller.target.path", "a=b.json"],
  ];
  for (const [setting, key, value] of cases) {
    const { entries } = readSettingLayer(setting);
    assertEquals(entries.map((entry) => [entry.key, entry.value]), [[key, value]], setting);
  }
});

Deno.test("readSettingLayer: leaves a bare word elsewhere to be refused by its key", () => {
  const { entries } = readSettingLayer(`${D2}=yes`);
  assertEquals(entries.map(({ key, value }) => [key, value]), [[D2, "yes"]]);
});

Deno.test("readSettingLayer: refuses what has no key or no end", () => {
  for (const setting of ["", "label", "=1", '""=1']) {
    const [problem] = readSettingLayer(setting).problems;
    assertStringIncludes(problem?.message ?? "", "Wanted KEY=VALUE");
    assertEquals(problem?.setting, setting);
  }
  const [problem] = readSettingLayer('label="bob').problems;
  assertStringIncludes(problem?.message ?? "", "Not TOML: unterminated string");
});
