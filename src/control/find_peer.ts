/**
 * Which node people mean by a label, an id, or the beginning of one.
 *
 * A whole id beats everything, for nobody can choose one to mislead. A whole label beats beginnings,
 * so that "bob" can be said where there is a "bobby". All else that fits more than one node is
 * ambiguous, also where only one of them is alive: people decide, or else a name would change its
 * meaning whenever a node goes.
 */

import { nearest } from "../config/nearest.ts";
import type { NodeId } from "../base/node_id.ts";
import { type Named, nodeName } from "../report/visible.ts";
import { ControlError } from "./client.ts";
import { showValue } from "./objection.ts";

/** How many candidates an error message names; the rest are in its list. */
const NAMED_CANDIDATES = 5;

/** Longer names are not compared with others for misspellings, which takes the product of lengths. */
const LONGEST_MISSPELLING = 64;

/** Nodes among which one is looked for. */
export interface NamedNodes {
  /** A number that changes whenever one of them comes, goes or changes its label. */
  mapVersion(): number;
  snapshot(): { self: NodeId; nodes: readonly Named[] };
}

/** What they are called in error messages. */
export interface NodeWords {
  /** As in "node". */
  one: string;
  /** The command that lists them, as in "map". */
  list: string;
}

const NODES_OF_MAP: NodeWords = { one: "node", list: "map" };

/** What is known of the nodes until they change. */
interface Index {
  version: number;
  self: Named;
  byId: ReadonlyMap<string, Named>;
  byLabel: ReadonlyMap<string, readonly Named[]>;
}

/** Finds nodes, those of the map unless told otherwise, by what people call them. */
export class PeerFinder {
  readonly #nodes: NamedNodes;
  readonly #words: NodeWords;
  /** Messages come by the ten thousand, and a snapshot costs as much as the network is large. */
  #cached: Index | undefined;

  constructor(nodes: NamedNodes, words: NodeWords = NODES_OF_MAP) {
    this.#nodes = nodes;
    this.#words = words;
  }

  /** The node itself. */
  get self(): Named {
    return this.#index().self;
  }

  /**
   * The one node that `text` stands for, which may be the node itself.
   *
   * @throws {ControlError} `unknown-peer` or `ambiguous-peer`
   */
  find(text: string): Named {
    const { byId, byLabel } = this.#index();
    const exact = byId.get(text);
    if (exact !== undefined) return exact;
    const found = byLabel.get(text) ?? beginningWith(text, byId.values());
    const [first, ...others] = found;
    if (first === undefined) throw unknownPeer(text, byLabel.keys(), this.#words);
    if (others.length > 0) throw ambiguousPeer(text, found);
    return first;
  }

  /** The id with the label that goes with it; an empty one where the node is not known any more. */
  name(id: NodeId): Named {
    const known = this.#index().byId.get(id);
    return { id, label: known?.label ?? "" };
  }

  #index(): Index {
    const version = this.#nodes.mapVersion();
    if (this.#cached?.version !== version) this.#cached = makeIndex(version, this.#nodes);
    return this.#cached;
  }
}

function makeIndex(version: number, known: NamedNodes): Index {
  const { self, nodes } = known.snapshot();
  const byId = new Map<string, Named>();
  const byLabel = new Map<string, Named[]>();
  for (const { id, label } of nodes) {
    const named = { id, label };
    byId.set(id, named);
    const namesakes = byLabel.get(label);
    if (namesakes === undefined) byLabel.set(label, [named]);
    else namesakes.push(named);
  }
  return { version, self: byId.get(self) ?? { id: self, label: "" }, byId, byLabel };
}

function beginningWith(text: string, nodes: Iterable<Named>): Named[] {
  const found: Named[] = [];
  for (const node of nodes) {
    if (node.id.startsWith(text) || node.label.startsWith(text)) found.push(node);
  }
  return found;
}

function unknownPeer(
  text: string,
  labels: Iterable<string>,
  { one, list }: NodeWords,
): ControlError {
  const meant = text.length > LONGEST_MISSPELLING ? undefined : nearest(
    text,
    Iterator.from(labels).filter(({ length }) => length > 0 && length <= LONGEST_MISSPELLING),
  );
  const advice = meant === undefined
    ? `${list} lists those there are`
    : `did you mean ${showValue(meant)}?`;
  const message = `No ${one} is called ${showValue(text)}: ${advice}`;
  return new ControlError({ code: "unknown-peer", message });
}

function ambiguousPeer(text: string, found: readonly Named[]): ControlError {
  const names = found.slice(0, NAMED_CANDIDATES).map(nodeName);
  const more = found.length - names.length;
  const all = more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
  return new ControlError({
    code: "ambiguous-peer",
    message: `${showValue(text)} can mean ${all}: give more of the name, or an id`,
    candidates: found.map(({ id, label }) => ({ id, label })),
  });
}
