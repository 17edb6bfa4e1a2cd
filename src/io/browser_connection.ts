/**
 * A connection that a browser made: a secure channel in the messages of a WebSocket, over a socket
 * whose HTTP request has been answered with the switch of protocols. Closing, draining and failing is
 * that of the {@linkcode SocketConnection} below.
 */

import type { Socket } from "node:net";
import type { Address } from "../base/address.ts";
import { concatBytes } from "../base/bytes.ts";
import type { Connection, ConnectionError, ConnectionHandler, Remote } from "../base/ports.ts";
import {
  ChannelError,
  type ChannelEvent,
  type ChannelOptions,
  MAX_CHANNEL_MESSAGE_BYTES,
  SecureChannel,
} from "../session/secure_channel.ts";
import {
  CLOSE_CODE,
  closeFrame,
  messageFrame,
  pongFrame,
  WebSocketDecoder,
  WebSocketError,
  type WebSocketItem,
} from "./browser_frames.ts";
import { SocketConnection } from "./socket_connection.ts";

/** Who is told how the handshake of a connection ends. At most one of them is called, and once. */
export interface Doorstep {
  /**
   * It is over, and well. Answers with the handler for the connection.
   *
   * @throws {WebSocketError} to send the caller away
   */
  admit(connection: Connection, remote: Remote): ConnectionHandler;
  /** The caller broke the rules, or was sent away; the reason is about it: "it …". */
  refused(reason: string): void;
}

/** Where a caller is, and what is needed to shake hands with it. */
export interface CallerOptions {
  address: Address;
  channel: ChannelOptions;
  doorstep: Doorstep;
}

export class BrowserConnection implements Connection {
  readonly #socket: SocketConnection;
  readonly #address: Address;
  readonly #doorstep: Doorstep;
  readonly #frames = new WebSocketDecoder(MAX_CHANNEL_MESSAGE_BYTES);
  readonly #channel: SecureChannel;
  #handler: ConnectionHandler | undefined;
  /** Closed by either end, or failed: nothing more is sent and nothing more is told. */
  #over = false;
  /** What was sent in this turn: it leaves together, for each record has its price. */
  #queue: Uint8Array[] = [];
  #queueBytes = 0;
  /** Something was sent, and nobody has been told yet that it is gone. */
  #owesDrained = false;

  /**
   * @param socket nobody listens to its data, its end or its drain yet
   * @param head what came after the request already
   */
  constructor(socket: Socket, head: Uint8Array, { address, channel, doorstep }: CallerOptions) {
    this.#address = address;
    this.#doorstep = doorstep;
    this.#channel = SecureChannel.accept(channel);
    this.#socket = new SocketConnection(socket).accept();
    this.#socket.tell({
      opened: () => {},
      received: (bytes) => this.#read(bytes),
      drained: () => this.#tellDrained(),
      closed: (error) => this.#finish(error),
    });
    if (head.length > 0) this.#read(head);
  }

  get queuedBytes(): number {
    return this.#over ? 0 : this.#queueBytes + this.#socket.queuedBytes;
  }

  send(bytes: Uint8Array): void {
    if (this.#over || bytes.length === 0) return;
    if (this.#queue.length === 0) queueMicrotask(() => this.#sendQueue());
    this.#queue.push(bytes);
    this.#queueBytes += bytes.length;
    this.#owesDrained = true;
  }

  close(): void {
    this.#sendQueue();
    this.#end(CLOSE_CODE.normal);
  }

  get #told(): ConnectionHandler | undefined {
    return this.#over ? undefined : this.#handler;
  }

  #read(bytes: Uint8Array): void {
    this.#frames.push(bytes);
    try {
      while (!this.#over) {
        const item = this.#frames.next();
        if (item === undefined) return;
        this.#handle(item);
      }
    } catch (error) {
      if (error instanceof WebSocketError) this.#fail(error.code, error.message);
      else if (error instanceof ChannelError) this.#fail(CLOSE_CODE.policy, error.message);
      else throw error;
    }
  }

  #handle(item: WebSocketItem): void {
    switch (item.type) {
      case "message":
        this.#channel.receive(item.bytes);
        this.#flush();
        for (const event of this.#channel.takeEvents()) this.#tell(event);
        return;
      case "ping":
        // Who asks faster than it reads the answers gets fewer of them (RFC 6455, section 5.5.3).
        if (this.#socket.queuedBytes === 0) this.#socket.send(pongFrame(item.bytes));
        return;
      case "pong":
        return;
      case "close": {
        const handler = this.#told;
        this.#end(CLOSE_CODE.normal);
        return handler?.closed();
      }
      default:
        item satisfies never;
    }
  }

  #tell(event: ChannelEvent): void {
    if (event.type === "bytes") {
      this.#told?.received(event.bytes);
    } else {
      const { id, binding } = event;
      this.#handler = this.#doorstep.admit(this, { address: this.#address, id, binding });
    }
  }

  #flush(): void {
    for (const message of this.#channel.takeMessages()) this.#socket.send(messageFrame(message));
  }

  #sendQueue(): void {
    if (this.#over || this.#queue.length === 0) return;
    this.#channel.send(concatBytes(this.#queue));
    this.#queue = [];
    this.#queueBytes = 0;
    this.#flush();
    this.#tellDrained();
  }

  /** Answers to pings, and what was said in the handshake, are no business of the node's. */
  #tellDrained(): void {
    if (!this.#owesDrained || this.queuedBytes > 0) return;
    this.#owesDrained = false;
    this.#told?.drained();
  }

  /** The far end did what it must not. */
  #fail(code: number, reason: string): void {
    const handler = this.#told;
    this.#end(code, reason);
    if (handler === undefined) this.#doorstep.refused(reason);
    else handler.closed({ code: "other", detail: reason });
  }

  #end(code: number, reason?: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.send(closeFrame(code, reason));
    this.#socket.close();
  }

  /** The socket below is gone. Who hangs up during the handshake was not turned away by us. */
  #finish(error?: ConnectionError): void {
    const handler = this.#told;
    this.#over = true;
    handler?.closed(error);
  }
}
