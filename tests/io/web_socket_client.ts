/**
 * A WebSocket as a client has it, over a bare socket: a browser would not send much of what a node has
 * to bear, and does not tell why a connection failed.
 */

import { connect, type Socket } from "node:net";
import { type Address, schemeOf, splitAddress } from "../../src/base/address.ts";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import type {
  Cancel,
  Connection,
  ConnectionHandler,
  Crypto,
  ListenHandler,
  Signer,
  Transport,
} from "../../src/base/ports.ts";
import { SocketConnection } from "../../src/io/socket_connection.ts";
import { SecureChannel } from "../../src/session/secure_channel.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** How a frame differs from an ordinary one. */
export interface FrameOptions {
  /** Whether it is the last of its message; yes where it is left out. */
  isFinal?: boolean;
  isMasked?: boolean;
  /** Bits that mean nothing. */
  reserved?: number;
  /** The length that it claims, where that is not the payload's. */
  claimed?: number;
}

/** A frame as a client sends it. */
export function clientFrame(
  opcode: number,
  payload: Uint8Array,
  { isFinal = true, isMasked = true, reserved = 0, claimed = payload.length }: FrameOptions = {},
): Uint8Array {
  const mask = Uint8Array.of(1, 2, 3, 4);
  const first = (isFinal ? 0x80 : 0) | reserved | opcode;
  const masked = payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return concatBytes([
    Uint8Array.of(first),
    lengthOf(claimed, isMasked),
    ...(isMasked ? [mask, masked] : [payload]),
  ]);
}

function lengthOf(length: number, isMasked: boolean): Uint8Array {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Uint8Array.of(bit | length);
  if (length < 65_536) return Uint8Array.of(bit | 126, length >>> 8, length);
  const long = new Uint8Array(9);
  long[0] = bit | 127;
  new DataView(long.buffer).setBigUint64(1, BigInt(length));
  return long;
}

/** A frame that a server sent. */
export interface ServerFrame {
  opcode: number;
  payload: Uint8Array;
}

/** Reads what a server answers: first the head of HTTP, then frames. */
export class ServerReader {
  #bytes: Uint8Array = new Uint8Array(0);
  /** What was answered to the request, once all of it is there. */
  head: string | undefined;

  /** The frames that are complete with these bytes. */
  push(bytes: Uint8Array): ServerFrame[] {
    this.#bytes = concatBytes([this.#bytes, bytes]);
    if (this.head === undefined && !this.#takeHead()) return [];
    const frames: ServerFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #takeHead(): boolean {
    const text = new TextDecoder("latin1").decode(this.#bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.head = text.slice(0, end);
    this.#bytes = this.#bytes.subarray(end + 4);
    return this.head.startsWith("HTTP/1.1 101 ");
  }

  #next(): ServerFrame | undefined {
    const [first = 0, second = 0, high = 0, low = 0] = this.#bytes;
    const isLong = second === 126;
    const start = isLong ? 4 : 2;
    const end = start + (isLong ? (high << 8) | low : second);
    if (this.#bytes.length < Math.max(2, end)) return undefined;
    const payload = this.#bytes.slice(start, end);
    this.#bytes = this.#bytes.subarray(end);
    return { opcode: first & 0x0f, payload };
  }
}

/** The request for a WebSocket at `at`, with more headers or others; undefined leaves one out. */
export function upgradeRequest(
  at: Address,
  headers: Readonly<Record<string, string | undefined>> = {},
  first = "GET /node HTTP/1.1",
): Uint8Array {
  const all = {
    host: at.slice("ws://".length),
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return encodeUtf8(`${first}\r\n${lines.join("")}\r\n`);
}

/** A node in a browser, as far as its transport goes: dials `ws://` addresses and nothing else. */
export class WebSocketTransport implements Transport {
  readonly #signer: Signer;
  readonly #crypto: Crypto;

  constructor(signer: Signer, crypto: Crypto) {
    this.#signer = signer;
    this.#crypto = crypto;
  }

  reaches(to: Address): boolean {
    return schemeOf(to) === "ws";
  }

  dial(to: Address, handler: ConnectionHandler): Connection {
    const channel = SecureChannel.dial({ signer: this.#signer, crypto: this.#crypto });
    return new ClientConnection(to, channel, handler);
  }

  listen(at: Address, handler: ListenHandler): Cancel {
    let isCancelled = false;
    queueMicrotask(() => isCancelled || handler.listening(at));
    return () => {
      isCancelled = true;
    };
  }
}

/** What a browser's end of a connection does. */
class ClientConnection implements Connection {
  readonly #to: Address;
  readonly #raw: Socket;
  readonly #socket: SocketConnection;
  readonly #channel: SecureChannel;
  readonly #handler: ConnectionHandler;
  readonly #reader = new ServerReader();
  #waiting: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #owesDrained = false;
  #over = false;

  constructor(to: Address, channel: SecureChannel, handler: ConnectionHandler) {
    this.#to = to;
    this.#channel = channel;
    this.#handler = handler;
    this.#raw = connect({ ...splitAddress(to), noDelay: true });
    this.#socket = new SocketConnection(this.#raw);
    this.#socket.tell({
      opened: () => {},
      received: (bytes) => this.#read(bytes),
      drained: () => this.#drained(),
      closed: (error) => this.#finish(() => handler.closed(error)),
    });
    this.#raw.once("connect", () => {
      this.#socket.accept();
      this.#socket.send(upgradeRequest(to));
    });
  }

  get queuedBytes(): number {
    if (this.#over) return 0;
    const waiting = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    return waiting + (this.#channel.isOpen ? this.#socket.queuedBytes : 0);
  }

  send(bytes: Uint8Array): void {
    if (this.#over || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#sendSoon();
  }

  close(): void {
    this.#sendWaiting();
    if (this.#channel.isOpen && !this.#over) {
      this.#socket.send(clientFrame(OPCODE.close, Uint8Array.of(3, 232)));
    }
    this.#finish(() => this.#socket.close());
  }

  #read(bytes: Uint8Array): void {
    const isBegun = this.#reader.head !== undefined;
    const frames = this.#reader.push(bytes);
    if (!isBegun && this.#reader.head !== undefined) this.#flush();
    for (const { opcode, payload } of frames) {
      if (this.#over) return;
      if (opcode === OPCODE.close) {
        this.#socket.close();
        this.#finish(() => this.#handler.closed());
      } else if (opcode === OPCODE.binary) this.#receive(payload);
    }
  }

  #receive(message: Uint8Array): void {
    this.#channel.receive(message);
    this.#flush();
    for (const event of this.#channel.takeEvents()) {
      if (this.#over) return;
      if (event.type === "bytes") {
        this.#handler.received(event.bytes);
        continue;
      }
      this.#sendSoon();
      const { id, binding } = event;
      this.#handler.opened({ address: this.#to, id, binding });
    }
  }

  /** What was said before the server answered waits for it. */
  #flush(): void {
    if (this.#reader.head === undefined) return;
    for (const message of this.#channel.takeMessages()) {
      this.#socket.send(clientFrame(OPCODE.binary, message));
    }
  }

  /** A turn of the event loop later, as a browser does: a story looks at what waits meanwhile. */
  #sendSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    if (this.#over || !this.#channel.isOpen || this.#waiting.length === 0) return;
    this.#channel.send(concatBytes(this.#waiting));
    this.#waiting = [];
    this.#owesDrained = true;
    this.#flush();
    this.#drained();
  }

  #drained(): void {
    if (this.#over || !this.#owesDrained || this.queuedBytes > 0) return;
    this.#owesDrained = false;
    this.#handler.drained();
  }

  #finish(then: () => void): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    then();
  }
}
