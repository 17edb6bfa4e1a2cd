import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { FakeHost } from "../fake_host.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

Deno.test("config check: says in one line what was checked, and runs nothing", async () => {
  const cases: [args: string[], line: string][] = [
    [[], "OK: config/network/default.toml, profiles/default.json (0 targets)\n"],
    [
      ["-p", "bob", "-s", "label=x"],
      "OK: config/network/default.toml, config/network/bob.toml, 1 setting, " +
      "profiles/bob/bob.json (2 targets)\n",
    ],
    [
      ["-p", "bob", "--connect", "a:1", "--connect", "b:2", "--port", "1"],
      "OK: config/network/default.toml, config/network/bob.toml, 2 settings, " +
      "profiles/bob/bob.json and target.addrs (4 targets)\n",
    ],
  ];
  for (const [args, line] of cases) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(["config", "check", ...args], host), 0);
    assertEquals([host.stdout, host.stderr, host.nodes.length], [line, "", 0]);
  }
});

Deno.test("config check: says so where there are no files", async () => {
  const host = new FakeHost({});
  assertEquals(await areaNet(["config", "check", "--port", "1"], host), 0);
  assertEquals(host.stdout, "OK: no files, 1 setting, no target file (0 targets)\n");
});

Deno.test("config check: prints the problems of the target file too", async () => {
  const host = new FakeHost({ ...SHIPPED_FILES, "profiles/default.json": "[1]" });
  assertEquals(await areaNet(["config", "check"], host), 2);
  assertEquals(
    host.stderr,
    'profiles/default.json:1: Entry 1 of 1: 1 is no text, wanted one such as "[::1]:8090"\n',
  );
});
