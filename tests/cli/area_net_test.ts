import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { areaNet } from "../../src/cli/area_net.ts";
import { OPTIONS } from "../../src/cli/options.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { HostError } from "../../src/config/host.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import { FakeHost } from "./fake_host.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

Deno.test("areaNet: --help tells commands, options and exit codes, whatever else is given", async () => {
  for (const args of [["--help"], ["-h"], ["config", "show", "-h"], ["-h", "-p", "nobody"]]) {
    const host = new FakeHost({});
    assertEquals(await areaNet(args, host), 0);
    for (const { name } of [...OPTIONS, ...COMMANDS]) assertStringIncludes(host.stdout, name);
    for (const code of [0, 1, 2, 3, 4]) assertMatch(host.stdout, new RegExp(`^  ${code}  `, "m"));
    assertEquals(host.stderr, "");
  }
});

Deno.test("areaNet: --version prints that of deno.json", async () => {
  const host = new FakeHost({});
  assertEquals(await areaNet(["-V"], host), 0);
  assertEquals(host.stdout, `area-net ${manifest.version}\n`);
});

Deno.test("areaNet: without a command it runs the node of the profile", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet(["-p", "bob", "-s", "network.controller.d2=true"], host), 0);
  const [node] = host.nodes;
  assertEquals(node?.profile, "bob");
  assertEquals(node?.folder, "profiles/bob");
  assertEquals<string[] | undefined>(node?.targets, ["[::1]:8090", "[::1]:8085"]);
  assertEquals(node?.config.label, "bob");
  assertEquals(node?.config.network.controller.listen.port, 8095);
  assertEquals(node?.config.network.controller.d2, true);
  assertEquals([host.stdout, host.stderr], ["", ""]);
});

Deno.test("areaNet: without a profile the default layer counts alone", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet([], host), 0);
  const [node] = host.nodes;
  assertEquals([node?.folder, node?.targets, node?.profile], ["profiles", [], undefined]);
});

Deno.test("areaNet: the node's exit code is the program's", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.exitCode = 1;
  assertEquals(await areaNet([], host), 1);
});

Deno.test("areaNet: -c names another folder, with or without ./ and a slash at its end", async () => {
  for (const folder of ["./etc", "etc/", "etc"]) {
    const host = new FakeHost({
      "etc/network/default.toml": "network.controller.target.file = 'none.json'",
      "none.json": "[]",
    });
    assertEquals(await areaNet(["--config-dir", folder], host), 0, host.stderr);
    assertEquals(host.nodes[0]?.folder, ".");
  }
});

Deno.test("areaNet: options may stand before or after the command, in short or in long form", async () => {
  const shown = new Set<string>();
  for (
    const args of [
      ["-p", "bob", "-s", "label=x", "config", "show"],
      ["config", "show", "-p", "bob", "-s", "label=x"],
      ["--profile", "bob", "config", "show", "--setting", "label=x"],
      ["config", "--profile=bob", "show", "--setting=label=x"],
    ]
  ) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(args, host), 0, host.stderr);
    shown.add(host.stdout);
  }
  assertEquals(shown.size, 1);
});

Deno.test("areaNet: refuses unknown options and commands with the nearest one", async () => {
  const cases: [args: string[], message: string][] = [
    [["--profil", "bob"], "Unknown option --profil, did you mean --profile?"],
    [["--seting=label=x"], "Unknown option --seting, did you mean --setting?"],
    [["-x"], "Unknown option -x"],
    [["config", "shwo"], 'Unknown command "config shwo", did you mean "config show"?'],
    [["config"], 'Unknown command "config", wanted config show, config check, config schema\n'],
    [["qqqqqqqq"], 'Unknown command "qqqqqqqq", wanted status, peers, map, '],
    [["config", "show", "x"], 'Unknown command "config show x"'],
    [["known", "forget"], "Wanted known forget ID"],
    [["known", "trust", "a"], "Wanted known trust ID ADDRESS"],
    [["known", "trust", "a", "b", "c"], "Wanted known trust ID ADDRESS"],
    [["config", "show", "--json"], "Option --json is for status, peers, map, "],
    [["--conect", "a:1"], "Unknown option --conect, did you mean --connect?"],
    [["--port"], "Option --port PORT wants a value"],
    [["-p"], "Option -p (--profile PROFILE) wants a value"],
    [["--setting"], "Option -s (--setting KEY=VALUE) wants a value"],
    [["-p", "-s", "label=x"], "Option -p (--profile PROFILE) wants a value"],
  ];
  for (const [args, message] of cases) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(args, host), 2);
    assertStringIncludes(host.stderr, message);
    assertStringIncludes(host.stderr, "Run area-net --help");
    assertEquals([host.stdout, host.nodes.length], ["", 0]);
  }
});

Deno.test("areaNet: two nodes are joined in one line each, in empty folders", async () => {
  const host = new FakeHost({});
  assertEquals(await areaNet(["--port", "8080"], host), 0, host.stderr);
  const join = ["--port", "8081", "--connect", "[0::1]:8080", "--connect", "B.example:1"];
  assertEquals(await areaNet(join, host), 0, host.stderr);
  const [first, second] = host.nodes;
  const defaults = defaultConfig().network.controller;
  assertEquals(first?.config.network.controller, {
    ...defaults,
    listen: { ...defaults.listen, port: 8080 },
    target: { file: "", addrs: [] },
  });
  assertEquals<string[] | undefined>(first?.targets, []);
  assertEquals(second?.config.network.controller.listen.port, 8081);
  assertEquals<string[] | undefined>(second?.targets, ["[::1]:8080", "b.example:1"]);
  for (const node of [first, second]) {
    assertEquals([node?.folder, node?.profile], [undefined, undefined]);
  }
});

Deno.test("areaNet: a bug of ours is one line, not a stack trace", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.runNode = () => Promise.reject(new TypeError("x is not a function"));
  assertEquals(await areaNet([], host), 1);
  assertMatch(host.stderr, /^Failed in a way that nobody foresaw.*: x is not a function\n$/);
});

Deno.test("areaNet: a file that Deno may not read is named with the way to allow it", async () => {
  const detail = 'Requires read access to "/etc/area-net/network/default.toml"';
  const host = new FakeHost({
    "/etc/area-net/network/default.toml": new HostError("not-permitted", detail),
  });
  assertEquals(await areaNet(["-c", "/etc/area-net"], host), 2);
  assertStringIncludes(host.stderr, `/etc/area-net/network/default.toml: ${detail}`);
  assertStringIncludes(host.stderr, "--allow-read=config,profiles,/etc/area-net/network");
  assertStringIncludes(host.stderr, "permissions.node in deno.json");
});
