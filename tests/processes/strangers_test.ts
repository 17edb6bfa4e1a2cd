/** Real nodes against strangers who have no business with them. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { type Address, splitAddress } from "../../src/base/address.ts";
import { selfSignedCertificate } from "../../src/io/certificate.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { newParty } from "../io/credentials.ts";
import { Program } from "../io/program.ts";
import { TempFolder } from "../io/temp_folder.ts";
import { until } from "../io/until.ts";
import { ProjectCopy, type RunningNode } from "./project_copy.ts";

const PROFILES = ["alice", "bob", "carol", "dave", "erin"];

/** Honest nodes, each with a link to each that was started before it. */
class HonestNodes implements AsyncDisposable {
  readonly #project = new ProjectCopy();
  readonly nodes: RunningNode[] = [];

  /** Starts the first so many of the profiles, with these settings, and waits until all are linked. */
  static async start(count: number, settings: Record<string, number | boolean>) {
    const honest = new HonestNodes();
    for (const profile of PROFILES.slice(0, count)) await honest.add(profile, settings);
    return honest;
  }

  /** Starts one more node and waits until it is linked with all others. */
  async add(profile: string, settings: Record<string, number | boolean> = {}): Promise<void> {
    const targets = await Promise.all(this.nodes.map((node) => node.address()));
    const target = `[network.controller.target]\nfile = "profiles/${profile}/${profile}.json"\n`;
    this.#project.write(`config/network/${profile}.toml`, `label = "${profile}"\n${target}`);
    const newcomer = this.#project.node(profile, { targets, settings });
    this.nodes.push(newcomer);
    await newcomer.address();
    const link = new RegExp(`Link (to|from) ${profile} \\S+ at \\S+ is up`);
    await until(() => this.nodes.slice(0, -1).every(({ program }) => link.test(program.out)));
  }

  get alice(): RunningNode {
    return this.nodes[0] as RunningNode;
  }

  /** Checks that no link was ever lost, and that all leave in peace. */
  async assertUnharmed(): Promise<void> {
    for (const { program } of this.nodes) assertEquals(program.out.match(/Link with .*/g), null);
    for (const { program } of this.nodes) program.signal("SIGTERM");
    for (const { program } of this.nodes) {
      const { code, err } = await program.outcome();
      assertEquals({ code, err }, { code: 0, err: "" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) await node[Symbol.asyncDispose]();
    this.#project[Symbol.dispose]();
  }
}

/** Waits until a node has turned somebody away for this reason. */
async function untilRefused({ program }: RunningNode, reason: string): Promise<void> {
  await program.untilSaid("Refused a link from");
  await until(() => program.out.includes(reason));
}

/** A caller from this process; resolves when it has been sent away. */
async function callInVain(address: Address, options: ConnectionOptions): Promise<void> {
  const socket = connect({ ...TLS_OPTIONS, ...splitAddress(address), ...options });
  socket.on("error", () => {}).resume();
  await new Promise((resolve) => socket.once("close", resolve));
}

const { key, cert } = newParty();

/** What strangers come with, and what the node says of them. */
const STRANGERS: readonly [what: string, options: ConnectionOptions, reason: string][] = [
  ["without a certificate", {}, "it showed no certificate"],
  [
    "with TLS 1.2",
    { key, cert, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" },
    "it does not speak TLS 1.3",
  ],
  ["of another protocol", { key, cert, ALPNProtocols: ["h2"] }, "it does not speak area-net/1"],
];

for (const [what, options, reason] of STRANGERS) {
  Deno.test(`strangers: one ${what} is refused, and the log says why`, async () => {
    await using honest = await HonestNodes.start(2, {});
    await callInVain(await honest.alice.address() as Address, options);
    await untilRefused(honest.alice, reason);
    await honest.assertUnharmed();
  });
}

Deno.test("strangers: one with a stolen certificate and another key is refused, and the log says why", async () => {
  await using honest = await HonestNodes.start(2, {});
  const [host, port] = Object.values(splitAddress(await honest.alice.address() as Address));
  using loot = new TempFolder();
  const { key, cert } = stolenPair();
  const [keyFile, certFile] = [loot.write("key.pem", key), loot.write("cert.pem", cert)];
  const thief = startThief([`${host}`, `${port}`, keyFile, certFile]);
  if (thief === undefined) {
    return console.warn("SKIPPED: there is no node here, and no other TLS library would do it");
  }
  await using _ = thief;
  await untilRefused(honest.alice, "it did not prove that it holds the key of its certificate");
  assertEquals((await thief.outcome()).out, "shook hands\nended\n");
  await honest.assertUnharmed();
});

/**
 * The certificate of a victim with the private key of a thief. Libraries look at the public key
 * that a private one comes with (RFC 5915) to see whether it goes with a certificate, and do not
 * compute it: here it is the victim's.
 */
function stolenPair(): { key: string; cert: string } {
  const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const [victim, thief] = [newKey(), newKey()];
  const publicKey = pointOf(victim.export({ type: "sec1", format: "der" }));
  const sec1 = new Uint8Array(thief.export({ type: "sec1", format: "der" }));
  sec1.set(publicKey, sec1.length - publicKey.length);
  const lines = sec1.toBase64().match(/.{1,64}/g) ?? [];
  const key = ["-----BEGIN EC PRIVATE KEY-----", ...lines, "-----END EC PRIVATE KEY-----", ""];
  return { key: key.join("\n"), cert: selfSignedCertificate(victim) };
}

/** The public key at the end of a private one: 64 bytes, both coordinates. */
function pointOf(sec1: Uint8Array): Uint8Array {
  return sec1.subarray(sec1.length - 64);
}

/** OpenSSL uses such a pair without a second look; the library in Deno does not. */
function startThief(args: string[]): Program | undefined {
  const code = `
    const [host, port, key, cert] = process.argv.slice(1);
    const { readFileSync } = require("node:fs");
    const socket = require("node:tls").connect({
      host, port, key: readFileSync(key), cert: readFileSync(cert),
      rejectUnauthorized: false, minVersion: "TLSv1.3", ALPNProtocols: ["area-net/1"],
    });
    socket.on("secureConnect", () => console.log("shook hands"));
    socket.on("error", () => {});
    socket.on("close", () => console.log("ended"));
    socket.resume();`;
  try {
    return new Program("node", { args: ["-e", code, ...args] });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const HANDSHAKE_TIMEOUT_MS = 3_000;
const SILENT = 1_000;

/** What a round trip on loopback may take at the most while strangers come in, in microseconds. */
const MAX_RTT_US = 250_000;

Deno.test("strangers: a thousand silent ones are gone in time, while honest nodes keep their links", async () => {
  const watched = { "d2": true, "peer_file_dump_interval": 0.05, "peers.heartbeat_period": 0.1 };
  const door = {
    "incoming.handshake_timeout": HANDSHAKE_TIMEOUT_MS / 1000,
    "incoming.max_conn_per_addr": 2 * SILENT,
  };
  await using honest = await HonestNodes.start(5, { ...watched, ...door });
  const { alice } = honest;
  await until(() => roundTrips(alice).length >= 10);
  using strangers = new SilentStrangers(await alice.address() as Address);
  let isIn = false;
  const newcomer = honest.add("frank", watched).then(() => isIn = true);
  const worst: number[] = [];
  while (strangers.count < SILENT || !isIn) {
    await strangers.call(100);
    worst.push(...roundTrips(alice));
  }
  await newcomer;
  const begin = performance.now();
  await until(() => strangers.left === 0);
  assertLess(performance.now() - begin, HANDSHAKE_TIMEOUT_MS + 1_000);
  await until(() => roundTrips(alice).length >= 15);
  assertLess(Math.max(...worst, ...roundTrips(alice)), MAX_RTT_US);
  assert(alice.program.out.includes("its handshake gave way to newer ones"), alice.program.out);
  assert(alice.program.out.includes("its handshake was not over within 3 s"), alice.program.out);
  await honest.assertUnharmed();
});

/** Every round-trip time that a node's diagram shows, in microseconds. */
function roundTrips(node: RunningNode): number[] {
  return Array.from(node.read("peers.d2").matchAll(/: (\d+) µs$/gm), ([, us]) => Number(us));
}

/** Connections on which nobody ever says anything. */
class SilentStrangers implements Disposable {
  readonly #address: Address;
  readonly #sockets: Socket[] = [];

  constructor(address: Address) {
    this.#address = address;
  }

  get count(): number {
    return this.#sockets.length;
  }

  /** How many have not been sent away. */
  get left(): number {
    return this.#sockets.filter(({ closed }) => !closed).length;
  }

  /** So many more connect. */
  async call(count: number): Promise<void> {
    const sockets = Array.from({ length: count }, () => connectTcp(splitAddress(this.#address)));
    this.#sockets.push(...sockets);
    await Promise.all(sockets.map((socket) => {
      socket.on("error", () => {}).resume();
      return new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
    }));
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
