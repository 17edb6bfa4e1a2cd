/**
 * Plain TCP. Nothing is proven about who is at the far end, so a {@linkcode Remote} carries no id.
 *
 * Built on `node:net` rather than `Deno.connect`, because only `node:tls` can carry client
 * certificates and it shares this shape: the same events, the same sockets.
 */

import { connect, createServer, type Socket } from "node:net";
import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import type {
  Cancel,
  Connection,
  ConnectionHandler,
  ListenHandler,
  Transport,
} from "../base/ports.ts";
import { connectionError } from "./connection_error.ts";
import { remoteAddress, SocketConnection } from "./socket_connection.ts";

/** Reaches other nodes over TCP, without Nagle's delay. */
export class TcpTransport implements Transport {
  readonly #sockets = new Set<Socket>();

  /** Names are resolved by the system; every address of a name is tried until one answers. */
  dial(to: Address, handler: ConnectionHandler): Connection {
    const socket = connect({ ...splitAddress(to), noDelay: true, autoSelectFamily: true });
    const connection = this.#connectionOver(socket);
    connection.tell(handler);
    socket.once("connect", () => connection.ready());
    return connection;
  }

  listen(at: Address, handler: ListenHandler): Cancel {
    if (Deno.permissions.requestSync({ name: "net", host: at }).state !== "granted") {
      return refuseForWantOfPermission(at, handler);
    }
    let stopped = false;
    const server = createServer({ noDelay: true }, (socket) => {
      const address = remoteAddress(socket);
      if (stopped || address === undefined) {
        socket.destroy();
        return;
      }
      const connection = this.#connectionOver(socket);
      connection.tell(handler.accepted(connection, { address }));
    });
    const stop = () => {
      stopped = true;
      server.close();
    };
    server.on("listening", () => {
      const bound = server.address();
      if (stopped || bound === null || typeof bound === "string") return;
      handler.listening(formatAddress({ host: bound.address, port: bound.port }));
    });
    server.on("error", (error) => {
      if (stopped) return;
      stop();
      handler.failed(connectionError(error));
    });
    server.listen(splitAddress(at));
    return stop;
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
