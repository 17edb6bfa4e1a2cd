/**
 * A chain or repair server on a real port: connections in, the pure server's effects out.
 *
 * A client that ends its half has said all that it will say; it may well have asked and gone. What it
 * was told is still handed to it, and no more is kept for it.
 */

import { createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import type { Cancel, Clock, Instant } from "../base/ports.ts";
import type { ServerEffect } from "../chain/server_clients.ts";
import { connectionError } from "./connection_error.ts";
import { ListenError } from "./listen_error.ts";
import { remoteAddress } from "./socket_connection.ts";

/** What a chain server and a repair server have in common. */
export interface PureServer {
  handleOpened(now: Instant, client: number, from: Address): void;
  handleBytes(now: Instant, client: number, bytes: Uint8Array): void;
  handleClosed(now: Instant, client: number): void;
  handleTime(now: Instant): void;
  nextWakeup(): Instant | undefined;
  takeEffects(): ServerEffect[];
}

/** Milliseconds of silence after which the system asks whether a client is still there. */
const KEEP_ALIVE_MS = 30_000;

/** Milliseconds that a client has to read the last of what it was told. */
const CLOSE_PATIENCE_MS = 1_000;

/**
 * Connections besides those of clients: that are being told why they are turned away, or are read to
 * their end. Further ones are dropped unheard; without any bound Deno 2.9 would run out of files, after
 * which a server of `node:net` never accepts again.
 */
const MAX_PARTING = 256;

/**
 * Listens for the clients of a server.
 *
 * @param at port 0 for any that is free
 * @param maxClients as many as the server itself lets in
 * @throws {ListenError} by rejecting
 */
export async function listenForClients(
  at: Address,
  server: PureServer,
  maxClients: number,
  clock: Clock,
): Promise<RendezvousTcp> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true });
  listener.maxConnections = maxClients + MAX_PARTING;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  listener.once("error", reject);
  try {
    listener.listen(splitAddress(at), resolve);
    await promise;
  } catch (error) {
    throw new ListenError(connectionError(error as Error), at);
  }
  listener.off("error", reject);
  return new RendezvousTcp(listener, server, clock);
}

/** One server that listens. */
export class RendezvousTcp {
  /** Where it listens. */
  readonly address: Address;
  readonly #listener: Server;
  readonly #server: PureServer;
  readonly #clock: Clock;
  readonly #sockets = new Map<number, Socket>();
  #lastClient = 0;
  #alarm: { at: Instant; cancel: Cancel } | undefined;

  /** @param listener that listens, and that nobody has connected to yet */
  constructor(listener: Server, server: PureServer, clock: Clock) {
    this.#listener = listener;
    this.#server = server;
    this.#clock = clock;
    const bound = listener.address();
    if (bound === null || typeof bound === "string") throw new Error("The listener has no port");
    this.address = formatAddress({ host: bound.address, port: bound.port });
    listener.on("connection", (socket) => this.#accept(socket));
    // That one client could not be let in is no reason to end the server.
    listener.on("error", () => {});
  }

  /** Ends listening and every connection, and resolves once all are gone. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listener.close(() => resolve());
    this.#alarm?.cancel();
    this.#alarm = undefined;
    for (const client of [...this.#sockets.keys()]) this.#end(client);
    await promise;
  }

  #accept(socket: Socket): void {
    const from = remoteAddress(socket);
    // "close" follows. Whatever ails the connection, the client is gone.
    socket.on("error", () => {});
    if (from === undefined) return void socket.destroy();
    const client = ++this.#lastClient;
    this.#sockets.set(client, socket);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("data", (bytes: Uint8Array) => {
      if (this.#sockets.get(client) !== socket) return;
      this.#run((now) => this.#server.handleBytes(now, client, bytes));
    });
    const over = () => {
      if (this.#sockets.get(client) !== socket) return;
      this.#end(client);
      this.#run((now) => this.#server.handleClosed(now, client));
    };
    socket.on("end", over);
    socket.on("close", over);
    this.#run((now) => this.#server.handleOpened(now, client, from));
  }

  #run(event: (now: Instant) => void): void {
    event(this.#clock.now());
    for (const effect of this.#server.takeEffects()) {
      if (effect.type === "send") this.#sockets.get(effect.client)?.write(effect.bytes);
      else this.#end(effect.client);
    }
    this.#watchTime();
  }

  /** Hands over what was said, and ends a connection; what still comes is read and dropped. */
  #end(client: number): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined) return;
    this.#sockets.delete(client);
    if (socket.destroyed) return;
    const patience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS);
    socket.once("close", () => clearTimeout(patience));
    socket.end();
  }

  #watchTime(): void {
    const at = this.#server.nextWakeup();
    if (at === this.#alarm?.at) return;
    this.#alarm?.cancel();
    this.#alarm = at === undefined ? undefined : {
      at,
      cancel: this.#clock.wakeAt(at, () => {
        this.#alarm = undefined;
        this.#run((now) => this.#server.handleTime(now));
      }),
    };
  }
}
