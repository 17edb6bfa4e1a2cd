/**
 * The sending half of a reliable, ordered stream over datagrams to one neighbour.
 *
 *     messages ──► queue ──► cut into numbered pieces, as the windows allow ──► under way ──► arrived
 *                               ▲                                                  │
 *                               └──── lost: three above it came, or a timeout ◄────┘
 *
 * Each message goes behind its length of four bytes, one right after the other, so many small ones
 * share a datagram. Urgent ones go before all others that are not begun. What is lost is found by
 * selective acknowledgement (after RFC 6675: three pieces above it have come) and by the timeout of RFC 6298.
 */

import { Fifo } from "../base/fifo.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import { writeUint32 } from "./binary.ts";
import { CongestionWindow } from "./congestion.ts";
import { dataPayload, MAX_PAYLOAD_BYTES, type Receipt, startData } from "./datagram.ts";
import { LENGTH_BYTES } from "./message_assembler.ts";
import { RtoEstimator } from "./rto.ts";

/** Pieces above a missing one that must have come until it counts as lost. */
const REORDERING = 3;

/**
 * Pieces not filled that may be under way. Beyond these, small messages wait for one another and share
 * a datagram: who sends few has no delay, who sends many has fewer datagrams (after RFC 896).
 */
const MAX_PARTIAL = 4;

/** Milliseconds without progress after which there will be none. */
const STUCK_MS = 15_000;

/** One datagram under way, and what has become of it. */
interface Piece {
  readonly datagram: Uint8Array;
  /** Bytes of the stream in it. */
  readonly size: number;
  state: "new" | "flying" | "lost" | "arrived";
  sentAt: Instant;
  sendings: number;
}

/** A message of which a part at least is not acknowledged. */
interface Begun {
  message: Uint8Array;
  /** The number of the piece that holds its end; undefined while that is not cut. */
  lastPiece: number | undefined;
}

export class ReliableSender {
  readonly #token: Uint8Array;
  readonly #emit: (datagram: Uint8Array) => void;
  readonly #rto = new RtoEstimator();
  readonly #congestion = new CongestionWindow();
  readonly #urgent = new Fifo<Uint8Array>();
  readonly #ordinary = new Fifo<Uint8Array>();
  /** What is queued and not cut, with the lengths before the messages, in bytes. */
  #uncut = 0;
  /** The message that is being cut, and how far it is, its length counted. */
  #cutting: { begun: Begun; at: number } | undefined;
  readonly #begun = new Fifo<Begun>();
  /** Under way, in order. */
  #pieces: Piece[] = [];
  /** The number of the first of them. */
  #first = 0;
  #unacknowledged = 0;
  /** Bytes of those that are neither lost nor known to have come. */
  #flyingBytes = 0;
  #lostCount = 0;
  /** How many are not filled. */
  #partials = 0;
  #window: number;
  /** Losses below this number have been answered by a smaller window. */
  #recoveredFrom = 0;
  #timeoutAt: Instant | undefined;
  /** When something was acknowledged last, or began to wait for it, or had to wait for room. */
  #progressAt: Instant = 0;
  /** When to send in spite of a closed window, in case it was opened and the word got lost. */
  #probeAt: Instant | undefined;

  /**
   * @param token the neighbour's
   * @param window bytes that the neighbour has room for before it has said anything
   */
  constructor(token: Uint8Array, window: number, emit: (datagram: Uint8Array) => void) {
    this.#token = token;
    this.#window = window;
    this.#emit = emit;
  }

  /** Bytes that the neighbour has not acknowledged, queued ones included. */
  get queuedBytes(): number {
    return this.#uncut + this.#unacknowledged;
  }

  /** Urgent messages that are not begun. */
  get urgentCount(): number {
    return this.#urgent.size;
  }

  /**
   * Whether nothing has been acknowledged for so long, although the neighbour has room, that nothing will be:
   * the way may carry short datagrams alone.
   */
  isStuck(now: Instant): boolean {
    return this.#pieces.length > 0 && this.#window >= MAX_PAYLOAD_BYTES &&
      now >= this.#progressAt + STUCK_MS;
  }

  /** Queues a message, which must not be changed afterwards; `flush` sends it. */
  push(message: Uint8Array, isUrgent = false): void {
    (isUrgent ? this.#urgent : this.#ordinary).push(message);
    this.#uncut += LENGTH_BYTES + message.length;
  }

  /** Sends what the windows allow. */
  flush(now: Instant): void {
    this.#sendLost(now);
    while (this.#uncut > 0 && this.#mayCut(now)) this.#send(now, this.#cut(now));
  }

  /** The neighbour says how much it has. */
  handleReceipt(now: Instant, { next, window, above }: Receipt): void {
    const acknowledged = next - this.#first;
    // An old one that was overtaken, or one that nobody honest sends.
    if (acknowledged < 0 || acknowledged > this.#pieces.length) return;
    this.#window = window;
    if (window > 0) this.#probeAt = undefined;
    const underWay = this.#flyingBytes;
    const newly = this.#take(now, acknowledged) + this.#mark(now, above);
    if (newly > 0 || window < MAX_PAYLOAD_BYTES) this.#progressAt = now;
    if (newly > 0) {
      this.#rto.recover();
      this.#congestion.arrived(newly);
      this.#timeoutAt = this.#pieces.length > 0 ? now + this.#rto.timeoutMs : undefined;
    }
    this.#findLost(now, underWay);
    this.flush(now);
  }

  handleTime(now: Instant): void {
    if (this.#timeoutAt !== undefined && now >= this.#timeoutAt) {
      this.#congestion.timedOut(this.#flyingBytes);
      this.#rto.backOff();
      for (const piece of this.#pieces) if (piece.state === "flying") this.#move(piece, "lost");
      this.#recoveredFrom = this.#first + this.#pieces.length;
      this.#timeoutAt = now + this.#rto.timeoutMs;
    }
    this.flush(now);
  }

  nextWakeup(): Instant | undefined {
    return earliest(this.#timeoutAt, this.#probeAt);
  }

  /** The messages that the neighbour may not have, in order, when the link to it is over. */
  leftover(): Uint8Array[] {
    const begun = [...this.#begun].map(({ message }) => message);
    return [...begun, ...this.#urgent, ...this.#ordinary];
  }

  #mayCut(now: Instant): boolean {
    if (this.#pieces.length === 0 && this.#window < MAX_PAYLOAD_BYTES) {
      this.#probeAt ??= now + this.#rto.timeoutMs;
      if (now < this.#probeAt) return false;
      this.#probeAt = undefined;
      return true;
    }
    if (this.#pieces.length > 0 && this.#unacknowledged + MAX_PAYLOAD_BYTES > this.#window) {
      return false;
    }
    if (!this.#hasRoomFor(MAX_PAYLOAD_BYTES)) return false;
    return this.#uncut >= MAX_PAYLOAD_BYTES || this.#partials < MAX_PARTIAL;
  }

  /** Whether the network is thought to have room, which it always has for one. */
  #hasRoomFor(bytes: number): boolean {
    return this.#flyingBytes === 0 || this.#flyingBytes + bytes <= this.#congestion.bytes;
  }

  /** The one place where what became of a piece changes. */
  #move(piece: Piece, state: Piece["state"]): void {
    if (piece.state === "flying") this.#flyingBytes -= piece.size;
    if (state === "flying") this.#flyingBytes += piece.size;
    if (piece.state === "lost") this.#lostCount--;
    if (state === "lost") this.#lostCount++;
    piece.state = state;
  }

  /** Makes the next piece of what is queued. */
  #cut(now: Instant): Piece {
    const number = this.#first + this.#pieces.length;
    const size = Math.min(MAX_PAYLOAD_BYTES, this.#uncut);
    const datagram = startData(this.#token, number, size);
    const payload = dataPayload(datagram);
    for (let at = 0; at < size;) at += this.#fill(payload, at, number);
    this.#uncut -= size;
    this.#unacknowledged += size;
    if (size < MAX_PAYLOAD_BYTES) this.#partials++;
    if (this.#pieces.length === 0) this.#progressAt = now;
    const piece: Piece = { datagram, size, state: "new", sentAt: 0, sendings: 0 };
    this.#pieces.push(piece);
    return piece;
  }

  /** Writes what fits of one message, and says how many bytes that were. */
  #fill(payload: Uint8Array, to: number, number: number): number {
    const cutting = this.#cutting ??= this.#begin();
    const { message } = cutting.begun;
    let written = 0;
    if (cutting.at < LENGTH_BYTES) {
      const length = new Uint8Array(LENGTH_BYTES);
      writeUint32(length, 0, message.length);
      const part = length.subarray(cutting.at, cutting.at + payload.length - to);
      payload.set(part, to);
      written = part.length;
    }
    const from = cutting.at + written - LENGTH_BYTES;
    if (from >= 0) {
      const part = message.subarray(from, from + payload.length - to - written);
      payload.set(part, to + written);
      written += part.length;
    }
    cutting.at += written;
    if (cutting.at === LENGTH_BYTES + message.length) {
      cutting.begun.lastPiece = number;
      this.#cutting = undefined;
    }
    return written;
  }

  #begin(): { begun: Begun; at: number } {
    const message = this.#urgent.shift() ?? this.#ordinary.shift();
    if (message === undefined) throw new Error("Nothing is queued, wanted a message to cut");
    const begun: Begun = { message, lastPiece: undefined };
    this.#begun.push(begun);
    return { begun, at: 0 };
  }

  #send(now: Instant, piece: Piece): void {
    this.#move(piece, "flying");
    piece.sentAt = now;
    piece.sendings++;
    this.#timeoutAt ??= now + this.#rto.timeoutMs;
    this.#emit(piece.datagram);
  }

  #sendLost(now: Instant): void {
    if (this.#lostCount === 0) return;
    for (const piece of this.#pieces) {
      if (piece.state !== "lost") continue;
      if (!this.#hasRoomFor(piece.size)) return;
      this.#send(now, piece);
    }
  }

  /** Takes the first pieces off, and says how many bytes are known to have come only now. */
  #take(now: Instant, count: number): number {
    if (count === 0) return 0;
    let newly = 0;
    const taken = this.#pieces.splice(0, count);
    for (const piece of taken) {
      this.#unacknowledged -= piece.size;
      if (piece.size < MAX_PAYLOAD_BYTES) this.#partials--;
      newly += this.#arrive(now, piece);
    }
    this.#first += count;
    for (let begun = this.#begun.peek(); begun !== undefined; begun = this.#begun.peek()) {
      if (begun.lastPiece === undefined || begun.lastPiece >= this.#first) break;
      this.#begun.shift();
    }
    return newly;
  }

  /** Notes the pieces that have come although an earlier one is missing. */
  #mark(now: Instant, above: number): number {
    let newly = 0;
    for (let bit = 0; bit < 32; bit++) {
      const piece = this.#pieces[bit + 1];
      if (piece === undefined) break;
      if ((above >>> bit) & 1) newly += this.#arrive(now, piece);
    }
    return newly;
  }

  #arrive(now: Instant, piece: Piece): number {
    if (piece.state === "arrived") return 0;
    this.#move(piece, "arrived");
    if (piece.sendings === 1) this.#rto.add(now - piece.sentAt);
    return piece.size;
  }

  #findLost(now: Instant, underWay: number): void {
    let last = this.#pieces.length - 1;
    while (last >= 0 && this.#pieces[last]?.state !== "arrived") last--;
    let news: Piece | undefined;
    for (let at = 0; at <= last - REORDERING; at++) {
      const piece = this.#pieces[at] as Piece;
      // One that was sent again and is lost again waits for the timeout.
      if (piece.state !== "flying" || piece.sendings > 1) continue;
      this.#move(piece, "lost");
      if (this.#first + at >= this.#recoveredFrom) news ??= piece;
    }
    if (news === undefined) return;
    this.#recoveredFrom = this.#first + this.#pieces.length;
    this.#congestion.lost(underWay);
    // The first is sent again at once, whatever is under way (RFC 5681, section 3.2).
    this.#send(now, news);
  }
}
