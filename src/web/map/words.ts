/** What people read on the page: names, times, round trips and states. */

import type { NodeId } from "../../base/node_id.ts";
import { formatMicros } from "../../report/micros.ts";
import { nodeLabel, nodeName } from "../../report/visible.ts";
import type { MapLink, MapNode, Network, NodeState } from "./network.ts";

/** How a state is called. */
export const STATE_WORDS: Record<NodeState, string> = {
  own: "this node",
  alive: "alive",
  lost: "lost",
  left: "left",
};

/** As many characters of an id as people are shown anywhere. */
const SHORT_ID = 8;

export function shortIdOf(id: string): string {
  return id.slice(0, SHORT_ID);
}

/**
 * What a node is called; its short id where it has no label, or nothing is known of it.
 *
 * @param label where it is known better than the network knows it
 */
export function labelOf(network: Network, id: string, label?: string): string {
  return nodeLabel({ id: id as NodeId, label: label ?? network.nodes.get(id)?.label ?? "" });
}

/** The same with its short id, for labels are not unique: `alice (abcdefgh)`. */
export function nameOf(network: Network, id: string): string {
  return nodeName({ id: id as NodeId, label: network.nodes.get(id)?.label ?? "" });
}

/** The port at which a node listens, as in `:8095`; empty where it says none. */
export function portOf({ addr }: Pick<MapNode, "addr">): string {
  return /:\d+$/.exec(addr ?? "")?.[0] ?? "";
}

/** A round trip: `213 µs`; `not measured` while it is not known. */
export function rttOf({ rtt_us: rttUs }: Pick<MapLink, "rtt_us">): string {
  return rttUs === null ? "not measured" : formatMicros(rttUs);
}

/** Who says that a link exists. */
export function claimOf(network: Network, { from, to, claimed_by: claimedBy }: MapLink): string {
  if (claimedBy === "both") return "both ends";
  return `${labelOf(network, claimedBy === "from" ? from : to)} alone`;
}

/** A whole node for those who hear it: name, state, address and number of links. */
export function describeNode(network: Network, node: MapNode): string {
  const links = counted(network.linksOf(node.id).length, "link");
  const where = node.addr === null ? "" : `, at ${node.addr}`;
  return `${nameOf(network, node.id)}, ${STATE_WORDS[node.state]}${where}, ${links}`;
}

/** `1 link`, `2 links`. */
export function counted(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}

/** A time of day by the reader's own clock: `14:05:09`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** How long ago: `now`, `45 s ago`, `12 min ago`. */
export function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return "now";
  return seconds < 90 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** A text no longer than so many characters, its end given up for a mark. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
