/** Far ends that shake hands over TLS as they should, and then do as a test tells them. */

import { connect, TLSSocket } from "node:tls";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { decodeMessage, type Message } from "../../src/wire/message.ts";
import { newParty, type Party } from "../io/credentials.ts";
import { until } from "../io/until.ts";

/** A caller with a key of its own. */
export class Stranger implements Disposable {
  readonly party: Party;
  readonly #socket: TLSSocket;
  readonly #decoder = new FrameDecoder(MAX_FRAME_BYTES);
  readonly #heard: Message[] = [];

  private constructor(socket: TLSSocket, party: Party) {
    this.party = party;
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Uint8Array) => {
      this.#decoder.push(chunk);
      for (let item; (item = this.#decoder.next()) !== undefined;) {
        this.#heard.push(decodeMessage(item));
      }
    });
  }

  /** Resolves when it has shaken hands. */
  static async call(address: Address, party = newParty()): Promise<Stranger> {
    const { key, cert } = party;
    const socket = connect({ ...TLS_OPTIONS, key, cert, ...splitAddress(address) });
    const stranger = new Stranger(socket, party);
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve).once("error", reject);
    });
    return stranger;
  }

  /** A hello such as an honest node would say. */
  get hello(): Uint8Array {
    const introduction = {
      network: "area-net",
      id: this.party.id,
      instance: 1,
      label: "mallory",
      addresses: [],
      capabilities: [],
      seenAt: "[::1]:1" as Address,
      proof: new Uint8Array(),
      successions: [],
    };
    return encodeFrame(encodeLinkMessage({ type: "hello", introduction, wanted: false }));
  }

  say(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** All that the node says until it ends the connection. */
  async untilClosed(): Promise<Message[]> {
    await until(() => this.#socket.closed);
    return this.#heard;
  }

  /** Waits for one message of a type. */
  async untilHeard(type: Message["type"]): Promise<void> {
    const isHeard = () => this.#heard.some((message) => message.type === type);
    await until(() => isHeard() || this.#socket.closed);
    if (!isHeard()) throw new Error(`The connection ended before any ${type}`);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** A listener that shakes hands and hears callers out, but never says a word nor hangs up. */
export class DeafListener implements Disposable {
  readonly address: Address;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  #isGreeted = false;

  private constructor(server: Server) {
    const { address: host, port } = server.address() as AddressInfo;
    this.address = formatAddress({ host, port });
    this.#server = server;
    const { key, cert } = newParty();
    server.on("connection", (raw: Socket) => {
      this.#sockets.push(raw);
      const socket = new TLSSocket(raw, { ...TLS_OPTIONS, key, cert, isServer: true });
      socket.on("error", () => {}).on("data", () => this.#isGreeted = true);
    });
  }

  static async open(): Promise<DeafListener> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen({ host: "::1", port: 0 }, resolve));
    return new DeafListener(server);
  }

  /** Waits until somebody has said hello. */
  async greeted(): Promise<void> {
    await until(() => this.#isGreeted);
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
