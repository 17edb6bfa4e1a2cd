/**
 * A member's TCP connection to one of the rendezvous servers. It may have nothing to carry for days,
 * so the system is asked to see whether the far end is still there; a NAT on the way forgets a
 * connection that is never used, too.
 */

import { connect, type Socket } from "node:net";
import { type Address, splitAddress } from "../base/address.ts";

/** Told what becomes of a connection; `closed` comes once, last, unless `end` was called. */
export interface StreamHandler {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** It could not be made, failed, or was ended by the server. */
  closed(): void;
}

/** Milliseconds of silence after which the system asks whether the server is still there. */
const KEEP_ALIVE_MS = 30_000;

/** Milliseconds that what was written may take to be handed over once the stream is ended. */
const CLOSE_PATIENCE_MS = 1_000;

/** One connection. */
export class ServerStream {
  readonly #socket: Socket;
  #isOver = false;

  /** Connects at once. Names are resolved by the system; each address of a name is tried. */
  constructor(to: Address, handler: StreamHandler) {
    const socket = connect({ ...splitAddress(to), noDelay: true, autoSelectFamily: true });
    this.#socket = socket;
    const close = () => {
      if (this.#isOver) return;
      this.#isOver = true;
      socket.destroy();
      handler.closed();
    };
    socket.on("connect", () => {
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      if (!this.#isOver) handler.opened();
    });
    socket.on("data", (bytes: Uint8Array) => {
      if (!this.#isOver) handler.received(bytes);
    });
    socket.on("end", close);
    // "close" follows.
    socket.on("error", () => {});
    socket.on("close", close);
  }

  write(bytes: Uint8Array): void {
    if (!this.#isOver) this.#socket.write(bytes);
  }

  /** Hands over what was written, then ends the connection. One still being made is given up. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const socket = this.#socket;
    if (socket.connecting) return void socket.destroy();
    const patience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS);
    socket.once("close", () => clearTimeout(patience));
    socket.end();
  }

  /** Resolves once the system has it back. */
  get gone(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.closed) resolve();
    else this.#socket.once("close", () => resolve());
    return promise;
  }
}
