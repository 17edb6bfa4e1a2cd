/**
 * `start.sh` as a user has it: five real nodes on the ports of their profiles, keys from a pipe. What
 * keeps a test from running on a machine is said aloud.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { until } from "../io/until.ts";
import { compileDiagram } from "../report/official_d2.ts";
import { NAMES, obstacleTo, PORTS, type Runtime, StartScript } from "./start_script.ts";

const DUMP_MS = 5_000;
/** For what it takes to notice, to write and to see it, on a busy machine. */
const SLACK_MS = 1_000;

const OBSTACLES = { deno: obstacleTo("deno"), npx: obstacleTo("npx") };
for (const [runtime, obstacle] of Object.entries(OBSTACLES)) {
  if (obstacle !== undefined) console.error(`Skipped: start.sh with ${runtime}: ${obstacle}`);
}

function test(name: string, story: (script: StartScript) => Promise<void>): void {
  testWith("deno", name, story);
}

function testWith(
  runtime: Runtime,
  name: string,
  story: (script: StartScript) => Promise<void>,
): void {
  Deno.test({
    name: `start.sh: ${name}`,
    ignore: OBSTACLES[runtime] !== undefined,
    async fn() {
      await using script = new StartScript(runtime);
      await story(script);
    },
  });
}

test("five nodes meet, alice is dropped when killed and back when started again", async (script) => {
  const { program } = script;
  const complete = { nodes: NAMES, measured: 10, unmeasured: 0, lost: [] };
  const isComplete = () =>
    script.allKnowAll(NAMES) && JSON.stringify(script.drawing()) === JSON.stringify(complete);
  await program.untilSaid("erin is started");
  await until(isComplete, 2 * DUMP_MS);
  await assertCompiles(script);

  await program.type("a\n");
  await program.untilSaid("alice is killed");
  const others = NAMES.filter((name) => name !== "alice");
  const isDropped = () => script.allKnowAll(others) && script.drawing().lost.includes("alice");
  await until(isDropped, DUMP_MS + SLACK_MS);
  assertEquals(script.drawing(), { nodes: NAMES, measured: 6, unmeasured: 0, lost: ["alice"] });
  await assertCompiles(script);

  const said = program.out.length;
  await program.type("a");
  await until(() => program.out.slice(said).includes("alice is started"));
  await until(isComplete, 2 * DUMP_MS);

  const processes = script.processes();
  await program.type("q");
  await script.assertEndsCleanly(processes);
  assertEquals(program.err, "");
});

test("the end of standard input stops all nodes", async (script) => {
  const processes = await script.untilAllListen();
  await script.program.closeInput();
  await script.assertEndsCleanly(processes);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} stops all nodes`, async (script) => {
    const processes = await script.untilAllListen();
    script.program.signal(signal);
    await script.assertEndsCleanly(processes);
  });
}

test("a key without a meaning is answered with those that have one", async (script) => {
  const { program } = script;
  await program.untilSaid("q stops all.\n");
  const help = program.out.trimEnd().split("\n").at(-1) ?? "";
  const processes = await script.untilAllListen();
  const said = program.out.length;
  await program.type("\n \r\nx\nq\n");
  await script.assertEndsCleanly(processes);
  assertEquals(program.out.slice(said), `${help}\nAll nodes are stopped\n`);
});

test("a node whose port is taken is told of, and the others go on", async (script) => {
  using _owner = Deno.listen({ hostname: "::1", port: PORTS.carol as number });
  const { program } = script;
  await until(() => program.err.includes("ended by itself"));
  assertMatch(
    program.err,
    /^Could not listen on \[::1\]:8085: .*\ncarol has ended by itself, with exit code 1\n$/,
  );
  await until(() => script.log("erin").includes("listens on"));
  await program.type("q");
  assertEquals((await program.outcome()).code, 0);
});

testWith("npx", "without Deno, npx brings it", async (script) => {
  const processes = await script.untilAllListen(60_000);
  await script.program.type("q");
  await script.assertEndsCleanly(processes);
});

/** The official D2 reads bob's diagram, all five nodes and their links. */
async function assertCompiles(script: StartScript): Promise<void> {
  const { shapes, connections } = await compileDiagram(script.diagram);
  const { nodes, measured } = script.drawing();
  // The title is a shape too.
  // Besides the nodes there are the title and the legend.
  assertEquals([shapes.length, connections.length], [nodes.length + 2, measured]);
}
