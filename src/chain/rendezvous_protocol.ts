/**
 * What members of a line and the rendezvous servers say to each other over TCP: JSON objects, one
 * after the other, with nothing between them. Other programs speak the same, so the bytes that are
 * written stay as they are, keys in this order and no spaces:
 *
 *     to the chain server    {"msg":"CONNECT","head":"IP:PORT","tail":"IP:PORT"}
 *     to the earlier one     {"msg":"CONNECT","part":"head","ip":"IP:PORT"}
 *     to the later one       {"msg":"CONNECT","part":"tail","ip":"IP:PORT"}
 *     to the repair server   {"msg":"RECONNECT","id":"ID","ip":"IP:PORT"}
 *     to each of the two     {"msg":"CONNECT","ip":"IP:PORT"}
 *     from either server     {"msg":"ERROR","reason":"TEXT"}
 *
 * An IPv6 address stands in brackets. What is read may have its keys in any order and others besides,
 * which are ignored: that is what programs of a later day may add.
 *
 * The echo server speaks UDP and has no format: it answers any datagram with the `IP:PORT` that it
 * came from.
 */

import { type Address, parseAddress, splitAddress } from "../base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import { ChainProtocolError } from "./protocol_error.ts";

export { ChainProtocolError };

/** Most bytes of one object, in either direction. */
export const MAX_OBJECT_BYTES = 2_048;

/** Most characters of an id. */
export const MAX_ID_LENGTH = 128;

/** Most bytes of an echo server's answer: an IPv6 address in brackets, a colon, a port. */
export const MAX_ECHO_BYTES = 64;

/** Which socket of the one who is told: its head meets the tail of the next one in line. */
export type Part = "head" | "tail";

/** Asks the chain server for a place in the line. */
export interface ConnectRequest {
  /** Where its socket for the next one is reached. */
  head: Address;
  /** Where its socket for the previous one is reached. */
  tail: Address;
}

/** Asks the repair server for the other one that holds the same id. */
export interface ReconnectRequest {
  id: string;
  /** Where its socket is reached that has lost its neighbour. */
  ip: Address;
}

/** Either server's no, after which it ends the connection. */
export interface ErrorReply {
  type: "error";
  reason: string;
}

/** The chain server names a neighbour. */
export interface PlaceReply {
  type: "place";
  /** The socket to meet it with. */
  part: Part;
  ip: Address;
}

/** The repair server names the other one. */
export interface IntroductionReply {
  type: "introduction";
  ip: Address;
}

/** `{"msg":"CONNECT","head":…,"tail":…}` */
export function encodeConnect({ head, tail }: ConnectRequest): Uint8Array {
  return encode({ msg: "CONNECT", head, tail });
}

/** `{"msg":"RECONNECT","id":…,"ip":…}` */
export function encodeReconnect({ id, ip }: ReconnectRequest): Uint8Array {
  return encode({ msg: "RECONNECT", id, ip });
}

/** `{"msg":"CONNECT","part":…,"ip":…}` */
export function encodePlace({ part, ip }: Omit<PlaceReply, "type">): Uint8Array {
  return encode({ msg: "CONNECT", part, ip });
}

/** `{"msg":"CONNECT","ip":…}` */
export function encodeIntroduction(ip: Address): Uint8Array {
  return encode({ msg: "CONNECT", ip });
}

/** `{"msg":"ERROR","reason":…}` */
export function encodeError(reason: string): Uint8Array {
  return encode({ msg: "ERROR", reason });
}

/**
 * What a client asks of the chain server.
 *
 * @param value as it came out of the stream
 * @throws {ChainProtocolError} when it asks for anything else, or a field is missing or cannot be used
 */
export function readConnect(value: unknown): ConnectRequest {
  expectMsg(value, "CONNECT");
  return { head: readAddress(value, "head"), tail: readAddress(value, "tail") };
}

/**
 * What a client asks of the repair server.
 *
 * @param value as it came out of the stream
 * @throws {ChainProtocolError} when it asks for anything else, or a field is missing or cannot be used
 */
export function readReconnect(value: unknown): ReconnectRequest {
  expectMsg(value, "RECONNECT");
  const id = readText(value, "id");
  if (id.length === 0 || id.length > MAX_ID_LENGTH) {
    throw new ChainProtocolError(
      `Field id has ${id.length} characters, wanted 1 to ${MAX_ID_LENGTH}`,
    );
  }
  return { id, ip: readAddress(value, "ip") };
}

/**
 * What the chain server answers.
 *
 * @param value as it came out of the stream
 * @throws {ChainProtocolError} when it is no answer of a chain server
 */
export function readChainReply(value: unknown): PlaceReply | ErrorReply {
  if (msgOf(value) === "ERROR") return readError(value);
  expectMsg(value, "CONNECT");
  const part = readText(value, "part");
  if (part === "head" || part === "tail") {
    return { type: "place", part, ip: readAddress(value, "ip") };
  }
  throw new ChainProtocolError(`Field part is ${show(part)}, wanted "head" or "tail"`);
}

/**
 * What the repair server answers.
 *
 * @param value as it came out of the stream
 * @throws {ChainProtocolError} when it is no answer of a repair server
 */
export function readRepairReply(value: unknown): IntroductionReply | ErrorReply {
  if (msgOf(value) === "ERROR") return readError(value);
  expectMsg(value, "CONNECT");
  return { type: "introduction", ip: readAddress(value, "ip") };
}

/** What the echo server answers to a datagram from `from`. */
export function encodeEcho(from: Address): Uint8Array {
  return encodeUtf8(from);
}

/**
 * The address that an echo server's answer names.
 *
 * @throws {ChainProtocolError} when it names none
 */
export function readEcho(bytes: Uint8Array): Address {
  if (bytes.length > MAX_ECHO_BYTES) {
    throw new ChainProtocolError(
      `An echo has ${bytes.length} bytes, wanted at most ${MAX_ECHO_BYTES}`,
    );
  }
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    throw new ChainProtocolError("An echo is no UTF-8, wanted IP:PORT");
  }
  return parseIpPort(text, "An echo");
}

function encode(fields: Readonly<Record<string, string>>): Uint8Array {
  return encodeUtf8(JSON.stringify(fields));
}

function expectMsg(value: unknown, wanted: string): void {
  const msg = readText(value, "msg");
  if (msg !== wanted) throw new ChainProtocolError(`Field msg is ${show(msg)}, wanted "${wanted}"`);
}

function msgOf(value: unknown): unknown {
  return fieldOf(value, "msg");
}

function readError(value: unknown): ErrorReply {
  return { type: "error", reason: readText(value, "reason") };
}

function readAddress(value: unknown, key: string): Address {
  return parseIpPort(readText(value, key), `Field ${key}`);
}

function readText(value: unknown, key: string): string {
  const text = fieldOf(value, key);
  if (typeof text === "string") return text;
  const met = text === undefined ? "is missing" : `is no text`;
  throw new ChainProtocolError(`Field ${key} ${met}, wanted a text`);
}

/** Own fields alone: what every object inherits is nothing that anybody said. */
function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

/** An address by number. A name would have to be looked up by whoever is told it, and may change. */
function parseIpPort(text: string, what: string): Address {
  let address: Address | undefined;
  try {
    address = parseAddress(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // A zone, as in fe80::1%eth0, means something on the machine that names it alone.
  if (
    address === undefined || !/^[\d.]+$|^[\da-f:.]*:[\da-f:.]*$/.test(splitAddress(address).host)
  ) {
    throw new ChainProtocolError(
      `${what} is ${show(text)}, wanted IP:PORT, with an IPv6 address in brackets`,
    );
  }
  return address;
}

/** Longest piece of what was met that a reason repeats. */
const SHOWN_LENGTH = 64;

function show(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}
