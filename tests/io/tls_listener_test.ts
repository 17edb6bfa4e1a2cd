import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { connect as connectTcp, type Socket } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import { TlsTransport } from "../../src/io/tls.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import type { DoorLimits } from "../../src/session/doorkeeper.ts";
import { type End, type Listener, Stage } from "../transport/stage.ts";
import { newParty } from "./credentials.ts";
import { P384_PAIR } from "./p384_pair.ts";
import { until } from "./until.ts";

const LIMITS: DoorLimits = { maxHandshakes: 4, handshakeTimeoutMs: 20_000, maxPerHost: 100 };

const alice = newParty();
const bob = newParty();

/** Alice listens, and strangers come. */
class Door implements AsyncDisposable {
  readonly stage: Stage;
  readonly #strangers: Socket[] = [];
  listener!: Listener;
  at!: Address;

  private constructor(limits: Partial<DoorLimits>) {
    this.stage = new Stage({
      transport: new TlsTransport(bob, LIMITS),
      listening: new TlsTransport(alice, { ...LIMITS, ...limits }),
      freeAddress: () => formatAddress({ host: "::1", port: 0 }),
      until,
    });
  }

  static async open(limits: Partial<DoorLimits> = {}): Promise<Door> {
    const door = new Door(limits);
    Object.assign(door, await door.stage.listen());
    return door;
  }

  /** Why callers were turned away, oldest first. */
  get reasons(): string[] {
    return this.listener.refusals.map(({ reason }) => reason);
  }

  /** Somebody connects and says nothing. */
  async silent(): Promise<Socket> {
    const socket = connectTcp(splitAddress(this.at));
    this.#strangers.push(socket);
    socket.on("error", () => {});
    // Whoever reads nothing never learns that it was sent away.
    socket.resume();
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  }

  /** Somebody shakes hands with these options. */
  call(options: ConnectionOptions): Socket {
    const socket = connect({ ...TLS_OPTIONS, ...splitAddress(this.at), ...options });
    this.#strangers.push(socket);
    return socket.on("error", () => {}).resume();
  }

  /** An honest node comes in, after all that came before it. */
  async honest(): Promise<End> {
    const count = this.listener.ends.length;
    const end = this.stage.dial(this.at);
    await until(() => this.listener.ends.length > count && end.told.length > 0);
    assertEquals([end.told, end.error], [["opened"], undefined]);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stage.clear();
    for (const socket of this.#strangers) socket.destroy();
    await until(() => this.#strangers.every(({ closed }) => closed));
  }
}

const { key, cert } = bob;
const TLS_1_2 = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;

const P384_REFUSED = /^its key is of the kind ec \(secp384r1\), wanted Ed25519, P-256, or RSA/;

/** What strangers do instead of what they should, and why they are turned away. */
const STRANGERS: readonly [what: string, options: ConnectionOptions, reason: RegExp][] = [
  ["without a certificate", {}, /^it showed no certificate$/],
  ["with TLS 1.2", { key, cert, ...TLS_1_2 }, /^it does not speak TLS 1\.3 \(.+\)$/],
  [
    "of another protocol",
    { key, cert, ALPNProtocols: ["h2"] },
    /^it does not speak area-net\/1 \(.+\)$/,
  ],
  ["with a key that no node may have", { key: P384_PAIR, cert: P384_PAIR }, P384_REFUSED],
  ["of no protocol", { key, cert, ALPNProtocols: [] }, /^it does not speak area-net\/1$/],
];

for (const [what, options, reason] of STRANGERS) {
  Deno.test(`TlsListener: a stranger ${what} is turned away, with the reason`, async () => {
    await using door = await Door.open();
    const stranger = door.call(options);
    await until(() => door.reasons.length === 1 && stranger.closed);
    assertMatch(door.reasons[0] ?? "", reason);
    assertEquals(door.listener.ends, []);
  });
}

Deno.test("TlsListener: a stranger that talks, but no TLS, is turned away", async () => {
  await using door = await Door.open();
  const stranger = await door.silent();
  stranger.write("GET / HTTP/1.1\r\n\r\n");
  await until(() => door.reasons.length === 1 && stranger.closed);
  assertMatch(door.reasons[0] ?? "", /^it does not speak TLS \(/);
});

Deno.test("TlsListener: a handshake of noise is turned away, and nothing else happens", async () => {
  await using door = await Door.open({ maxHandshakes: 200 });
  for (let size = 1; size <= 64; size++) {
    const stranger = await door.silent();
    const noise = new Uint8Array(size);
    crypto.getRandomValues(noise);
    // The header of a handshake message (RFC 8446, section 5.1), so that the noise is looked at.
    stranger.write(Uint8Array.of(22, 3, 1, 0, size, ...noise));
    stranger.end();
    await until(() => stranger.closed);
  }
  await door.honest();
  assertEquals(door.listener.ends.length, 1);
});

Deno.test("TlsListener: who hangs up before the handshake is over was not turned away", async () => {
  await using door = await Door.open();
  for (const hangUp of [(it: Socket) => it.end(), (it: Socket) => it.resetAndDestroy()]) {
    const stranger = await door.silent();
    hangUp(stranger);
    await until(() => stranger.closed);
  }
  await door.honest();
  assertEquals([door.reasons, door.listener.ends.length], [[], 1]);
});

Deno.test("TlsListener: a silent stranger is gone in time, told by its address", async () => {
  await using door = await Door.open({ handshakeTimeoutMs: 100 });
  const begin = performance.now();
  const stranger = await door.silent();
  const { localAddress = "", localPort = 0 } = stranger;
  await until(() => stranger.closed);
  assertGreater(performance.now() - begin, 99);
  assertEquals(door.listener.refusals, [{
    from: formatAddress({ host: localAddress, port: localPort }),
    reason: "its handshake was not over within 0.1 s",
  }]);
});

Deno.test("TlsListener: of silent strangers the oldest go first, and honest nodes come in", async () => {
  await using door = await Door.open();
  const strangers: Socket[] = [];
  for (let i = 0; i < 20; i++) strangers.push(await door.silent());
  await until(() => door.reasons.length === 16);
  await door.honest();
  await until(() => strangers.slice(0, 17).every(({ closed }) => closed));
  assertEquals(strangers.slice(17).map(({ closed }) => closed), [false, false, false]);
  assert(door.reasons.every((reason) => reason.includes("gave way to newer ones")));
});

Deno.test("TlsListener: one address holds no more than its share, up or not", async () => {
  await using door = await Door.open({ maxPerHost: 3 });
  const honest = await door.honest();
  for (let i = 0; i < 2; i++) await door.silent();
  const late = await door.silent();
  await until(() => late.closed && door.reasons.length === 1);
  assertMatch(door.reasons[0] ?? "", /^its address holds 3 connections already/);
  honest.connection.close();
  await until(() => door.listener.ends[0]?.isClosed === true);
  await door.honest();
});

Deno.test("TlsListener: who stops listening ends the handshakes under way, and says nothing", async () => {
  await using door = await Door.open();
  const strangers = [await door.silent(), await door.silent()];
  const honest = await door.honest();
  door.listener.stop();
  await until(() => strangers.every(({ closed }) => closed));
  assertEquals([door.reasons, honest.told], [[], ["opened"]]);
});
