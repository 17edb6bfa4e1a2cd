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
