/**
 * Nodes with which a person ended the link: no link with them is made or taken until somebody asks for
 * one at an address, and that is where the node is met.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";

export class Parted {
  /** With the addresses that were asked for since. */
  readonly #nodes = new Map<NodeId, Set<Address>>();

  add(id: NodeId): void {
    this.#nodes.set(id, new Set());
  }

  has(id: NodeId): boolean {
    return this.#nodes.has(id);
  }

  /** Somebody asked for a link at `address`. */
  handleAsked(address: Address): void {
    for (const asked of this.#nodes.values()) asked.add(address);
  }

  /** A node was reached at `address`. */
  handleReached(id: NodeId, address: Address): void {
    if (this.#nodes.get(id)?.has(address)) this.#nodes.delete(id);
  }
}
