import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { formatAddress, parseAddress } from "../../src/base/address.ts";
import type { ChainSettings, RunningMember } from "../../src/cli/host.ts";
import { HostError } from "../../src/config/host.ts";
import type { ChainMethods } from "../../src/control/chain_methods.ts";
import { ControlUnreachable } from "../../src/control/client.ts";
import { openRendezvousOrExplain, runMember } from "../../src/io/chain_host.ts";
import { connectMethods } from "../../src/io/control_client.ts";
import { openRendezvous, type Rendezvous } from "../../src/io/rendezvous.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** Servers, a folder for sockets, and what a member is started with there. */
class Rig implements AsyncDisposable {
  readonly folder = new TempFolder();
  readonly servers: Rendezvous;

  constructor(servers: Rendezvous) {
    this.servers = servers;
  }

  static async open(): Promise<Rig> {
    return new Rig(await openRendezvous({ chain: ANYWHERE, repair: ANYWHERE, echo: ANYWHERE }));
  }

  settings(socket: string, label = ""): ChainSettings {
    const { chain, repair, echo } = this.servers;
    return { chain, repair, echo, label, socket: `${this.folder.path}/${socket}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.close();
    this.folder[Symbol.dispose]();
  }
}

/** Any port that is free. */
const ANYWHERE = formatAddress({ host: "127.0.0.1", port: 0 });

Deno.test("runMember: programs talk to it by its socket, and the file goes with it", async () => {
  await using rig = await Rig.open();
  const settings = rig.settings("chain.sock", "a");
  const member: RunningMember = await runMember(settings);
  const other = await runMember(rig.settings("other.sock", "b"));
  try {
    assertEquals(member.socketProblem, undefined);
    await until(() => [member, other].every((each) => each.status().line.length === 2));
    const [a, b] = [settings.socket, rig.settings("other.sock").socket];
    const [client, hearer] = [
      await connectMethods<ChainMethods>(a),
      await connectMethods<ChainMethods>(b),
    ];
    assertEquals(client.hello.label, member.status().label);
    const heard: string[] = [];
    hearer.call("listen", {}, { onEvent: ({ text = "" }) => heard.push(text) }).catch(() => {});
    assertEquals(await client.call("say", { text: "hello" }), { members: 1 });
    await until(() => heard.length > 0);
    assertEquals(heard, ["hello"]);
    assertEquals(await client.call("leave", {}), { neighbours: 1 });
    await member.ended;
    client.close();
    hearer.close();
    await assertRejects(() => connectMethods(a), ControlUnreachable, "no such file");
  } finally {
    await member[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  }
});

Deno.test("runMember: the member of a profile runs once, others share a folder as they can", async () => {
  await using rig = await Rig.open();
  const settings = rig.settings("chain.sock");
  await using _first = await runMember({ ...settings, profile: "bob" });
  const error = await assertRejects(() => runMember({ ...settings, profile: "bob" }), HostError);
  assertStringIncludes(error.detail, "bob's chain member is already running: it answers at ");
  await using second = await runMember(settings);
  assertStringIncludes(second.socketProblem ?? "", "Another chain member is already running");
  assertStringIncludes(second.socketProblem ?? "", "choose a profile with -p");
});

Deno.test("runMember: what it cannot do is told in a whole sentence", async () => {
  await using rig = await Rig.open();
  const echo = parseAddress("no-such-host.invalid:1");
  const error = await assertRejects(
    () => runMember({ ...rig.settings("chain.sock"), echo }),
    HostError,
  );
  assertStringIncludes(error.detail, "The echo server no-such-host.invalid:1 cannot be found");
});

Deno.test("openRendezvousOrExplain: a taken port, and an address of another machine, say what to do", async () => {
  await using rig = await Rig.open();
  const free = ANYWHERE;
  const { chain } = rig.servers;
  const cases = [
    [chain, `Could not listen on ${chain}: another program does. Stop it, or choose another port`],
    [parseAddress("192.0.2.1:8081"), "Check that 192.0.2.1 is an address of this machine"],
  ] as const;
  for (const [address, words] of cases) {
    for (const server of ["chain", "repair"]) {
      const settings = { chain: free, repair: free, echo: free, [server]: address };
      const error = await assertRejects(() => openRendezvousOrExplain(settings), HostError);
      assertStringIncludes(error.detail, words);
    }
  }
  const settings = { chain: free, repair: free, echo: parseAddress("192.0.2.1:8082") };
  const error = await assertRejects(() => openRendezvousOrExplain(settings), HostError);
  assertStringIncludes(error.detail, "Check that 192.0.2.1 is an address of this machine");
});
