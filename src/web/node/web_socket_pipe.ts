/**
 * A WebSocket to a node, which listens for browsers at an address of the scheme `ws`.
 *
 * Nothing tells when its buffer has drained, so it is looked at now and then while somebody waits for it.
 */

import { type Address, splitAddress } from "../../base/address.ts";
import type { ConnectionError } from "../../base/ports.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";

/** Where nodes take WebSockets, below their address. */
const PATH = "/node";

/** Between two looks at a buffer, in milliseconds: as soon as a browser does. */
const LOOK_MS = 4;

/** A browser keeps to itself what goes wrong on the way, lest pages explore networks with it. */
const FAILED: ConnectionError = {
  code: "other",
  detail: "no WebSocket there, or it is refused: browsers do not tell pages which",
};

const BROKEN: ConnectionError = { code: "reset", detail: "the WebSocket broke" };

export class WebSocketPipe implements MessagePipe {
  readonly #socket: WebSocket;
  #look: ReturnType<typeof setTimeout> | undefined;
  #lowBytes = 0;
  readonly #listener: PipeListener;
  readonly #unlisten = new AbortController();

  constructor(to: Address, listener: PipeListener) {
    const { host, port } = splitAddress(to);
    this.#listener = listener;
    this.#socket = new WebSocket(
      `ws://${host.includes(":") ? `[${host}]` : host}:${port}${PATH}`,
    );
    this.#socket.binaryType = "arraybuffer";
    const { signal } = this.#unlisten;
    let wasOpen = false;
    this.#socket.addEventListener("open", () => {
      wasOpen = true;
      listener.opened();
    }, { signal });
    this.#socket.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) return listener.received(new Uint8Array(data));
      this.#finish({ code: "tls", detail: "it sent a text, wanted bytes" });
    }, { signal });
    this.#socket.addEventListener("close", ({ wasClean }) => {
      this.#finish(wasOpen ? (wasClean ? undefined : BROKEN) : FAILED);
    }, { signal });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get isWritable(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: Uint8Array): void {
    this.#socket.send(new Uint8Array(message));
  }

  awaitLow(bytes: number): void {
    this.#lowBytes = bytes;
    this.#look ??= setTimeout(() => {
      this.#look = undefined;
      if (this.bufferedBytes <= this.#lowBytes) this.#listener.lowered();
      else this.awaitLow(this.#lowBytes);
    }, LOOK_MS);
  }

  close(): void {
    this.#socket.close();
  }

  /** What the browser has taken already it may send all the same. */
  abort(): void {
    this.#unlisten.abort();
    clearTimeout(this.#look);
    this.#socket.close();
  }

  #finish(error?: ConnectionError): void {
    this.abort();
    this.#listener.closed(error);
  }
}
