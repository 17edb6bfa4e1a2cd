/**
 * Where this node can be dialled. A node that listens on one address knows it. A node that listens on
 * every interface does not know which of its hosts others can reach; each peer tells at which address
 * it sees this node, and the hosts heard of most recently are taken, with the own port.
 *
 * A node listens for other nodes, and perhaps for browsers too, which dial addresses of another scheme.
 */

import {
  type Address,
  formatAddress,
  isWildcard,
  schemeOf,
  splitAddress,
  webSocketAddress,
} from "../base/address.ts";
import { MAX_ADDRESSES } from "../wire/limits.ts";

/** Hosts kept of those that peers have seen. */
const MAX_SEEN_HOSTS = 4;

export class OwnAddresses {
  /** In the order in which it began to. */
  #listening: Address[] = [];
  #seenHosts: string[] = [];

  /** The node listens at `at` now. */
  listen(at: Address): void {
    if (!this.#listening.includes(at)) this.#listening.push(at);
  }

  /** The node does not listen at `at` any more. */
  stopListening(at: Address): void {
    this.#listening = this.#listening.filter((each) => each !== at);
  }

  /** A peer sees this node at `address`, whose port may be any. */
  seenAt(address: Address): void {
    const { host } = splitAddress(address);
    const others = this.#seenHosts.filter((each) => each !== host);
    this.#seenHosts = [host, ...others].slice(0, MAX_SEEN_HOSTS);
  }

  /** Where the node listens, once it does. */
  get bound(): Address | undefined {
    return this.#listening[0];
  }

  /** For a peer, who knows the host by the connection: the listening address as it is. */
  get forPeer(): Address[] {
    return this.#listening.slice(0, MAX_ADDRESSES);
  }

  /** For the network: addresses that can be dialled, in a stable order. */
  get forNetwork(): Address[] {
    const everywhere = this.#listening.flatMap((at) => {
      if (!isWildcard(at)) return [at];
      return this.#seenHosts.map((host) => withHost(at, host)).sort();
    });
    return everywhere.slice(0, MAX_ADDRESSES);
  }
}

/** The same address with another host. */
function withHost(address: Address, host: string): Address {
  const plain = formatAddress({ host, port: splitAddress(address).port });
  return schemeOf(address) === "ws" ? webSocketAddress(plain) : plain;
}

/**
 * Where a peer can be dialled by its own words, wildcards replaced by the host it is seen at; that
 * address itself if it gives none.
 */
export function dialAddress(announced: readonly Address[], seen: Address): Address {
  const [first] = announced;
  if (first === undefined) return seen;
  return isWildcard(first) ? withHost(first, splitAddress(seen).host) : first;
}
