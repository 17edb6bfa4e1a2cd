/**
 * How the map goes from one state to the next: changes, the way to find them and the way to apply
 * them. Maps come with nodes and links in the order that a snapshot promises, so two of them are
 * compared side by side, in one pass and without a table.
 */

import { compareIds, type NodeId } from "../base/node_id.ts";
import type { LinkView, NodeView, Snapshot } from "./snapshot.ts";

/** The network as one node sees it. */
export type NetworkMap = Pick<Snapshot, "self" | "nodes" | "links">;

/** The two ends by which a link is known. */
export type LinkEnds = Pick<LinkView, "from" | "to">;

/** What became different at one moment. A change from nothing holds a whole map. */
export interface MapChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly self: NodeId;
  /** New ones, and those that changed. */
  readonly nodes: readonly NodeView[];
  readonly links: readonly LinkView[];
  readonly goneNodes: readonly NodeId[];
  readonly goneLinks: readonly LinkEnds[];
}

/** What leads from one map to another; undefined where people would be shown the same. */
export function changeBetween(
  at: number,
  before: NetworkMap,
  after: NetworkMap,
): MapChange | undefined {
  const nodes = compareLists(before.nodes, after.nodes, byId, isSameNode);
  const links = compareLists(before.links, after.links, byEnds, isSameLink);
  const counts = [nodes.changed, nodes.gone, links.changed, links.gone].map(({ length }) => length);
  if (counts.every((count) => count === 0)) return undefined;
  return {
    at,
    self: after.self,
    nodes: nodes.changed,
    links: links.changed,
    goneNodes: nodes.gone.map(({ id }) => id),
    goneLinks: links.gone.map(({ from, to }) => ({ from, to })),
  };
}

/** A map to which changes are applied. */
export class MapState {
  readonly #nodes: Map<NodeId, NodeView>;
  /** By the end that dialled, then by the other. */
  readonly #links: Map<NodeId, Map<NodeId, LinkView>>;

  /** @param other what it starts from; from nothing where it is absent */
  constructor(other?: MapState) {
    this.#nodes = new Map(other?.nodes().map((node) => [node.id, node]));
    this.#links = new Map();
    for (const link of other?.links() ?? []) this.#put(link);
  }

  /** Every node, in the order in which they came. */
  nodes(): NodeView[] {
    return [...this.#nodes.values()];
  }

  /** Every link, in no order that means anything. */
  links(): LinkView[] {
    return [...this.#links.values()].flatMap((links) => [...links.values()]);
  }

  apply({ nodes, links, goneNodes, goneLinks }: MapChange): void {
    for (const id of goneNodes) this.#nodes.delete(id);
    for (const { from, to } of goneLinks) this.#remove(from, to);
    for (const node of nodes) this.#nodes.set(node.id, node);
    for (const link of links) this.#put(link);
  }

  /** All of it, as a change from nothing. */
  whole(at: number, self: NodeId): MapChange {
    const nodes = this.nodes().sort(byId);
    return { at, self, nodes, links: this.links().sort(byEnds), goneNodes: [], goneLinks: [] };
  }

  #put(link: LinkView): void {
    const links = this.#links.get(link.from);
    if (links === undefined) this.#links.set(link.from, new Map([[link.to, link]]));
    else links.set(link.to, link);
  }

  #remove(from: NodeId, to: NodeId): void {
    const links = this.#links.get(from);
    links?.delete(to);
    if (links?.size === 0) this.#links.delete(from);
  }
}

/** @param order by which both lists are sorted; 0 for two states of the same thing */
function compareLists<T>(
  before: readonly T[],
  after: readonly T[],
  order: (a: T, b: T) => number,
  isSame: (a: T, b: T) => boolean,
): { changed: T[]; gone: T[] } {
  const changed: T[] = [];
  const gone: T[] = [];
  let at = 0;
  for (const item of after) {
    let known = before[at];
    while (known !== undefined && order(known, item) < 0) {
      gone.push(known);
      known = before[++at];
    }
    const isKnown = known !== undefined && order(known, item) === 0;
    if (isKnown) at++;
    if (!isKnown || !isSame(known as T, item)) changed.push(item);
  }
  return { changed, gone: gone.concat(before.slice(at)) };
}

function byId(a: NodeView, b: NodeView): number {
  return compareIds(a.id, b.id);
}

function byEnds(a: LinkEnds, b: LinkEnds): number {
  return compareIds(a.from, b.from) || compareIds(a.to, b.to);
}

/** Of the addresses, maps show the first. */
function isSameNode(a: NodeView, b: NodeView): boolean {
  return a.state === b.state && a.label === b.label && a.addresses[0] === b.addresses[0];
}

function isSameLink(a: LinkView, b: LinkView): boolean {
  return a.rttUs === b.rttUs && a.claimedBy === b.claimedBy;
}
