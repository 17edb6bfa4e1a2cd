/**
 * A UDP socket, by `node:dgram`, which needs no unstable flag of Deno.
 *
 * Nothing that is sent can fail: a datagram that cannot leave is lost like any other, and whoever sends
 * it has to reckon with that anyway.
 */

import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import { connectionError } from "./connection_error.ts";
import { ListenError } from "./listen_error.ts";

/** Takes what comes in; the bytes are the receiver's own. */
export type DatagramListener = (from: Address, bytes: Uint8Array) => void;

/**
 * Opens a socket.
 *
 * @param at port 0 for any that is free
 * @throws {ListenError} by rejecting
 */
export async function openUdp(at: Address, listener: DatagramListener): Promise<UdpSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  try {
    const { host, port } = splitAddress(at);
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    socket.once("error", reject);
    socket.bind(port, address, resolve);
    await promise;
    socket.off("error", reject);
    return new UdpSocket(socket, listener);
  } catch (error) {
    throw new ListenError(connectionError(error as Error), at);
  }
}

/** A socket that is open. */
export class UdpSocket {
  /** Where it is bound, by this machine's own reckoning. */
  readonly address: Address;
  readonly #socket: Socket;
  readonly #isIpv6: boolean;
  #isClosed = false;

  /** @param socket bound, and nobody listens to it yet */
  constructor(socket: Socket, listener: DatagramListener) {
    this.#socket = socket;
    const { address: host, port, family } = socket.address();
    this.address = formatAddress({ host, port });
    this.#isIpv6 = family === "IPv6";
    socket.on("message", (bytes: Uint8Array, { address: host, port }) => {
      // In Deno 2.9 each datagram lies in 64 KiB of memory, which whoever keeps it would keep as well.
      if (!this.#isClosed) listener(formatAddress({ host, port }), new Uint8Array(bytes));
    });
    // What the network reports of a datagram sent before concerns nobody who is sent the next one.
    socket.on("error", () => {});
  }

  /** Sends a datagram, unless the socket is closed. An address of the other family is not reached. */
  send(to: Address, bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const { host, port } = splitAddress(to);
    const isIpv4 = !host.includes(":");
    if (isIpv4 && this.#isIpv6) this.#socket.send(bytes, port, `::ffff:${host}`, ignore);
    else if (isIpv4 !== this.#isIpv6) this.#socket.send(bytes, port, host, ignore);
  }

  /** Closes it, and resolves once that is done. Twice does no harm. */
  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(resolve);
    return promise;
  }
}

/** Given with each datagram: without it, an error would be thrown from where nobody can catch it. */
function ignore(): void {}
