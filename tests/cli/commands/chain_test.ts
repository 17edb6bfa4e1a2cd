import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../../src/base/address.ts";
import type { MemberNotice } from "../../../src/chain/member_notice.ts";
import { areaNet } from "../../../src/cli/area_net.ts";
import { HostError } from "../../../src/config/host.ts";
import { ControlError, ControlUnreachable } from "../../../src/control/client.ts";
import { type ChainScript, FakeChainClient, FakeMember, memberId } from "../fake_chain.ts";
import { FakeHost } from "../fake_host.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

const SERVERS = ["--chain", "192.0.2.1:1", "--repair", "rendezvous.example:2", "--echo", "[::1]:3"];
const SOCKET = "profiles/bob/chain.sock";
const ALICE = { id: memberId("a"), label: "alice" };
const BOB = { id: memberId("b"), label: "bob" };

const FREE = {
  state: "free",
  neighbour: null,
  lost: null,
  addr: null,
  rtt_us: null,
  up_ms: null,
  heard_ms: null,
  link: null,
  queued_bytes: 0,
};

const STATUS = {
  ...BOB,
  phase: "in-line",
  addresses: { head: "192.0.2.1:1", tail: null },
  registered: true,
  head: FREE,
  tail: {
    ...FREE,
    state: "up",
    neighbour: ALICE,
    addr: "192.0.2.7:4000",
    rtt_us: 1234,
    up_ms: 60_000,
    heard_ms: 10,
    link: "l",
    queued_bytes: 2_048,
  },
  line: [ALICE, BOB],
  position: 1,
};

/** `area-net -p bob chain METHOD …` where bob's member answers as told. */
async function ask(script: ChainScript, method: string, ...words: string[]) {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeChainClient({ [method]: script });
  host.chainSockets.set(SOCKET, client);
  const exit = areaNet(["-p", "bob", "chain", method, ...words], host);
  const timer = setInterval(() => host.interruptions.press(), 1);
  const exitCode = await exit;
  clearInterval(timer);
  return { host, client, exitCode };
}

/** `area-net chain join …`, with what happens to its member meanwhile. */
async function join(
  args: readonly string[],
  happens: (member: FakeMember, host: FakeHost) => void,
  member = new FakeMember(),
) {
  const host = new FakeHost(SHIPPED_FILES);
  host.member = member;
  const exit = areaNet(["chain", "join", ...SERVERS, ...args], host);
  await Promise.race([member.watched.promise, exit]);
  happens(member, host);
  return { host, member, exitCode: await exit };
}

Deno.test("chain join: joins by the servers named, and Ctrl-C leaves", async () => {
  const { host, member, exitCode } = await join(["-p", "bob"], (_, { interruptions }) => {
    interruptions.press();
  });
  assertEquals([exitCode, host.stderr], [0, ""]);
  assertEquals<unknown[]>(host.joined, [{
    chain: "192.0.2.1:1",
    repair: "rendezvous.example:2",
    echo: "[::1]:3",
    label: "bob",
    socket: SOCKET,
    profile: "bob",
  }]);
  assertMatch(host.stdout, /^\S+ \S+ {2}Joining as member bob0000000000000\n$/);
  assertEquals([member.leaves > 0, host.interruptions.count], [true, 0]);
});

Deno.test("chain join: the socket lies beside the node's, and in the working directory without files", async () => {
  const setting = "network.controller.control.socket=/run/bob/control.sock";
  const places: [files: Record<string, string>, args: string[], socket: string][] = [
    [SHIPPED_FILES, ["-p", "bob", "-s", setting], "/run/bob/chain.sock"],
    [SHIPPED_FILES, [], "profiles/chain.sock"],
    [{}, [], "chain.sock"],
  ];
  for (const [files, args, socket] of places) {
    const host = new FakeHost(files);
    host.member = new HostError("other", "no");
    assertEquals(await areaNet(["chain", "join", ...SERVERS, ...args], host), 1);
    assertEquals(host.joined[0]?.socket, socket, host.stderr);
    await areaNet(["chain", "status", ...args], host);
    assertEquals(host.dialled, [socket]);
  }
});

Deno.test("chain join: a label that is too long for a member is cut between two characters", async () => {
  const label = `${"x".repeat(62)}äö`;
  const { host } = await join(["-s", `label=${label}`], (member) => member.leave());
  assertEquals(host.joined[0]?.label, `${"x".repeat(62)}ä`);
});

Deno.test("chain join: prints what happens and the line as it changes", async () => {
  const { host } = await join([], (member) => {
    member.tellLine(["alice", "\x1b[2J", "carol"], 1);
    member.tell({
      type: "linked",
      side: "tail",
      neighbour: ALICE,
      address: parseAddress("[::1]:9"),
      isMended: true,
    });
    member.leave();
  });
  const lines = host.stdout.split("\n").slice(1).map((line) =>
    line.slice("2026-11-21 10:00:00  ".length)
  );
  assertEquals(lines, [
    "Line of 3: alice – [\\u{1b}[2J] – carol",
    "Mended at the tail with alice (a0000000) at [::1]:9",
    "",
  ]);
});

Deno.test("chain join: every notice is one line with a capital and without a full stop", async () => {
  const notices: MemberNotice[] = [
    { type: "address", socket: "head", address: parseAddress("192.0.2.1:1") },
    { type: "echo-silent", socket: "tail", attempts: 3 },
    { type: "registered" },
    { type: "lost", side: "head", neighbour: ALICE, reason: "silent" },
    { type: "lost", side: "head", neighbour: ALICE, reason: "left" },
    { type: "lost", side: "head", neighbour: ALICE, reason: "fault" },
    { type: "lost", side: "head", neighbour: { ...ALICE, label: "a\nb" }, reason: "ring" },
    { type: "end", side: "head" },
    { type: "rejoining", formerId: memberId("a"), id: memberId("b") },
    { type: "server-lost", server: "chain" },
    { type: "server-found", server: "repair" },
    { type: "server-error", server: "chain", reason: "no\r\n\x1b[2J" },
    { type: "dropped", side: "tail", messages: 1 },
    { type: "leaving" },
  ];
  const { host } = await join([], (member) => {
    notices.forEach((notice) => member.tell(notice));
    member.leave();
  });
  const lines = host.stdout.trimEnd().split("\n").slice(1);
  assertEquals(lines.length, notices.length);
  // deno-lint-ignore no-control-regex -- what a terminal would obey is looked for
  for (const line of lines) assertMatch(line, /^\S+ \S+ {2}[A-Z0-9][^\x00-\x1f]*[^.]$/);
});

Deno.test("chain join: a member without a socket says why, and runs", async () => {
  const member = new FakeMember("Another chain member is already running");
  const { host, exitCode } = await join([], (member) => member.leave(), member);
  assertEquals([exitCode, host.stderr], [0, "Another chain member is already running\n"]);
});

Deno.test("chain join: what cannot be joined is one line and 1", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.member = new HostError("other", "The echo server cannot be found");
  assertEquals(await areaNet(["chain", "join", ...SERVERS], host), 1);
  assertEquals([host.stdout, host.stderr], ["", "The echo server cannot be found\n"]);
});

Deno.test("chain join: servers that are not named are all named in the error", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.lines = () => ({
    isTerminal: false,
    next: () => Promise.resolve(undefined),
    out: () => {},
    err: () => {},
    interruption: () => host.interruption(),
    [Symbol.dispose]: () => {},
  });
  assertEquals(await areaNet(["chain", "join", "--repair", "a:1"], host), 2);
  assertStringIncludes(host.stderr, "Missing --chain ADDRESS and --echo ADDRESS, wanted as in");
  assertEquals(await areaNet(["chain", "join", ...SERVERS, "--echo", "a:0"], host), 2);
  assertStringIncludes(host.stderr, 'Option --echo cannot be used: "a:0" has port 0');
  assertEquals(host.joined, []);
});

Deno.test("chain status: shows the member, its sides and the line", async () => {
  const { host, client, exitCode } = await ask({ result: STATUS }, "status");
  assertEquals([exitCode, host.stderr, client.isClosed], [0, "", true]);
  assertEquals(
    host.stdout,
    `member        bob (b0000000)
id            b000000000000000
phase         in-line, place 2 of 2
next to come  is put behind this member
tail          alice (a0000000) at 192.0.2.7:4000, 1.2 ms, 2.0 KiB under way; reached at an address not known yet
head          nobody, an end of the line; reached at 192.0.2.1:1
PLACE  LABEL  ID
1      alice  a0000000
2      bob    b0000000 (this member)
`,
  );
});

Deno.test("chain status: --json prints the answer in one line", async () => {
  const { host } = await ask({ result: STATUS }, "status", "--json");
  assertEquals(JSON.parse(host.stdout), { version: 1, ...STATUS });
  assertEquals(host.stdout.split("\n").length, 2);
});

Deno.test("chain say: sends the words, or what standard input holds", async () => {
  const { host, client, exitCode } = await ask({ result: { members: 1 } }, "say", "it's", "me");
  assertEquals([exitCode, host.stdout], [0, "Sent along the line, to 1 other member\n"]);
  assertEquals(client.calls, [{ method: "say", params: { text: "it's me" } }]);
  const long = await ask({ result: { members: 1 } }, "say", "x".repeat(65_537));
  assertEquals([long.exitCode, long.client.calls], [2, []]);
  assertStringIncludes(long.host.stderr, "A message has at most 65536 bytes");
  const empty = await ask({ result: { members: 1 } }, "say");
  assertEquals(empty.exitCode, 2);
  assertStringIncludes(empty.host.stderr, "Nothing to send");
});

Deno.test("chain say: with nobody in the line it ends with 4", async () => {
  const result = new ControlError({ code: "unavailable", message: "Nobody else is in the line" });
  const { host, exitCode } = await ask({ result }, "say", "hello");
  assertEquals([exitCode, host.stdout, host.stderr], [4, "", "Nobody else is in the line\n"]);
});

Deno.test("chain listen: prints each message in one line until Ctrl-C", async () => {
  const at = Date.UTC(2026, 10, 21, 10);
  const events = [
    { from: ALICE, side: "tail", text: "hello\n\x1b[2J", at },
    { from: { id: memberId("c"), label: "" }, side: "head", data: "AAEC", at },
  ];
  const { host, exitCode } = await ask({ events, result: {}, goesOn: true }, "listen");
  assertEquals(exitCode, 0);
  assertEquals(
    host.stdout,
    "2026-11-21 10:00:00  alice (a0000000)  hello\\u{a}\\u{1b}[2J\n" +
      "2026-11-21 10:00:00  c0000000  (3 B of data)\n",
  );
  const { host: json } = await ask({ events, result: {}, goesOn: true }, "listen", "--json");
  assertEquals(json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    ...events.map((event) => ({ version: 1, ...event })),
    { version: 1 },
  ]);
});

Deno.test("chain leave: tells how many heard it", async () => {
  const { host, exitCode } = await ask({ result: { neighbours: 2 } }, "leave");
  assertEquals([exitCode, host.stdout], [0, "bob leaves the line, 2 neighbours heard it\n"]);
});

Deno.test("chain: where no member runs, what starts one is told and the exit code is 3", async () => {
  for (const method of ["status", "listen", "leave"]) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(["-p", "bob", "chain", method], host), 3);
    assertEquals(host.dialled, [SOCKET]);
    assertEquals(
      host.stderr,
      `bob's chain member is not running: nobody answers at ${SOCKET}. Start it with: ` +
        "area-net -p bob chain join --chain ADDRESS --repair ADDRESS --echo ADDRESS\n",
    );
    assertEquals(host.interruptions.count, 0);
  }
});

Deno.test("chain: a socket that cannot be talked to is told in one line", async () => {
  for (const kind of ["not-a-node", "version", "denied"] as const) {
    const host = new FakeHost(SHIPPED_FILES);
    host.chainSockets.set(SOCKET, new ControlUnreachable(kind, SOCKET, "What is there\x1b is odd"));
    assertEquals(await areaNet(["-p", "bob", "chain", "status"], host), 3);
    assertMatch(host.stderr, /^What is there\\u\{1b\} is odd.*\n$/);
  }
});
