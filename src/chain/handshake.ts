/**
 * Making a link with somebody who was told of us as we were of them. Both send HELLO at once and go on
 * sending, which opens a way through the NATs of both (UDP hole punching, RFC 5128, section 3.3).
 *
 *     ours                                    theirs
 *     HELLO nonce a, echo of nothing  ──►
 *                                     ◄──     HELLO nonce b, echo of nothing
 *     HELLO nonce a, echo of b        ──►     knows that we hear them: linked
 *                                     ◄──     anything with token a
 *     linked
 *
 * Whoever sees its own nonce come back knows that the other end is there and is no forger elsewhere. The
 * nonces are fresh and become the tokens of the link: without the token nothing is taken in, so whoever
 * was a neighbour before cannot speak here any more. The ticket, which a server or the two ends of a
 * line have made for these two, says what the HELLO is about; without it there is no answer.
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import { type Card, type Datagram, encodeHello, NO_NONCE } from "./datagram.ts";

/** Milliseconds from one HELLO to the next: from the first to the last by half as much again. */
const FIRST_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 400;
const INTERVAL_GROWTH = 1.5;

/** What two ends have agreed upon. */
export interface Bond {
  ticket: Uint8Array;
  /** Stands in every datagram to us, and in every one to them. */
  ownToken: Uint8Array;
  theirToken: Uint8Array;
  neighbour: Card;
  /** Where they are heard from. */
  address: Address;
}

export class Handshake {
  readonly ticket: Uint8Array;
  readonly deadline: Instant;
  readonly #nonce: Uint8Array;
  readonly #card: () => Card;
  readonly #emit: (to: Address, datagram: Uint8Array) => void;
  #address: Address;
  #theirs: { nonce: Uint8Array; card: Card } | undefined;
  #sendAt: Instant;
  #intervalMs = FIRST_INTERVAL_MS;

  /**
   * @param nonce fresh
   * @param card what we say of ourselves
   */
  constructor(
    now: Instant,
    { ticket, address, nonce, deadline, card, emit }: {
      ticket: Uint8Array;
      address: Address;
      nonce: Uint8Array;
      deadline: Instant;
      card: () => Card;
      emit: (to: Address, datagram: Uint8Array) => void;
    },
  ) {
    this.ticket = ticket;
    this.deadline = deadline;
    this.#address = address;
    this.#nonce = nonce;
    this.#card = card;
    this.#emit = emit;
    this.#sendAt = now;
    this.handleTime(now);
  }

  /** Whether the other end was heard. */
  get isAnswered(): boolean {
    return this.#theirs !== undefined;
  }

  /**
   * A datagram came that may be about this.
   *
   * @returns the bond, once the other end is known to hear us
   */
  handle(now: Instant, from: Address, datagram: Datagram): Bond | undefined {
    if (datagram.type === "hello") return this.#handleHello(now, from, datagram);
    if (datagram.type === "meet" || this.#theirs === undefined) return undefined;
    // Only one who has read our nonce can send this.
    return equalBytes(datagram.token, this.#nonce) ? this.#bond(this.#theirs) : undefined;
  }

  handleTime(now: Instant): void {
    if (now < this.#sendAt) return;
    this.#send();
    this.#sendAt = now + this.#intervalMs;
    this.#intervalMs = Math.min(MAX_INTERVAL_MS, this.#intervalMs * INTERVAL_GROWTH);
  }

  nextWakeup(): Instant {
    return Math.min(this.#sendAt, this.deadline);
  }

  #handleHello(
    now: Instant,
    from: Address,
    { ticket, nonce, echo, card }: Datagram & { type: "hello" },
  ): Bond | undefined {
    if (!equalBytes(ticket, this.ticket) || card.id === this.#card().id) return undefined;
    const isNews = this.#theirs === undefined || !equalBytes(this.#theirs.nonce, nonce);
    this.#theirs = { nonce, card };
    // Their NAT may have given them another port than the one that the server saw.
    this.#address = from;
    if (equalBytes(echo, this.#nonce)) return this.#bond(this.#theirs);
    if (isNews) {
      this.#send();
      this.#sendAt = now + this.#intervalMs;
    }
    return undefined;
  }

  #bond({ nonce, card }: { nonce: Uint8Array; card: Card }): Bond {
    return {
      ticket: this.ticket,
      ownToken: this.#nonce,
      theirToken: nonce,
      neighbour: card,
      address: this.#address,
    };
  }

  #send(): void {
    const echo = this.#theirs?.nonce ?? NO_NONCE;
    this.#emit(this.#address, encodeHello(this.ticket, this.#nonce, echo, this.#card()));
  }
}
