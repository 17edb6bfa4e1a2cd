/**
 * TCP with TLS 1.3, a certificate at both ends. The certificate is self-signed and only carries the
 * key: TLS proves that the far end holds it, and the node id is the key's hash. Whether that node is
 * welcome is decided above.
 *
 * Built on `node:tls` rather than `Deno.connectTls`, which cannot ask a caller for a certificate and
 * refuses those that no authority has signed.
 */

import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "node:tls";
import { type Address, schemeOf, splitAddress } from "../base/address.ts";
import type {
  Cancel,
  Connection,
  ConnectionHandler,
  ListenHandler,
  Transport,
} from "../base/ports.ts";
import type { DoorLimits } from "../session/doorkeeper.ts";
import { remoteAddress, SocketConnection } from "./socket_connection.ts";
import { TlsListener } from "./tls_listener.ts";
import { type Credentials, provenRemote, TLS_OPTIONS, UnprovenError } from "./tls_peer.ts";

/** Reaches other nodes over TLS, without Nagle's delay. */
export class TlsTransport implements Transport {
  readonly #credentials: Credentials;
  readonly #limits: DoorLimits;
  readonly #sockets = new Set<Socket>();

  /** @param limits what callers may hold of each address that is listened on */
  constructor(credentials: Credentials, limits: DoorLimits) {
    this.#credentials = credentials;
    this.#limits = limits;
  }

  reaches(to: Address): boolean {
    return schemeOf(to) === "tls";
  }

  /**
   * Names are resolved by the system; every address of a name is tried until one answers. Who dials
   * gives up by `close` when it takes too long: there is no timer here.
   */
  dial(to: Address, handler: ConnectionHandler): Connection {
    const raw = connectTcp({ ...splitAddress(to), noDelay: true, autoSelectFamily: true });
    // Told by the TLS socket over it.
    raw.on("error", () => {});
    const socket = connect({ ...TLS_OPTIONS, ...this.#credentials, socket: raw });
    const connection = this.#connectionOver(socket);
    connection.tell(handler);
    socket.once("secureConnect", () => {
      const address = remoteAddress(raw);
      if (address === undefined) return;
      try {
        connection.open(provenRemote(socket, address));
      } catch (error) {
        if (!(error instanceof UnprovenError)) throw error;
        connection.fail({ code: "tls", detail: error.message });
      }
    });
    return connection;
  }

  listen(at: Address, handler: ListenHandler): Cancel {
    if (Deno.permissions.requestSync({ name: "net", host: at }).state !== "granted") {
      return refuseForWantOfPermission(at, handler);
    }
    const listener = new TlsListener(at, {
      credentials: this.#credentials,
      limits: this.#limits,
      handler,
      connect: (socket) => this.#connectionOver(socket).accept(),
    });
    return () => listener.stop();
  }

  /**
   * Waits until every connection has come to its end. Once all are closed, their patience with
   * the far ends bounds that; a process that exits without it cuts off what they still send.
   */
  async settled(): Promise<void> {
    const ends = Array.from(this.#sockets, (socket) => {
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(ends);
  }

  #connectionOver(socket: Socket): SocketConnection {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return new SocketConnection(socket);
  }
}

/** Asked beforehand: Deno throws a missing permission to listen from where nobody can catch it. */
function refuseForWantOfPermission(at: Address, handler: ListenHandler): Cancel {
  let stopped = false;
  queueMicrotask(() => {
    if (stopped) return;
    handler.failed({
      code: "not-permitted",
      detail: `Requires net access to "${at}", run again with the --allow-net flag`,
    });
  });
  return () => {
    stopped = true;
  };
}
