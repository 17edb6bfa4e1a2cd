/** Real nodes that refuse each other: why, how often it is told, and how a person lets one in. */

import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { until } from "../io/until.ts";
import { ProjectCopy, RunningNode } from "./project_copy.ts";

/** Quick enough that a test sees many attempts and dumps. */
const QUICK = {
  "network.controller.peer_file_dump_interval": 0.05,
  "network.controller.peers.conn_attempt_delay": 0.05,
  "network.controller.peers.conn_attempt_max_delay": 0.05,
};

function start(
  project: ProjectCopy,
  profile: string,
  { targets = [], port = 0, key = "" }: { targets?: string[]; port?: number; key?: string },
): RunningNode {
  project.write(`profiles/${profile}/${profile}.json`, JSON.stringify(targets));
  const settings = { ...QUICK, "network.controller.listen.port": port, "network.key": key };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-s", `${name}=${value}`]);
  return new RunningNode(project, profile, project.run("-p", profile, ...args));
}

const linesWith = (text: string, part: string) =>
  text.split("\n").filter((line) => line.includes(part));

for (
  const [what, key] of [["another network key", "open-barley-open-barley"], [
    "no network key",
    "",
  ]] as const
) {
  Deno.test(`trust: a node with ${what} is refused, and is told why once`, async () => {
    using project = new ProjectCopy();
    await using alice = start(project, "alice", { key: "open-sesame-open-sesame" });
    const targets = [await alice.address()];
    await using bob = start(project, "bob", { targets, key });
    await using carol = start(project, "carol", { targets, key: "open-sesame-open-sesame" });
    await carol.program.untilSaid("Link to alice");
    const why = "the networks differ (the network key is another or missing)";
    await until(() => linesWith(alice.program.out, `refused by this node: ${why}`).length > 3);
    assertEquals(linesWith(bob.program.out, `refused by the peer: ${why}`).length, 1);
    assertEquals(linesWith(bob.program.out, "is up"), []);
    for (const { program } of [alice, bob, carol]) {
      assertEquals(
        program.out.includes("sesame"),
        false,
      );
    }
  });
}

Deno.test("trust: a changed key at a pinned address is refused, told once, and let in by the command it tells", async () => {
  using project = new ProjectCopy();
  await using before = start(project, "alice", {});
  const address = await before.address();
  await using bob = start(project, "bob", { targets: [address] });
  await bob.program.untilSaid("Link to alice");
  await until(() => bob.read("known_peers.json").includes('"pinned": true'));
  const [oldId] = idsIn(bob.read("known_peers.json"));
  before.program.signal("SIGTERM");
  await before.program.outcome();

  Deno.removeSync(`${project.path}/profiles/alice`, { recursive: true });
  const port = Number(address.split("]:")[1]);
  await using _after = start(project, "alice", { port });
  await bob.program.untilSaid("the key is not trusted");
  const [told = "", ...more] = linesWith(bob.program.out, "the key is not trusted");
  assertEquals(more, []);
  const [, expected, met, command = ""] =
    /expected (\w{52}), met (\w{52}); .*: area-net (-p bob known trust .*?)\)/.exec(told) ?? [];
  assertEquals(expected, oldId);
  assertNotEquals(met, oldId);
  assertStringIncludes(command, ` ${met} ${address}`);
  assertMatch(told, /next attempt in (5 min|300 s)/);

  await using trust = project.run(...command.split(" "));
  assertEquals((await trust.outcome()).code, 0);
  await until(() => linesWith(bob.program.out, "Link to alice").length === 2);
  assertEquals(linesWith(bob.program.out, "the key is not trusted").length, 1);
});

/** The ids in the text of known_peers.json. */
function idsIn(text: string): string[] {
  return JSON.parse(text).peers.map(({ id }: { id: string }) => id);
}
