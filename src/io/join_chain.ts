/** Joining a line: from what a program or a person says to a member that runs. */

import { lookup } from "node:dns/promises";
import { type Address, formatAddress, parseAddress, splitAddress } from "../base/address.ts";
import { addressKind } from "../chain/address_kind.ts";
import { ChainMember } from "./chain_member.ts";
import { connectionError } from "./connection_error.ts";

/** Whom to join, and how. */
export interface JoinOptions {
  /** The chain server, as `host:port` or `[addr]:port`; TCP. */
  chain: string;
  /** The repair server; TCP. */
  repair: string;
  /** The echo server; UDP. Its address family is that of the line: IPv4 or IPv6. */
  echo: string;
  /** What this member is called, at most 64 bytes of UTF-8. Default: nothing. */
  label?: string;
  /**
   * Whether neighbours at private addresses are accepted. Default: where the echo server's address is
   * private itself.
   */
  allowsPrivate?: boolean;
  /** Milliseconds between keep-alives. Default: 1000. Shorter ones notice a loss sooner, and cost more. */
  keepAliveMs?: number;
  /** Milliseconds of silence after which a neighbour is lost. Default: 3000. */
  lostAfterMs?: number;
}

/** The line could not be joined for a reason of this machine or of what was asked for. */
export class JoinError extends Error {
  override readonly name = "JoinError";
}

/**
 * Makes this program a member of a line. It is joined by and by: `watch` of the member tells how that
 * goes, and servers that do not answer are tried again for as long as it takes.
 *
 * @throws {SyntaxError} by rejecting, when an address cannot be read
 * @throws {RangeError} by rejecting, when the label is too long, or the times do not go together
 * @throws {JoinError} by rejecting, when the echo server's name cannot be resolved
 * @throws {ListenError} by rejecting, when there can be no UDP sockets
 */
export async function joinChain(options: JoinOptions): Promise<ChainMember> {
  const member = await openMember(options);
  member.start();
  return member;
}

/**
 * A member with its sockets, which joins once it is started.
 *
 * @throws as `joinChain`
 */
export async function openMember(options: JoinOptions): Promise<ChainMember> {
  const { label = "", allowsPrivate, keepAliveMs, lostAfterMs } = options;
  const [chain, repair] = [parseAddress(options.chain), parseAddress(options.repair)];
  const echo = await resolve(parseAddress(options.echo));
  return await ChainMember.open({
    servers: { chain, repair },
    member: {
      label,
      echo,
      allowsPrivate: allowsPrivate ?? addressKind(echo) === "private",
      ...(keepAliveMs !== undefined && { keepAliveMs }),
      ...(lostAfterMs !== undefined && { lostAfterMs }),
    },
  });
}

/** The same address by number, which datagrams are sent to and are told by. */
async function resolve(address: Address): Promise<Address> {
  const { host, port } = splitAddress(address);
  try {
    return formatAddress({ host: (await lookup(host)).address, port });
  } catch (error) {
    const { detail } = connectionError(error as Error);
    throw new JoinError(
      `The echo server ${address} cannot be found: ${detail}. Name it by its number`,
    );
  }
}
