/**
 * What the hash tables of two nodes tell each other, as the content of letters of the kind "dht".
 *
 *     find      [1, number, target]                           who is closest to the target?
 *     search    [2, number, public key, proof, known]         that, and what is kept at the key's hash
 *     store     [3, number, public key, payload, signature]   keep this there for me
 *     nodes     [16, number, ids, [payload, …]]               answers find and search
 *     stored    [17, number]                                  answers store
 *     refused   [18, number, reason]                          answers any of them
 *     withdraw  [32, location]                                forget what you keep there for me
 *
 * A number is chosen by who asks and comes back with the answer. `ids` are 32 bytes for each node, `known`
 * 8 bytes of the SHA-256 of each payload that need not be sent again. A location never travels where a
 * public key does: it is the SHA-256 of that, so the two cannot disagree. Nor does the owner of a record:
 * it is who sent the letter, which messaging has proven.
 */

import { concatBytes } from "../base/bytes.ts";
import { NODE_ID_BYTES, type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import { decodeItem, encodeItem, Fields } from "./cbor.ts";
import { WireError } from "./error.ts";
import {
  MAX_NAMED_NODES,
  MAX_RECORD_BYTES,
  MAX_RECORDS_AT_LOCATION,
  MAX_SEQUENCE,
  MAX_TOPIC_KEY_BYTES,
  MAX_TOPIC_SIGNATURE_BYTES,
  RECORD_DIGEST_BYTES,
} from "./limits.ts";

/** What a node asks of another. */
export type DhtRequest =
  /** The nodes closest to a target, a place in the space of node ids. */
  | { type: "find"; target: Uint8Array }
  /** Those closest to the hash of a topic's public key, and the records kept there. */
  | {
    type: "search";
    /** Ed25519, SPKI in DER: other kinds of keys would cost more to check. */
    publicKey: Uint8Array;
    /** By the topic's key, for this requester alone. */
    proof: Uint8Array;
    /** The first bytes of the hashes of payloads that are known already. */
    known: readonly Uint8Array[];
  }
  /** To keep a record of the sender's at the hash of a topic's public key. */
  | {
    type: "store";
    publicKey: Uint8Array;
    payload: Uint8Array;
    /** By the topic's key, for this owner and payload alone. */
    signature: Uint8Array;
  };

/**
 * Why a request was not carried out: its sender asks too often, there is no room, or a signature is not
 * by the topic's key. A reason that is not known, of a newer version, is taken for the first.
 */
export const DHT_REFUSALS = ["busy", "full", "forged"] as const;

/** What comes back. */
export type DhtAnswer =
  /** Ids as 32 bytes each, for it is by distance that they are compared. */
  | { type: "nodes"; ids: readonly Uint8Array[]; payloads: readonly Uint8Array[] }
  | { type: "stored" }
  | { type: "refused"; reason: typeof DHT_REFUSALS[number] };

/** What one letter holds. */
export type DhtMessage =
  | { type: "request"; number: number; request: DhtRequest }
  | { type: "answer"; number: number; answer: DhtAnswer }
  | { type: "withdraw"; location: NodeId };

const FIND = 1, SEARCH = 2, STORE = 3, NODES = 16, STORED = 17, REFUSED = 18, WITHDRAW = 32;

const MAX_REASON_BYTES = 32;

/** The content of a letter. */
export function encodeDhtMessage(message: DhtMessage): Uint8Array {
  return encodeItem(messageItems(message));
}

/**
 * What a letter holds; nothing of it is a view of `content`.
 *
 * @throws {WireError} when that is nothing of the kind
 */
export function decodeDhtMessage(content: Uint8Array): DhtMessage {
  const fields = new Fields(decodeItem(content), "A letter of the hash table");
  const code = fields.uint("type", 255);
  if (code === WITHDRAW) return { type: "withdraw", location: fields.nodeId("location") };
  const number = fields.uint("number", MAX_SEQUENCE);
  const request = decodeRequest(code, fields);
  if (request !== undefined) return { type: "request", number, request };
  const answer = decodeAnswer(code, fields);
  if (answer !== undefined) return { type: "answer", number, answer };
  throw new WireError(`A letter of the hash table has the unknown type ${code}`);
}

function messageItems(message: DhtMessage): readonly unknown[] {
  switch (message.type) {
    case "request":
      return requestItems(message.number, message.request);
    case "answer":
      return answerItems(message.number, message.answer);
    case "withdraw":
      return [WITHDRAW, nodeIdToBytes(message.location)];
  }
}

function requestItems(number: number, request: DhtRequest): readonly unknown[] {
  switch (request.type) {
    case "find":
      return [FIND, number, request.target];
    case "search": {
      const { publicKey, proof, known } = request;
      return [SEARCH, number, publicKey, proof, concatBytes(known)];
    }
    case "store":
      return [STORE, number, request.publicKey, request.payload, request.signature];
  }
}

function answerItems(number: number, answer: DhtAnswer): readonly unknown[] {
  switch (answer.type) {
    case "nodes":
      return [NODES, number, concatBytes(answer.ids), answer.payloads];
    case "stored":
      return [STORED, number];
    case "refused":
      return [REFUSED, number, answer.reason];
  }
}

function decodeRequest(code: number, fields: Fields): DhtRequest | undefined {
  switch (code) {
    case FIND: {
      const target = fields.bytes("target", NODE_ID_BYTES).slice();
      if (target.length === NODE_ID_BYTES) return { type: "find", target };
      throw new WireError(`A target of ${target.length} bytes, wanted ${NODE_ID_BYTES}`);
    }
    case SEARCH:
      return {
        type: "search",
        publicKey: fields.bytes("public key", MAX_TOPIC_KEY_BYTES).slice(),
        proof: fields.bytes("proof", MAX_TOPIC_SIGNATURE_BYTES).slice(),
        known: rows(fields, "known", MAX_RECORDS_AT_LOCATION, RECORD_DIGEST_BYTES),
      };
    case STORE:
      return {
        type: "store",
        publicKey: fields.bytes("public key", MAX_TOPIC_KEY_BYTES).slice(),
        payload: fields.bytes("payload", MAX_RECORD_BYTES).slice(),
        signature: fields.bytes("signature", MAX_TOPIC_SIGNATURE_BYTES).slice(),
      };
    default:
      return undefined;
  }
}

function decodeAnswer(code: number, fields: Fields): DhtAnswer | undefined {
  switch (code) {
    case NODES: {
      const ids = rows(fields, "ids", MAX_NAMED_NODES, NODE_ID_BYTES);
      const payloads = fields.list(
        "payloads",
        MAX_RECORDS_AT_LOCATION,
        (item) => item.bytes("payload", MAX_RECORD_BYTES).slice(),
      );
      return { type: "nodes", ids, payloads };
    }
    case STORED:
      return { type: "stored" };
    case REFUSED: {
      const text = fields.text("reason", MAX_REASON_BYTES);
      const reason = DHT_REFUSALS.find((each) => each === text) ?? "busy";
      return { type: "refused", reason };
    }
    default:
      return undefined;
  }
}

/** A byte string that stands for at most `max` strings of `width` bytes each. */
function rows(fields: Fields, name: string, max: number, width: number): Uint8Array[] {
  const bytes = fields.bytes(name, max * width).slice();
  if (bytes.length % width !== 0) {
    throw new WireError(
      `A letter of the hash table has ${name} of ${bytes.length} bytes, ` +
        `wanted ${width} for each`,
    );
  }
  return Array.from(
    { length: bytes.length / width },
    (_, at) => bytes.subarray(at * width, (at + 1) * width),
  );
}
