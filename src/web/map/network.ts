/**
 * The network as the page knows it: nodes by id, links by their two ends, in the shapes of the
 * control API. Whatever did not change stays the very same object, which is how the drawing and the
 * tables find out, with no word from anybody, what they have to draw anew.
 */

import type { EventOf, Result } from "../../control/methods.ts";

/** One change of the map; the first of a history is the whole map. */
export type Change = EventOf<"history">;
export type MapNode = Change["nodes"][number];
export type MapLink = Change["links"][number];
export type NodeState = MapNode["state"];

/** The one name of a link. Ids hold no such character. */
export function linkKey({ from, to }: { from: string; to: string }): string {
  return `${from}>${to}`;
}

/** The network at one moment. */
export class Network {
  /** The node whose view this is. */
  self: string;
  /** When it became what it is, in milliseconds since 1970. */
  at: number;
  readonly nodes: Map<string, MapNode>;
  readonly links: Map<string, MapLink>;

  /** @param other what it is a copy of; absent: nothing is there yet */
  constructor(other?: Network) {
    this.self = other?.self ?? "";
    this.at = other?.at ?? 0;
    this.nodes = new Map(other?.nodes);
    this.links = new Map(other?.links);
  }

  apply(change: Change): void {
    this.self = change.self;
    this.at = change.at;
    for (const id of change.gone_nodes) this.nodes.delete(id);
    for (const ends of change.gone_links) this.links.delete(linkKey(ends));
    for (const node of change.nodes) this.nodes.set(node.id, node);
    for (const link of change.links) this.links.set(linkKey(link), link);
  }

  /** The links that begin or end at a node. */
  linksOf(id: string): MapLink[] {
    return [...this.links.values()].filter(({ from, to }) => from === id || to === id);
  }

  /** As `area-net map --json` has it, in its order. */
  toMap(): Result<"map"> {
    return {
      self: this.self,
      nodes: [...this.nodes.values()].sort((a, b) => compare(a.id, b.id)),
      links: [...this.links.values()].sort((a, b) =>
        compare(a.from, b.from) || compare(a.to, b.to)
      ),
    };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
