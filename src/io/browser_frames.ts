/**
 * The frames of WebSocket (RFC 6455, section 5) as a server reads and writes them:
 *
 *     FIN, 3 reserved bits, 4 of opcode | MASK, 7 bits of length | 0, 2 or 8 more of length
 *     4 bytes of mask, from a client only | the payload, from a client masked
 *
 * Written here because nothing at hand bounds what a stranger can make a node hold: Deno's own takes
 * messages of 64 MiB from anybody, and the package `ws` asks for the environment, which nodes are not
 * permitted to read. Only the length of a message that is still wanted is ever kept.
 */

import { concatBytes } from "../base/bytes.ts";

/** Why the connection is ended (section 7.4.1). */
export const CLOSE_CODE = {
  normal: 1000,
  protocol: 1002,
  unsupported: 1003,
  policy: 1008,
  tooLarge: 1009,
  tryLater: 1013,
} as const;

/** The far end broke the protocol. The message is about it: "it …". */
export class WebSocketError extends Error {
  override readonly name = "WebSocketError";
  /** What it is told. */
  readonly code: number;

  constructor(message: string, code: number = CLOSE_CODE.protocol) {
    super(message);
    this.code = code;
  }
}

/** Something that came in. */
export type WebSocketItem =
  | { type: "message" | "ping" | "pong"; bytes: Uint8Array }
  /** The far end ends the connection. */
  | { type: "close" };

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const RESERVED = 0x70;
const MASK = 0x80;
const MASK_BYTES = 4;
const MAX_CONTROL_BYTES = 125;
const NOTHING = new Uint8Array(0);

/** A frame's first bytes. */
interface Head {
  opcode: number;
  isFinal: boolean;
  /** Where the payload begins. */
  size: number;
  length: number;
}

/** Reads what a client sends. */
export class WebSocketDecoder {
  readonly #maxBytes: number;
  #rest: Uint8Array = NOTHING;
  /** Room for a message in several frames, once its first has come, and how much of it there is. */
  #message: Uint8Array | undefined;
  #messageBytes = 0;

  /** @param maxBytes of one message */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes bytes as they came; `next` tells what is in them. */
  push(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? bytes : concatBytes([this.#rest, bytes]);
  }

  /**
   * The next item, or undefined until more bytes come.
   *
   * @throws {WebSocketError} when the far end breaks the protocol, or says more than it may
   */
  next(): WebSocketItem | undefined {
    for (;;) {
      const head = this.#head();
      if (head === undefined || this.#rest.length < head.size + head.length) return undefined;
      const payload = this.#take(head);
      const item = head.opcode >= OPCODE.close
        ? controlItem(head.opcode, payload)
        : this.#gather(head, payload);
      if (item !== undefined) return item;
    }
  }

  #head(): Head | undefined {
    const [first, second] = this.#rest;
    if (first === undefined || second === undefined) return undefined;
    const [opcode, isFinal] = [first & 0x0f, (first & FIN) !== 0];
    if ((first & RESERVED) !== 0) throw new WebSocketError("it set bits that mean nothing");
    if ((second & MASK) === 0) throw new WebSocketError("it sent a frame without a mask");
    this.#judge(opcode, isFinal);
    const short = second & 0x7f;
    if (opcode >= OPCODE.close && short > MAX_CONTROL_BYTES) {
      throw new WebSocketError("it sent a control frame that is too long");
    }
    const more = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (this.#rest.length < 2 + more) return undefined;
    const length = more === 0 ? short : this.#longLength(more);
    const max = this.#maxBytes - this.#messageBytes;
    if (opcode < OPCODE.close && length > max) {
      throw new WebSocketError(
        `it sent a message of more than ${this.#maxBytes} bytes`,
        CLOSE_CODE.tooLarge,
      );
    }
    return { opcode, isFinal, length, size: 2 + more + MASK_BYTES };
  }

  /** Whether such a frame may come now. */
  #judge(opcode: number, isFinal: boolean): void {
    switch (opcode) {
      case OPCODE.text:
        throw new WebSocketError("it sent text, wanted binary messages", CLOSE_CODE.unsupported);
      case OPCODE.binary:
        if (this.#message === undefined) return;
        throw new WebSocketError("it began a message within another");
      case OPCODE.continuation:
        if (this.#message !== undefined) return;
        throw new WebSocketError("it went on with a message that it had not begun");
      case OPCODE.close:
      case OPCODE.ping:
      case OPCODE.pong:
        if (isFinal) return;
        throw new WebSocketError("it sent a control frame in pieces");
      default:
        throw new WebSocketError(`it sent a frame of the unknown kind ${opcode}`);
    }
  }

  #longLength(bytes: 2 | 8): number {
    const view = new DataView(this.#rest.buffer, this.#rest.byteOffset + 2, bytes);
    // Whoever claims more than a number can hold exactly claims too much by far.
    return bytes === 2 ? view.getUint16(0) : Number(view.getBigUint64(0));
  }

  /** Takes a whole frame out of the rest. */
  #take({ size, length }: Head): Uint8Array {
    const mask = this.#rest.subarray(size - MASK_BYTES, size);
    const payload = this.#rest.slice(size, size + length);
    for (let at = 0; at < length; at++) {
      payload[at] = (payload[at] as number) ^ (mask[at & 3] as number);
    }
    const rest = this.#rest.subarray(size + length);
    // What is empty would still hold the memory of what it is a part of.
    this.#rest = rest.length > 0 ? rest : NOTHING;
    return payload;
  }

  /** The message that ends with this frame. Each may hold a byte, so they are not kept one by one. */
  #gather({ isFinal }: Head, payload: Uint8Array): WebSocketItem | undefined {
    if (isFinal && this.#message === undefined) return { type: "message", bytes: payload };
    this.#message ??= new Uint8Array(this.#maxBytes);
    this.#message.set(payload, this.#messageBytes);
    this.#messageBytes += payload.length;
    if (!isFinal) return undefined;
    const bytes = this.#message.slice(0, this.#messageBytes);
    this.#message = undefined;
    this.#messageBytes = 0;
    return { type: "message", bytes };
  }
}

function controlItem(opcode: number, bytes: Uint8Array): WebSocketItem {
  if (opcode === OPCODE.close) return { type: "close" };
  return { type: opcode === OPCODE.ping ? "ping" : "pong", bytes };
}

/** A message, in one frame. */
export function messageFrame(bytes: Uint8Array): Uint8Array {
  return frame(OPCODE.binary, bytes);
}

/** The answer to a ping. @param bytes those of the ping */
export function pongFrame(bytes: Uint8Array): Uint8Array {
  return frame(OPCODE.pong, bytes);
}

/** The last frame. @param reason told to the far end, cut where it is too long */
export function closeFrame(code: number, reason = ""): Uint8Array {
  const words = new Uint8Array(MAX_CONTROL_BYTES - 2);
  // Writes whole characters only.
  const { written } = new TextEncoder().encodeInto(reason, words);
  return frame(OPCODE.close, Uint8Array.of(code >>> 8, code, ...words.subarray(0, written)));
}

function frame(opcode: number, payload: Uint8Array): Uint8Array {
  return concatBytes([headOf(opcode, payload.length), payload]);
}

function headOf(opcode: number, length: number): Uint8Array {
  if (length < 126) return Uint8Array.of(FIN | opcode, length);
  if (length < 65_536) return Uint8Array.of(FIN | opcode, 126, length >>> 8, length);
  throw new RangeError(`Cannot frame ${length} bytes, wanted less than 65536`);
}
