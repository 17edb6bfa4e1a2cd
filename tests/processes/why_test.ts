/** Real nodes that are asked why a peer is not up: what only real sockets can get wrong, at both ends. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import type { Result } from "../../src/control/methods.ts";
import { connectControl } from "../../src/io/control_client.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { newParty } from "../io/credentials.ts";
import { ProjectCopy, RunningNode } from "./project_copy.ts";
import { DeafListener, Stranger } from "./stranger.ts";

type Diagnosis = Result<"why">;

type Settings = Readonly<Record<string, string | number>>;

/** Quick enough that no test waits for seconds. */
const QUICK: Settings = {
  "network.controller.listen.port": 0,
  "network.controller.peers.conn_attempt_timeout": 1,
  "network.controller.peers.conn_attempt_delay": 0.05,
  "network.controller.peers.conn_attempt_max_delay": 0.2,
  "network.controller.peers.min_link_count": 0,
};

/** Nodes of one project, and the way to ask them. */
class Asked implements AsyncDisposable {
  readonly project = new ProjectCopy();
  readonly #nodes: AsyncDisposable[] = [];

  /** Starts the node of a profile, which dials `targets`. */
  start(profile: string, targets: readonly string[] = [], settings: Settings = {}): RunningNode {
    this.project.write(`profiles/${profile}/${profile}.json`, JSON.stringify(targets));
    const args = Object.entries({ ...QUICK, ...settings }).flatMap(([key, value]) => [
      "-s",
      `${key}=${value}`,
    ]);
    const node = new RunningNode(this.project, profile, this.project.run("-p", profile, ...args));
    this.#nodes.push(node);
    return node;
  }

  /** Asks until the answer has the code that is wanted. */
  async why(profile: string, peer: string, code: string): Promise<Diagnosis> {
    const client = await connectControl(`${this.project.path}/profiles/${profile}/control.sock`);
    try {
      const deadline = performance.now() + 20_000;
      for (;;) {
        const diagnosis = await client.call("why", { peer });
        if (diagnosis.code === code) return diagnosis;
        const text = `${profile} says of ${peer}: ${JSON.stringify(diagnosis)}, wanted ${code}`;
        assert(performance.now() < deadline, text);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } finally {
      client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) await node[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
  }
}

/** Has a server listen at a free port; answers with its address. */
async function listening(server: Server): Promise<Address> {
  await new Promise<void>((resolve) => server.listen({ host: "::1", port: 0 }, resolve));
  const { address: host, port } = server.address() as AddressInfo;
  return formatAddress({ host, port });
}

/** An address at which nobody listens: somebody did until just now. */
async function closedPort(): Promise<Address> {
  const server = createServer();
  const address = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return address;
}

Deno.test("why: a node tells apart all that can be wrong at its targets, however odd they are", async () => {
  await using asked = new Asked();
  const mute = createServer(() => {});
  const web = createHttpServer();
  using deaf = await DeafListener.open();
  try {
    const targets = {
      "dial-refused": await closedPort(),
      "name-unresolved": "nobody.invalid:8105",
      "dial-timed-out": await listening(mute),
      "tls-failed": await listening(web),
      "hello-timed-out": deaf.address,
      // A link-local address without its interface is one that the system cannot even try.
      "dial-failed": "[fe80::1]:8105",
    };
    await asked.start("bob", Object.values(targets)).address();
    for (const [code, address] of Object.entries(targets)) {
      const { up, addresses, last_up: lastUp } = await asked.why("bob", address, code);
      assertEquals([up, lastUp, addresses.length], [false, null, 1]);
      const [place] = addresses;
      assertEquals([place?.addr, place?.code], [address, code]);
      assert((place?.attempts ?? 0) > 0 && place?.at !== null && place?.next_at !== null);
    }
    await using command = asked.project.run("-p", "bob", "why", targets["dial-refused"]);
    const { code, out, err } = await command.outcome();
    const said = `${targets["dial-refused"]} is down: nobody listens at ` +
      `${targets["dial-refused"]} (dial-refused)\n`;
    assertEquals([code, err, out.slice(0, said.length)], [4, "", said]);
  } finally {
    mute.close();
    web.close();
  }
});

const { key, cert } = newParty();

const STRANGERS: readonly [what: string, options: ConnectionOptions, detail: string][] = [
  ["has no certificate", {}, "it showed no certificate"],
  ["speaks TLS 1.2", {
    key,
    cert,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.2",
  }, "it does not speak TLS 1.3"],
  ["speaks another protocol", { key, cert, ALPNProtocols: ["h2"] }, "it does not speak area-net/1"],
];

Deno.test("why: a node tells whom it turned away before there was a link, and for what", async () => {
  await using asked = new Asked();
  const home = await asked.start("alice").address() as Address;
  for (const [what, options, detail] of STRANGERS) {
    const socket = connect({ ...TLS_OPTIONS, ...splitAddress(home), ...options });
    let from: Address | undefined;
    socket.once("connect", () => {
      from = formatAddress({ host: socket.localAddress ?? "", port: socket.localPort ?? 0 });
    });
    socket.on("error", () => {}).resume();
    await new Promise((resolve) => socket.once("close", resolve));
    assert(from !== undefined, what);
    const { message } = await asked.why("alice", from, "turned-away");
    assertStringIncludes(message, `${from} before its link began (${detail}`);
    // The port that it called from means nothing to those who know the machine alone.
    const nowhere = formatAddress({ ...splitAddress(from), port: 1 });
    assertStringIncludes((await asked.why("alice", nowhere, "turned-away")).message, detail);
  }
});

Deno.test("why: a changed key at a pinned address is told at both ends, with the command that lets it in", async () => {
  await using asked = new Asked();
  const before = asked.start("alice");
  const address = await before.address();
  const bob = asked.start("bob", [address], {
    "network.controller.peer_file_dump_interval": 0.05,
  });
  await bob.untilLearnt("alice");
  const { peer: { id: old } } = await asked.why("bob", address, "up");
  before.program.signal("SIGTERM");
  await before.program.outcome();
  Deno.removeSync(`${asked.project.path}/profiles/alice`, { recursive: true });
  const { port } = splitAddress(address as Address);
  await asked.start("alice", [], { "network.controller.listen.port": port }).address();

  const { peer, message, advice } = await asked.why("bob", address, "key-changed");
  assertEquals(peer.id, old);
  const [, expected, met] = /expected (\w{52}), met (\w{52})/.exec(message) ?? [];
  assertEquals(expected, old);
  assertStringIncludes(advice ?? "", `area-net -p bob known trust ${met} '${address}'`);
  // She calls nobody and was told by bob, whom she never let in.
  const there = await asked.why("alice", "bob", "untrusted-there");
  assertStringIncludes(there.message, "expected");

  await using trust = asked.project.run("-p", "bob", "known", "trust", met ?? "", address);
  assertEquals((await trust.outcome()).code, 0);
  assertEquals((await asked.why("bob", address, "up")).peer.id, met ?? null);
});

Deno.test("why: what keeps two nodes apart is told by both of them", async () => {
  await using asked = new Asked();
  const alice = await asked.start("alice").address();
  const full = { "network.controller.incoming.max_conn_count": 0 };
  const carol = await asked.start("carol", [], full).address();
  const faults = [
    // Whom, if not those that are pinned already, may a node in that mode dial? Nobody.
    ["bob", alice, { "network.controller.trust.mode": "pinned" }, "denied", "untrusted-there"],
    ["dave", carol, {}, "full-there", "full"],
    ["erin", alice, { "network.name": "another" }, "network-differs", "network-differs"],
    ["frank", alice, { "network.key": "open-sesame-open-sesame" }, ...BOTH_KEYS],
  ] as const;
  asked.project.write("config/network/frank.toml", FRANK);
  for (const [profile, target, settings, here, there] of faults) {
    await asked.start(profile, [target], settings).address();
    assertEquals((await asked.why(profile, target, here)).up, false);
    const { up, peer } = await asked.why(target === alice ? "alice" : "carol", profile, there);
    assertEquals([up, peer.label], [false, profile]);
  }
});

const BOTH_KEYS = ["network-key-differs", "network-key-differs"] as const;
const FRANK = `label = "frank"
[network.controller.target]
file = "profiles/frank/frank.json"
`;

Deno.test("why: another version is told by both ends", async () => {
  await using asked = new Asked();
  const alice = await asked.start("alice").address();
  await using future = new Asked();
  const limits = future.project.read("src/wire/limits.ts");
  const changed = limits.replace("PROTOCOL_VERSION = 1;", "PROTOCOL_VERSION = 2;");
  assert(changed !== limits);
  future.project.write("src/wire/limits.ts", changed);
  await future.start("carol", [alice]).address();
  const { message, peer } = await future.why("carol", alice, "version-differs");
  assertMatch(message, /this node speaks version 1, the hello was of version 2/);
  assert(peer.id !== null);
  // Who speaks another version has no name here, but it has proven its key.
  await using status = future.project.run("-p", "carol", "status", "--json");
  const { id } = JSON.parse((await status.outcome()).out);
  assertMatch((await asked.why("alice", id, "version-differs")).message, /version 2/);
});

Deno.test("why: a peer that broke the protocol is told as banned, and its next call changes nothing", async () => {
  await using asked = new Asked();
  const alice = await asked.start("alice").address() as Address;
  const party = newParty();
  for (const isFirst of [true, false]) {
    using mallory = await Stranger.call(alice, party);
    mallory.say(mallory.hello);
    if (isFirst) {
      await mallory.untilHeard("welcome");
      mallory.say(encodeFrame(encodeLinkMessage({ type: "ready" })));
      mallory.say(Uint8Array.of(0, 0, 0, 1, 0xff));
    }
    const last = (await mallory.untilClosed()).at(-1);
    assertEquals(last?.type, isFirst ? "bye" : "refuse");
    const { peer, message } = await asked.why("alice", party.id, "banned");
    assertEquals(peer, { id: party.id, label: "mallory", addr: null });
    assertMatch(message, /^This node keeps it out until 20\d\d-/);
  }
});
