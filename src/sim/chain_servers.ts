/** The rendezvous servers on a virtual machine: the very same ones, with virtual streams and datagrams. */

import { type Address, formatAddress } from "../base/address.ts";
import type { Cancel, Connection, Instant } from "../base/ports.ts";
import { ChainServer } from "../chain/chain_server.ts";
import { answerEcho } from "../chain/echo_server.ts";
import { RepairServer } from "../chain/repair_server.ts";
import type { ServerEffect } from "../chain/server_clients.ts";
import type { SimDatagrams, SimDatagramSocket } from "./datagrams.ts";
import type { SimHost } from "./host.ts";

const CHAIN_PORT = 8081, REPAIR_PORT = 8080, ECHO_PORT = 8082;

/** What the chain server and the repair server have in common. */
interface StreamServer {
  handleOpened(now: Instant, client: number, from: Address): void;
  handleBytes(now: Instant, client: number, bytes: Uint8Array): void;
  handleClosed(now: Instant, client: number): void;
  takeEffects(): ServerEffect[];
}

export class SimChainServers {
  readonly chain: Address;
  readonly repair: Address;
  readonly echo: Address;
  readonly #host: SimHost;
  readonly #datagrams: SimDatagrams;
  #echoSocket: SimDatagramSocket | undefined;
  #endRepair: Cancel | undefined;
  #chainServer = new ChainServer();
  #repairServer = new RepairServer();

  constructor(host: SimHost, datagrams: SimDatagrams) {
    this.#host = host;
    this.#datagrams = datagrams;
    this.chain = formatAddress({ host: host.ip, port: CHAIN_PORT });
    this.repair = formatAddress({ host: host.ip, port: REPAIR_PORT });
    this.echo = formatAddress({ host: host.ip, port: ECHO_PORT });
  }

  /** Connections of members, at both servers. */
  get clientCount(): number {
    return this.#chainServer.clientCount + this.#repairServer.clientCount;
  }

  start(): void {
    this.#chainServer = new ChainServer();
    this.#repairServer = new RepairServer();
    this.#serve(this.chain, this.#chainServer);
    this.#endRepair = this.#serve(this.repair, this.#repairServer);
    const echo = this.#echoSocket = this.#datagrams.open(
      this.#host,
      ECHO_PORT,
      false,
      (from, bytes) => {
        const answer = answerEcho(from, bytes);
        if (answer !== undefined) echo.send(from, answer);
      },
    );
  }

  /** The process dies, and with it all that the servers knew. */
  kill(): void {
    this.#host.killProcess();
    this.#echoSocket?.close();
  }

  /** The repair server alone dies. */
  killRepair(): void {
    this.#endRepair?.();
  }

  /** @returns ends the server */
  #serve(at: Address, server: StreamServer): Cancel {
    const connections = new Map<number, Connection>();
    let last = 0;
    const run = (act: (now: Instant) => void) => {
      act(this.#host.now());
      for (const effect of server.takeEffects()) {
        const connection = connections.get(effect.client);
        if (effect.type === "send") connection?.send(effect.bytes);
        else connection?.close();
      }
    };
    const stop = this.#host.listen(at, {
      listening() {},
      failed: ({ detail }) => {
        throw new Error(`The rendezvous server cannot listen on ${at}: ${detail}`);
      },
      refused() {},
      accepted: (connection, remote) => {
        const client = ++last;
        connections.set(client, connection);
        run((now) => server.handleOpened(now, client, remote.address));
        return {
          opened() {},
          received: (bytes) => run((now) => server.handleBytes(now, client, bytes)),
          drained() {},
          closed: () => {
            connections.delete(client);
            run((now) => server.handleClosed(now, client));
          },
        };
      },
    });
    return () => {
      stop();
      for (const connection of connections.values()) connection.close();
    };
  }
}
