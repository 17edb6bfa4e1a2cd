/**
 * What the key of a topic signs. Each text begins with its purpose, so that a signature made for one is
 * of no use for the other, nor for anything else that the key may sign.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";

const SEARCH = encodeUtf8("area-net dht search\0");
const STORE = encodeUtf8("area-net dht store\0");

/** That `requester` may see what is kept at the topic: worthless in the hands of another. */
export function searchStatement(requester: NodeId): Uint8Array {
  return concatBytes([SEARCH, nodeIdToBytes(requester)]);
}

/** That `owner` may keep `payload` at the topic. */
export function storeStatement(owner: NodeId, payload: Uint8Array): Uint8Array {
  return concatBytes([STORE, nodeIdToBytes(owner), payload]);
}
