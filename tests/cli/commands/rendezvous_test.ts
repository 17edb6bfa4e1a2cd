import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import type { RendezvousSettings } from "../../../src/cli/host.ts";
import { HostError } from "../../../src/config/host.ts";
import { FakeHost } from "../fake_host.ts";
import { FakeLines, type Step } from "../fake_lines.ts";

const ALL = ["--chain-addr", "127.0.0.1:8081", "--dis-addr", "127.0.0.1:8080", "--echo-addr"];

/** `area-net rendezvous …`, interrupted once it runs or asks. */
async function rendezvous(
  args: readonly string[],
  steps: readonly Step[] = [],
  isTerminal = false,
) {
  const host = new FakeHost({});
  const lines = new FakeLines(steps, { isTerminal });
  host.lines = () => lines;
  const exit = areaNet(["rendezvous", ...args], host);
  const timer = setInterval(() => host.interruptions.press(), 1);
  const exitCode = await exit;
  clearInterval(timer);
  return { host, lines, exitCode };
}

Deno.test("rendezvous: opens the three servers, tells where, and runs until Ctrl-C", async () => {
  const { host, exitCode } = await rendezvous([...ALL, "[::1]:8082"]);
  assertEquals([exitCode, host.stderr], [0, ""]);
  assertEquals<unknown[]>(host.rendezvous, [
    { chain: "127.0.0.1:8081", repair: "127.0.0.1:8080", echo: "[::1]:8082" },
  ]);
  assertEquals(
    host.stdout,
    "The chain server listens on 127.0.0.1:8081 (TCP)\n" +
      "The repair server listens on 127.0.0.1:8080 (TCP)\n" +
      "The echo server listens on [::1]:8082 (UDP)\n",
  );
});

Deno.test("rendezvous: the single-dash forms mean the same, with a space or with =", async () => {
  const wanted = { chain: "127.0.0.1:1", repair: "127.0.0.1:2", echo: "127.0.0.1:3" };
  const forms = [
    ["-chain-addr", "127.0.0.1:1", "-dis-addr", "127.0.0.1:2", "-echo-addr", "127.0.0.1:3"],
    ["-chain-addr=127.0.0.1:1", "-dis-addr=127.0.0.1:2", "--echo-addr=127.0.0.1:3"],
  ];
  for (const form of forms) {
    const { host, exitCode } = await rendezvous(form);
    assertEquals(exitCode, 0, host.stderr);
    assertEquals<unknown[]>(host.rendezvous, [wanted]);
  }
});

Deno.test("rendezvous: port 0 is any that is free, in both families", async () => {
  const { host, exitCode } = await rendezvous([...ALL, "[::]:0"]);
  assertEquals(exitCode, 0, host.stderr);
  assertEquals(host.rendezvous[0]?.echo as string, "[::]:0");
});

Deno.test("rendezvous: private addresses are introduced or refused as told", async () => {
  const cases: [args: string[], allowsPrivate: boolean | undefined][] = [
    [[], undefined],
    [["--private", "allow"], true],
    [["--private", "refuse"], false],
  ];
  for (const [args, allowsPrivate] of cases) {
    const { host } = await rendezvous([...ALL, "127.0.0.1:8082", ...args]);
    const [settings]: readonly RendezvousSettings[] = host.rendezvous;
    assertEquals(settings?.allowsPrivate, allowsPrivate);
  }
  const { host, exitCode } = await rendezvous([...ALL, "127.0.0.1:8082", "--private", "perhaps"]);
  assertEquals(exitCode, 2);
  assertStringIncludes(host.stderr, 'Option --private is "perhaps", wanted allow or refuse');
});

Deno.test("rendezvous: without a terminal all that is missing is named, and nothing opened", async () => {
  const cases: [args: string[], named: string][] = [
    [
      [],
      "Missing --chain-addr ADDRESS, --dis-addr ADDRESS and --echo-addr ADDRESS, wanted as in " +
      "--chain-addr 127.0.0.1:8081\n",
    ],
    [ALL.slice(0, 4), "Missing --echo-addr ADDRESS, wanted as in --echo-addr 127.0.0.1:8082\n"],
    [ALL.slice(2, 4), "Missing --chain-addr ADDRESS and --echo-addr ADDRESS, wanted as in "],
  ];
  for (const [args, named] of cases) {
    const { host, lines, exitCode } = await rendezvous(args, ["127.0.0.1:1"]);
    assertEquals([exitCode, host.rendezvous.length, lines.isClosed], [2, 0, true]);
    assertStringIncludes(host.stderr, named);
  }
});

Deno.test("rendezvous: on a terminal what is missing is asked for, until there is an answer of use", async () => {
  const answers = ["", "nonsense", " [::1]:9 "];
  const { host, lines, exitCode } = await rendezvous(ALL.slice(2, 4), answers, true);
  assertEquals([exitCode, host.stderr], [0, ""]);
  assertEquals<unknown[]>(host.rendezvous, [
    { chain: "127.0.0.1:8081", repair: "127.0.0.1:8080", echo: "[::1]:9" },
  ]);
  assertEquals(
    lines.stdout,
    "Where is the chain server to listen? Enter alone: 127.0.0.1:8081\n" +
      "Where is the echo server to listen? Enter alone: 127.0.0.1:8082\n",
  );
  assertStringIncludes(lines.stderr, 'It cannot be used: "nonsense" is not an address');
  assertEquals(lines.isClosed, true);
});

Deno.test("rendezvous: who gives no answer on a terminal is told what is missing", async () => {
  const { host, exitCode } = await rendezvous(ALL.slice(0, 2), ["127.0.0.1:9"], true);
  assertEquals([exitCode, host.rendezvous.length], [2, 0]);
  assertStringIncludes(host.stderr, "Missing --dis-addr ADDRESS and --echo-addr ADDRESS");
});

Deno.test("rendezvous: an address that cannot be used is told before anything is asked", async () => {
  for (const address of ["8082", "localhost", "127.0.0.1:70000", "[::1:8082"]) {
    const { host, lines, exitCode } = await rendezvous(["--echo-addr", address], ["x"], true);
    assertEquals([exitCode, host.rendezvous.length, lines.stdout], [2, 0, ""]);
    assertStringIncludes(host.stderr, "Option --echo-addr cannot be used: ");
  }
});

Deno.test("rendezvous: where a server cannot listen, the reason is one line and 1", async () => {
  const host = new FakeHost({});
  host.rendezvousError = new HostError("other", "Could not listen on 127.0.0.1:8080: taken");
  assertEquals(await areaNet(["rendezvous", ...ALL, "127.0.0.1:8082"], host), 1);
  assertEquals([host.stdout, host.stderr], ["", "Could not listen on 127.0.0.1:8080: taken\n"]);
  assertEquals(host.interruptions.count, 0);
});
