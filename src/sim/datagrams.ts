/**
 * Datagrams on the virtual network: they arrive late, in any order, or not at all, and nobody is told. A
 * machine may be behind a NAT, which lets nothing in from anybody who was not sent something before (address and
 * port-dependent filtering, RFC 4787).
 */

import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import type { SimHost } from "./host.ts";
import type { SimNetwork } from "./network.ts";

/** How datagrams fare. */
export interface DatagramOptions {
  /** Share of datagrams that are lost. */
  loss: number;
  /** Share of those that arrive twice. */
  duplication: number;
  /** What chance adds to the delay of each, at the most, in milliseconds: so they overtake each other. */
  jitterMs: number;
}

/** Told of a datagram. */
export type DatagramHandler = (from: Address, bytes: Uint8Array) => void;

export class SimDatagrams {
  readonly network: SimNetwork;
  readonly options: DatagramOptions;
  /** Sees every datagram that is sent, as somebody on the way could, and says whether to lose it. */
  onSent: ((from: Address, to: Address, bytes: Uint8Array) => boolean) | undefined;
  readonly #sockets = new Map<Address, SimDatagramSocket>();
  #sent = 0;

  constructor(network: SimNetwork, options: DatagramOptions) {
    this.network = network;
    this.options = options;
  }

  /** Datagrams that were sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Opens a socket; one that was open on the port before is closed.
   *
   * @param isBehindNat whether only those can reach it that it has sent something to
   */
  open(
    host: SimHost,
    port: number,
    isBehindNat: boolean,
    handler: DatagramHandler,
  ): SimDatagramSocket {
    const address = formatAddress({ host: host.ip, port });
    const socket = new SimDatagramSocket(this, host, address, isBehindNat, handler);
    this.#sockets.set(address, socket);
    return socket;
  }

  close(socket: SimDatagramSocket): void {
    if (this.#sockets.get(socket.address) === socket) this.#sockets.delete(socket.address);
  }

  /** Sends a datagram, which must not be changed afterwards. */
  carry(from: SimDatagramSocket, to: Address, bytes: Uint8Array): void {
    this.#sent++;
    if (this.onSent?.(from.address, to, bytes)) return;
    const { loss, duplication } = this.options;
    const { random } = this.network;
    if (loss > 0 && random.next() < loss) return;
    this.#carryOnce(from, to, bytes);
    if (duplication > 0 && random.next() < duplication) this.#carryOnce(from, to, bytes);
  }

  #carryOnce(from: SimDatagramSocket, to: Address, bytes: Uint8Array): void {
    const { network } = this;
    const host = network.hostOf(to);
    if (host === undefined || splitAddress(to).port === 0) return;
    const delayMs = network.delay(from.host, host) + this.options.jitterMs * network.random.next();
    network.timeline.after(delayMs, () => {
      if (!host.isUp || !network.isOpen(from.host, host)) return;
      host.whenAwake(() => this.#sockets.get(to)?.receive(from.address, bytes));
    });
  }
}

export class SimDatagramSocket {
  readonly host: SimHost;
  readonly address: Address;
  readonly #datagrams: SimDatagrams;
  readonly #isBehindNat: boolean;
  readonly #handler: DatagramHandler;
  readonly #sentTo = new Set<Address>();

  constructor(
    datagrams: SimDatagrams,
    host: SimHost,
    address: Address,
    isBehindNat: boolean,
    handler: DatagramHandler,
  ) {
    this.#datagrams = datagrams;
    this.host = host;
    this.address = address;
    this.#isBehindNat = isBehindNat;
    this.#handler = handler;
  }

  send(to: Address, bytes: Uint8Array): void {
    if (this.#isBehindNat) this.#sentTo.add(to);
    this.#datagrams.carry(this, to, bytes);
  }

  close(): void {
    this.#datagrams.close(this);
  }

  receive(from: Address, bytes: Uint8Array): void {
    if (!this.#isBehindNat || this.#sentTo.has(from)) this.#handler(from, bytes);
  }
}
