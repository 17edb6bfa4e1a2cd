import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { shortId } from "../../src/base/node_id.ts";
import { newParty, NODE_KEYS } from "./credentials.ts";
import { runModule } from "./program.ts";

/** A profile's folder with its target file, and the arguments to run a node there. */
function profile(): { folder: string; args: string[] } & Disposable {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/targets.json`, "[]");
  const settings = { "target.file": `${folder}/targets.json`, "listen.port": "0" };
  const args = Object.entries(settings).flatMap(([key, value]) => [
    "-s",
    `network.controller.${key}=${value}`,
  ]);
  return {
    folder,
    args: ["-p", "bob", ...args],
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test("runNode: says first who it is and what it writes, and keeps its identity", async () => {
  using bob = profile();
  const introductions: string[] = [];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using node = runModule("main.ts", bob.args);
    await node.untilSaid("\n");
    node.signal(signal);
    const { code, out, err } = await node.outcome();
    assertEquals({ code, err }, { code: 0, err: "" });
    introductions.push(out.split("\n")[0] ?? "");
    assert(Deno.readTextFileSync(`${bob.folder}/area-net.log`).endsWith(out));
  }
  const [first = "", second = ""] = introductions;
  assertMatch(
    first,
    /^\S+ INFO {2}bob \([a-z2-7]{8}\) listens on \[::1\]:\d+ and writes peers\.json and area-net\.log to /,
  );
  assertStringIncludes(first, bob.folder);
  assertEquals(idIn(second), idIn(first));
});

function idIn(line: string): string | undefined {
  return /\(([a-z2-7]{8})\)/.exec(line)?.[1];
}

Deno.test("runNode: an identity that others may read is one line that says what to do", async () => {
  using bob = profile();
  Deno.writeTextFileSync(`${bob.folder}/identity.key`, "secret", { mode: 0o644 });
  await using node = runModule("main.ts", bob.args);
  const { code, err } = await node.outcome();
  assertEquals(code, 1);
  assertMatch(err, /^The private key \S+ is open to other users .*chmod 600 .*\n$/);
});

Deno.test("runNode: known peers that cannot be read are one line that says what is at stake", async () => {
  using bob = profile();
  Deno.writeTextFileSync(`${bob.folder}/known_peers.json`, '{"version": 1, "peers": [{}]}');
  await using node = runModule("main.ts", bob.args);
  const { code, out, err } = await node.outcome();
  assertEquals({ code, out }, { code: 1, out: "" });
  assertMatch(
    err,
    /^The known peers in \S+ cannot be read: Peer 1: .*forgets whose keys are pinned\n$/,
  );
});

Deno.test("runNode: with a key and certificate of one's own it is the node of that key", async () => {
  using bob = profile();
  const { key, cert, id } = newParty(NODE_KEYS["P-256"]?.());
  const files = { key: `${bob.folder}/own.key`, cert: `${bob.folder}/own.cert` };
  Deno.writeTextFileSync(files.key, key, { mode: 0o600 });
  Deno.writeTextFileSync(files.cert, cert);
  const settings = Object.entries(files).flatMap(([name, path]) => [
    "-s",
    `network.controller.identity.${name}=${path}`,
  ]);
  await using node = runModule("main.ts", [...bob.args, ...settings]);
  await node.untilSaid("listens on");
  assertEquals(idIn(node.out), shortId(id));
});
