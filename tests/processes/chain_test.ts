import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../io/until.ts";
import { ChainProcesses, type MemberProcess, untilLine } from "./chain_processes.ts";

/** Messages said by each end. */
const COUNT = 100;

Deno.test("chain: eight members talk, and go on after three are killed and two leave", async () => {
  await using chain = await ChainProcesses.start();
  const members = await chain.grow("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8");
  const [m1, m2, m3, m4, m5, m6, m7, m8] = members as [
    MemberProcess,
    MemberProcess,
    MemberProcess,
    MemberProcess,
    MemberProcess,
    MemberProcess,
    MemberProcess,
    MemberProcess,
  ];
  await untilLine(members);
  await talk(m1, m8, "whole");

  for (const killed of [m3, m4, m6]) killed.program.signal("SIGKILL");
  await untilLine([m1, m2, m5, m7, m8]);
  await talk(m1, m8, "mended");

  const left = await chain.ask("m5", "leave");
  assertEquals([left.code, left.out, left.err], [
    0,
    "m5 leaves the line, 2 neighbours heard it\n",
    "",
  ]);
  m7.program.signal("SIGINT");
  for (const { program } of [m5, m7]) assertEquals((await program.outcome()).code, 0);
  await untilLine([m1, m2, m8]);
  await talk(m1, m8, "left");

  assertStringIncludes(m2.program.out, "Lost m3 (");
  assertMatch(m2.program.out, /Mended at the head with m8 \(\w{8}\) at 127\.0\.0\.1:\d+\n/);
  assertMatch(m8.program.out, /Line of 3: m1 – m2 – \[m8\]\n$/);
  const status = await chain.ask("m8", "status", "--json");
  const { version, position, line, tail } = JSON.parse(status.out);
  assertEquals([version, position, line.length, tail.neighbour.label], [1, 2, 3, "m2"]);
  for (const member of [m1, m2, m8]) assertEquals(member.program.err, "");
  await tellIdleCost(chain);
});

Deno.test("chain: the commands say what is wrong, and with which exit codes", async () => {
  await using chain = await ChainProcesses.start();
  const [alone] = await chain.grow("alone");
  const said = await chain.ask("alone", "say", "hello");
  assertEquals(said.code, 4, said.err);
  assertStringIncludes(said.err, "Nobody else is in the line yet");
  const again = await chain.ask(
    "alone",
    "join",
    "--chain",
    "127.0.0.1:1",
    "--repair",
    "127.0.0.1:1",
    "--echo",
    "127.0.0.1:1",
  );
  assertEquals(again.code, 1);
  assertStringIncludes(again.err, "alone's chain member is already running");
  alone?.program.signal("SIGTERM");
  assertEquals((await alone?.program.outcome())?.code, 0);
  const gone = await chain.ask("alone", "status");
  assertEquals(gone.code, 3);
  assertMatch(
    gone.err,
    /^alone's chain member is not running: .* Start it with: area-net -p alone /,
  );
});

/** Both say much at once; each must hear all of it, in order. */
async function talk(a: MemberProcess, b: MemberProcess, subject: string): Promise<void> {
  const texts = Array.from({ length: COUNT }, (_, at) => `${subject} ${at}`);
  const of = ({ heard }: MemberProcess) => heard.filter((text) => text.startsWith(`${subject} `));
  for (const text of texts) await Promise.all([a.say(text), b.say(text)]);
  await until(() => of(a).length >= COUNT && of(b).length >= COUNT);
  assertEquals([of(a), of(b)], [texts, texts]);
}

/** How much of a processor idle servers take; waiting for anything in a loop would take a whole one. */
async function tellIdleCost({ servers }: ChainProcesses): Promise<void> {
  if (Deno.build.os !== "linux") return;
  const seconds = 3;
  const before = ticksOf(servers.pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const ticks = ticksOf(servers.pid) - before;
  console.log(`Idle rendezvous servers took ${ticks} ticks of 10 ms in ${seconds} s`);
  assertEquals(ticks < seconds * 50, true, `${ticks} ticks`);
}

/** Hundredths of a second that a process has computed for; Deno does not read /proc by itself. */
function ticksOf(pid: number): number {
  const { stdout } = new Deno.Command("cat", { args: [`/proc/${pid}/stat`] }).outputSync();
  const stat = new TextDecoder().decode(stdout);
  const [user = NaN, system = NaN] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13)
    .map(Number);
  return user + system;
}
