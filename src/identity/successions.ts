/**
 * Changes of key: the old key signs the new one, so that whoever knew the node by its old id can
 * follow, also one that was away at the time. A node shows its chain in every introduction and every
 * advertisement.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { Crypto } from "../base/ports.ts";
import type { Succession } from "../wire/succession.ts";

/** Sets these signatures apart from all others that the same key makes. */
const PURPOSE = encodeUtf8("area-net succession\0");

/** What the old key signs: the hashes of both keys, and the time in milliseconds as u64be. */
export function successionStatement(
  crypto: Crypto,
  { oldKey, newKey, atMs }: Omit<Succession, "signature">,
): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(atMs));
  return concatBytes([PURPOSE, crypto.sha256(oldKey), crypto.sha256(newKey), time]);
}

/**
 * The ids that a node had before, oldest first.
 *
 * @param id its present id
 * @param chain its changes of key, the newest last
 * @returns undefined when a signature is wrong, or the changes do not lead to the present id
 */
export function formerIds(
  crypto: Crypto,
  id: NodeId,
  chain: readonly Succession[],
): NodeId[] | undefined {
  const idOf = (key: Uint8Array) => nodeIdFromBytes(crypto.sha256(key));
  const ids: NodeId[] = [];
  for (const succession of chain.toReversed()) {
    const { oldKey, newKey, signature } = succession;
    if (idOf(newKey) !== (ids[0] ?? id)) return undefined;
    if (!crypto.verify(oldKey, successionStatement(crypto, succession), signature)) {
      return undefined;
    }
    ids.unshift(idOf(oldKey));
  }
  return ids;
}
