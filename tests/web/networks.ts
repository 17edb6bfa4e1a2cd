/** Networks for the page, as a node would tell of them. */

import type { Change, MapLink, MapNode, NodeState } from "../../src/web/map/network.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";

/** An id that begins with these letters. */
export function idOf(letters: string): string {
  return letters.padEnd(52, "a");
}

export function node(letters: string, state: NodeState = "alive", label = letters): MapNode {
  return { id: idOf(letters), label, addr: "[::1]:8090", state };
}

export function link(
  from: string,
  to: string,
  rttUs: number | null = 200,
  claimedBy: MapLink["claimed_by"] = "both",
): MapLink {
  return { from: idOf(from), to: idOf(to), rtt_us: rttUs, claimed_by: claimedBy };
}

/** A change by the node `bob`; whatever is left out is empty. */
export function change(at: number, some: Partial<Change> = {}): Change {
  return { at, self: idOf("bob"), nodes: [], links: [], gone_nodes: [], gone_links: [], ...some };
}

/** The five of the example, each linked with each. */
export function fiveNodes(at = 0): Change {
  const names = ["bob", "alice", "carol", "dave", "erin"];
  return change(at, {
    nodes: names.map((name) => node(name, name === "bob" ? "own" : "alive")),
    links: names.flatMap((from, at) => names.slice(0, at).map((to) => link(from, to, 300 * at))),
  });
}

/** A large network, in which everybody has dialled two of those who came before. */
export function manyNodes(count: number, at = 0, seed = 1): Change {
  const random = new SeededRandom(seed);
  const name = (at: number) => at === 0 ? "bob" : letters(at);
  const links = new Map<string, MapLink>();
  for (let to = 1; to < count; to++) {
    for (let time = 0; time < 2; time++) {
      const from = randomInt(random, to);
      const rttUs = Math.round(10 ** (2 + 3.5 * random.next()));
      links.set(`${from} ${to}`, link(name(to), name(from), rttUs));
    }
  }
  const state = (at: number) => at === 0 ? "own" : at % 37 === 36 ? "lost" : "alive";
  const nodes = Array.from({ length: count }, (_, at) => node(name(at), state(at), `node-${at}`));
  return change(at, { nodes, links: [...links.values()] });
}

/** A number in letters that an id may hold, each of its own. */
function letters(value: number): string {
  return `n${[...String(value)].map((digit) => "abcdefghij"[Number(digit)]).join("")}q`;
}
