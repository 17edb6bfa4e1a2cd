/** The three rendezvous servers on this machine's sockets, from their addresses to their end. */

import { type Address, splitAddress } from "../base/address.ts";
import { addressKind } from "../chain/address_kind.ts";
import { ChainServer } from "../chain/chain_server.ts";
import { answerEcho } from "../chain/echo_server.ts";
import { RepairServer } from "../chain/repair_server.ts";
import { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "../chain/server_clients.ts";
import { SystemClock } from "./clock.ts";
import { ListenError } from "./listen_error.ts";
import { listenForClients, type RendezvousTcp } from "./rendezvous_tcp.ts";
import { openUdp, type UdpSocket } from "./udp_socket.ts";

/** Where the servers listen, and whom they serve. */
export interface RendezvousOptions {
  /** TCP. Port 0 stands for any that is free, here and below. */
  chain: Address;
  /** TCP. */
  repair: Address;
  /** UDP. */
  echo: Address;
  /**
   * Whether members at private addresses are introduced to others. Default: where the server concerned
   * listens on a private address or on the loopback itself, which only those in the same network reach.
   */
  allowsPrivate?: boolean;
  /** What clients of the chain server may claim, and the same of the repair server. */
  limits?: Partial<ClientLimits>;
}

/**
 * Opens the three servers.
 *
 * @throws {ListenError} by rejecting, when one of them cannot listen; then none does
 */
export async function openRendezvous(options: RendezvousOptions): Promise<Rendezvous> {
  const { chain, repair, echo, limits = {} } = options;
  expectPermissions([chain, repair, echo]);
  const clock = new SystemClock();
  const { maxClients } = { ...DEFAULT_CLIENT_LIMITS, ...limits };
  const allowsPrivate = (at: Address) => options.allowsPrivate ?? isPrivate(at);
  const chainServer = new ChainServer({ ...limits, allowsPrivate: allowsPrivate(chain) });
  const repairServer = new RepairServer({ ...limits, allowsPrivate: allowsPrivate(repair) });
  await using opened = new AsyncDisposableStack();
  const chainTcp = await listenForClients(chain, chainServer, maxClients, clock);
  opened.defer(() => chainTcp.close());
  const repairTcp = await listenForClients(repair, repairServer, maxClients, clock);
  opened.defer(() => repairTcp.close());
  const echoUdp: UdpSocket = await openUdp(echo, (from, bytes) => {
    const answer = answerEcho(from, bytes);
    if (answer !== undefined) echoUdp.send(from, answer);
  });
  opened.defer(() => echoUdp.close());
  return new Rendezvous(chainTcp, repairTcp, echoUdp, opened.move());
}

/** Three servers that run. */
export class Rendezvous implements AsyncDisposable {
  /** Where the chain server listens. */
  readonly chain: Address;
  /** Where the repair server listens. */
  readonly repair: Address;
  /** Where the echo server listens. */
  readonly echo: Address;
  readonly #opened: AsyncDisposableStack;

  constructor(
    chain: RendezvousTcp,
    repair: RendezvousTcp,
    echo: UdpSocket,
    opened: AsyncDisposableStack,
  ) {
    this.chain = chain.address;
    this.repair = repair.address;
    this.echo = echo.address;
    this.#opened = opened;
  }

  /** Ends every connection and all three servers. Twice does no harm. */
  close(): Promise<void> {
    return this.#opened.disposeAsync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A name such as `localhost` is one that only this machine knows, or it stands for the whole world. */
function isPrivate(at: Address): boolean {
  return splitAddress(at).host === "localhost" || addressKind(at) === "private";
}

/** Asked beforehand: Deno throws a missing permission to listen from where nobody can catch it. */
function expectPermissions(addresses: readonly Address[]): void {
  for (const at of addresses) {
    if (Deno.permissions.requestSync({ name: "net", host: at }).state === "granted") continue;
    const detail = `Requires net access to "${at}", run again with the --allow-net flag`;
    throw new ListenError({ code: "not-permitted", detail }, at);
  }
}
