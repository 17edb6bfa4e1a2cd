/** Clients of real rendezvous servers, that send any bytes and keep what they are told. */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { type Address, formatAddress, parseAddress, splitAddress } from "../../src/base/address.ts";
import {
  openRendezvous,
  type Rendezvous,
  type RendezvousOptions,
} from "../../src/io/rendezvous.ts";
import { until } from "./until.ts";

/** Servers on ports that the system chose, and whoever talks to them. */
export class RendezvousRig implements AsyncDisposable {
  readonly servers: Rendezvous;
  readonly #opened: AsyncDisposableStack;

  constructor(servers: Rendezvous, opened: AsyncDisposableStack) {
    this.servers = servers;
    this.#opened = opened;
  }

  static async open(
    host = "127.0.0.1",
    options: Partial<RendezvousOptions> = {},
  ): Promise<RendezvousRig> {
    const at = formatAddress({ host, port: 0 });
    const servers = await openRendezvous({ chain: at, repair: at, echo: at, ...options });
    const opened = new AsyncDisposableStack();
    opened.use(servers);
    return new RendezvousRig(servers, opened);
  }

  /** A TCP client that is connected. */
  async client(to: Address): Promise<TcpClient> {
    const client = this.#opened.use(new TcpClient(to));
    await until(() => client.isConnected || client.isOver);
    return client;
  }

  /** A UDP socket of that family. */
  async datagrams(family: "udp4" | "udp6"): Promise<UdpClient> {
    return this.#opened.use(await UdpClient.open(family));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }
}

/** A TCP client. */
export class TcpClient implements AsyncDisposable {
  readonly socket: Socket;
  text = "";
  isConnected = false;
  /** The server has ended its half. */
  isEnded = false;
  /** The connection is over at both ends. */
  isOver = false;

  constructor(to: Address) {
    this.socket = connect({ ...splitAddress(to), allowHalfOpen: true });
    this.socket.on("connect", () => this.isConnected = true);
    this.socket.on("data", (bytes: Uint8Array) => this.text += new TextDecoder().decode(bytes));
    this.socket.on("end", () => this.isEnded = true);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.isOver = true);
  }

  say(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** What it was told, once the server has ended the connection. */
  async end(): Promise<string> {
    await until(() => this.isEnded || this.isOver);
    return this.text;
  }

  /** Waits until it was told `text`, and nothing else. */
  async told(text: string): Promise<void> {
    await until(() => this.text.length >= text.length || this.isOver);
    if (this.text !== text) throw new Error(`Wanted ${text}, was told ${this.text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await until(() => this.isOver);
  }
}

/** A UDP socket, and what came to it. */
export class UdpClient implements AsyncDisposable {
  readonly #socket: UdpSocket;
  readonly received: string[] = [];

  constructor(socket: UdpSocket) {
    this.#socket = socket;
    socket.on("message", (bytes: Uint8Array) => {
      this.received.push(new TextDecoder().decode(bytes));
    });
  }

  static async open(family: "udp4" | "udp6"): Promise<UdpClient> {
    const socket = createSocket(family);
    await new Promise<void>((resolve) =>
      socket.bind(0, family === "udp4" ? "127.0.0.1" : "::1", resolve)
    );
    return new UdpClient(socket);
  }

  get address(): Address {
    const { address: host, port } = this.#socket.address();
    return formatAddress({ host, port });
  }

  send(to: string, bytes: Uint8Array | string): void {
    const { host, port } = splitAddress(parseAddress(to));
    this.#socket.send(bytes, port, host, () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
