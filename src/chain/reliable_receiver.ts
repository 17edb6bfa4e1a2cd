/**
 * The receiving half of a reliable, ordered stream over datagrams: puts the pieces in order, each once,
 * and the messages together that they were cut from.
 *
 * What a neighbour can make it keep is bounded: the room left is told with every acknowledgement, and
 * what comes beyond it is dropped. Messages that are not taken use up the room too, so whoever cannot
 * pass them on slows down whoever sends them.
 */

import { Fifo } from "../base/fifo.ts";
import type { Instant } from "../base/ports.ts";
import type { Receipt } from "./datagram.ts";
import { MessageAssembler } from "./message_assembler.ts";

/** Bytes that may wait here, as the neighbour is told. */
export const RECEIVE_WINDOW_BYTES = 262_144;

/**
 * Bytes beyond it that are taken all the same: small messages cost more to keep than to send, so the room
 * can shrink by more than what has come.
 */
const SLACK_BYTES = 65_536;

/** What keeping a message or a piece costs besides its bytes, about. */
const OVERHEAD_BYTES = 64;

/** Pieces beyond the next one that are kept. */
const MAX_AHEAD = 1_024;

/** An acknowledgement waits this long for a second piece, in milliseconds (RFC 1122 allows 500). */
const ACK_DELAY_MS = 20;

export class ReliableReceiver {
  readonly #assembler: MessageAssembler;
  /** The number of the piece that is to come. */
  #next = 0;
  /** Those that came before an earlier one. */
  readonly #ahead = new Map<number, Uint8Array>();
  #aheadBytes = 0;
  readonly #isUrgent: (message: Uint8Array) => boolean;
  readonly #urgent = new Fifo<Uint8Array>();
  readonly #messages = new Fifo<Uint8Array>();
  #messageBytes = 0;
  #unacknowledged = 0;
  #ackAt: Instant | undefined;
  #toldWindow = RECEIVE_WINDOW_BYTES;

  /**
   * @param maxMessageBytes most bytes of one message
   * @param isUrgent whether a message is to be read before those that cannot be passed on
   */
  constructor(maxMessageBytes: number, isUrgent: (message: Uint8Array) => boolean) {
    this.#isUrgent = isUrgent;
    this.#assembler = new MessageAssembler(maxMessageBytes);
  }

  /**
   * A piece came.
   *
   * @throws {ChainProtocolError} when a message is longer than it may be
   */
  handleData(now: Instant, number: number, payload: Uint8Array): void {
    if (number === this.#next && this.#kept() <= RECEIVE_WINDOW_BYTES + SLACK_BYTES) {
      const hadGap = this.#ahead.size > 0;
      this.#append(payload);
      this.#appendAhead();
      this.#unacknowledged++;
      if (hadGap || this.#unacknowledged > 1) this.#ackAt = now;
      else this.#ackAt ??= now + ACK_DELAY_MS;
      return;
    }
    // Whoever has a gap, or sends again what has come, should know at once.
    this.#ackAt = now;
    if (number <= this.#next || number > this.#next + MAX_AHEAD || this.#ahead.has(number)) return;
    if (this.#kept() + payload.length > RECEIVE_WINDOW_BYTES) return;
    this.#ahead.set(number, payload.slice());
    this.#aheadBytes += payload.length + OVERHEAD_BYTES;
  }

  /** Takes out the first urgent message that is whole. */
  takeUrgent(): Uint8Array | undefined {
    const message = this.#urgent.shift();
    if (message !== undefined) this.#messageBytes -= message.length + OVERHEAD_BYTES;
    return message;
  }

  /** The first other message that is whole, which stays. */
  peek(): Uint8Array | undefined {
    return this.#messages.peek();
  }

  /** Takes out that message. */
  take(now: Instant): void {
    const message = this.#messages.shift();
    if (message === undefined) return;
    this.#messageBytes -= message.length + OVERHEAD_BYTES;
    const isNarrow = this.#toldWindow < RECEIVE_WINDOW_BYTES / 4;
    if (isNarrow && this.#window() >= RECEIVE_WINDOW_BYTES / 2) this.#ackAt = now;
  }

  /** When an acknowledgement is due. */
  get ackAt(): Instant | undefined {
    return this.#ackAt;
  }

  /** What to acknowledge now. */
  receipt(): Receipt {
    this.#ackAt = undefined;
    this.#unacknowledged = 0;
    this.#toldWindow = this.#window();
    let above = 0;
    if (this.#ahead.size > 0) {
      for (let bit = 0; bit < 32; bit++) {
        if (this.#ahead.has(this.#next + 1 + bit)) above |= 1 << bit;
      }
    }
    return { next: this.#next, window: this.#toldWindow, above: above >>> 0 };
  }

  #window(): number {
    return Math.max(0, RECEIVE_WINDOW_BYTES - this.#kept());
  }

  /** All that is kept, in bytes. */
  #kept(): number {
    return this.#aheadBytes + this.#messageBytes + this.#assembler.heldBytes;
  }

  #appendAhead(): void {
    if (this.#ahead.size === 0) return;
    for (;;) {
      const payload = this.#ahead.get(this.#next);
      if (payload === undefined) return;
      this.#ahead.delete(this.#next);
      this.#aheadBytes -= payload.length + OVERHEAD_BYTES;
      this.#append(payload);
    }
  }

  /** @throws {ChainProtocolError} */
  #append(payload: Uint8Array): void {
    this.#next++;
    this.#assembler.push(payload, (message) => {
      (this.#isUrgent(message) ? this.#urgent : this.#messages).push(message);
      this.#messageBytes += message.length + OVERHEAD_BYTES;
    });
  }
}
