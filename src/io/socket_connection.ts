/**
 * A connection over a socket of Node's kind: the wiring that dialled and accepted sockets share.
 *
 * Ending is one-sided on purpose. Who closes has said all: it goes on reading only to see the far
 * end finish, because a socket shut with bytes unread sends a reset that can destroy what the far
 * end had not read yet. Who sees the far end close drops what it still had to say: nobody listens.
 *
 * That all is handed over is seen by the callback that every write takes, not by the event `drain`,
 * which comes only after a write that went beyond the socket's high-water mark: most never do.
 */

import type { Socket } from "node:net";
import { type Address, formatAddress } from "../base/address.ts";
import type { Connection, ConnectionError, ConnectionHandler, Remote } from "../base/ports.ts";
import { connectionError } from "./connection_error.ts";

/** How long the far end may take to read the rest and end its side, after `close`, in milliseconds. */
export const CLOSE_PATIENCE_MS = 1000;

/** Why there is no connection when the far end closes before the handshake is over. */
const HUNG_UP: ConnectionError = { code: "reset", detail: "it hung up during the handshake" };

/** One socket as a {@linkcode Connection}. */
export class SocketConnection implements Connection {
  readonly #socket: Socket;
  #handler: ConnectionHandler | undefined;
  #isOpen = false;
  /** Closed by either end, or failed: nothing more is sent and nothing more is told. */
  #over = false;
  /** Something was queued after a `send`, and nobody has been told yet that it is gone. */
  #owesDrained = false;
  /** One function for all writes, which costs them nearly nothing; a broken one says so by `closed`. */
  readonly #written = (error?: Error | null) => {
    if (!error) this.#tellDrained();
  };
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param socket fresh: nobody listens to its events yet */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => this.#heard()?.received(plainBytes(chunk)));
    socket.on("end", () => this.#finish(this.#isOpen ? undefined : HUNG_UP));
    socket.on("error", (error) => this.#finish(connectionError(error)));
    socket.on("close", () => {
      clearTimeout(this.#patience);
      this.#finish();
    });
  }

  /** Names the one who is told what happens. Call it in the turn that made the connection. */
  tell(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  /** The handshake of a dialled socket is over. */
  open(remote: Remote): void {
    this.#isOpen = true;
    this.#heard()?.opened(remote);
  }

  /** The socket was accepted, with its handshake over. */
  accept(): this {
    this.#isOpen = true;
    return this;
  }

  /** Ends the connection at once and says why. */
  fail(error: ConnectionError): void {
    this.#finish(error);
  }

  get queuedBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  send(bytes: Uint8Array): void {
    // Deno 2.9 breaks a TLS connection on which nothing but an empty write is made (EPERM).
    if (this.#over || bytes.length === 0) return;
    this.#socket.write(bytes, this.#written);
    this.#owesDrained ||= this.queuedBytes > 0;
  }

  /**
   * Sends what is queued and ends. What the far end has not taken {@linkcode CLOSE_PATIENCE_MS}
   * later is lost. A connection still being dialled is given up at once.
   */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#isOpen) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end();
    this.#patience = setTimeout(() => this.#socket.destroy(), CLOSE_PATIENCE_MS);
  }

  #heard(): ConnectionHandler | undefined {
    return this.#over ? undefined : this.#handler;
  }

  /** A write has ended; those that ended together come here one after the other. */
  #tellDrained(): void {
    if (!this.#owesDrained || this.queuedBytes > 0) return;
    this.#owesDrained = false;
    this.#heard()?.drained();
  }

  #finish(error?: ConnectionError): void {
    this.#socket.destroy();
    const handler = this.#heard();
    this.#over = true;
    handler?.closed(error);
  }
}

/** Where the far end of a socket is, or undefined when it has gone already. */
export function remoteAddress(socket: Socket): Address | undefined {
  const { remoteAddress: host, remotePort: port } = socket;
  return host === undefined || port === undefined ? undefined : formatAddress({ host, port });
}

/** The same bytes without Node's `Buffer` around them, whose `slice` and `toString` differ. */
function plainBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
