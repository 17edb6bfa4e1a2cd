/** What becomes of a connection whose far end takes nothing for a while, or never again. */

import { assertEquals, assertGreater } from "@std/assert";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import { CLOSE_PATIENCE_MS } from "../../src/io/socket_connection.ts";
import { TlsTransport } from "../../src/io/tls.ts";
import { type Pair, Stage } from "../transport/stage.ts";
import { newParty } from "./credentials.ts";
import { until } from "./until.ts";

const LIMITS = { maxHandshakes: 10, handshakeTimeoutMs: 20_000, maxPerHost: 100 };
const MEBIBYTE = 2 ** 20;

/** More than the buffers of the system take on the way through two sockets. */
const MUCH = 64;

/** A path between two nodes. What the dialler sends can be stopped up: it then stays with it. */
class Path implements AsyncDisposable {
  readonly at: Address;
  readonly #listener: Deno.TcpListener;
  readonly #ends: Deno.Conn[] = [];
  readonly #running: Promise<void>[] = [];
  /** Resolved unless the way there is stopped up. */
  #freed = Promise.withResolvers<void>();

  /** @param to who is at the other end */
  constructor(to: Address) {
    this.#listener = Deno.listen({ hostname: "::1", port: 0 });
    this.at = formatAddress({ host: "::1", port: this.#listener.addr.port });
    this.#freed.resolve();
    this.#running.push(this.#accept(to));
  }

  stopUp(): void {
    this.#freed = Promise.withResolvers();
  }

  free(): void {
    this.#freed.resolve();
  }

  /** Breaks every connection that goes this way. */
  breakUp(): void {
    this.free();
    for (const end of this.#ends.splice(0)) end.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.breakUp();
    await Promise.all(this.#running);
  }

  async #accept(to: Address): Promise<void> {
    for await (const near of this.#listener) {
      const { host, port } = splitAddress(to);
      const far = await Deno.connect({ hostname: host, port });
      this.#ends.push(near, far);
      const always = () => Promise.resolve();
      this.#running.push(this.#carry(near, far, () => this.#freed.promise));
      this.#running.push(this.#carry(far, near, always));
    }
  }

  async #carry(from: Deno.Conn, to: Deno.Conn, mayGoOn: () => Promise<void>): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        await mayGoOn();
        const length = await from.read(buffer);
        if (length === null) break;
        for (let sent = 0; sent < length;) sent += await to.write(buffer.subarray(sent, length));
      }
      await to.closeWrite();
    } catch {
      // One of them is closed: by a story, or at its end.
    }
  }
}

/** Tells a story of two ends with a path between them. */
async function withPath(
  story: (pair: Pair, path: Path, stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = new Stage({
    transport: new TlsTransport(newParty(), LIMITS),
    listening: new TlsTransport(newParty(), LIMITS),
    freeAddress: () => formatAddress({ host: "::1", port: 0 }),
    until,
  });
  const { listener, at } = await stage.listen();
  await using path = new Path(at);
  try {
    const dialler = stage.dial(path.at);
    await until(() => dialler.told.length > 0 && listener.ends.length > 0);
    const [accepter] = listener.ends;
    if (accepter === undefined) throw new Error("Nobody was accepted");
    // Bytes to and fro, so that the path waits for more and everybody is ready.
    dialler.connection.send(Uint8Array.of(1));
    accepter.connection.send(Uint8Array.of(2));
    await until(() => dialler.receivedBytes === 1 && accepter.receivedBytes === 1);
    await until(() => dialler.drains === 1 && accepter.drains === 1);
    await story({ dialler, accepter }, path, stage);
  } finally {
    stage.clear();
  }
}

Deno.test("SocketConnection: what the far end does not take stays queued, and is told of once it does", () =>
  withPath(async ({ dialler, accepter }, path, stage) => {
    path.stopUp();
    for (let i = 0; i < MUCH; i++) dialler.connection.send(new Uint8Array(MEBIBYTE));
    await stage.roundTrip();
    assertGreater(dialler.connection.queuedBytes, MEBIBYTE);
    assertEquals(dialler.drains, 1);
    path.free();
    await until(() => dialler.drains === 2);
    assertEquals(dialler.connection.queuedBytes, 0);
    await until(() => accepter.receivedBytes === 1 + MUCH * MEBIBYTE);
  }));

Deno.test("SocketConnection: small sends, each in a turn of its own, are all told of after a standstill", () =>
  withPath(async ({ dialler, accepter }, path, stage) => {
    path.stopUp();
    dialler.connection.send(new Uint8Array(MUCH * MEBIBYTE));
    for (let i = 0; i < 10; i++) {
      dialler.connection.send(new Uint8Array(100));
      await stage.roundTrip();
    }
    assertGreater(dialler.connection.queuedBytes, 1_000);
    assertEquals(dialler.drains, 1);
    path.free();
    await until(() => dialler.drains === 2);
    await until(() => accepter.receivedBytes === 1 + MUCH * MEBIBYTE + 1_000);
    await stage.roundTrip();
    assertEquals([dialler.drains, dialler.connection.queuedBytes], [2, 0]);
  }));

Deno.test("SocketConnection: one way at a standstill does not hold up the other", () =>
  withPath(async ({ dialler, accepter }, path) => {
    path.stopUp();
    dialler.connection.send(new Uint8Array(MUCH * MEBIBYTE));
    for (let i = 2; i < 10; i++) {
      accepter.connection.send(new Uint8Array(MEBIBYTE));
      await until(() => accepter.drains === i);
    }
    await until(() => dialler.receivedBytes === 1 + 8 * MEBIBYTE);
    assertEquals(dialler.drains, 1);
    assertGreater(dialler.connection.queuedBytes, 0);
  }));

Deno.test("SocketConnection: after a close, a far end that takes nothing is left when patience ends", () =>
  withPath(async ({ dialler }, path) => {
    path.stopUp();
    dialler.connection.send(new Uint8Array(MUCH * MEBIBYTE));
    const told = [...dialler.told];
    const begin = performance.now();
    dialler.connection.close();
    assertGreater(dialler.connection.queuedBytes, 0);
    await until(() => dialler.connection.queuedBytes === 0);
    // Timers may come a fraction of a millisecond early.
    assertGreater(performance.now() - begin, CLOSE_PATIENCE_MS - 2);
    assertEquals(dialler.told, told);
  }));

Deno.test("SocketConnection: a connection that breaks with bytes queued tells of its end alone", () =>
  withPath(async ({ dialler }, path) => {
    path.stopUp();
    dialler.connection.send(new Uint8Array(MUCH * MEBIBYTE));
    path.breakUp();
    await until(() => dialler.isClosed);
    assertEquals([dialler.drains, dialler.told.at(-1)], [1, "closed"]);
    assertEquals(dialler.connection.queuedBytes, 0);
  }));
