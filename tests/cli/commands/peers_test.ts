import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ANSWERS } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

/** Watches until Ctrl-C, which comes when everything has been told. */
async function watch(args: readonly string[], columns?: number): Promise<FakeHost> {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ peers: { ...ANSWERS.peers, goesOn: true } });
  host.sockets.set("profiles/bob/control.sock", client);
  host.terminalColumns = columns;
  const ended = areaNet(["-p", "bob", "peers", "--watch", ...args], host);
  await client.asked("peers");
  assertEquals(host.interruptions.count, 1);
  host.interruptions.press();
  assertEquals(await ended, 0, host.stderr);
  assertEquals([host.interruptions.count, client.isClosed], [0, true]);
  assertEquals(client.calls, [{ method: "peers", params: { watch: true } }]);
  return host;
}

Deno.test("peers: --watch draws each state over the one before on a terminal, within its width", async () => {
  const { stdout } = await watch([], 40);
  const [nothing, first = "", second = "", ...more] = stdout.split("\x1b[H\x1b[2J");
  assertEquals([nothing, more], ["", []]);
  assertEquals(first.split("\n"), [
    "bob (bobaaaaa): 1 link, Ctrl-C ends",
    "",
    "LABEL  ID        ADDRESS     DIRECTION  ",
    "alice  aliceaaa  [::1]:8090  outgoing   ",
    "",
  ]);
  assertEquals(second.split("\n")[0], "bob (bobaaaaa): 0 links, Ctrl-C ends");
});

Deno.test("peers: --watch prints one table after the other where there is no terminal", async () => {
  const { stdout } = await watch([]);
  assertEquals(stdout.includes("\x1b"), false);
  assertEquals(stdout.split("\n\n").length, 3);
});

Deno.test("peers: --watch --json prints lines for programs, on a terminal too", async () => {
  for (const columns of [undefined, 40]) {
    const { stdout } = await watch(["--json"], columns);
    const states = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const wanted = [...ANSWERS.peers.events ?? [], ANSWERS.peers.result];
    assertEquals(states, wanted.map((state) => ({ version: 1, ...state })));
  }
});

Deno.test("peers: without --watch Ctrl-C ends the program as usual", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", new FakeClient(ANSWERS));
  host.interruption = () => {
    throw new Error("Expected Ctrl-C to be left alone");
  };
  for (const command of [["peers"], ["inbox"], ["status"], ["send", "erin", "x"]]) {
    assertEquals(await areaNet(["-p", "bob", ...command], host), 0, host.stderr);
    host.sockets.set("profiles/bob/control.sock", new FakeClient(ANSWERS));
  }
});
