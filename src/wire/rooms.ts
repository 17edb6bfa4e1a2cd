/**
 * The letters by which the members of a room find each other and speak. A letter is CBOR:
 *
 *     [location, nonce, head, tail]
 *
 * The location says which room it is for. The head is sealed for its recipient under a key that
 * only those know who know the room's name; inside it is CBOR again, one of
 *
 *     statements  [1, [[body, signature], …]]                 who has joined and who has left
 *     summary     [2, count, hash]                   what I know of this room, in one number
 *     index       [3, asks, [[id, epoch, left, from, next], …]]  the same, member by member
 *     want        [4, [[author, epoch, from, to], …]]         messages that I lack
 *     message     [5, author, run, epoch, sequence, [told, …]]   the tail is the message
 *     private     [6, is-text, content]                       for the recipient alone
 *
 * A message travels through many hands, so its author seals it once for the whole room, and it is
 * passed on as it is: that is the tail, [signature, is-text, content] when opened. Statements
 * travel as the very bytes that were signed:
 *
 *     0        32               40         41           73
 *     +--------+----------------+----------+------------+
 *     | id     | epoch, u64be   | left, u8 | run        |
 *     +--------+----------------+----------+------------+
 *
 * The record that a member publishes holds its id and epoch, in the same layout, sealed behind a
 * nonce.
 */

import { concatBytes, decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../base/node_id.ts";
import { decodeItem, encodeItem, Fields } from "./cbor.ts";
import { WireError } from "./error.ts";
import {
  MAX_ROOM_CONTENT_BYTES,
  MAX_ROOM_MEMBERS,
  MAX_SEQUENCE,
  MAX_SERVICE_BYTES,
  MAX_SIGNATURE_BYTES,
  SEALING_KEY_BYTES,
} from "./limits.ts";

/** Bytes of a nonce of ChaCha20-Poly1305. */
export const ROOM_NONCE_BYTES = 12;

/** Neighbours that the author of a message has sent it to itself, as far as it says so. */
export const MAX_TOLD = 12;

const RECORD_BYTES = NODE_ID_BYTES + 8;
const STATEMENT_BYTES = RECORD_BYTES + 1 + SEALING_KEY_BYTES;
const JOINED = 0, LEFT = 1;

/** A letter between two members, as it travels. */
export interface RoomLetter {
  /** The room's place among the ids of nodes. */
  location: NodeId;
  nonce: Uint8Array;
  /** A sealed {@linkcode RoomHead}. */
  head: Uint8Array;
  /** A sealed message; empty in all other letters. */
  tail: Uint8Array;
}

/** Where a member is to be found, as it tells those who look for the room. */
export interface RoomRecord {
  id: NodeId;
  /** Grows with each time that the member joins. */
  epoch: number;
}

/** What a member says of itself. Of two statements the one with the higher epoch holds. */
export interface Statement extends RoomRecord {
  /** The member takes back what it said under the same epoch: it is in the room no more. */
  left: boolean;
  /** The key to which letters for it are sealed, of which each run of a node has another. */
  run: Uint8Array;
}

/** A statement on its way: its author's bytes, and its signature over them and the room. */
export interface CarriedStatement {
  body: Uint8Array;
  signature: Uint8Array;
}

/** What somebody holds of one member. */
export interface RoomEntry extends RoomRecord {
  left: boolean;
  /** The messages of this member that are kept: all from the one to before the other. */
  from: number;
  /** The number that its next message will have; 0 where that is not known. */
  next: number;
}

/** Messages of one author, in one epoch of it. */
export interface MessageRange {
  author: NodeId;
  epoch: number;
  from: number;
  /** The first that is not meant. */
  to: number;
}

/** Tells a message from all others that there ever are in a room. */
export interface MessageName {
  author: NodeId;
  run: Uint8Array;
  epoch: number;
  /** Counts the messages of an epoch from 1. */
  sequence: number;
}

/** What the sealed part of a letter says. */
export type RoomHead =
  | { type: "statements"; carried: readonly CarriedStatement[] }
  | { type: "summary"; count: number; hash: number }
  | {
    type: "index";
    /** Whether the sender wants the recipient's index too. */
    asks: boolean;
    entries: readonly RoomEntry[];
  }
  | { type: "want"; ranges: readonly MessageRange[] }
  | {
    type: "message";
    name: MessageName;
    /** Whom else the author has sent it to; empty when somebody else sends it on. */
    told: readonly NodeId[];
  }
  | { type: "private"; content: string | Uint8Array };

/** A message once it is opened. */
export interface SignedContent {
  signature: Uint8Array;
  content: string | Uint8Array;
}

const STATEMENTS = 1, SUMMARY = 2, INDEX = 3, WANT = 4, MESSAGE = 5, PRIVATE = 6;

export function encodeRoomLetter({ location, nonce, head, tail }: RoomLetter): Uint8Array {
  return encodeItem([nodeIdToBytes(location), nonce, head, tail]);
}

/**
 * The letter that the bytes hold; its parts are views of them.
 *
 * @throws {WireError} when they hold none
 */
export function decodeRoomLetter(bytes: Uint8Array): RoomLetter {
  const fields = new Fields(decodeItem(bytes), "A letter to a room");
  return {
    location: fields.nodeId("location"),
    nonce: exactly(fields, "nonce", ROOM_NONCE_BYTES),
    head: fields.bytes("head", MAX_SERVICE_BYTES),
    tail: fields.bytes("tail", MAX_SERVICE_BYTES),
  };
}

export function encodeRoomHead(head: RoomHead): Uint8Array {
  switch (head.type) {
    case "statements":
      return encodeItem([
        STATEMENTS,
        head.carried.map(({ body, signature }) => [body, signature]),
      ]);
    case "summary":
      return encodeItem([SUMMARY, head.count, head.hash]);
    case "index":
      return encodeItem([
        INDEX,
        head.asks,
        head.entries.map((
          { id, epoch, left, from, next },
        ) => [nodeIdToBytes(id), epoch, left, from, next]),
      ]);
    case "want":
      return encodeItem([
        WANT,
        head.ranges.map(({ author, epoch, from, to }) => [nodeIdToBytes(author), epoch, from, to]),
      ]);
    case "message": {
      const { author, run, epoch, sequence } = head.name;
      const told = head.told.map(nodeIdToBytes);
      return encodeItem([MESSAGE, nodeIdToBytes(author), run, epoch, sequence, told]);
    }
    case "private":
      return encodeItem([PRIVATE, typeof head.content === "string", contentBytes(head.content)]);
    default:
      return head satisfies never;
  }
}

/**
 * What the head of a letter says, once it is opened; its parts are views of the bytes.
 *
 * @throws {WireError} when that is nothing of the kind
 */
export function decodeRoomHead(bytes: Uint8Array): RoomHead {
  const fields = new Fields(decodeItem(bytes), "The head of a letter to a room");
  const code = fields.uint("type", 255);
  switch (code) {
    case STATEMENTS:
      return {
        type: "statements",
        carried: fields.list("statements", MAX_ROOM_MEMBERS, decodeCarried),
      };
    case SUMMARY:
      return {
        type: "summary",
        count: fields.uint("count", MAX_SEQUENCE),
        hash: fields.uint("hash", MAX_SEQUENCE),
      };
    case INDEX:
      return {
        type: "index",
        asks: fields.boolean("asks"),
        entries: fields.list("entries", MAX_ROOM_MEMBERS, decodeEntry),
      };
    case WANT:
      return { type: "want", ranges: fields.list("ranges", MAX_ROOM_MEMBERS, decodeRange) };
    case MESSAGE: {
      const name = {
        author: fields.nodeId("author"),
        run: exactly(fields, "run", SEALING_KEY_BYTES),
        epoch: fields.uint("epoch", MAX_SEQUENCE),
        sequence: positive(fields, "sequence"),
      };
      const told = fields.list("told", MAX_TOLD, (item) => item.nodeId("id"));
      return { type: "message", name, told };
    }
    case PRIVATE:
      return { type: "private", content: takeContent(fields) };
    default:
      throw new WireError(`A letter to a room of the unknown type ${code}`);
  }
}

/** The bytes of a statement, which its author signs and others pass on. */
export function encodeStatement({ id, epoch, left, run }: Statement): Uint8Array {
  return concatBytes([encodeRoomRecord({ id, epoch }), Uint8Array.of(left ? LEFT : JOINED), run]);
}

/**
 * What the bytes of a statement say.
 *
 * @throws {WireError} when they hold none
 */
export function decodeStatement(body: Uint8Array): Statement {
  if (body.length !== STATEMENT_BYTES) {
    throw new WireError(`A statement of ${body.length} bytes, wanted ${STATEMENT_BYTES}`);
  }
  const status = body[RECORD_BYTES];
  if (status !== JOINED && status !== LEFT) {
    throw new WireError(`A statement has status ${status}, wanted ${JOINED} or ${LEFT}`);
  }
  return {
    ...decodeRoomRecord(body.subarray(0, RECORD_BYTES)),
    left: status === LEFT,
    run: body.slice(RECORD_BYTES + 1),
  };
}

export function encodeRoomRecord({ id, epoch }: RoomRecord): Uint8Array {
  return concatBytes([nodeIdToBytes(id), uint64(epoch)]);
}

/**
 * What an opened record says.
 *
 * @throws {WireError} when it is none
 */
export function decodeRoomRecord(bytes: Uint8Array): RoomRecord {
  if (bytes.length !== RECORD_BYTES) {
    throw new WireError(`A record of ${bytes.length} bytes, wanted ${RECORD_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const epoch = Number(view.getBigUint64(NODE_ID_BYTES));
  if (epoch > MAX_SEQUENCE) {
    throw new WireError(`A record has epoch ${epoch}, wanted at most ${MAX_SEQUENCE}`);
  }
  return { id: nodeIdFromBytes(bytes.subarray(0, NODE_ID_BYTES)), epoch };
}

export function encodeSignedContent({ signature, content }: SignedContent): Uint8Array {
  return encodeItem([signature, typeof content === "string", contentBytes(content)]);
}

/**
 * What an opened message holds; bytes in it are a copy.
 *
 * @throws {WireError} when it is none
 */
export function decodeSignedContent(bytes: Uint8Array): SignedContent {
  const fields = new Fields(decodeItem(bytes), "A message to a room");
  return {
    signature: fields.bytes("signature", MAX_SIGNATURE_BYTES),
    content: takeContent(fields),
  };
}

/** What of a message is signed besides what it says of itself: whose it is, and which. */
export function messageNameBytes({ author, run, epoch, sequence }: MessageName): Uint8Array {
  return concatBytes([nodeIdToBytes(author), run, uint64(epoch), uint64(sequence)]);
}

/** The bytes of a message, without a word on whether it is a text. */
export function contentBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encodeUtf8(content) : content;
}

/** A number in eight bytes, the highest first. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** A text travels as bytes too: decoders of CBOR may take a byte order mark at its start away. */
function takeContent(fields: Fields): string | Uint8Array {
  const isText = fields.boolean("is-text");
  const bytes = fields.bytes("content", MAX_ROOM_CONTENT_BYTES);
  if (!isText) return bytes.slice();
  try {
    return decodeUtf8(bytes);
  } catch {
    throw new WireError("A message to a room has content of broken UTF-8, wanted a text");
  }
}

function decodeCarried(item: Fields): CarriedStatement {
  const carried = item.nested("statement");
  return {
    body: exactly(carried, "body", STATEMENT_BYTES),
    signature: carried.bytes("signature", MAX_SIGNATURE_BYTES),
  };
}

function decodeEntry(item: Fields): RoomEntry {
  const entry = item.nested("entry");
  return {
    id: entry.nodeId("id"),
    epoch: entry.uint("epoch", MAX_SEQUENCE),
    left: entry.boolean("left"),
    from: entry.uint("from", MAX_SEQUENCE),
    next: entry.uint("next", MAX_SEQUENCE),
  };
}

function decodeRange(item: Fields): MessageRange {
  const range = item.nested("range");
  return {
    author: range.nodeId("author"),
    epoch: range.uint("epoch", MAX_SEQUENCE),
    from: range.uint("from", MAX_SEQUENCE),
    to: range.uint("to", MAX_SEQUENCE),
  };
}

function positive(fields: Fields, name: string): number {
  const value = fields.uint(name, MAX_SEQUENCE);
  if (value === 0) throw new WireError(`A message to a room has ${name} 0, wanted 1 or more`);
  return value;
}

function exactly(fields: Fields, name: string, length: number): Uint8Array {
  const bytes = fields.bytes(name, length);
  if (bytes.length !== length) {
    throw new WireError(
      `A letter to a room has ${name} of ${bytes.length} bytes, wanted ${length}`,
    );
  }
  return bytes;
}
