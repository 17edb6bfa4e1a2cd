/**
 * Datagrams between members. All begin alike, and none is longer than 1200 bytes, which passes every
 * IPv6 network (RFC 8200: 1280 bytes) with its headers.
 *
 *     0      0xAC: no text begins with it, so nothing of an echo server is taken for a datagram
 *     1      type
 *     2..17  MEET: own nonce. HELLO: ticket. Others: the token of the one who receives it
 *
 *     1 MEET     echo 16, has agreed 1, head is free 1, members 2, own head ADDRESS, first of the line: ID, rank 6 (all ones:
 *                none), tail ADDRESS
 *     2 HELLO    nonce 16, echo 16, CARD
 *     3 ALIVE    RECEIPT, sent 4, echo 4, held 4                times in µs, modulo 2^32
 *     4 DATA     number 6, then up to 1176 bytes of the stream
 *     5 ACK      RECEIPT
 *     6 BYE      id 16, or nothing
 *     7 BYE_ACK
 *
 *     ID 8 · TEXT length 1, UTF-8 · ADDRESS a TEXT · CARD: ID, rank 6, secret 16, label TEXT
 *     RECEIPT: next 6, window 4, those above it 4
 *
 * Whatever a datagram holds beyond its fields belongs to a later version and is ignored.
 */

import type { Address } from "../base/address.ts";
import {
  ByteReader,
  ByteWriter,
  MAX_UINT48,
  readUint48,
  SECRET_BYTES,
  writeUint32,
  writeUint48,
} from "./binary.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import type { MemberId } from "./side.ts";

/** Most bytes of one datagram. */
export const MAX_DATAGRAM_BYTES = 1_200;

const HEADER_BYTES = 2 + SECRET_BYTES;
const DATA_HEADER_BYTES = HEADER_BYTES + 6;
const RECEIPT_BYTES = 14;
/** Where the times stand in an ALIVE. */
const ALIVE_TIMES = HEADER_BYTES + RECEIPT_BYTES;

/** Most bytes of the stream in one DATA. */
export const MAX_PAYLOAD_BYTES = MAX_DATAGRAM_BYTES - DATA_HEADER_BYTES;

const MAGIC = 0xac;
const MEET = 1, HELLO = 2, ALIVE = 3, DATA = 4, ACK = 5, BYE = 6, BYE_ACK = 7;

/** What a member says of itself to its neighbour. */
export interface Card {
  id: MemberId;
  /** Grows along the line, from the first to the last; see `line_view.ts`. */
  rank: number;
  /** Mixed with that of another member it makes the id under which the two find each other. */
  secret: Uint8Array;
  label: string;
}

/** The end of a line, as it introduces itself to the end of another. */
export interface LineEnd {
  /** Whether somebody can be put behind it. */
  headIsFree: boolean;
  /** Members of its line, as far as it knows. */
  size: number;
  /** Where its head is reached. */
  head: Address;
  /** The other end of its line, which is itself where it is alone. */
  first: LineStart;
}

/** The first member of a line. */
export interface LineStart {
  id: MemberId;
  /** Undefined for one that has never had a neighbour. */
  rank: number | undefined;
  /** Where its tail is reached. */
  tail: Address;
}

/** How much of a stream of DATA has come. */
export interface Receipt {
  /** All before this number have. */
  next: number;
  /** Bytes for which there is room beyond them. */
  window: number;
  /** Bit i: the one of number `next + 1 + i` has come too. */
  above: number;
}

export type Datagram =
  | Meet
  | { type: "hello"; ticket: Uint8Array; nonce: Uint8Array; echo: Uint8Array; card: Card }
  | Alive
  | { type: "data"; token: Uint8Array; number: number; payload: Uint8Array }
  | { type: "ack"; token: Uint8Array; receipt: Receipt }
  | { type: "bye"; token: Uint8Array; id: Uint8Array | undefined }
  | { type: "bye-ack"; token: Uint8Array };

/** The end of a line meets that of another. */
export type Meet = {
  type: "meet";
  nonce: Uint8Array;
  /** The other one's nonce, once it was heard. */
  echo: Uint8Array;
  /** Whether the sender needs no answer any more. */
  hasAgreed: boolean;
  end: LineEnd;
};

/** A keep-alive. */
export type Alive = {
  type: "alive";
  token: Uint8Array;
  /** By the sender's clock, µs modulo 2^32. */
  sentUs: number;
  /** `sentUs` of the latest ALIVE that it had, 0 for none. */
  echoUs: number;
  /** How long ago it had that, in µs. */
  heldUs: number;
  receipt: Receipt;
};

/** In place of the nonce of somebody who has not been heard. */
export const NO_NONCE = new Uint8Array(SECRET_BYTES);

export function encodeMeet({ nonce, echo, hasAgreed, end }: Omit<Meet, "type">): Uint8Array {
  return start(MEET, nonce).bytes(echo).uint8(hasAgreed ? 1 : 0)
    .uint8(end.headIsFree ? 1 : 0).uint16(end.size).text(end.head)
    .id(end.first.id).uint48(end.first.rank ?? MAX_UINT48).text(end.first.tail).finish();
}

export function encodeHello(
  ticket: Uint8Array,
  nonce: Uint8Array,
  echo: Uint8Array,
  { id, rank, secret, label }: Card,
): Uint8Array {
  return start(HELLO, ticket).bytes(nonce).bytes(echo)
    .id(id).uint48(rank).bytes(secret).text(label).finish();
}

export function encodeAlive({ token, sentUs, echoUs, heldUs, receipt }: Alive): Uint8Array {
  const bytes = startReceipt(ALIVE, token, receipt, 12);
  writeUint32(bytes, ALIVE_TIMES, sentUs);
  writeUint32(bytes, ALIVE_TIMES + 4, echoUs);
  writeUint32(bytes, ALIVE_TIMES + 8, heldUs);
  return bytes;
}

/** A DATA with room for `length` bytes of the stream; `dataPayload` is where they go. */
export function startData(token: Uint8Array, number: number, length: number): Uint8Array {
  const bytes = new Uint8Array(DATA_HEADER_BYTES + length);
  bytes[0] = MAGIC;
  bytes[1] = DATA;
  bytes.set(token, 2);
  writeUint48(bytes, HEADER_BYTES, number);
  return bytes;
}

/** The bytes of the stream within a DATA, as a view. */
export function dataPayload(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(DATA_HEADER_BYTES);
}

export function encodeAck(token: Uint8Array, receipt: Receipt): Uint8Array {
  return startReceipt(ACK, token, receipt, 0);
}

/** @param id under which those who were its neighbours find each other, where there are two */
export function encodeBye(token: Uint8Array, id: Uint8Array | undefined): Uint8Array {
  const writer = start(BYE, token);
  return (id === undefined ? writer : writer.bytes(id)).finish();
}

export function encodeByeAck(token: Uint8Array): Uint8Array {
  return start(BYE_ACK, token).finish();
}

/** The datagram that `bytes` hold, or undefined when they hold none: strangers get no answer. */
export function decodeDatagram(bytes: Uint8Array): Datagram | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_DATAGRAM_BYTES) return undefined;
  if (bytes[0] !== MAGIC) return undefined;
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof ChainProtocolError) return undefined;
    throw error;
  }
}

/** @param rest bytes after the receipt */
function startReceipt(
  type: number,
  token: Uint8Array,
  { next, window, above }: Receipt,
  rest: number,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + RECEIPT_BYTES + rest);
  bytes[0] = MAGIC;
  bytes[1] = type;
  bytes.set(token, 2);
  writeUint48(bytes, HEADER_BYTES, next);
  writeUint32(bytes, HEADER_BYTES + 6, window);
  writeUint32(bytes, HEADER_BYTES + 10, above);
  return bytes;
}

function start(type: number, token: Uint8Array): ByteWriter {
  return new ByteWriter(HEADER_BYTES + 160).uint8(MAGIC).uint8(type).bytes(token);
}

function decode(bytes: Uint8Array): Datagram | undefined {
  const token = bytes.slice(2, HEADER_BYTES);
  const fields = new ByteReader(bytes, HEADER_BYTES);
  switch (bytes[1]) {
    case MEET:
      return {
        type: "meet",
        nonce: token,
        echo: fields.secret(),
        hasAgreed: fields.uint8() === 1,
        end: readEnd(fields),
      };
    case HELLO:
      return {
        type: "hello",
        ticket: token,
        nonce: fields.secret(),
        echo: fields.secret(),
        card: readCard(fields),
      };
    case ALIVE:
      return {
        type: "alive",
        token,
        receipt: readReceipt(fields),
        sentUs: fields.uint32(),
        echoUs: fields.uint32(),
        heldUs: fields.uint32(),
      };
    case DATA:
      if (bytes.length <= DATA_HEADER_BYTES) return undefined;
      return {
        type: "data",
        token,
        number: readUint48(bytes, HEADER_BYTES),
        payload: dataPayload(bytes),
      };
    case ACK:
      return { type: "ack", token, receipt: readReceipt(fields) };
    case BYE:
      return { type: "bye", token, id: fields.remaining === 0 ? undefined : fields.secret() };
    case BYE_ACK:
      return { type: "bye-ack", token };
    default:
      return undefined;
  }
}

function readReceipt(fields: ByteReader): Receipt {
  return { next: fields.uint48(), window: fields.uint32(), above: fields.uint32() };
}

function readEnd(fields: ByteReader): LineEnd {
  const headIsFree = fields.uint8() === 1;
  const size = fields.uint16();
  const head = fields.address();
  const id = fields.id();
  const rank = fields.uint48();
  const first = { id, rank: rank === MAX_UINT48 ? undefined : rank, tail: fields.address() };
  return { headIsFree, size, head, first };
}

function readCard(fields: ByteReader): Card {
  return {
    id: fields.id(),
    rank: fields.uint48(),
    secret: fields.secret(),
    label: fields.text(),
  };
}
