/**
 * How a node on a machine reaches others: it dials over TLS, and listens over TLS and for browsers,
 * which cannot speak it. What the door for browsers takes is loaded once it is opened: a node to
 * which no browser comes pays nothing for it.
 */

import type { Socket } from "node:net";
import { type Address, formatAddress, schemeOf, splitAddress } from "../base/address.ts";
import type {
  Cancel,
  Connection,
  ConnectionHandler,
  ListenHandler,
  Transport,
} from "../base/ports.ts";
import type { DoorLimits } from "../session/doorkeeper.ts";
import type { BrowserDoor, PageFiles } from "./browser_listener.ts";
import { connectionError } from "./connection_error.ts";
import { TlsTransport } from "./tls.ts";
import type { Credentials } from "./tls_peer.ts";

/** What a transport is made of. */
export interface NodeTransportOptions {
  credentials: Credentials;
  /** What callers may hold of each address that is listened on. */
  limits: DoorLimits;
  browsers: Omit<BrowserDoor, "limits">;
  /** Loads the page that browsers are given. */
  loadPage(): Promise<PageFiles>;
}

export class NodeTransport implements Transport {
  readonly #options: NodeTransportOptions;
  readonly #tls: TlsTransport;
  /** Those of browsers. */
  readonly #sockets = new Set<Socket>();

  constructor(options: NodeTransportOptions) {
    this.#options = options;
    this.#tls = new TlsTransport(options.credentials, options.limits);
  }

  reaches(to: Address): boolean {
    return this.#tls.reaches(to);
  }

  dial(to: Address, handler: ConnectionHandler): Connection {
    if (this.reaches(to)) return this.#tls.dial(to, handler);
    const cancel = later(() =>
      handler.closed({
        code: "other",
        detail: `this node dials host:port alone; ${to} is for browsers to dial`,
      })
    );
    return { send() {}, close: cancel, queuedBytes: 0 };
  }

  /** @param at a `ws://` address to be there for browsers */
  listen(at: Address, handler: ListenHandler): Cancel {
    switch (schemeOf(at)) {
      case "tls":
        return this.#tls.listen(at, handler);
      case "ws":
        return this.#openDoor(at, handler);
      case "webrtc":
        return later(() =>
          handler.failed({ code: "other", detail: `only browsers listen at ${at}` })
        );
    }
  }

  /**
   * Waits until every connection has come to its end. Once all are closed, their patience with
   * the far ends bounds that; a process that exits without it cuts off what they still send.
   */
  async settled(): Promise<void> {
    const ends = Array.from(this.#sockets, (socket) => {
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all([this.#tls.settled(), ...ends]);
  }

  #openDoor(at: Address, handler: ListenHandler): Cancel {
    const host = formatAddress(splitAddress(at));
    // Asked beforehand: Deno throws a missing permission to listen from where nobody can catch it.
    if (Deno.permissions.requestSync({ name: "net", host }).state !== "granted") {
      const detail = `Requires net access to "${host}", run again with the --allow-net flag`;
      return later(() => handler.failed({ code: "not-permitted", detail }));
    }
    const { browsers, limits, loadPage } = this.#options;
    let stop: Cancel | undefined;
    let isStopped = false;
    Promise.all([import("./browser_listener.ts"), loadPage()]).then(([module, page]) => {
      if (isStopped) return;
      const hold = (socket: Socket) => this.#hold(socket);
      const listener = new module.BrowserListener(at, { ...browsers, limits, page, handler, hold });
      stop = () => listener.stop();
    }, (error: Error) => {
      if (!isStopped) handler.failed(connectionError(error));
    });
    return () => {
      isStopped = true;
      stop?.();
    };
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

/** Tells in a moment, as ports do, unless it is called off. */
function later(tell: () => void): Cancel {
  let isCancelled = false;
  queueMicrotask(() => {
    if (!isCancelled) tell();
  });
  return () => {
    isCancelled = true;
  };
}
