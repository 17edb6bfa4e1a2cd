/**
 * All that comes from one other node: envelopes are opened, put in order, and told of in receipts.
 *
 * Each sequence number of a context is taken once. Whatever comes a second time, sent again by an
 * impatient origin or recorded by somebody on the way, is answered with a receipt and dropped. So is
 * what belongs to a context before the present one.
 */

import { decodeUtf8 } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import { WireError } from "../wire/error.ts";
import {
  type ContentRecord,
  type Contents,
  decodeContents,
  encodeArrivals,
  type Envelope,
  MAX_LISTED,
  type Receipt,
  reversedRoute,
  type Route,
  type Service,
} from "../wire/messaging.ts";
import { WINDOW_ENVELOPES } from "./outgoing.ts";
import type { Content } from "./outcome.ts";
import type { RecipientSeal } from "./sealing.ts";

/** What comes out of envelopes, in order. */
export type Arrival =
  | { kind: "message"; content: Content; bytes: number }
  | { kind: "greeting"; content: ""; bytes: 0 }
  | { kind: Service; content: Uint8Array; bytes: 0 };

/** What a stream of envelopes needs of its node. */
export interface IncomingOptions {
  /** Whether so many more messages of so many bytes together would be taken. */
  hasRoom(count: number, bytes: number): boolean;
  take(arrival: Arrival): void;
  /** Shared by all origins. */
  holdings: Holdings;
}

/** Bytes of envelopes that are held until what is missing before them comes, and how many may be. */
export interface Holdings {
  bytes: number;
  readonly most: number;
}

/** What an envelope holds that waits for others. */
interface Held {
  contents: Contents;
  bytes: number;
}

/**
 * While more envelopes follow, one receipt does for so many, or for those of so many milliseconds: to
 * make it and to take it in costs a tenth of what a full envelope does.
 */
const ENVELOPES_A_RECEIPT = 4;
const RECEIPT_DELAY_MS = 1;

/** What became of an envelope. */
export type Reception = "taken" | "known" | "rejected" | "too-early";

/** A message that comes in pieces. */
interface Unfinished {
  size: number;
  isText: boolean;
  /** Grows as it is filled: nothing is reserved for what was only announced. */
  bytes: Uint8Array;
  filled: number;
}

export class Incoming {
  readonly seal: RecipientSeal;
  readonly #options: IncomingOptions;
  #next = 0;
  /** Opened, and waiting for what is missing before them. */
  readonly #held = new Map<number, Held>();
  /** What was not taken for want of room, as long as the origin may not know. */
  #refused: number[] = [];
  #unfinished: Unfinished | undefined;
  #receiptNumber = 0;
  #receiptAt: Instant = -Infinity;
  /** Envelopes since the last receipt. */
  #owed = 0;
  /** The way back to the origin, while it has to be told something. */
  #wayBack: Route | undefined;

  constructor(seal: RecipientSeal, options: IncomingOptions) {
    this.seal = seal;
    this.#options = options;
  }

  /** An envelope of this context came. */
  handleEnvelope(now: Instant, { sequence, sealed, route }: Envelope): Reception {
    if (sequence < this.#next || this.#held.has(sequence)) {
      this.#owe(now, route, false);
      return "known";
    }
    const opened = this.seal.open(sequence, sealed);
    if (opened === undefined) return "rejected";
    const contents = contentsOf(opened);
    this.#owe(now, route, contents.more);
    if (sequence >= Math.max(this.#next, contents.floor) + WINDOW_ENVELOPES) return "too-early";
    const { holdings } = this.#options;
    const bytes = opened.length;
    const mustWait = sequence > Math.max(this.#next, contents.floor);
    if (mustWait && holdings.bytes + bytes > holdings.most) return "too-early";
    this.#held.set(sequence, { contents, bytes });
    holdings.bytes += bytes;
    this.#skipTo(contents.floor);
    this.#takeInOrder();
    return "taken";
  }

  /** When `takeReceipt` will have something to say, or undefined while there is nothing. */
  nextWakeup(): Instant | undefined {
    return this.#wayBack === undefined ? undefined : this.#receiptAt;
  }

  /** What to tell the origin now, if there is anything; telling it again later does no harm. */
  takeReceipt(now: Instant): Receipt | undefined {
    const wayBack = this.#wayBack;
    if (wayBack === undefined || now < this.#receiptAt) return undefined;
    this.#wayBack = undefined;
    this.#owed = 0;
    const number = this.#receiptNumber++;
    const arrivals = { next: this.#next, held: [...this.#held.keys()], refused: this.#refused };
    const sealed = this.seal.sealReceipt(number, encodeArrivals(arrivals));
    const route = reversedRoute(wayBack);
    return { type: "receipt", route, context: this.seal.number, number, sealed };
  }

  /** The origin is to have a receipt: soon where more follows, else at once. */
  #owe(now: Instant, route: Route, more: boolean): void {
    if (this.#wayBack === undefined) this.#receiptAt = now + RECEIPT_DELAY_MS;
    this.#wayBack = route;
    this.#owed++;
    if (!more || this.#owed >= ENVELOPES_A_RECEIPT) this.#receiptAt = now;
  }

  /** Another context takes the place of this one. */
  discard(): void {
    for (const { bytes } of this.#held.values()) this.#options.holdings.bytes -= bytes;
    this.#held.clear();
  }

  /** The origin will not send anything below `floor` again, so it is not waited for. */
  #skipTo(floor: number): void {
    this.#refused = this.#refused.filter((sequence) => sequence >= floor);
    while (this.#next < floor) {
      this.#takeInOrder();
      if (this.#next >= floor) return;
      // Of a message whose end was given up, the beginning is of no use.
      this.#unfinished = undefined;
      const following = Math.min(floor, ...this.#held.keys());
      this.#next = following;
    }
  }

  #takeInOrder(): void {
    for (;;) {
      const held = this.#held.get(this.#next);
      if (held === undefined) return;
      this.#held.delete(this.#next);
      this.#options.holdings.bytes -= held.bytes;
      this.#take(this.#next, held.contents);
      this.#next++;
    }
  }

  #take(sequence: number, { records }: Contents): void {
    const sizes = records.map(sizeOf);
    const count = sizes.filter((size) => size !== undefined).length;
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    if (count > 0 && !this.#options.hasRoom(count, bytes)) {
      this.#refused = [...this.#refused, sequence].slice(-MAX_LISTED);
      this.#unfinished = undefined;
      // A full inbox is no concern of the other parts of the node.
      for (const record of records) if (record.type === "service") this.#open(record);
      return;
    }
    for (const record of records) this.#open(record);
  }

  #open(record: ContentRecord): void {
    switch (record.type) {
      case "message": {
        const { content } = record;
        return this.#deliver(typeof content === "string" ? content : ownBytes(content));
      }
      case "probe":
        return;
      case "greeting":
        return this.#options.take({ kind: "greeting", content: "", bytes: 0 });
      case "first": {
        const { size, isText, piece } = record;
        this.#unfinished = { size, isText, bytes: new Uint8Array(0), filled: 0 };
        return this.#append(this.#unfinished, piece);
      }
      case "next":
        return this.#unfinished && this.#append(this.#unfinished, record.piece);
      case "service": {
        const content = ownBytes(record.content);
        return this.#options.take({ kind: record.service, content, bytes: 0 });
      }
    }
  }

  #append(unfinished: Unfinished, piece: Uint8Array): void {
    const { size, isText } = unfinished;
    const filled = unfinished.filled + piece.length;
    // More than was announced is nonsense, which nobody can be told of.
    if (filled > size) {
      this.#unfinished = undefined;
      return;
    }
    if (filled > unfinished.bytes.length) {
      const grown = new Uint8Array(Math.min(size, Math.max(filled, 2 * unfinished.bytes.length)));
      grown.set(unfinished.bytes);
      unfinished.bytes = grown;
    }
    unfinished.bytes.set(piece, unfinished.filled);
    unfinished.filled = filled;
    if (filled < size) return;
    this.#unfinished = undefined;
    const { bytes } = unfinished;
    const content = isText ? textOf(bytes) : bytes;
    if (content !== undefined) this.#deliver(content);
  }

  #deliver(content: Content): void {
    this.#options.take({ kind: "message", content, bytes: content.length });
  }
}

/**
 * Bytes that may be kept for long. A view keeps the whole envelope in memory: no loss where the message
 * is most of it, and a copy is saved.
 */
function ownBytes(view: Uint8Array): Uint8Array {
  return view.length * 2 > view.buffer.byteLength ? view : view.slice();
}

/** What the sealed bytes hold; nothing, where their origin wrote nonsense. It cannot be told any better. */
function contentsOf(opened: Uint8Array): Contents {
  try {
    return decodeContents(opened);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { more: false, floor: 0, records: [] };
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined;
  }
}

/** What a record adds to the inbox, in bytes; undefined where nothing. */
function sizeOf(record: ContentRecord): number | undefined {
  if (record.type === "message") return record.content.length;
  return record.type === "first" ? record.size : undefined;
}
