/**
 * What goes over the reliable stream between two neighbours. Each message begins with its kind:
 *
 *     1 NEIGHBOUR  content                            for the neighbour alone
 *     2 LINE       author ID, number 6, content       for everybody in this direction
 *     3 VIEW       rank 6, has a start 1, [ID, rank 6, tail ADDRESS], then for each member the nearest
 *                  first: ID, label TEXT, has a secret 1, [secret 16]
 *     4 SUMMONS    hops left 2, ticket 16, ADDRESS    for the first of the line
 *     5 PROBE      hops left 2, asker ID, nonce 16    for whoever sent it, if the line is a ring
 *
 * The last three are urgent: they keep the line whole, and go before contents that wait. SUMMONS and
 * PROBE travel from head to tail.
 */

import type { Address } from "../base/address.ts";
import { ByteReader, ByteWriter } from "./binary.ts";
import type { LineStart } from "./datagram.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import type { MemberId } from "./side.ts";

/** Most bytes of the content of one message. */
export const MAX_CHAIN_MESSAGE_BYTES = 65_536;

/** Most bytes of a message on the stream. */
export const MAX_STREAM_MESSAGE_BYTES = MAX_CHAIN_MESSAGE_BYTES + 64;

/** Most members that a view names. A longer line works too, but nobody sees all of it. */
export const MAX_VIEW_ENTRIES = 256;

/** How far a summons or a probe travels at most, in members: in a ring it would do so for ever. */
export const MAX_HOPS = 4_096;

const NEIGHBOUR = 1, LINE = 2, VIEW = 3, SUMMONS = 4, PROBE = 5;

/** A member as others of the line know it. */
export interface Known {
  id: MemberId;
  label: string;
  /** Left out of those that are too far away for their neighbours to matter. */
  secret: Uint8Array | undefined;
}

/** What a neighbour knows of the line on its far side. */
export interface View {
  /** Its own rank. */
  rank: number;
  /** Where its line begins; said to its head alone. */
  start: LineStart | undefined;
  /** Those behind it, the nearest first. */
  entries: Known[];
}

/** The two ends of a link to be: the first of a line is to meet a head with its tail. */
export interface Summons {
  ticket: Uint8Array;
  head: Address;
}

/** Asks whether what is sent towards the first of the line comes back. */
export interface Probe {
  asker: MemberId;
  nonce: Uint8Array;
}

export type StreamMessage =
  | { type: "neighbour"; content: Uint8Array }
  | { type: "line"; author: MemberId; number: number; content: Uint8Array }
  | { type: "view"; view: View }
  | { type: "summons"; hopsLeft: number; summons: Summons }
  | { type: "probe"; hopsLeft: number; probe: Probe };

export function encodeNeighbour(content: Uint8Array): Uint8Array {
  return new ByteWriter(1 + content.length).uint8(NEIGHBOUR).bytes(content).finish();
}

export function encodeLine(author: MemberId, number: number, content: Uint8Array): Uint8Array {
  return new ByteWriter(15 + content.length).uint8(LINE).id(author).uint48(number).bytes(content)
    .finish();
}

export function encodeView({ rank, start, entries }: View): Uint8Array {
  const writer = new ByteWriter(128 + 48 * entries.length).uint8(VIEW).uint48(rank).uint8(
    start === undefined ? 0 : 1,
  );
  if (start !== undefined) writer.id(start.id).uint48(start.rank ?? 0).text(start.tail);
  for (const { id, label, secret } of entries) {
    writer.id(id).text(label).uint8(secret === undefined ? 0 : 1);
    if (secret !== undefined) writer.bytes(secret);
  }
  return writer.finish();
}

export function encodeSummons(hopsLeft: number, { ticket, head }: Summons): Uint8Array {
  return new ByteWriter(128).uint8(SUMMONS).uint16(hopsLeft).bytes(ticket).text(head).finish();
}

export function encodeProbe(hopsLeft: number, { asker, nonce }: Probe): Uint8Array {
  return new ByteWriter(64).uint8(PROBE).uint16(hopsLeft).id(asker).bytes(nonce).finish();
}

/** Whether a message is passed to the next one and dropped where there is none, as it was encoded. */
export function isForLine(message: Uint8Array): boolean {
  return message[0] === LINE;
}

/** Whether a message is content, for somebody to read, and not about the line itself. */
export function isContent(message: Uint8Array): boolean {
  return message[0] === NEIGHBOUR || message[0] === LINE;
}

/**
 * What a neighbour said.
 *
 * @throws {ChainProtocolError} when it is nothing that it may say
 */
export function decodeStreamMessage(bytes: Uint8Array): StreamMessage {
  const fields = new ByteReader(bytes);
  const kind = fields.uint8();
  switch (kind) {
    case NEIGHBOUR:
      return { type: "neighbour", content: expectContent(fields.rest()) };
    case LINE: {
      const author = fields.id();
      return {
        type: "line",
        author,
        number: fields.uint48(),
        content: expectContent(fields.rest()),
      };
    }
    case VIEW:
      return { type: "view", view: readView(fields) };
    case SUMMONS: {
      const hopsLeft = readHops(fields);
      return {
        type: "summons",
        hopsLeft,
        summons: { ticket: fields.secret(), head: fields.address() },
      };
    }
    case PROBE: {
      const hopsLeft = readHops(fields);
      return { type: "probe", hopsLeft, probe: { asker: fields.id(), nonce: fields.secret() } };
    }
    default:
      throw new ChainProtocolError(`A message is of kind ${kind}, wanted 1 to ${PROBE}`);
  }
}

function readHops(fields: ByteReader): number {
  const hopsLeft = fields.uint16();
  if (hopsLeft <= MAX_HOPS) return hopsLeft;
  throw new ChainProtocolError(`A message has ${hopsLeft} hops left, wanted at most ${MAX_HOPS}`);
}

function expectContent(content: Uint8Array): Uint8Array {
  if (content.length <= MAX_CHAIN_MESSAGE_BYTES) return content;
  throw new ChainProtocolError(
    `A message has ${content.length} bytes, wanted at most ${MAX_CHAIN_MESSAGE_BYTES}`,
  );
}

function readView(fields: ByteReader): View {
  const rank = fields.uint48();
  const start = fields.uint8() === 0
    ? undefined
    : { id: fields.id(), rank: fields.uint48(), tail: fields.address() };
  const entries: Known[] = [];
  while (fields.remaining > 0) {
    if (entries.length === MAX_VIEW_ENTRIES) {
      throw new ChainProtocolError(`A view has more than ${MAX_VIEW_ENTRIES} members`);
    }
    const id = fields.id();
    const label = fields.text();
    entries.push({ id, label, secret: fields.uint8() === 0 ? undefined : fields.secretView() });
  }
  return { rank, start, entries };
}
