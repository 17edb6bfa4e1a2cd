/** A wire between two nodes that keeps all that passes. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";

export class RecordingProxy implements Disposable {
  /** Connections to it lead to `target`. */
  readonly address: Address;
  readonly #server: Server;
  readonly #sockets: Socket[];
  readonly #recorded: Uint8Array[];

  private constructor(server: Server, sockets: Socket[], recorded: Uint8Array[]) {
    const { address: host, port } = server.address() as AddressInfo;
    this.address = formatAddress({ host, port });
    this.#server = server;
    this.#sockets = sockets;
    this.#recorded = recorded;
  }

  static async open(target: Address): Promise<RecordingProxy> {
    const sockets: Socket[] = [];
    const recorded: Uint8Array[] = [];
    const server = createServer((near) => {
      const far = connect(splitAddress(target));
      for (const socket of [near, far]) {
        sockets.push(socket);
        socket.on("error", () => {}).on("data", (bytes: Uint8Array) => recorded.push(bytes));
      }
      near.on("data", (bytes) => far.write(bytes)).on("close", () => far.destroy());
      far.on("data", (bytes) => near.write(bytes)).on("close", () => near.destroy());
    });
    await new Promise<void>((resolve) => server.listen({ host: "::1", port: 0 }, resolve));
    return new RecordingProxy(server, sockets, recorded);
  }

  /** All that passed, in both directions, as characters of one byte each. */
  get record(): string {
    return this.#recorded.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
  }

  /** Takes nothing any more, so that what is said waits where it is said. */
  hold(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Passes on again. */
  release(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
