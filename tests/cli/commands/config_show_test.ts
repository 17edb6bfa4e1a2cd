import { assertArrayIncludes, assertEquals, assertMatch } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import golden from "../golden/config_show_bob.toml" with { type: "text" };
import { FakeHost } from "../fake_host.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

Deno.test("config show: prints bob's configuration with the origin of each value", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  const args = ["config", "show", "-p", "bob", "-s", "network.controller.d2=true"];
  assertEquals(await areaNet(args, host), 0);
  assertEquals(host.stdout, golden);
});

Deno.test("config show: what it prints is a profile of the same configuration", async () => {
  const host = new FakeHost({ ...SHIPPED_FILES, "config/network/shown.toml": golden });
  await areaNet(["-p", "shown"], host);
  await areaNet(["-p", "bob", "-s", "network.controller.d2=true"], host);
  assertEquals(host.nodes[0]?.config, host.nodes[1]?.config);
});

Deno.test("config show: names short forms as the origin of what they set and imply", async () => {
  const host = new FakeHost({});
  const args = ["config", "show", "--port", "0x1", "--port", "8081", "--connect", "a:1"];
  assertEquals(await areaNet([...args, "--period", "3.5", "--key", "b.key"], host), 0, host.stderr);
  const lines = host.stdout.split("\n").map((line) => line.replace(/ +/g, " "));
  for (
    const line of [
      "port = 8081 # command line --port",
      'file = "" # command line --connect',
      'addrs = ["a:1"] # command line --connect',
      'key = "b.key" # command line --key',
      "heartbeat_timeout = 17.5 # command line --period",
      "heartbeat_period = 3.5 # command line --period",
      "d2 = false # built in",
    ]
  ) assertArrayIncludes(lines, [line]);
});

Deno.test("config show: hides the network's key, wherever it was given", async () => {
  const secret = "correct horse battery staple";
  const file = `[network]\nkey = "${secret}"\n`;
  for (
    const [files, args] of [
      [{ "config/network/default.toml": file }, []],
      [{ "config/network/default.toml": "" }, ["-s", `network.key=${secret}`]],
    ] as const
  ) {
    const host = new FakeHost(files);
    assertEquals(await areaNet(["config", "show", ...args], host), 0, host.stderr);
    assertMatch(host.stdout, /^key = "\*\*\*" +# (command line|default config\/network\/.*:2)$/m);
    assertEquals(host.stdout.includes(secret), false);
  }
});

Deno.test("config show: a value that no file gives is built in", async () => {
  const host = new FakeHost({ "config/network/default.toml": "" });
  assertEquals(await areaNet(["config", "show"], host), 0);
  const [first = ""] = host.stdout.split("\n");
  assertEquals(first.replace(/ +/g, " "), 'label = "" # built in');
});

Deno.test("config show: prints problems in its place", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet(["config", "show", "-s", "labl=x"], host), 2);
  assertEquals(host.stdout, "");
  assertEquals(host.stderr, "-s labl=x: Unknown key labl, did you mean label?\n");
});
