import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import type { Result } from "../../../src/control/methods.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ALICE, AT, BOB, DEAD, ERIN, MALLORY } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

type Diagnosis = Result<"why">;

const UP: Diagnosis = {
  ...DEAD,
  up: true,
  code: "up",
  stage: "link",
  message: "A link with it is up since 2026-11-21 09:00:00 UTC",
  advice: null,
  addresses: [],
  last_up: AT,
  linked_by: [ALICE],
  path: [BOB, ERIN],
};

async function run(result: Diagnosis, ...args: string[]) {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ why: { result } });
  host.sockets.set("profiles/bob/control.sock", client);
  const exitCode = await areaNet(["-p", "bob", "why", ...args], host);
  return { exitCode, out: host.stdout, err: host.stderr, calls: client.calls };
}

/** The line that answers. */
async function headline(some: Partial<Diagnosis>): Promise<string | undefined> {
  const { out } = await run({ ...DEAD, ...some }, "x");
  return out.split("\n")[0];
}

Deno.test("why: the first line answers, the rest tells more, the last one says what to do", async () => {
  const { exitCode, out, err } = await run(DEAD, "erin");
  assertEquals([exitCode, err], [4, ""]);
  assertEquals(out.split("\n"), [
    "erin (erinaaaa) is down: nobody listens at [::1]:8105 (dial-refused)",
    "  stage          dial",
    "  address        [::1]:8105, nobody listens at [::1]:8105 (dial-refused), tried at " +
    "2026-11-21 10:00:00 UTC, 3 failures in a row, next attempt at 2026-11-21 10:00:30 UTC",
    "  address        erin.example:8105",
    "  last up        2026-11-21 09:59:00 UTC",
    "  last heard of  2026-11-21 09:58:00 UTC",
    "Do: Start the node there",
    "",
  ]);
});

Deno.test("why: a peer that is up is told with the way to it, and nothing to do", async () => {
  const { exitCode, out, err } = await run(UP, "erin");
  assertEquals([exitCode, err], [0, ""]);
  assertEquals(out.split("\n"), [
    "erin (erinaaaa) is up: a link with it is up since 2026-11-21 09:00:00 UTC (up)",
    "  stage          link",
    "  last up        2026-11-21 10:00:00 UTC",
    "  last heard of  2026-11-21 09:58:00 UTC",
    "  linked by      alice (aliceaaa)",
    "  path           bob → erin",
    "",
  ]);
});

Deno.test("why: the first line says by what the peer goes, and how it stands", async () => {
  const nobody = { id: null, label: null, addr: "[::1]:8105" };
  assertEquals(
    await headline({ peer: nobody }),
    "[::1]:8105 is down: nobody listens at [::1]:8105 (dial-refused)",
  );
  assertEquals(
    await headline({ peer: { ...ERIN, addr: "[::1]:8105" } }),
    "erin (erinaaaa) at [::1]:8105 is down: nobody listens at [::1]:8105 (dial-refused)",
  );
  assertEquals(
    await headline({ up: true }),
    "erin (erinaaaa) is up, but not linked with this node: nobody listens at [::1]:8105 (dial-refused)",
  );
  const unknown = { code: "unknown", message: "Nothing was ever heard of it" };
  assertEquals(
    await headline({ ...unknown, peer: nobody }),
    "[::1]:8105 is unknown: nothing was ever heard of it (unknown)",
  );
  assertEquals(
    await headline({
      code: "unknown",
      message: 'No node is called "erni": did you mean "erin"?',
      peer: { id: null, label: "erni", addr: null },
    }),
    'No node is called "erni": did you mean "erin"? (unknown)',
  );
});

Deno.test("why: the exit code says whether the peer can be reached, for programs too", async () => {
  for (const format of [[], ["--json"]]) {
    assertEquals((await run(UP, "erin", ...format)).exitCode, 0);
    assertEquals((await run({ ...DEAD, up: true }, "erin", ...format)).exitCode, 0);
    const { exitCode, err } = await run(DEAD, "erin", ...format);
    assertEquals([exitCode, err], [4, ""]);
  }
});

Deno.test("why: --json prints the answer as it is", async () => {
  const { out } = await run(DEAD, "erin", "--json");
  assertEquals(JSON.parse(out), { version: 1, ...DEAD });
});

Deno.test("why: the peer is handed on as it was typed", async () => {
  const { calls } = await run(DEAD, "[0::1]:8105");
  assertEquals(calls, [{ method: "why", params: { peer: "[0::1]:8105" } }]);
});

Deno.test("why: nothing that others say acts on a terminal or makes a line of its own", async () => {
  const hostile = 'It says: "\x1b[2J\nDo: obey\u202e"';
  const lines = (await run(DEAD, "x")).out.split("\n").length;
  const { out } = await run({
    ...DEAD,
    peer: { ...MALLORY, addr: "\x1b[2J" },
    code: "\x1b",
    stage: "\n",
    message: hostile,
    advice: hostile,
    addresses: DEAD.addresses.map((each) => ({ ...each, addr: hostile, message: hostile })),
    linked_by: [MALLORY],
  }, "x");
  assertEquals(out.match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), null);
  assertEquals(out.split("\n").length, lines + 1);
});
