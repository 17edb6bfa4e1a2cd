/**
 * The addresses at which other nodes take browsers, as the map has them. Strangers can have this asked
 * as often as they like, and the map of a large network takes long to go through: so it is looked at
 * once a second and no more.
 */

import { type Address, schemeOf } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import type { NodeView } from "../controller/snapshot.ts";

/** How old the answer may be, in milliseconds. */
const MAX_AGE_MS = 1_000;

export class OtherDoors {
  readonly #now: () => Instant;
  readonly #nodes: () => readonly NodeView[];
  #known: Doors = { open: [], ever: [] };
  #until: Instant = -Infinity;

  /**
   * @param now the time
   * @param nodes those of the map at that time
   */
  constructor(now: () => Instant, nodes: () => readonly NodeView[]) {
    this.#now = now;
    this.#nodes = nodes;
  }

  /** The `ws://` addresses of all other nodes that are up, ordered by the nodes' ids. */
  open(): readonly Address[] {
    return this.#look().open;
  }

  /**
   * Those of nodes that are lost or have left besides: a page that came from one of them looks for
   * another node just then.
   */
  ever(): readonly Address[] {
    return this.#look().ever;
  }

  #look(): Doors {
    const now = this.#now();
    if (now >= this.#until) {
      const others = this.#nodes().filter(({ state }) => state !== "own");
      this.#known = {
        open: doorsOf(others.filter(({ state }) => state === "alive")),
        ever: doorsOf(others),
      };
      this.#until = now + MAX_AGE_MS;
    }
    return this.#known;
  }
}

/** Addresses for browsers. */
interface Doors {
  open: readonly Address[];
  ever: readonly Address[];
}

function doorsOf(nodes: readonly NodeView[]): Address[] {
  return nodes.flatMap(({ addresses }) => addresses.filter((each) => schemeOf(each) === "ws"));
}
