/**
 * Where this node can be dialled. A node that listens on one address knows it. A node that listens on
 * every interface does not know which of its hosts others can reach; each peer tells at which address
 * it sees this node, and the hosts heard of most recently are taken, with the own port.
 */

import { type Address, formatAddress, isWildcard, splitAddress } from "../base/address.ts";

/** Hosts kept of those that peers have seen. */
const MAX_SEEN_HOSTS = 4;

export class OwnAddresses {
  #listening: Address | undefined;
  #seenHosts: string[] = [];

  /** The node listens at `at` now. */
  listen(at: Address): void {
    this.#listening = at;
  }

  /** A peer sees this node at `address`, whose port may be any. */
  seenAt(address: Address): void {
    const { host } = splitAddress(address);
    const others = this.#seenHosts.filter((each) => each !== host);
    this.#seenHosts = [host, ...others].slice(0, MAX_SEEN_HOSTS);
  }

  /** Where the node listens, once it does. */
  get bound(): Address | undefined {
    return this.#listening;
  }

  /** For a peer, who knows the host by the connection: the listening address as it is. */
  get forPeer(): Address[] {
    return this.#listening === undefined ? [] : [this.#listening];
  }

  /** For the network: addresses that can be dialled, in a stable order. */
  get forNetwork(): Address[] {
    if (this.#listening === undefined) return [];
    if (!isWildcard(this.#listening)) return [this.#listening];
    const { port } = splitAddress(this.#listening);
    return this.#seenHosts.map((host) => formatAddress({ host, port })).sort();
  }
}

/**
 * Where a peer can be dialled by its own words, wildcards replaced by the host it is seen at; that
 * address itself if it gives none.
 */
export function dialAddress(announced: readonly Address[], seen: Address): Address {
  const [first] = announced;
  if (first === undefined) return seen;
  if (!isWildcard(first)) return first;
  return formatAddress({ host: splitAddress(seen).host, port: splitAddress(first).port });
}
