import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";

/** A node id that begins with `start`. */
export function nodeId(start: string): NodeId {
  const id = start.padEnd(52, "a");
  nodeIdToBytes(id);
  return id as NodeId;
}
