import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../src/cli/area_net.ts";
import { HostError, type NodeSettings } from "../../src/config/host.ts";
import { FakeHost } from "./fake_host.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

Deno.test("loadNode: a missing default file is named, and -c with it", async () => {
  assertEquals(await troubleOf({}, ["-c", "nowhere"]), [
    "nowhere/network/default.toml: File not found, name the folder that holds network/ with -c, " +
    "or start without any files in an empty folder, as area-net --port 8080 does",
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

Deno.test("loadNode: adds the addresses of the configuration to those of the target file, each once", async () => {
  const setting = 'network.controller.target.addrs=["[0::1]:8085", "d.example:1"]';
  const { targets } = await nodeOf(SHIPPED_FILES, ["-p", "bob", "-s", setting]);
  assertEquals<string[]>(targets, ["[::1]:8090", "[::1]:8085", "d.example:1"]);
});

Deno.test("loadNode: without a target file there is no folder", async () => {
  const args = ["-p", "bob", "-s", "network.controller.target.file="];
  const node = await nodeOf(SHIPPED_FILES, args);
  assertEquals(["folder" in node, node.targets, node.profile], [false, [], "bob"]);
});

Deno.test("loadNode: --connect leaves the target file of the default layer alone", async () => {
  const { "profiles/default.json": _, ...files } = SHIPPED_FILES;
  const node = await nodeOf(files, ["--connect", "a:1"]);
  assertEquals<unknown[]>([node.folder, node.targets], [undefined, ["a:1"]]);
});

Deno.test("loadNode: --connect adds to the target file that a profile or -s names", async () => {
  const bob = await nodeOf(SHIPPED_FILES, ["-p", "bob", "--connect", "a:1"]);
  assertEquals(bob.folder, "profiles/bob");
  assertEquals<string[]>(bob.targets, ["[::1]:8090", "[::1]:8085", "a:1"]);
  const setting = "network.controller.target.file=profiles/default.json";
  const other = await nodeOf(SHIPPED_FILES, ["--connect", "a:1", "-s", setting]);
  assertEquals(other.folder, "profiles");
});

Deno.test("loadNode: runs without files only where none was asked for and none can be seen", async () => {
  const noDefault = { "config/network/bob.toml": "" };
  for (
    const [files, args] of [
      [{}, []],
      [{}, ["-s", "label=x"]],
      [{}, ["--port", "1", "-p", "bob"]],
      [{}, ["--port", "1", "-c", "config"]],
      [noDefault, ["--port", "1"]],
    ] as const
  ) {
    const [line = ""] = await troubleOf(files, args);
    assertStringIncludes(line, "config/network/default.toml: File not found");
  }
  const hidden = new FakeHost({});
  hidden.listFolder = () => Promise.reject(new HostError("not-permitted", "no read access"));
  assertEquals(await areaNet(["--port", "1"], hidden), 0);
});

Deno.test("loadNode: reads the network's key from the first line of its file", async () => {
  const files = { ...SHIPPED_FILES, "net.key": "correct horse battery staple\r\n# of 2026\n" };
  const { config } = await nodeOf(files, ["-s", "network.key_file=net.key"]);
  assertEquals(config.network.key, "correct horse battery staple");
});

Deno.test("loadNode: says why a key file is of no use, and never what it holds", async () => {
  const wanted = "wanted 16 to 1024, none of them a control character";
  const cases: [file: string | HostError | undefined, message: string][] = [
    [undefined, "net.key: File not found, network.key_file names it"],
    [
      new HostError("exposed", "0644"),
      'net.key: Open to other users (mode 0644, wanted 0600), run "chmod 600 net.key"',
    ],
    [new HostError("other", "permission denied"), "net.key: Cannot be read: permission denied"],
    ["", `net.key:1: Holds no key in its first line, which has 0 characters: ${wanted}`],
    [
      "hunter2\n0123456789abcdef\n",
      `net.key:1: Holds no key in its first line, which has 7 characters: ${wanted}`,
    ],
  ];
  for (const [file, message] of cases) {
    const files = { ...SHIPPED_FILES, ...(file !== undefined && { "net.key": file }) };
    assertEquals(await troubleOf(files, ["-s", "network.key_file=net.key"]), [message]);
  }
});

Deno.test("loadConfig: does not need the target file", async () => {
  const { "profiles/default.json": _, ...files } = SHIPPED_FILES;
  assertEquals(await areaNet(["config", "show"], new FakeHost(files)), 0);
});

/** What a node is started with by these files and arguments. */
async function nodeOf(
  files: Record<string, string>,
  args: readonly string[],
): Promise<NodeSettings> {
  const host = new FakeHost(files);
  assertEquals(await areaNet(args, host), 0, host.stderr);
  return host.nodes[0] as NodeSettings;
}

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
