/** Nodes as the control API tells of them, in words that are safe on a terminal. */

import type { NodeId } from "../base/node_id.ts";
import { type Named, nodeLabel, nodeName, visible } from "../report/visible.ts";

/** A node in JSON. */
export interface JsonNode {
  id: string;
  label: string;
}

/** `alice (abcdefgh)`. */
export function nameOf(node: JsonNode): string {
  return nodeName(toNamed(node));
}

/** `alice`, or the short id of a node without a label. */
export function labelOf(node: JsonNode): string {
  return nodeLabel(toNamed(node));
}

/** `alice → dave → erin`; with ids where two on the way share a label. */
export function pathText(path: readonly JsonNode[]): string {
  const labels = path.map(labelOf);
  const isUnique = new Set(labels).size === labels.length;
  return (isUnique ? labels : path.map(nameOf)).join(" → ");
}

/** Where a node is; a browser's address is its id, which says nothing more. */
export function placeOf(addr: string | null): string {
  if (addr === null) return "-";
  return addr.startsWith("webrtc://") ? "browser" : visible(addr);
}

/** Whatever answers at a socket may call anything an id; what is shown of it is visible. */
function toNamed({ id, label }: JsonNode): Named {
  return { id: visible(id) as NodeId, label };
}
