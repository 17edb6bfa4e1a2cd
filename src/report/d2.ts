/**
 * `peers.d2`: the whole network as a diagram in the D2 language (https://d2lang.com).
 *
 * Equal knowledge gives equal text, so that `d2 --watch` redraws only when something changed: nodes
 * and links in the order of the snapshot, and every node under a key that does not depend on its
 * label. Only the legend may hold a time, and a text that differs by it alone need not be written.
 * Labels are hostile input; they appear nowhere but inside double quotes, where D2 gives a meaning to
 * three characters only. What a node or link is goes into its class, so that its line stays readable
 * and the colours stand in one place.
 */

import { type Address, schemeOf, splitAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { LinkView, NodeState, NodeView } from "../controller/snapshot.ts";
import {
  allIds,
  type Bundle,
  type Cluster,
  FAR,
  type Known,
  overviewOf,
  type Place,
} from "./d2_clusters.ts";
import { nodeKeys, ofClass, quoted } from "./d2_text.ts";
import { nodeLabel, nodeName } from "./visible.ts";

/** Nodes up to which a diagram shows each of them, unless it is told otherwise. */
export const D2_MAX_NODES = 60;

/** How a diagram is to be drawn. */
export interface D2Options {
  /** Nodes up to which each of them is shown. */
  maxNodes?: number;
  /** When the diagram last changed, in milliseconds since 1970; not told where it is absent. */
  changedAtMs?: number;
}

/** The text of `peers.d2`: every known node, and every link from its dialling to its listening end. */
export function peersD2(known: Known, options: D2Options = {}): string {
  const { maxNodes = D2_MAX_NODES, changedAtMs } = options;
  const { self, nodes, links } = known;
  const ids = allIds(known);
  const overview = ids.size > maxNodes ? overviewOf(known, maxNodes) : undefined;
  const { clusters = [], bundles = [], links: drawnLinks = links } = overview ?? {};
  const drawnNodes = nodes.filter(({ id }) => overview === undefined || overview.nodes.has(id));
  const views = new Map(nodes.map((node) => [node.id, node]));
  const keys = nodeKeys(ids);
  const keyOf = (id: NodeId) => keys.get(id) ?? id;
  const keyOfPlace = (place: Place) =>
    typeof place === "string" ? keyOf(place) : clusterKey(place, keyOf);
  const title = quoted(
    `The network as ${nodeName(views.get(self) ?? { id: self, label: "" })} sees it`,
  );
  const legend = inLines([
    summaryOf(known, ids.size),
    ...(clusters.length === 0 ? [] : ["stacked: several nodes drawn as one"]),
    ...([...drawnLinks, ...bundles].some(isOneSided)
      ? ["dashed: only one end says that the link exists"]
      : []),
    ...(changedAtMs === undefined ? [] : [`changed ${formatTime(changedAtMs)} UTC`]),
  ]);
  return [
    HEADER,
    `title: ${title} {class: title; near: top-center}`,
    `legend: ${legend} {class: legend; near: bottom-center}`,
    "",
    ...drawnNodes.map((node) => nodeLine(keyOf(node.id), node)),
    ...clusters.map((cluster) => clusterLine(keyOfPlace(cluster), cluster, views)),
    "",
    ...drawnLinks.map((link) => linkLine(keyOf(link.from), keyOf(link.to), link)),
    ...bundles.map((bundle) => bundleLine(bundle, keyOfPlace)),
    ...clusters.filter(({ distance }) => distance === 2)
      .map((cluster) => `${keyOf(self)} -- ${keyOfPlace(cluster)} {class: spacer}`),
  ].join("\n").trimEnd() + "\n";
}

/** The same text without the time of the last change: what makes one diagram differ from another. */
export function withoutTime(d2: string): string {
  return d2.replace(CHANGED, '$1"');
}

/** Matches the legend, which is the only line that begins so: the keys of nodes are longer. */
const CHANGED = /^(legend: ".*) \\n changed [-\d]+ [:\d]+ UTC"/m;

/**
 * Strong fills under white text: they read well on a light and on a dark page. A spacer is a line that
 * nobody sees; it keeps what is two links away below the own node, where most links end.
 */
const HEADER = `\
# Written by area-net and replaced at every change: edit a copy.
# An arrow leads from the node that dialled to the one that listened, with the round-trip time;
# it is dashed where only one of the two says that the link exists.

classes: {
  title: {shape: text; style: {font-size: 24}}
  legend: {shape: text; style: {font-size: 14}}
  own: {style: {fill: "#1d4ed8"; stroke: "#1e3a8a"; font-color: "#ffffff"; bold: true}}
  lost: {style: {fill: "#b91c1c"; stroke: "#7f1d1d"; font-color: "#ffffff"; stroke-dash: 4}}
  departed: {style: {fill: "#6b7280"; stroke: "#374151"; font-color: "#ffffff"; stroke-dash: 4}}
  cluster: {style: {multiple: true}}
  one-sided: {style: {stroke-dash: 4}}
  spacer: {style: {opacity: 0}}
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

type Views = ReadonlyMap<NodeId, NodeView>;

function nodeLine(key: string, node: NodeView): string {
  const mark = MARKS[node.state];
  const [address] = node.addresses;
  const lines = [nodeLabel(node)];
  if (address !== undefined) lines.push(whereLine(address));
  if (mark.word !== undefined) lines.push(mark.word);
  return `${key}: ${inLines(lines)}${ofClass(mark.class)}`;
}

/** Nodes are told apart by their ports; a browser has none. */
function whereLine(address: Address): string {
  return schemeOf(address) === "webrtc" ? "(browser)" : `(${splitAddress(address).port})`;
}

function linkLine(from: string, to: string, link: LinkView): string {
  const rtt = link.rttUs === null ? "" : `: ${Math.round(link.rttUs)} µs`;
  return `${from} -> ${to}${rtt}${ofClass(isOneSided(link) ? "one-sided" : undefined)}`;
}

function isOneSided(line: LinkView | Bundle): boolean {
  return "isOneSided" in line ? line.isOneSided : line.claimedBy !== "both";
}

/** A key that no node has: there is no hyphen in base32. */
function clusterKey({ group, distance }: Cluster, keyOf: (id: NodeId) => string): string {
  return distance === undefined ? "out-of-reach" : `${keyOf(group)}-${distance}`;
}

function clusterLine(key: string, { distance, members }: Cluster, views: Views): string {
  const lines = [countOf(members.length, "node"), awayText(distance)];
  const states = members.map((id) => views.get(id)?.state);
  const absent = absentText(states);
  if (absent !== "") lines.push(absent);
  const [state] = states;
  const isOfOneKind = state !== undefined && states.every((other) => other === state);
  const mark = isOfOneKind ? MARKS[state].class : undefined;
  return `${key}: ${inLines(lines)}${
    ofClass(mark === undefined ? "cluster" : `[cluster; ${mark}]`)
  }`;
}

function awayText(distance: number | undefined): string {
  if (distance === undefined) return "out of reach";
  return `${countOf(distance, "link")} away${distance === FAR ? " or more" : ""}`;
}

function bundleLine(bundle: Bundle, keyOf: (place: Place) => string): string {
  const [near, far] = bundle.ends.map(keyOf);
  const mark = ofClass(isOneSided(bundle) ? "one-sided" : undefined);
  return `${near} -- ${far}: ${countOf(bundle.count, "link")}${mark}`;
}

/** `5 nodes (1 lost), 4 links` */
function summaryOf({ nodes, links }: Known, nodeCount: number): string {
  const absent = absentText(nodes.map(({ state }) => state));
  const nodeText = countOf(nodeCount, "node") + (absent === "" ? "" : ` (${absent})`);
  return `${nodeText}, ${countOf(links.length, "link")}`;
}

/** To the second, by UTC. */
function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** `2 lost, 1 left`; nothing where all are there. */
function absentText(states: readonly (NodeState | undefined)[]): string {
  return (["failed", "left"] as const)
    .map((absent) => ({
      word: MARKS[absent].word,
      count: states.filter((state) => state === absent).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}

function countOf(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}

/** A label of several lines. */
function inLines(lines: readonly string[]): string {
  return quoted(lines.join(" \n "));
}
