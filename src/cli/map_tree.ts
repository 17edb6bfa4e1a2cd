/**
 * The network as a tree: from the node that was asked along the paths of least round-trip time, which
 * are those that its messages take. A link that one end alone claims leads to a node only where no
 * other does; so a lost node is shown where somebody still says to be linked with it.
 */

import { Heap } from "../base/heap.ts";
import type { Result } from "../control/methods.ts";
import { formatCount, formatMicros } from "./format.ts";
import { type JsonNode, labelOf, nameOf } from "./names.ts";

type NetworkMap = Result<"map">;
type Link = NetworkMap["links"][number];

/** A way to a node: by which link, from where. */
interface Step {
  id: string;
  cost: number;
  by: { parent: string; link: Link } | undefined;
}

/** The same for each hop, beside its round trip, as a node counts when it chooses a path. */
const HOP_COST_US = 50;
const UNMEASURED_US = 1_000_000;

/** More than any path of links that both ends claim. */
const LAST_RESORT_US = 1e12;

/** Characters of a line before its node: deeper down, the first of them are left out. */
const MAX_INDENT = 60;

/** The tree in whole lines. */
export function mapTree(map: NetworkMap): string {
  const known = new Map(map.nodes.map((node) => [node.id, node]));
  const steps = stepsOf(map);
  const children = new Map<string, Step[]>();
  for (const step of steps.values()) {
    if (step.by === undefined) continue;
    const siblings = children.get(step.by.parent);
    if (siblings === undefined) children.set(step.by.parent, [step]);
    else siblings.push(step);
  }
  const ofNode = (id: string): JsonNode => known.get(id) ?? { id, label: "" };
  const wordsOf = ({ id, by }: Step) => {
    const state = known.get(id)?.state;
    const words = [nameOf(ofNode(id))];
    if (by !== undefined && by.link.rtt_us !== null) words.push(formatMicros(by.link.rtt_us));
    if (by !== undefined) words.push(...claimOf(by.link, ofNode));
    if (state === "lost" || state === "left") words.push(state);
    return words.join("  ");
  };
  const lines: string[] = [];
  const root = steps.get(map.self);
  // A stack, since a path may be as long as there are nodes.
  const waiting = root === undefined ? [] : [{ step: root, branch: "", indent: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { step, branch, indent } = next;
    lines.push(branch + wordsOf(step));
    for (const [at, child] of (children.get(step.id) ?? []).toReversed().entries()) {
      const [fork, stem] = at === 0 ? ["└─ ", "   "] : ["├─ ", "│  "];
      waiting.push({ step: child, branch: indent + fork, indent: shortened(indent + stem) });
    }
  }
  const apart = map.nodes.filter(({ id }) => !steps.has(id));
  if (apart.length > 0) {
    lines.push("", "Out of reach:");
    for (const node of apart) lines.push(`  ${nameOf(node)}  ${node.state}`);
  }
  const others = map.links.length - (steps.size - 1);
  if (others > 0) lines.push("", `${formatCount(others, "more link")}, on no best path from here`);
  return lines.map((line) => `${line}\n`).join("");
}

/** The best way to each node that can be reached (Dijkstra 1959), the nearest first. */
function stepsOf({ self, links }: NetworkMap): Map<string, Step> {
  const ways = waysOf(links);
  const steps = new Map<string, Step>();
  const queue = new Heap<Step>((a, b) => a.cost < b.cost || (a.cost === b.cost && a.id < b.id));
  queue.push({ id: self, cost: 0, by: undefined });
  for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
    const { id: parent, cost } = step;
    if (steps.has(parent)) continue;
    steps.set(parent, step);
    for (const link of ways.get(parent) ?? []) {
      const id = link.from === parent ? link.to : link.from;
      // An own link needs no word from its other end.
      const isSure = link.claimed_by === "both" || parent === self;
      const ownCost = HOP_COST_US + (link.rtt_us ?? UNMEASURED_US) + (isSure ? 0 : LAST_RESORT_US);
      if (!steps.has(id)) queue.push({ id, cost: cost + ownCost, by: { parent, link } });
    }
  }
  return steps;
}

/** The links of each node. */
function waysOf(links: readonly Link[]): Map<string, Link[]> {
  const ways = new Map<string, Link[]>();
  for (const link of links) {
    for (const end of [link.from, link.to]) {
      const known = ways.get(end);
      if (known === undefined) ways.set(end, [link]);
      else known.push(link);
    }
  }
  return ways;
}

function claimOf(link: Link, ofNode: (id: string) => JsonNode): string[] {
  if (link.claimed_by === "both") return [];
  const claimant = link.claimed_by === "from" ? link.from : link.to;
  return [`claimed by ${labelOf(ofNode(claimant))} alone`];
}

function shortened(indent: string): string {
  return indent.length <= MAX_INDENT ? indent : `…${indent.slice(-MAX_INDENT + 1)}`;
}
