/**
 * Sees to it that a node in a browser has a link to a node that is none. Other browsers pass on what
 * there is to pass on, so the network may look whole without; but they are closed with a click, and then
 * nothing leads back. When the node that it came in through is gone, another one is asked for.
 */

import { type Address, schemeOf } from "../../base/address.ts";
import type { NodeId } from "../../base/node_id.ts";
import { type Random, shuffled } from "../../base/random.ts";
import type { NodeView, Snapshot } from "../../controller/snapshot.ts";

/** Looks at the network in a row that find no such link, before another node is asked: one may be beginning. */
const PATIENCE = 2;

export class Anchors {
  readonly #random: Random;
  readonly #asked: Set<Address>;
  #misses = 0;

  /** @param asked addresses that are dialled in any case */
  constructor(random: Random, asked: readonly Address[]) {
    this.#random = random;
    this.#asked = new Set(asked);
  }

  /** Looks at the network; answers with an address to connect to, if there should be one. */
  look(snapshot: Snapshot): Address | undefined {
    if (anchorsOf(snapshot).length > 0) {
      this.#misses = 0;
      return undefined;
    }
    if (++this.#misses < PATIENCE) return undefined;
    this.#misses = 0;
    const free = snapshot.nodes.filter(({ state }) => state === "alive" || state === "failed")
      .flatMap((node) => doorOf(node) ?? [])
      .filter((address) => !this.#asked.has(address));
    const [chosen] = shuffled(this.#random, free);
    if (chosen !== undefined) this.#asked.add(chosen);
    return chosen;
  }
}

/** The nodes, browsers aside, to which there is a link. */
export function anchorsOf({ peers, nodes }: Snapshot): NodeView[] {
  const linked = new Set<NodeId>(peers.map(({ id }) => id));
  return nodes.filter((node) => linked.has(node.id) && !isBrowser(node));
}

/** Whether a node is a browser's: nobody but browsers can dial it. */
export function isBrowser({ addresses }: Pick<NodeView, "addresses">): boolean {
  return addresses.some((address) => schemeOf(address) === "webrtc");
}

/** Where browsers can dial a node, if they can. */
export function doorOf({ addresses }: Pick<NodeView, "addresses">): Address | undefined {
  return addresses.find((address) => schemeOf(address) === "ws");
}
