/** Real nodes, each a process with the permissions that users give it. */

import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { until } from "../io/until.ts";
import { ProjectCopy, readDrawing } from "./project_copy.ts";
import { DeafListener } from "./stranger.ts";

/** Often enough that a test need not wait for a dump. */
const OFTEN = { peer_file_dump_interval: 0.01 };
const LEAVING_MS = 2_000;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test({
    name: `node: at ${signal} it says goodbye, and the others know that it left`,
    ignore: Deno.build.os === "windows",
    async fn() {
      using project = new ProjectCopy();
      await using alice = project.node("alice");
      await using bob = project.node("bob", { targets: [await alice.address()] });
      await Promise.all([alice.untilLearnt("bob"), bob.untilLearnt("alice")]);
      const start = performance.now();
      bob.program.signal(signal);
      const { code, err } = await bob.program.outcome();
      assertLess(performance.now() - start, LEAVING_MS);
      assertEquals({ code, err }, { code: 0, err: "" });
      assertMatch(bob.read("area-net.log"), /Leaving, closing 1 link\n$/);
      await until(() => /Node bob \S+ left/.test(alice.program.out));
      assert(!alice.program.out.includes("Lost node"), alice.program.out);
    },
  });
}

Deno.test("node: a peer that does not answer holds up leaving only for a while", async () => {
  using project = new ProjectCopy();
  using deaf = await DeafListener.open();
  await using node = project.node("bob", { targets: [deaf.address] });
  await deaf.greeted();
  const start = performance.now();
  node.program.signal("SIGTERM");
  assertEquals((await node.program.outcome()).code, 0);
  assertLess(performance.now() - start, LEAVING_MS);
});

Deno.test("node: a second SIGINT ends it at once, one that is the echo of the first does not", async () => {
  using project = new ProjectCopy();
  using deaf = await DeafListener.open();
  await using node = project.node("bob", { targets: [deaf.address] });
  await deaf.greeted();
  node.program.signal("SIGINT");
  await node.program.untilSaid("Leaving");
  const start = performance.now();
  await until(() => !node.program.signal("SIGINT"));
  assertEquals((await node.program.outcome()).code, 130);
  const tookMs = performance.now() - start;
  assertGreater(tookMs, 100);
  // The deaf peer would have held it up for a second.
  assertLess(tookMs, 900);
});

Deno.test("node: a port in use is one line that says what to change", async () => {
  using project = new ProjectCopy();
  using owner = await DeafListener.open();
  const port = Number(owner.address.split("]:")[1]);
  await using node = project.node("bob", { settings: { "listen.port": port } });
  const { code, out, err } = await node.program.outcome();
  assertEquals({ code, out }, { code: 1, out: "" });
  assertMatch(err, /^Could not listen on \[::1\]:\d+: another program does.*\n$/);
  assertStringIncludes(err, owner.address);
  assertStringIncludes(err, "-s network.controller.listen.port=");
});

Deno.test("node: an address that is not this machine's is one line that says what to check", async () => {
  using project = new ProjectCopy();
  await using node = project.node("bob", { settings: { "listen.addr": "2001:db8::1" } });
  const { code, out, err } = await node.program.outcome();
  assertEquals({ code, out }, { code: 1, out: "" });
  assertMatch(
    err,
    /^Could not listen on \[2001:db8::1\]:0: .*network\.controller\.listen\.addr.*\n$/,
  );
});

Deno.test("node: a bad configuration is told with all its problems, and nothing starts", async () => {
  using project = new ProjectCopy();
  project.write(
    "config/network/bob.toml",
    'lable = "bob"\n[network.controller.listen]\nport = 80950\n' +
      '[network.controller]\nd2 = "yes"\n[network.controller.target]\nfile = "profiles/bob/no.json"\n',
  );
  await using program = project.run("-p", "bob", "-s", "network.controller.peers.ban_tiem=1");
  const { code, out, err } = await program.outcome();
  assertEquals({ code, out }, { code: 2, out: "" });
  const wanted = ["lable", "port", "80950", "d2", "ban_tiem", "profiles/bob/no.json", "bob.toml:1"];
  for (const words of wanted) assertStringIncludes(err, words);
  assertNoStack(err);
});

for (
  const [what, text, words] of [
    ["is missing", undefined, "File not found"],
    ["is no JSON", '["[::1]:8090",', "JSON"],
    ["is no array", '{"a": 1}', "array"],
    ["holds a bad address", '["[::1]:8090", "[::1]:x"]', "[::1]:x"],
  ] as const
) {
  Deno.test(`node: a target file that ${what} is told with its name`, async () => {
    using project = new ProjectCopy();
    const file = "profiles/bob/bob.json";
    if (text === undefined) Deno.removeSync(`${project.path}/${file}`);
    else project.write(file, text);
    await using program = project.run("-p", "bob");
    const { code, out, err } = await program.outcome();
    assertEquals({ code, out }, { code: 2, out: "" });
    assertStringIncludes(err, file);
    assertStringIncludes(err, words);
    assertNoStack(err);
  });
}

Deno.test("node: a folder that Deno may not read is told with what to change", async () => {
  using project = new ProjectCopy();
  project.write("elsewhere/targets.json", "[]");
  const setting = "network.controller.target.file=elsewhere/targets.json";
  await using program = project.run("-p", "bob", "-s", setting);
  const { code, err } = await program.outcome();
  assertEquals(code, 2);
  assertStringIncludes(err, 'put "elsewhere" into read of permissions.node in deno.json');
  assert(!err.includes("run again with"), err);
  assertNoStack(err);
});

Deno.test("node: a folder that cannot be written is said once, and the node goes on", async () => {
  using project = new ProjectCopy();
  // A folder in the place of each file: even the superuser cannot write there.
  for (const name of ["area-net.log", "peers.json"]) {
    project.write(`profiles/bob/${name}/in the way`, "");
  }
  await using bob = project.node("bob", { settings: OFTEN });
  const { program } = bob;
  await program.untilSaid("Could not write peers.json: a folder is in the way of a file");
  Deno.removeSync(`${project.path}/profiles/bob/peers.json`, { recursive: true });
  await program.untilSaid("Writing peers.json works again");
  assertEquals(bob.read("peers.json"), "[]\n");
  Deno.removeSync(`${project.path}/profiles/bob/area-net.log`, { recursive: true });
  program.signal("SIGTERM");
  const { code, out, err } = await program.outcome();
  assertEquals(code, 0);
  assertEquals(out.match(/Could not write/g)?.length, 1);
  assertMatch(
    err,
    /^Could not write \S+area-net\.log: a folder is in the way of a file\nWriting \S+ works again\n$/,
  );
  assertMatch(bob.read("area-net.log"), /Leaving/);
});

Deno.test("node: killed while it writes its reports, it leaves each of them whole", async () => {
  using project = new ProjectCopy();
  await using alice = project.node("alice");
  const address = await alice.address();
  const targets = [address];
  const settings = { ...OFTEN, d2: true };
  {
    await using bob = project.node("bob", { targets, settings });
    await until(() => bob.read("peers.json").includes(address) && bob.read("peers.d2") !== "");
  }
  const possible = ["[]\n", `[\n  "${address}"\n]\n`];
  for (let round = 0; round < 16; round++) {
    using changes = Deno.watchFs(`${project.path}/profiles/bob`);
    await using bob = project.node("bob", { targets, settings });
    await untilReportsChanged(changes, 1 + round % 8);
    bob.program.signal("SIGKILL");
    await bob.program.outcome();
    assertArrayIncludes(possible, [bob.read("peers.json")]);
    const d2 = bob.read("peers.d2");
    const { nodes } = readDrawing(d2);
    assert(
      d2.startsWith("# Written by area-net") && d2.endsWith("\n") && nodes.includes("bob"),
      d2,
    );
  }
});

/** Waits until a report, or the file that is to take its place, has changed so many times. */
async function untilReportsChanged(changes: Deno.FsWatcher, times: number): Promise<void> {
  let left = times;
  for await (const { paths } of changes) {
    if (paths.some((path) => path.includes("/peers."))) left--;
    if (left <= 0) return;
  }
}

function assertNoStack(text: string): void {
  assert(!/^ +at /m.test(text), text);
}
