/** A rendezvous server and its clients, in memory and on a clock that is set by hand. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import type { Instant } from "../../src/base/ports.ts";
import type { ServerEffect } from "../../src/chain/server_clients.ts";

/** What both servers have in common. */
interface Server {
  handleOpened(now: Instant, client: number, from: Address): void;
  handleBytes(now: Instant, client: number, bytes: Uint8Array): void;
  handleClosed(now: Instant, client: number): void;
  handleTime(now: Instant): void;
  nextWakeup(): Instant | undefined;
  takeEffects(): ServerEffect[];
}

/** Whoever does not say where it comes from comes from an address of its own. */
export class ServerRig {
  readonly #server: Server;
  readonly #clients: RigClient[] = [];
  now: Instant = 1_000;

  constructor(server: Server) {
    this.#server = server;
  }

  /** A client that has just connected. */
  connect(from?: string): RigClient {
    const number = this.#clients.length + 1;
    const client = new RigClient((event) => this.#run(() => event(this.#server, this.now, number)));
    this.#clients.push(client);
    const host = from ?? `198.51.${number >> 8}.${number & 255}`;
    const address = parseAddress(host.includes(":") ? `[${host}]:9999` : `${host}:9999`);
    this.#run(() => this.#server.handleOpened(this.now, number, address));
    return client;
  }

  /** Lets time pass, waking the server whenever it wants that, and never later. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const at = this.#server.nextWakeup();
      if (at === undefined || at > end) break;
      this.now = Math.max(at, this.now);
      this.#run(() => this.#server.handleTime(this.now));
    }
    this.now = end;
  }

  get nextWakeup(): Instant | undefined {
    return this.#server.nextWakeup();
  }

  #run(event: () => void): void {
    event();
    for (const effect of this.#server.takeEffects()) {
      const client = this.#clients[effect.client - 1];
      if (client === undefined) throw new Error(`There is no client ${effect.client}`);
      if (client.isClosed) throw new Error(`Client ${effect.client} was closed before`);
      if (effect.type === "close") client.isClosed = true;
      else client.text += decodeUtf8(effect.bytes);
    }
  }
}

type ClientEvent = (server: Server, now: Instant, client: number) => void;

/** One client. */
export class RigClient {
  readonly #event: (event: ClientEvent) => void;
  /** All that it was told. */
  text = "";
  /** Whether the server has ended the connection. */
  isClosed = false;

  constructor(event: (event: ClientEvent) => void) {
    this.#event = event;
  }

  say(text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? encodeUtf8(text) : text;
    this.#event((server, now, client) => server.handleBytes(now, client, bytes));
  }

  /** Its connection is over, by its own doing. */
  hangUp(): void {
    this.#event((server, now, client) => server.handleClosed(now, client));
  }

  /** What it was told, and whether the connection goes on. */
  get end(): [text: string, isClosed: boolean] {
    return [this.text, this.isClosed];
  }
}
