/**
 * The chain server: puts those who ask into a line, in the order in which they come.
 *
 * There is one place at its end, held by the last one who came. The next one is given that one's head
 * as the neighbour of its tail, the two are told of each other, and the next one holds the place:
 *
 *     first   second   third        told to first    head, the tail of second
 *      H ───── T H ───── T H …      told to second   tail, the head of first; then head, the tail of third
 *
 * Once told of both, a client has nothing more to wait for here, and its connection is ended. The line
 * itself is the members' business: what they do with it afterwards, the server never hears.
 */

import type { Address } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import { expectIntroducible } from "./introducible.ts";
import { type ConnectRequest, encodePlace, readConnect } from "./rendezvous_protocol.ts";
import {
  type ClientLimits,
  DEFAULT_CLIENT_LIMITS,
  ServerClients,
  type ServerEffect,
} from "./server_clients.ts";

/** How a chain server is set up. */
export interface ChainServerOptions extends Partial<ClientLimits> {
  /** Whether private addresses are introduced, as within one machine or one network. Default: no. */
  allowsPrivate?: boolean;
}

/** One chain server, without its sockets. */
export class ChainServer {
  readonly #allowsPrivate: boolean;
  readonly #clients: ServerClients;
  /** Who holds the place at the end. */
  #last: { client: number; request: ConnectRequest } | undefined;
  #introductions = 0;

  constructor({ allowsPrivate = false, ...limits }: ChainServerOptions = {}) {
    this.#allowsPrivate = allowsPrivate;
    this.#clients = new ServerClients({ ...DEFAULT_CLIENT_LIMITS, ...limits });
  }

  /** Pairs that were told of each other. */
  get introductions(): number {
    return this.#introductions;
  }

  /** Connections at present. */
  get clientCount(): number {
    return this.#clients.count;
  }

  /**
   * Somebody connected.
   *
   * @param client a number that no other connection has, or had
   */
  handleOpened(now: Instant, client: number, from: Address): void {
    this.#clients.open(now, client, from);
  }

  /** Bytes came from a client. Those of one that is gone are dropped. */
  handleBytes(now: Instant, client: number, bytes: Uint8Array): void {
    this.#clients.receive(client, bytes, (request) => this.#place(now, client, request));
    this.#skipGone();
  }

  /** A client's connection is over. */
  handleClosed(_now: Instant, client: number): void {
    this.#clients.forget(client);
    this.#skipGone();
  }

  /** Time has passed. Early and repeated calls do no harm. */
  handleTime(now: Instant): void {
    this.#clients.handleTime(now);
    this.#skipGone();
  }

  /** When `handleTime` is wanted next. */
  nextWakeup(): Instant | undefined {
    return this.#clients.nextWakeup();
  }

  /** What to do, in order. */
  takeEffects(): ServerEffect[] {
    return this.#clients.takeEffects();
  }

  /** @throws {ChainProtocolError} when the request cannot be used */
  #place(now: Instant, client: number, value: unknown): void {
    const request = readConnect(value);
    expectIntroducible("Field head", request.head, this.#allowsPrivate);
    expectIntroducible("Field tail", request.tail, this.#allowsPrivate);
    const earlier = this.#last;
    this.#last = { client, request };
    this.#clients.wait(now, client);
    // Who asks again, as its addresses have changed, keeps its place.
    if (earlier === undefined || earlier.client === client) return;
    if (earlier.request.head === request.head) {
      // It lost its connection before the server did, and must not be made its own neighbour.
      this.#clients.refuse(earlier.client, "The same head has come back by another connection");
      return;
    }
    this.#introductions++;
    this.#clients.send(earlier.client, encodePlace({ part: "head", ip: request.tail }));
    this.#clients.send(client, encodePlace({ part: "tail", ip: earlier.request.head }));
    this.#clients.end(earlier.client);
  }

  #skipGone(): void {
    if (this.#last !== undefined && !this.#clients.has(this.#last.client)) this.#last = undefined;
  }
}
