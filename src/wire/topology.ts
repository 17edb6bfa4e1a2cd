/**
 * The messages by which nodes learn of each other: link-state advertisements and the comparison of
 * what two neighbours hold (after OSPF, RFC 2328: database exchange and flooding).
 *
 *     summary         [16, count, hash]             what I hold, in one number
 *     index           [17, [[id, sequence], …]]     what I hold, entry by entry
 *     advertisements  [18, [[body, signature], …]]
 *
 * The body travels as the very bytes that its originator wrote and signed: every node stores and
 * forwards those. It begins with what is needed to tell news from what is known, so that the copies which a flood
 * brings from every side cost a look and no decoding.
 *
 *     0        32                40
 *     +--------+-----------------+----------------------------------------------- - -
 *     | id     | sequence, u64be | CBOR of [key, label, [address], left, [link], [succession], sealing-key]
 *     +--------+-----------------+----------------------------------------------- - -
 *     link = [peer, dialled, rtt-µs or null]
 *
 * The sequence is the time of writing in milliseconds since 1970, or one more than the number before
 * if that is higher: so it also tells how old the advertisement is.
 */

import type { Address } from "../base/address.ts";
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../base/node_id.ts";
import { decodeItem, encodeItem, Fields } from "./cbor.ts";
import { WireError } from "./error.ts";
import {
  MAX_ADDRESSES,
  MAX_ADVERTISEMENT_BYTES,
  MAX_INDEX_ENTRIES,
  MAX_LABEL_BYTES,
  MAX_LINKS,
  MAX_PUBLIC_KEY_BYTES,
  MAX_SEQUENCE,
  MAX_SIGNATURE_BYTES,
  MAX_SUCCESSIONS,
  SEALING_KEY_BYTES,
} from "./limits.ts";
import { decodeSuccession, type Succession, successionItems } from "./succession.ts";

/** One end's claim that a link exists. */
export interface LinkClaim {
  peer: NodeId;
  /** Whether the claiming node dialled; otherwise it listened. */
  dialled: boolean;
  /** Smoothed round-trip time in microseconds, null while unmeasured. */
  rttUs: number | null;
}

/** What a node says of itself to the whole network. */
export interface Advertisement {
  id: NodeId;
  /** Of two advertisements of one node the one with the higher number holds; a time in ms since 1970. */
  sequence: number;
  /** The node's public key, SPKI in DER, whose SHA-256 is the id. */
  publicKey: Uint8Array;
  label: string;
  addresses: readonly Address[];
  /** Said once, as the last thing: the node leaves of its own will. */
  left: boolean;
  links: readonly LinkClaim[];
  /** The keys it had before, the newest change last. */
  successions: readonly Succession[];
  /** X25519 key to which messages for it are sealed; empty where it takes none. */
  sealingKey: Uint8Array;
}

/** An advertisement on its way: the originator's bytes, and its signature over just these. */
export interface CarriedAdvertisement {
  body: Uint8Array;
  signature: Uint8Array;
}

/** Which advertisement of a node somebody holds. */
export interface IndexEntry {
  id: NodeId;
  sequence: number;
}

export type TopologyMessage =
  | { type: "summary"; count: number; hash: number }
  | { type: "index"; entries: readonly IndexEntry[] }
  | { type: "advertisements"; carried: readonly CarriedAdvertisement[] };

const SUMMARY = 16, INDEX = 17, ADVERTISEMENTS = 18;
const HEADER_BYTES = NODE_ID_BYTES + 8;
const MAX_RTT_US = 0xffff_ffff;
/** More than BATCH_BYTES can hold, as the smallest advertisement has some 50 bytes. */
const MAX_CARRIED = 4_096;

/** The item of a message of this family. */
export function encodeTopologyMessage(message: TopologyMessage): Uint8Array {
  switch (message.type) {
    case "summary":
      return encodeItem([SUMMARY, message.count, message.hash]);
    case "index":
      return encodeItem([
        INDEX,
        message.entries.map(({ id, sequence }) => [nodeIdToBytes(id), sequence]),
      ]);
    case "advertisements":
      return encodeItem([
        ADVERTISEMENTS,
        message.carried.map(({ body, signature }) => [body, signature]),
      ]);
    default:
      return message satisfies never;
  }
}

/**
 * The message of this family with the type number `code`, or undefined when it is of another family.
 *
 * @throws {WireError} when its fields are not as the layout says
 */
export function decodeTopologyMessage(code: number, fields: Fields): TopologyMessage | undefined {
  switch (code) {
    case SUMMARY:
      return {
        type: "summary",
        count: fields.uint("count", MAX_SEQUENCE),
        hash: fields.uint("hash", MAX_SEQUENCE),
      };
    case INDEX:
      return { type: "index", entries: fields.list("entries", MAX_INDEX_ENTRIES, decodeEntry) };
    case ADVERTISEMENTS:
      return {
        type: "advertisements",
        carried: fields.list("advertisements", MAX_CARRIED, decodeCarried),
      };
    default:
      return undefined;
  }
}

/** The bytes of an advertisement, as its originator sends and others forward them. */
export function encodeAdvertisement(advertisement: Advertisement): Uint8Array {
  const { id, sequence, publicKey, label, addresses, left, links, sealingKey } = advertisement;
  const claims = links.map(({ peer, dialled, rttUs }) => [nodeIdToBytes(peer), dialled, rttUs]);
  const successions = advertisement.successions.map(successionItems);
  const rest = encodeItem([
    publicKey,
    label,
    addresses,
    left,
    claims,
    successions,
    sealingKey,
  ]);
  const body = new Uint8Array(HEADER_BYTES + rest.length);
  body.set(nodeIdToBytes(id));
  viewOf(body).setBigUint64(NODE_ID_BYTES, BigInt(sequence));
  body.set(rest, HEADER_BYTES);
  return body;
}

/**
 * Whose advertisement the bytes hold and which one, without a look at the rest.
 *
 * @throws {WireError} when they are too short or the number is out of range
 */
export function peekAdvertisement(body: Uint8Array): IndexEntry {
  if (body.length <= HEADER_BYTES) {
    throw new WireError(
      `An advertisement of ${body.length} bytes, wanted more than ${HEADER_BYTES}`,
    );
  }
  const sequence = Number(viewOf(body).getBigUint64(NODE_ID_BYTES));
  if (sequence < 1 || sequence > MAX_SEQUENCE) {
    throw new WireError(`An advertisement has sequence ${sequence}, wanted 1 to ${MAX_SEQUENCE}`);
  }
  return { id: nodeIdFromBytes(body.subarray(0, NODE_ID_BYTES)), sequence };
}

/**
 * What the bytes of an advertisement say.
 *
 * @throws {WireError} when they do not hold an advertisement
 */
export function decodeAdvertisement(body: Uint8Array): Advertisement {
  const { id, sequence } = peekAdvertisement(body);
  const fields = new Fields(decodeItem(body.subarray(HEADER_BYTES)), "An advertisement");
  return {
    id,
    sequence,
    publicKey: fields.bytes("key", MAX_PUBLIC_KEY_BYTES).slice(),
    label: fields.text("label", MAX_LABEL_BYTES),
    addresses: fields.list("addresses", MAX_ADDRESSES, (item) => item.address("address")),
    left: fields.boolean("left"),
    links: fields.list("links", MAX_LINKS, decodeClaim),
    successions: fields.list("successions", MAX_SUCCESSIONS, decodeSuccession),
    sealingKey: fields.bytes("sealing key", SEALING_KEY_BYTES).slice(),
  };
}

function viewOf(body: Uint8Array): DataView {
  return new DataView(body.buffer, body.byteOffset, HEADER_BYTES);
}

function decodeClaim(item: Fields): LinkClaim {
  const claim = item.nested("link");
  return {
    peer: claim.nodeId("peer"),
    dialled: claim.boolean("dialled"),
    rttUs: claim.takeNull() ? null : claim.uint("rtt", MAX_RTT_US),
  };
}

function decodeEntry(item: Fields): IndexEntry {
  const entry = item.nested("entry");
  return { id: entry.nodeId("id"), sequence: entry.uint("sequence", MAX_SEQUENCE) };
}

function decodeCarried(item: Fields): CarriedAdvertisement {
  const carried = item.nested("advertisement");
  return {
    body: carried.bytes("body", MAX_ADVERTISEMENT_BYTES),
    signature: carried.bytes("signature", MAX_SIGNATURE_BYTES),
  };
}
