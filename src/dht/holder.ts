/**
 * The side of the table that others use: names the nodes closest to what they look for, keeps their
 * records, and shows those to whoever proves to know the topic. Knows of a topic its public key and no
 * more, so it can tell who may see and store, and not what a record says.
 */

import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto, Instant } from "../base/ports.ts";
import type { DhtAnswer, DhtRequest } from "../wire/dht.ts";
import { MAX_NAMED_NODES } from "../wire/limits.ts";
import type { Records } from "./records.ts";
import { RequestLimit } from "./request_limit.ts";
import { searchStatement, storeStatement } from "./statements.ts";
import type { Table } from "./table.ts";

export interface HolderOptions {
  crypto: Crypto;
  table: Table;
  records: Records;
  /** Nodes that an answer names. */
  bucketSize: number;
}

type Refusal = Extract<DhtAnswer, { type: "refused" }>["reason"];

export class Holder {
  readonly #options: HolderOptions;
  readonly #limit: RequestLimit;
  #refused = 0;

  constructor(now: Instant, options: HolderOptions) {
    this.#options = options;
    this.#limit = new RequestLimit(now);
  }

  /** Requests that were not carried out. */
  get refused(): number {
    return this.#refused;
  }

  /** What to answer to a request of `from`. */
  answer(now: Instant, from: NodeId, request: DhtRequest): DhtAnswer {
    if (!this.#limit.take(now, from)) return this.#refuse("busy");
    const { crypto, records } = this.#options;
    switch (request.type) {
      case "find":
        return this.#nodes(from, request.target, []);
      case "search": {
        const { publicKey, proof, known } = request;
        if (!crypto.verify(publicKey, searchStatement(from), proof)) return this.#refuse("forged");
        const location = locationOf(crypto, publicKey);
        return this.#nodes(from, nodeIdToBytes(location), records.at(now, location, known));
      }
      case "store": {
        const { publicKey, payload, signature } = request;
        const statement = storeStatement(from, payload);
        if (!crypto.verify(publicKey, statement, signature)) return this.#refuse("forged");
        const location = locationOf(crypto, publicKey);
        const isStored = records.store(now, location, from, payload);
        return isStored ? { type: "stored" } : this.#refuse("full");
      }
    }
  }

  #nodes(from: NodeId, target: Uint8Array, payloads: readonly Uint8Array[]): DhtAnswer {
    const { table, bucketSize } = this.#options;
    const count = Math.min(bucketSize, MAX_NAMED_NODES);
    // One more, for the one who asks is no news to itself.
    const others = table.closest(target, count + 1).filter(({ id }) => id !== from);
    return { type: "nodes", ids: others.slice(0, count).map(({ bytes }) => bytes), payloads };
  }

  #refuse(reason: Refusal): DhtAnswer {
    this.#refused++;
    return { type: "refused", reason };
  }
}

/** Where records of a topic are kept: the hash of its key. */
function locationOf(crypto: Crypto, publicKey: Uint8Array): NodeId {
  return nodeIdFromBytes(crypto.sha256(publicKey));
}
