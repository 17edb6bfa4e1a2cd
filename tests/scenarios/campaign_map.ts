/**
 * Whether honest nodes draw one map, and the true one: just the nodes that run, and the links that
 * there are. What became of links in the last moments may still be on its way; the liar's links are
 * left out, since honest nodes can only tell what it says of them.
 */

import { type NodeId, shortId } from "../../src/base/node_id.ts";
import type { Instant } from "../../src/base/ports.ts";
import type { Snapshot } from "../../src/controller/snapshot.ts";

/**
 * How old news of a link may be on its way, in milliseconds: a node whose links flap, as the liar
 * makes them, speaks every two seconds, and the flood takes what is left.
 */
const NEWS_MS = 3_000;

/** Follows the links of a network, to compare maps with them. */
export class TrueMap {
  /** When each link was up last, as "from to". */
  readonly #lastUp = new Map<string, Instant>();
  #snapshots: readonly Snapshot[] = [];
  #now: Instant = 0;

  /** Looks at the network: one snapshot of every honest node that runs. */
  follow(now: Instant, snapshots: readonly Snapshot[]): void {
    this.#now = now;
    this.#snapshots = snapshots;
    for (const { self, peers } of snapshots) {
      for (const { id, direction } of peers) {
        this.#lastUp.set(direction === "outgoing" ? `${self} ${id}` : `${id} ${self}`, now);
      }
    }
  }

  /** What the maps of the last look say that is not so, and what they lack; who is a liar may be drawn. */
  errors(liars: ReadonlySet<NodeId>): string[] {
    const selves = new Set(this.#snapshots.map(({ self }) => self));
    const steady = this.#steadyLinks(selves);
    return this.#snapshots.flatMap((snapshot) => [
      ...nodeErrors(snapshot, selves, liars),
      ...this.#linkErrors(snapshot, selves, steady),
    ]);
  }

  /** Links among `selves` of which every map must know by now. */
  #steadyLinks(selves: ReadonlySet<NodeId>): Set<string> {
    const links = this.#snapshots.flatMap(({ self, peers }) =>
      peers.filter(({ id, direction, since }) =>
        direction === "outgoing" && selves.has(id) && since <= this.#now - NEWS_MS
      ).map(({ id }) => `${self} ${id}`)
    );
    return new Set(links);
  }

  #linkErrors(
    { self, links }: Snapshot,
    selves: ReadonlySet<NodeId>,
    steady: ReadonlySet<string>,
  ): string[] {
    const honest = links.filter(({ from, to }) => selves.has(from) && selves.has(to));
    const drawn = new Map(honest.map(({ from, to, claimedBy }) => [`${from} ${to}`, claimedBy]));
    const tell = (what: string, link: string) => {
      const [from, to] = link.split(" ") as [NodeId, NodeId];
      return `${shortId(self)} ${what} the link ${shortId(from)} to ${shortId(to)}`;
    };
    const lacking = [...steady].filter((link) => drawn.get(link) !== "both");
    const gone = [...drawn.keys()].filter((link) =>
      (this.#lastUp.get(link) ?? -Infinity) < this.#now - NEWS_MS
    );
    return [
      ...lacking.map((link) => tell(`draws as ${drawn.get(link) ?? "unknown"}`, link)),
      ...gone.map((link) => tell("still draws", link)),
    ];
  }
}

function nodeErrors(
  { self, nodes }: Snapshot,
  selves: ReadonlySet<NodeId>,
  liars: ReadonlySet<NodeId>,
): string[] {
  const drawn = new Set(
    nodes.filter(({ state }) => state === "own" || state === "alive").map(({ id }) => id),
  );
  const gone = drawn.difference(selves).difference(liars);
  return [
    ...[...selves.difference(drawn)].map((id) => `${shortId(self)} lacks ${shortId(id)}`),
    ...[...gone].map((id) => `${shortId(self)} still draws ${shortId(id)}`),
  ];
}
