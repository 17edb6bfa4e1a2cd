/** A message on its way out: what it holds, and how far it has come. */

import { encodeUtf8 } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import { MAX_CONTENTS_BYTES } from "../wire/limits.ts";
import type { ContentRecord, Service } from "../wire/messaging.ts";
import type { Content } from "./outcome.ts";

/** Names a letter to whoever sent it. */
export type Ticket = number;

/**
 * What a letter is for: a message for the inbox; a probe only asks for its receipt; a greeting says
 * that its sender is there; and parts of nodes speak with each other by name.
 */
export type LetterKind = "message" | "probe" | "greeting" | Service;

/** Texts up to this length travel as they are; of longer ones it must be known how many bytes they take. */
const SHORT_TEXT = 4_096;

/** What the head of an envelope's contents and of each record in it take at the most, in bytes. */
export const CONTENTS_OVERHEAD = 24;
const RECORD_OVERHEAD = 16;

/** A piece of a large message is not worth a record of its own below this size. */
const LEAST_PIECE = 4_096;

export class Letter {
  /** Who waits for its outcome; undefined where nobody does. */
  readonly ticket: Ticket | undefined;
  readonly kind: LetterKind;
  readonly deadline: Instant;
  /** What it counts for in queues: its size and what handling it takes. */
  readonly bytes: number;
  /** The number of the envelope that holds the last of it, once that is sealed. */
  lastSequence: number | undefined;
  /** The recipient had no room for it. */
  isRefused = false;
  /** Whoever waited has been told its outcome. */
  isAnswered = false;
  readonly #body: Content;
  readonly #isText: boolean;
  #taken = 0;

  constructor(kind: LetterKind, content: Content, deadline: Instant, ticket?: Ticket) {
    this.kind = kind;
    this.ticket = ticket;
    this.deadline = deadline;
    this.#isText = typeof content === "string";
    this.#body = typeof content === "string" && !travelsAsText(content)
      ? encodeUtf8(content)
      : content;
    const units = typeof this.#body === "string" ? 3 : 1;
    this.bytes = this.#body.length * units + RECORD_OVERHEAD;
  }

  /** Whether some of it still has to be sealed. */
  get isUnsealed(): boolean {
    return this.lastSequence === undefined;
  }

  /**
   * The next record of it, for the envelope `sequence`; undefined when that has no room for one worth
   * its while.
   *
   * @param room bytes that are left in the envelope
   */
  take(sequence: number, room: number): { record: ContentRecord; bytes: number } | undefined {
    if (this.#taken === 0 && this.bytes <= room) {
      this.lastSequence = sequence;
      return { record: this.#whole(), bytes: this.bytes };
    }
    return typeof this.#body === "string" || this.kind !== "message"
      ? undefined
      : this.#piece(this.#body, sequence, room - RECORD_OVERHEAD);
  }

  /** The recipient has forgotten what it had of this letter: it is sent from the start. */
  rewind(): void {
    this.#taken = 0;
    this.lastSequence = undefined;
    this.isRefused = false;
  }

  #whole(): ContentRecord {
    const body = this.#body;
    if (this.kind === "probe" || this.kind === "greeting") return { type: this.kind };
    if (this.kind !== "message") {
      if (typeof body === "string") throw new TypeError(`A letter to ${this.kind} holds a text`);
      return { type: "service", service: this.kind, content: body };
    }
    if (this.#isText && typeof body !== "string") {
      return { type: "first", size: body.length, isText: true, piece: body };
    }
    return { type: "message", content: body };
  }

  #piece(body: Uint8Array, sequence: number, room: number) {
    const rest = body.length - this.#taken;
    const length = Math.min(rest, room);
    if (length < Math.min(rest, LEAST_PIECE)) return undefined;
    const piece = body.subarray(this.#taken, this.#taken + length);
    const record: ContentRecord = this.#taken === 0
      ? { type: "first", size: body.length, isText: this.#isText, piece }
      : { type: "next", piece };
    this.#taken += length;
    if (this.#taken === body.length) this.lastSequence = sequence;
    return { record, bytes: length + RECORD_OVERHEAD };
  }
}

/** Decoders of CBOR may take a byte order mark at the beginning of a text away. */
function travelsAsText(text: string): boolean {
  return text.length <= SHORT_TEXT && !text.startsWith("\ufeff");
}

/** Bytes of records that one envelope takes. */
export const CONTENTS_ROOM = MAX_CONTENTS_BYTES - CONTENTS_OVERHEAD;
