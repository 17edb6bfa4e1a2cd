/**
 * The limit: nothing but `node:tls` between the processes, with TLS 1.3 and certificates on both
 * sides as on the links of area-net. Messages are sealed from each process to the next and not from
 * end to end, so the relays could read them and nobody proves to the recipient who sent them.
 */

import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:tls";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import { loadIdentity } from "../../src/io/identity_file.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { answer, type Channel, ChannelOutlet, relay } from "./channel.ts";
import { type Roles, run } from "./program.ts";

const OPTIONS = { ...TLS_OPTIONS, ...loadIdentity({}).credentials };

class SocketChannel implements Channel {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error) => console.error(`The link broke: ${error.message}`));
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#socket.on("data", listener);
  }

  onDrain(listener: () => void): void {
    this.#socket.on("drain", listener);
  }
}

function listen(accepted: (channel: Channel) => void): Promise<Address> {
  const server = createServer(OPTIONS, (socket) => accepted(new SocketChannel(socket)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "::1", port: 0 }, () => {
      const { address: host, port } = server.address() as AddressInfo;
      resolve(formatAddress({ host, port }));
    });
  });
}

function dial(place: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...OPTIONS, ...splitAddress(place as Address) });
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(new SocketChannel(socket)));
  });
}

const ROLES: Roles = {
  recipient: () => listen(answer),
  relay: async (next) => {
    const onward = await dial(next);
    return listen((channel) => relay(channel, onward));
  },
  sender: async (next) => new ChannelOutlet(await dial(next)),
};

if (import.meta.main) await run(ROLES);
