/**
 * `peers.d2`: the whole network as a diagram in the D2 language (https://d2lang.com).
 *
 * Equal knowledge gives equal text, so that `d2 --watch` redraws only when something changed: no
 * time stamps, nodes and links in the order of the snapshot, and every node under a key that does
 * not depend on its label. Labels are hostile input; they appear nowhere but inside double quotes,
 * where D2 gives a meaning to three characters only. What a node or link is goes into its class, so
 * that its line stays readable and the colours stand in one place.
 */

import { splitAddress } from "../base/address.ts";
import { type NodeId, shortId } from "../base/node_id.ts";
import type { LinkView, NodeState, NodeView, Snapshot } from "../controller/snapshot.ts";
import { nodeLabel, nodeName } from "./visible.ts";

/** The text of `peers.d2`: every known node, and every link from its dialling to its listening end. */
export function peersD2(
  { nodes, links, self }: Pick<Snapshot, "nodes" | "links" | "self">,
): string {
  const keys = nodeKeys([...nodes.map(({ id }) => id), ...links.flatMap((l) => [l.from, l.to])]);
  const keyOf = (id: NodeId) => keys.get(id) ?? id;
  const own = nodes.find(({ id }) => id === self) ?? { id: self, label: "" };
  const title = quoted(`The network as ${nodeName(own)} sees it`);
  return [
    HEADER,
    `title: ${title} {class: title; near: top-center}`,
    "",
    ...nodes.map((node) => nodeLine(keyOf(node.id), node)),
    "",
    ...links.map((link) => linkLine(keyOf(link.from), keyOf(link.to), link)),
  ].join("\n").trimEnd() + "\n";
}

/** Strong fills under white text: they read well on a light and on a dark page. */
const HEADER = `\
# Written by area-net and replaced at every change: edit a copy.
# An arrow leads from the node that dialled to the one that listened, with the round-trip time;
# it is dashed where only one of the two says that the link exists.

classes: {
  title: {shape: text; style: {font-size: 24}}
  own: {style: {fill: "#1d4ed8"; stroke: "#1e3a8a"; font-color: "#ffffff"; bold: true}}
  lost: {style: {fill: "#b91c1c"; stroke: "#7f1d1d"; font-color: "#ffffff"; stroke-dash: 4}}
  departed: {style: {fill: "#6b7280"; stroke: "#374151"; font-color: "#ffffff"; stroke-dash: 4}}
  one-sided: {style: {stroke-dash: 4}}
}
`;

/**
 * How a state is marked: by class, and in words where colour alone would leave people guessing.
 * The class of nodes that left is not called `left` because D2 keeps that word for itself.
 */
const MARKS: Record<NodeState, { class?: string; word?: string }> = {
  own: { class: "own" },
  alive: {},
  left: { class: "departed", word: "left" },
  failed: { class: "lost", word: "lost" },
};

function nodeLine(key: string, node: NodeView): string {
  const mark = MARKS[node.state];
  const [address] = node.addresses;
  const lines = [nodeLabel(node)];
  if (address !== undefined) lines.push(`(${splitAddress(address).port})`);
  if (mark.word !== undefined) lines.push(mark.word);
  return `${key}: ${quoted(lines.join(" \n "))}${ofClass(mark.class)}`;
}

function linkLine(from: string, to: string, { rttUs, claimedBy }: LinkView): string {
  const rtt = rttUs === null ? "" : `: ${Math.round(rttUs)} µs`;
  return `${from} -> ${to}${rtt}${ofClass(claimedBy === "both" ? undefined : "one-sided")}`;
}

function ofClass(name: string | undefined): string {
  return name === undefined ? "" : ` {class: ${name}}`;
}

/** A D2 string in double quotes: only `\`, `"` and `$` (substitution) have a meaning inside. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/**
 * Words of D2 that a node id, being base32, could begin with. Ids are hashes, but eight characters of
 * one can be found by trying, and a key like `scenarios` would make the whole diagram vanish.
 */
const KEYWORDS = new Set([
  "animated",
  "constraint",
  "direction",
  "multiple",
  "scenarios",
  "underline",
]);

/** A key for each id: its short form, longer where another id or a word of D2 begins the same way. */
function nodeKeys(ids: readonly NodeId[]): Map<NodeId, string> {
  const sorted = [...new Set(ids)].sort();
  const keys = new Map<NodeId, string>();
  for (const [at, id] of sorted.entries()) {
    const taken = (key: string) =>
      // Among sorted texts, one that shares a beginning is always next to it.
      sorted[at - 1]?.startsWith(key) || sorted[at + 1]?.startsWith(key) || KEYWORDS.has(key);
    let length = shortId(id).length;
    while (length < id.length && taken(id.slice(0, length))) length++;
    keys.set(id, id.slice(0, length));
  }
  return keys;
}
