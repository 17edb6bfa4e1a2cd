import { assertEquals } from "@std/assert";
import { readFileLayer, readSettingLayer } from "../../src/config/layer.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { conceal, concealSetting, showValue } from "../../src/config/secrets.ts";

Deno.test("showValue: hides a secret that is set, and nothing else", () => {
  assertEquals(showValue("network.key", "0123456789abcdef"), '"***"');
  assertEquals(showValue("network.key", 1), '"***"');
  assertEquals(showValue("network.key", ""), '""');
  assertEquals(showValue("network.key_file", "net.key"), '"net.key"');
});

Deno.test("conceal: takes out what is assigned to the name of a secret", () => {
  const cases = [
    ["key = hunter2", 'key = "***"'],
    ['"network.key" = hunter2', '"network.key" = "***"'],
    ["network = { key = 'hunter2", 'network = { key = "***"'],
    ["key_file = net.key", "key_file = net.key"],
    ["monkey = 1", "monkey = 1"],
  ];
  for (const [line = "", shown] of cases) assertEquals(conceal(line), shown);
});

Deno.test("concealSetting: hides a misspelt secret too, and shows other settings as they are", () => {
  const cases = [
    ["network.key=hunter2", "network.key", 'network.key="***"'],
    ["network.kye=hunter2", "network.kye", 'network.kye="***"'],
    ["network={key='hunter2'}", "network", 'network={key="***"'],
    ["network.controller.identity.key=a.pem", "network.controller.identity.key"],
    ["label=key=1", "label"],
  ];
  for (const [setting = "", key = "", shown = setting] of cases) {
    assertEquals(concealSetting(setting, key), shown);
  }
});

Deno.test("problems: none of them tells a secret, whatever is wrong with it", () => {
  const texts = ['key = "hunter2"', "key = hunter2", 'key = "hunter2', "key = ['hunter2']"];
  const files = texts.map((text) => readFileLayer("profile", "p.toml", `[network]\n${text}\n`));
  const twice = '"network.key" = "hunter2-hunter2-a"\nnetwork.key = "hunter2-hunter2-b"\n';
  const settings = [
    "network.key=hunter2",
    "network.key='hunter2",
    "network.kee=hunter2",
    "network={key='hunter2'}",
    "network={key='hunter2",
  ];
  const layers = [
    ...files,
    readFileLayer("default", "d.toml", twice),
    ...settings.map(readSettingLayer),
  ];
  const messages = layers.map((layer) => resolveConfig([layer]).problems.map(formatProblem));
  for (const [problem = "", ...more] of messages) {
    assertEquals([problem === "", problem.includes("hunter2"), more], [false, false, []], problem);
  }
});
