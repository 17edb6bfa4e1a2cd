/**
 * The messages by which nodes send sealed letters through the network.
 *
 *     envelope  [32, route, context, sequence, enc, sealed]   sealed messages, from origin to recipient
 *     receipt   [33, route, context, number, sealed]          what has arrived, from recipient to origin
 *     bounce    [34, route, context, sequence, at, reason]    why an envelope went no further
 *
 * A route is the ids of the nodes on the way, 32 bytes each, from the one that sends to the one that is
 * meant. It is chosen by the sender (source routing), so no loop is possible, a sender can choose another
 * way when one fails, and a relay sends on the very frame that it received.
 *
 * Envelopes between two nodes belong to a context, which is one HPKE context (RFC 9180) of the origin.
 * Contexts and the sequence numbers inside of one only ever grow. What is sealed is CBOR again:
 *
 *     contents of an envelope  [more, floor, [record, …]]
 *     record   text | bytes | [1] probe | [2] greeting | [3, size, is-text, piece] | [4, piece]
 *              | [5, service, content]
 *     contents of a receipt    [next, [held, …], [refused, …]]
 *
 * `more`: others follow at once, so the receipt may wait a moment. Below the floor nothing will be sent
 * again. A message that is too large for one envelope travels in pieces: one record 3, then records 4, in
 * envelopes that follow each other. Record 5 is for another part of the node than its inbox.
 */

import { concatBytes, equalBytes } from "../base/bytes.ts";
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../base/node_id.ts";
import { decodeItem, encodeItem, encodeItemBefore, Fields, TAIL } from "./cbor.ts";
import { WireError } from "./error.ts";
import { encodeFrame, encodeFrameBefore } from "./frame.ts";
import {
  MAX_CONTENTS_BYTES,
  MAX_HOPS,
  MAX_MESSAGE_BYTES,
  MAX_RECORDS,
  MAX_SEQUENCE,
  SEALING_KEY_BYTES,
} from "./limits.ts";

/** The ids on the way, as they travel: 32 bytes each, the sender first. */
export type Route = Uint8Array;

export interface Envelope {
  type: "envelope";
  route: Route;
  context: number;
  sequence: number;
  /** The encapsulated key from which the recipient makes its end of the context. */
  enc: Uint8Array;
  sealed: Uint8Array;
}

export interface Receipt {
  type: "receipt";
  route: Route;
  context: number;
  /** Counts the receipts of a context. */
  number: number;
  sealed: Uint8Array;
}

/** Why a relay did not pass an envelope on. Nobody proves it: it is a hint, and no more. */
export const BOUNCE_REASONS = ["no-link", "queue-full"] as const;

export interface Bounce {
  type: "bounce";
  route: Route;
  context: number;
  sequence: number;
  /** The node that the relay could not pass it on to. */
  at: NodeId;
  reason: typeof BOUNCE_REASONS[number];
}

export type MessagingMessage = Envelope | Receipt | Bounce;

const ENVELOPE = 32, RECEIPT = 33, BOUNCE = 34;
/** Of the tag that ChaCha20-Poly1305 adds. */
const TAG_BYTES = 16;
const MAX_ROUTE_BYTES = (MAX_HOPS + 1) * NODE_ID_BYTES;
const MAX_SEALED_BYTES = MAX_CONTENTS_BYTES + TAG_BYTES;
/** Sequence numbers that one receipt may list. */
export const MAX_LISTED = 1_024;
const MAX_REASON_BYTES = 32;

/** The frame around a message of this family, in pieces to be sent one after the other. */
export function encodeMessagingFrame(message: MessagingMessage): Uint8Array[] {
  const { route, context } = message;
  switch (message.type) {
    case "envelope": {
      const { sequence, enc, sealed } = message;
      // Copying what is sealed would cost as much as sealing it.
      const head = encodeItemBefore([ENVELOPE, route, context, sequence, enc, TAIL], sealed);
      return [encodeFrameBefore(head, sealed.length), sealed];
    }
    case "receipt":
      return [encodeFrame(encodeItem([RECEIPT, route, context, message.number, message.sealed]))];
    case "bounce": {
      const { sequence, at, reason } = message;
      const item = encodeItem([BOUNCE, route, context, sequence, nodeIdToBytes(at), reason]);
      return [encodeFrame(item)];
    }
  }
}

/**
 * The message of this family with the type number `code`; undefined when it is of another family.
 *
 * @throws {WireError} when its fields are not as they should be
 */
export function decodeMessagingMessage(code: number, fields: Fields): MessagingMessage | undefined {
  if (code !== ENVELOPE && code !== RECEIPT && code !== BOUNCE) return undefined;
  const route = decodeRoute(fields);
  const context = fields.uint("context", MAX_SEQUENCE);
  const sequence = fields.uint("sequence", MAX_SEQUENCE);
  switch (code) {
    case ENVELOPE: {
      const enc = fields.bytes("enc", SEALING_KEY_BYTES);
      const sealed = fields.bytes("sealed", MAX_SEALED_BYTES);
      return { type: "envelope", route, context, sequence, enc, sealed };
    }
    case RECEIPT: {
      const sealed = fields.bytes("sealed", MAX_SEALED_BYTES);
      return { type: "receipt", route, context, number: sequence, sealed };
    }
    default: {
      const at = fields.nodeId("at");
      const text = fields.text("reason", MAX_REASON_BYTES);
      const reason = BOUNCE_REASONS.find((each) => each === text) ?? "no-link";
      return { type: "bounce", route, context, sequence, at, reason };
    }
  }
}

function decodeRoute(fields: Fields): Route {
  const route = fields.bytes("route", MAX_ROUTE_BYTES);
  if (route.length % NODE_ID_BYTES !== 0 || route.length < 2 * NODE_ID_BYTES) {
    throw new WireError(`A route of ${route.length} bytes, wanted 32 for each of 2 nodes or more`);
  }
  const places = hopCount(route) + 1;
  for (let at = 1; at < places; at++) {
    // An honest relay would else pass it on to one that takes the relay for the liar.
    if (placeOf(route, idAt(route, at)) < at) throw new WireError("A route passes a node twice");
  }
  return route;
}

/** The route over these nodes. */
export function encodeRoute(ids: readonly NodeId[]): Route {
  return concatBytes(ids.map(nodeIdToBytes));
}

/** The nodes of a route, in order. */
export function routeIds(route: Route): NodeId[] {
  return Array.from({ length: hopCount(route) + 1 }, (_, at) => nodeIdFromBytes(idAt(route, at)));
}

/** The links of a route. */
export function hopCount(route: Route): number {
  return route.length / NODE_ID_BYTES - 1;
}

/** The id of the node at the place `at` of a route, or undefined past its end. A view. */
export function idAt(route: Route, at: number): Uint8Array {
  return route.subarray(at * NODE_ID_BYTES, (at + 1) * NODE_ID_BYTES);
}

/** At which place of a route a node stands, or -1. */
export function placeOf(route: Route, id: Uint8Array): number {
  const places = route.length / NODE_ID_BYTES;
  for (let at = 0; at < places; at++) if (equalBytes(idAt(route, at), id)) return at;
  return -1;
}

/** The way back, from the place `from` to the start. */
export function reversedRoute(route: Route, from = hopCount(route)): Route {
  const back: Uint8Array[] = [];
  for (let at = from; at >= 0; at--) back.push(idAt(route, at));
  return concatBytes(back);
}

/** The parts of a node that speak with those of others by letters: their numbers are their places. */
export const SERVICES = ["dht", "room", "signal"] as const;

export type Service = typeof SERVICES[number];

/** One thing in an envelope. */
export type ContentRecord =
  /** A whole message. */
  | { type: "message"; content: string | Uint8Array }
  /** Asks for a receipt and nothing else. */
  | { type: "probe" }
  | { type: "greeting" }
  /** The first piece of a message of `size` bytes. */
  | { type: "first"; size: number; isText: boolean; piece: Uint8Array }
  | { type: "next"; piece: Uint8Array }
  | { type: "service"; service: Service; content: Uint8Array };

const PROBE = 1, GREETING = 2, FIRST = 3, NEXT = 4, SERVICE = 5;

/** What an envelope seals. */
export interface Contents {
  /** Whether others follow at once, so that one receipt may do for several. */
  more: boolean;
  /** Envelopes of this context below this number will not be sent again. */
  floor: number;
  records: readonly ContentRecord[];
}

/** Bytes below which copying is cheaper than a piece of their own. */
const LEAST_TAIL_BYTES = 4_096;

/** The bytes of what an envelope holds, in pieces that follow each other. */
export function encodeContents({ more, floor, records }: Contents): Uint8Array[] {
  const items = records.map(recordItem);
  const last = items.pop();
  const tail = last instanceof Uint8Array ? last : Array.isArray(last) ? last.at(-1) : undefined;
  if (!(tail instanceof Uint8Array) || tail.length < LEAST_TAIL_BYTES) {
    return [encodeItem([more, floor, records.map(recordItem)])];
  }
  const ending = Array.isArray(last) ? [...last.slice(0, -1), TAIL] : TAIL;
  return [encodeItemBefore([more, floor, [...items, ending]], tail), tail];
}

function recordItem(record: ContentRecord): unknown {
  switch (record.type) {
    case "message":
      return record.content;
    case "probe":
      return [PROBE];
    case "greeting":
      return [GREETING];
    case "first":
      return [FIRST, record.size, record.isText, record.piece];
    case "next":
      return [NEXT, record.piece];
    case "service":
      return [SERVICE, SERVICES.indexOf(record.service), record.content];
  }
}

/**
 * What an opened envelope holds. Byte strings are views of `bytes`.
 *
 * @throws {WireError} when that is nothing of the kind
 */
export function decodeContents(bytes: Uint8Array): Contents {
  const fields = new Fields(decodeItem(bytes), "The contents of an envelope");
  const more = fields.boolean("more");
  const floor = fields.uint("floor", MAX_SEQUENCE);
  return { more, floor, records: fields.list("records", MAX_RECORDS, decodeRecord) };
}

function decodeRecord(item: Fields): ContentRecord {
  const content = item.takeContent();
  if (content !== undefined) return { type: "message", content };
  const fields = item.nested("record");
  const code = fields.uint("type", 255);
  switch (code) {
    case PROBE:
      return { type: "probe" };
    case GREETING:
      return { type: "greeting" };
    case FIRST:
      return {
        type: "first",
        size: fields.uint("size", MAX_MESSAGE_BYTES),
        isText: fields.boolean("is-text"),
        piece: fields.bytes("piece", MAX_CONTENTS_BYTES),
      };
    case NEXT:
      return { type: "next", piece: fields.bytes("piece", MAX_CONTENTS_BYTES) };
    case SERVICE: {
      const service = SERVICES[fields.uint("service", SERVICES.length - 1)] as Service;
      return { type: "service", service, content: fields.bytes("content", MAX_CONTENTS_BYTES) };
    }
    default:
      throw new WireError(`A record of the unknown type ${code}`);
  }
}

/** What a receipt says of the envelopes of a context. */
export interface Arrivals {
  /** All below this number have been dealt with. */
  next: number;
  /** Those above it that are here already, and wait for what is missing. */
  held: readonly number[];
  /** Those below `next` that were not taken for want of room, as far as the origin may not know. */
  refused: readonly number[];
}

export function encodeArrivals({ next, held, refused }: Arrivals): Uint8Array {
  return encodeItem([next, held, refused]);
}

/**
 * What an opened receipt says.
 *
 * @throws {WireError} when that is nothing of the kind
 */
export function decodeArrivals(bytes: Uint8Array): Arrivals {
  const fields = new Fields(decodeItem(bytes), "The contents of a receipt");
  const sequence = (item: Fields) => item.uint("sequence", MAX_SEQUENCE);
  return {
    next: fields.uint("next", MAX_SEQUENCE),
    held: fields.list("held", MAX_LISTED, sequence),
    refused: fields.list("refused", MAX_LISTED, sequence),
  };
}
