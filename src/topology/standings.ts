/**
 * How the other nodes stand: alive, left or failed, worked out anew from the advertisements whenever
 * they change, and what of that is news.
 */

import { compareIds, type NodeId } from "../base/node_id.ts";
import type { Advertisement } from "../wire/topology.ts";
import { type Lookup, type Path, shortestPaths } from "./graph.ts";

/** How another node stands, as far as this one can tell; see `NodeState` of the snapshot. */
export type Standing = "alive" | "left" | "failed";

/** A change in what is known of a node; `missing` is one that was gone before it was heard of. */
export interface TopologyEvent {
  type: "learnt" | "lost" | "left" | "returned" | "forgotten" | "missing";
  node: Advertisement;
}

export class Standings {
  readonly #self: NodeId;
  readonly #standings = new Map<NodeId, Standing>();
  /** Nodes that were alive at some time since they were last forgotten. */
  readonly #met = new Set<NodeId>();
  #paths: ReadonlyMap<NodeId, Path> = new Map();
  #version = 0;
  #events: TopologyEvent[] = [];

  constructor(self: NodeId) {
    this.#self = self;
  }

  /** The best path to every node that is alive. */
  get paths(): ReadonlyMap<NodeId, Path> {
    return this.#paths;
  }

  /** Grows whenever paths were worked out anew or a node was forgotten. */
  get version(): number {
    return this.#version;
  }

  /** What became known, in order; empties the list. */
  takeEvents(): TopologyEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** How a node stands, or undefined if it was never heard of, or has not been counted yet. */
  get(id: NodeId): Standing | undefined {
    return this.#standings.get(id);
  }

  /** Every other node that was counted and how it stands, ordered by id. */
  all(): [NodeId, Standing][] {
    return [...this.#standings].sort(([a], [b]) => compareIds(a, b));
  }

  /** Works out anew which of `nodes` are alive, and tells what changed. */
  compute(lookup: Lookup, nodes: Iterable<Advertisement>): void {
    this.#version++;
    this.#paths = shortestPaths(lookup, this.#self);
    for (const node of nodes) {
      if (node.id === this.#self) continue;
      const before = this.#standings.get(node.id);
      const after = node.left ? "left" : this.#paths.has(node.id) ? "alive" : "failed";
      if (before === after) continue;
      this.#standings.set(node.id, after);
      this.#announce(node, before, after);
    }
  }

  /** Nothing is known of a node any more. */
  forget(node: Advertisement): void {
    this.#version++;
    this.#standings.delete(node.id);
    if (this.#met.delete(node.id)) this.#events.push({ type: "forgotten", node });
  }

  #announce(node: Advertisement, before: Standing | undefined, after: Standing): void {
    const isKnown = this.#met.has(node.id);
    if (after === "alive") {
      this.#met.add(node.id);
      this.#events.push({ type: isKnown ? "returned" : "learnt", node });
    } else if (after === "left" && isKnown) {
      this.#events.push({ type: "left", node });
    } else if (before === "alive") {
      this.#events.push({ type: "lost", node });
    } else if (after === "failed" && !isKnown) {
      this.#events.push({ type: "missing", node });
    }
  }
}
