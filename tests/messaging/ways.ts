/** A map of the network that says just what a test tells it: which ways there are, the best first. */

import type { NodeId } from "../../src/base/node_id.ts";
import type { OutgoingOptions } from "../../src/messaging/outgoing.ts";
import type { Surcharge } from "../../src/topology/graph.ts";

/** A way, its ends included. */
export type Way = readonly NodeId[];

export class Ways {
  version = 1;
  #ways: readonly Way[];

  constructor(...ways: readonly Way[]) {
    this.#ways = ways;
  }

  /** From now on there are other ways. */
  set(...ways: readonly Way[]): void {
    this.#ways = ways;
    this.version++;
  }

  path(to: NodeId, surcharge: Surcharge = () => 0) {
    const costOf = (way: Way) =>
      links(way).reduce((sum, [from, next]) => sum + surcharge(from, next), 0);
    const [best] = this.#ways.filter((way) => way.at(-1) === to)
      .sort((a, b) => costOf(a) - costOf(b));
    // A new list each time, as the real map gives.
    return best && [...best];
  }

  isWhole(path: Way): boolean {
    const known = new Set(this.#ways.flatMap(links).map((link) => link.join()));
    return links(path).every((link) => known.has(link.join()));
  }
}

/** Ways are asked for and judged as those of a real map are. */
new Ways() satisfies OutgoingOptions["map"];

function links(way: Way): [NodeId, NodeId][] {
  return way.slice(1).map((id, at) => [way[at] as NodeId, id]);
}
