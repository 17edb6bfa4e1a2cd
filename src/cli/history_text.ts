/**
 * Changes of the map in words, a line each. What changed is only told by what it was before, so one
 * of these goes along with the history from its first change to the last.
 */

import type { EventOf } from "../control/methods.ts";
import { visible } from "../report/visible.ts";
import { formatCount, formatMicros, formatTime } from "./format.ts";
import { type JsonNode, labelOf, nameOf, pathText } from "./names.ts";

/** A change, as the control API tells of it. */
export type MapChange = EventOf<"history">;

type MapNode = MapChange["nodes"][number];
type MapLink = MapChange["links"][number];
type LinkEnds = MapChange["gone_links"][number];

export class HistoryText {
  readonly #nodes = new Map<string, MapNode>();
  readonly #links = new Map<string, MapLink>();
  #isBegun = false;

  /** The next change in whole lines; the first, which is the whole map, in one. */
  tell(change: MapChange): string {
    const time = formatTime(change.at).slice(-8);
    const lines = this.#isBegun ? this.#linesOf(change) : [
      `${formatCount(change.nodes.length, "node")}, ${formatCount(change.links.length, "link")}`,
    ];
    this.#isBegun = true;
    this.#apply(change);
    return lines.map((line) => `${time}  ${line}\n`).join("");
  }

  #linesOf({ nodes, links, gone_nodes: goneNodes, gone_links: goneLinks }: MapChange): string[] {
    // Links are told by the names that their ends have now.
    const names = new Map([...this.#nodes.values(), ...nodes].map((node) => [node.id, node]));
    const ofNode = (id: string): JsonNode => names.get(id) ?? { id, label: "" };
    const nameOfLink = ({ from, to }: LinkEnds) => `link ${pathText([ofNode(from), ofNode(to)])}`;
    return [
      ...nodes.flatMap((node) => nodeLines(this.#nodes.get(node.id), node)),
      ...goneNodes.map((id) => `${nameOf(ofNode(id))} was forgotten`),
      ...links.flatMap((link) => {
        const claimant = ofNode(link.claimed_by === "from" ? link.from : link.to);
        return linkWords(this.#links.get(keyOf(link)), link, claimant)
          .map((words) => nameOfLink(link) + words);
      }),
      ...goneLinks.map((link) => `${nameOfLink(link)} is gone`),
    ];
  }

  #apply({ nodes, links, gone_nodes: goneNodes, gone_links: goneLinks }: MapChange): void {
    for (const id of goneNodes) this.#nodes.delete(id);
    for (const link of goneLinks) this.#links.delete(keyOf(link));
    for (const node of nodes) this.#nodes.set(node.id, node);
    for (const link of links) this.#links.set(keyOf(link), link);
  }
}

function keyOf({ from, to }: LinkEnds): string {
  return `${from} ${to}`;
}

function nodeLines(before: MapNode | undefined, node: MapNode): string[] {
  if (before === undefined) return [`${nameOf(node)} ${newcomer(node)}`];
  const lines: string[] = [];
  if (before.label !== node.label) lines.push(`${nameOf(before)} is now called ${labelOf(node)}`);
  if (before.state !== node.state) lines.push(`${nameOf(node)} ${becoming(node.state)}`);
  if (before.addr !== node.addr) {
    const place = node.addr === null
      ? "has no address any more"
      : `is now at ${visible(node.addr)}`;
    lines.push(`${nameOf(node)} ${place}`);
  }
  return lines;
}

function newcomer({ state }: MapNode): string {
  return state === "lost" || state === "left"
    ? `was heard of, as a node that ${becoming(state)}`
    : "joined";
}

function becoming(state: MapNode["state"]): string {
  switch (state) {
    case "lost":
      return "was lost";
    case "left":
      return "left";
    case "alive":
    case "own":
      return "is back";
    default:
      return visible(state satisfies never);
  }
}

/** @param claimant the end that alone says that the link exists, where one does */
function linkWords(before: MapLink | undefined, link: MapLink, claimant: JsonNode): string[] {
  const claim = link.claimed_by === "both" ? "" : `, as ${labelOf(claimant)} alone says`;
  if (before === undefined) {
    const rtt = link.rtt_us === null ? "" : `, ${formatMicros(link.rtt_us)}`;
    return [` is up${rtt}${claim}`];
  }
  const words: string[] = [];
  if (before.rtt_us !== link.rtt_us) {
    words.push(`: ${formatMicros(before.rtt_us)} → ${formatMicros(link.rtt_us)}`);
  }
  if (before.claimed_by !== link.claimed_by) {
    words.push(claim === "" ? " is up, as both ends say" : ` is in doubt${claim}`);
  }
  return words;
}
