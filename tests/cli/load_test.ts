import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import { HostError } from "../../src/config/host.ts";
import { FakeHost } from "./fake_host.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

Deno.test("loadNode: a missing default file is named, and -c with it", async () => {
  assertEquals(await troubleOf({}, ["-c", "nowhere"]), [
    "nowhere/network/default.toml: File not found, name the folder that holds network/ with -c",
  ]);
});

Deno.test("loadNode: a missing profile lists those that exist", async () => {
  const files = {
    ...SHIPPED_FILES,
    "config/network/alice.toml": "",
    "config/network/notes.txt": "",
  };
  assertEquals(await troubleOf(files, ["-p", "bbo"]), [
    'config/network/bbo.toml: File not found, there is no profile "bbo", ' +
    "those that exist are alice, bob",
  ]);
  const lonely = {
    "config/network/default.toml": "",
    "profiles/default.json": "[]",
  };
  assertStringIncludes((await troubleOf(lonely, ["-p", "x"]))[0] ?? "", '"x", nor any other');
});

Deno.test("loadNode: a profile's name is that of a plain file", async () => {
  for (const profile of ["../bob", "a/b", "a\\b", ".", "..", "/etc/passwd"]) {
    const [line = ""] = await troubleOf(SHIPPED_FILES, ["-p", profile]);
    assertStringIncludes(line, `Profile "${profile}" is no plain name`);
  }
});

Deno.test("loadNode: lists what is wrong in every layer and in the target file at once", async () => {
  const files = {
    "config/network/default.toml": "[network.controller.listen]\nport = 'x'\n",
    "config/network/p.toml": "labl = 'p'\n",
    "profiles/default.json": '["[::1]:1", "nonsense"]',
  };
  assertEquals(await troubleOf(files, ["-p", "p", "-s", "network.controller.d2=1"]), [
    'config/network/default.toml:2: Key network.controller.listen.port is "x", ' +
    "wanted a whole number from 0 to 65535",
    "config/network/p.toml:1: Unknown key labl, did you mean label?",
    "-s network.controller.d2=1: Key network.controller.d2 is 1, wanted true or false",
    "profiles/default.json:1: Entry 2 of 2: " +
    '"nonsense" is not an address, wanted "[addr]:port" or "host:port"',
  ]);
});

Deno.test("loadNode: does not blame a target file that may not be the one that was meant", async () => {
  const files = { ...SHIPPED_FILES, "profiles/default.json": "broken" };
  for (const setting of ["network.controller.target.fil=x", "network.controller.target=1"]) {
    const lines = await troubleOf(files, ["-s", setting]);
    assertEquals(lines.length, 1);
    assertMatch(lines[0] ?? "", /^-s network\.controller\.target/);
  }
});

Deno.test("loadNode: a missing target file is named with the key that names it", async () => {
  const args = ["-s", "network.controller.target.file=profiles/x.json"];
  assertEquals(await troubleOf(SHIPPED_FILES, args), [
    "profiles/x.json: File not found, network.controller.target.file names it, " +
    "and [] is enough in it",
  ]);
});

Deno.test("loadNode: a file that cannot be read for other reasons is told in the system's words", async () => {
  const files = {
    ...SHIPPED_FILES,
    "config/network/bob.toml": new HostError("other", "is a folder"),
  };
  assertEquals(await troubleOf(files, ["-p", "bob"]), [
    "config/network/bob.toml: Cannot be read: is a folder",
  ]);
});

Deno.test("loadConfig: does not need the target file", async () => {
  const { "profiles/default.json": _, ...files } = SHIPPED_FILES;
  assertEquals(await areaNet(["config", "show"], new FakeHost(files)), 0);
});

/** The lines that a start with these files and arguments fails with. */
async function troubleOf(
  files: Record<string, string | HostError>,
  args: readonly string[],
): Promise<string[]> {
  const host = new FakeHost(files);
  assertEquals(await areaNet(args, host), 2);
  assertEquals([host.stdout, host.nodes.length], ["", 0]);
  return host.stderr.trimEnd().split("\n");
}
