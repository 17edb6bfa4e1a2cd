import { compareIds, type NodeId, nodeIdFromBytes } from "../../src/base/node_id.ts";

/** The id of the node number `number`; ids are ordered as their numbers are. */
export function idOf(number: number): NodeId {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return nodeIdFromBytes(bytes);
}

/** Ids in their own order, as lists of the core come. */
export function byId(a: { id: NodeId }, b: { id: NodeId }): number {
  return compareIds(a.id, b.id);
}
