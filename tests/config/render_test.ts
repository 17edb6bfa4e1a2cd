import { assertEquals } from "@std/assert";
import { KEYS } from "../../src/config/keys.ts";
import { readFileLayer, readSettingLayer } from "../../src/config/layer.ts";
import { renderSettings } from "../../src/config/render.ts";
import { resolveConfig } from "../../src/config/resolve.ts";

Deno.test("renderSettings: reads back as the same configuration", () => {
  const { config, settings } = resolveConfig(
    [
      'label = "a \\"quoted\\" \\\\ label # é"',
      "network.controller.d2=true",
      "network.controller.listen.addr=fe80::1%eth0",
      "network.controller.target.file='a b/[c].json'",
      "network.controller.peers.ban_time=0.001",
      'network.controller.target.addrs=["[::1]:1", "b.example:2"]',
    ].map(readSettingLayer),
  );
  const again = resolveConfig([readFileLayer("profile", "shown.toml", renderSettings(settings))]);
  assertEquals(again.problems, []);
  assertEquals(again.config, config);
});

Deno.test("renderSettings: shows every key once, its origin in a column", () => {
  const lines = renderSettings(resolveConfig([readSettingLayer("label=x")]).settings)
    .split("\n").filter((line) => line.includes(" = "));
  assertEquals(lines.length, KEYS.size);
  const longest = "max_simultaneous_conn_attempts = 16";
  assertEquals(lines[0], `${'label = "x"'.padEnd(longest.length)}  # command line`);
  assertEquals(new Set(lines.map((line) => line.lastIndexOf("# "))).size, 1);
});

Deno.test("renderSettings: a long list does not push the other origins aside", () => {
  const ids = JSON.stringify(["a".repeat(52), "b".repeat(51) + "a"]);
  const layer = readSettingLayer(`network.controller.trust.deny=${ids}`);
  const lines = renderSettings(resolveConfig([layer]).settings).split("\n");
  assertEquals(
    lines.find((line) => line.startsWith("deny")),
    `deny = ${list(ids)}  # command line`,
  );
  assertEquals(lines.find((line) => line.startsWith("label"))?.indexOf("#"), 37);
});

function list(json: string): string {
  return json.replaceAll(",", ", ");
}
