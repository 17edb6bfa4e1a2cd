/**
 * Listening for other nodes: each caller passes the {@linkcode Doorkeeper}, then a TLS handshake, and
 * only then is anybody told of a connection.
 *
 * The sockets of callers are our own from the first moment on, rather than those of a `tls.Server`,
 * which keeps a caller who says nothing out of reach until its handshake fails.
 */

import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import type { ListenHandler } from "../base/ports.ts";
import { Doorkeeper, type DoorLimits, type TurnedAway } from "../session/doorkeeper.ts";
import { connectionError } from "./connection_error.ts";
import { remoteAddress, type SocketConnection } from "./socket_connection.ts";
import { describeTlsError } from "./tls_error.ts";
import { type Credentials, provenRemote, TLS_OPTIONS, UnprovenError } from "./tls_peer.ts";

/** What a listener is made of. */
export interface ListenerOptions {
  credentials: Credentials;
  limits: DoorLimits;
  handler: ListenHandler;
  /** Makes the connection over a socket whose handshake is over. */
  connect(socket: TLSSocket): SocketConnection;
}

/** One address that is listened on. */
export class TlsListener {
  readonly #options: ListenerOptions;
  readonly #secureContext: SecureContext;
  readonly #door: Doorkeeper<Socket>;
  readonly #server: Server;
  /** Handshakes under way, with the address that each caller comes from. */
  readonly #callers = new Map<Socket, Address>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(at: Address, options: ListenerOptions) {
    this.#options = options;
    this.#secureContext = createSecureContext({
      ...options.credentials,
      minVersion: TLS_OPTIONS.minVersion,
    });
    this.#door = new Doorkeeper(options.limits);
    this.#server = createServer({ noDelay: true }, (socket) => this.#answer(socket));
    this.#server.on("listening", () => {
      const bound = this.#server.address();
      if (this.#isStopped || bound === null || typeof bound === "string") return;
      options.handler.listening(formatAddress({ host: bound.address, port: bound.port }));
    });
    this.#server.on("error", (error) => {
      if (this.#isStopped) return;
      this.stop();
      options.handler.failed(connectionError(error));
    });
    this.#server.listen(splitAddress(at));
  }

  /** Ends listening and every handshake under way; connections already made go on. */
  stop(): void {
    this.#isStopped = true;
    this.#server.close();
    clearTimeout(this.#timer);
    for (const raw of this.#callers.keys()) raw.destroy();
  }

  /** Somebody called. */
  #answer(raw: Socket): void {
    const address = remoteAddress(raw);
    if (this.#isStopped || address === undefined) {
      raw.destroy();
      return;
    }
    // What ails it is told by the TLS socket over it, or by its end.
    raw.on("error", () => {});
    raw.once("close", () => {
      this.#callers.delete(raw);
      this.#door.leave(raw);
    });
    this.#callers.set(raw, address);
    const turnedAway = this.#door.knock(performance.now(), raw, splitAddress(address).host);
    if (turnedAway !== undefined) this.#turnAway(turnedAway);
    if (turnedAway?.caller !== raw) this.#shakeHands(raw, address);
    this.#watchTime();
  }

  #shakeHands(raw: Socket, address: Address): void {
    const socket = new TLSSocket(raw, {
      ...TLS_OPTIONS,
      secureContext: this.#secureContext,
      isServer: true,
    });
    const fail = (error: Error) => {
      // Who hangs up before the end was not turned away by us.
      const reason = error instanceof UnprovenError ? error.message : describeTlsError(error);
      if (reason === undefined) raw.destroy();
      else this.#turnAway({ caller: raw, reason });
    };
    socket.on("error", fail);
    socket.once("secure", () => {
      if (!this.#callers.has(raw)) return;
      try {
        const remote = provenRemote(socket, address);
        this.#callers.delete(raw);
        this.#door.enter(raw);
        socket.off("error", fail);
        const connection = this.#options.connect(socket);
        connection.tell(this.#options.handler.accepted(connection, remote));
      } catch (error) {
        if (!(error instanceof UnprovenError)) throw error;
        fail(error);
      }
    });
  }

  #turnAway({ caller, reason }: TurnedAway<Socket>): void {
    const address = this.#callers.get(caller);
    caller.destroy();
    if (address === undefined) return;
    this.#callers.delete(caller);
    this.#options.handler.refused(address, reason);
  }

  /** Sees to it that handshakes are ended in time. */
  #watchTime(): void {
    const next = this.#door.nextWakeup();
    if (this.#isStopped || this.#timer !== undefined || next === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const each of this.#door.takeOverdue(performance.now())) this.#turnAway(each);
      this.#watchTime();
    }, Math.max(next - performance.now(), 1));
  }
}
