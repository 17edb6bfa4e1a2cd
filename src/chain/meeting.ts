/**
 * The meeting of two ends of lines whom the chain server has told of each other. The server thinks that
 * the later one is new, and that its tail is to meet the head of the earlier one. But the later one may be
 * the end of a line of many, which has lost its place at the server, by a restart say; then its tail is
 * taken, and so may be that of the earlier one. So they first tell each other, by the way the server
 * gave them, where their lines begin, and agree which line goes in front.
 *
 *     the earlier one's line    A ─── B ─── C            the later one's line    F ─── G
 *
 *     in front: the earlier     A ─── B ─── C ═══ F ─── G
 *     in front: the later       F ─── G ═══ A ─── B ─── C
 *
 * Both know the same of both, so both come to the same agreement, and with their nonces they have made a
 * ticket for the two who are to be linked. Ranks grow along a line, so one that was torn comes together
 * in its old order; of two that were never one, the longer goes in front. One order for all keeps lines
 * that join others at the same time from making a ring.
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import { mixed } from "./binary.ts";
import { encodeMeet, type LineEnd, type Meet, NO_NONCE } from "./datagram.ts";
import type { Side } from "./side.ts";

/** Milliseconds from one MEET to the next, and how long it is tried. */
const INTERVAL_MS = 150;
const PATIENCE_MS = 4_000;

/** Which of two lines goes in front, and what their ends have to do for it. */
export type Agreement =
  /** Our head is to meet the tail at `tail`. */
  | { type: "in-front"; ticket: Uint8Array; tail: Address }
  /** The first of our line is to meet the head at `head` with its tail. */
  | { type: "behind"; ticket: Uint8Array; head: Address };

/**
 * Which of two lines goes in front.
 *
 * @param earlier the one that was at the server first
 * @returns undefined when they are one line already, or nobody can be put behind the one in front
 */
export function lineInFront(earlier: LineEnd, later: LineEnd): "earlier" | "later" | undefined {
  if (earlier.first.id === later.first.id) return undefined;
  const front = isBefore(later, earlier) ? "later" : "earlier";
  return (front === "later" ? later : earlier).headIsFree ? front : undefined;
}

/** One that has never had a neighbour has no place to keep, and goes behind all others. */
function isBefore(a: LineEnd, b: LineEnd): boolean {
  const rankA = a.first.rank ?? Infinity;
  const rankB = b.first.rank ?? Infinity;
  if (rankA !== rankB) return rankA < rankB;
  if (a.size !== b.size) return a.size > b.size;
  return rankA !== Infinity && a.first.id < b.first.id;
}

export class Meeting {
  /** Our socket: the head of the earlier one meets the tail of the later one. */
  readonly socket: Side;
  readonly address: Address;
  readonly #describe: () => LineEnd | undefined;
  readonly #nonce: Uint8Array;
  readonly #emit: (datagram: Uint8Array) => void;
  readonly #deadline: Instant;
  /** What we have said of our line; it stays the same, for both go by the same. */
  #own: LineEnd | undefined;
  #theirs: { nonce: Uint8Array; end: LineEnd } | undefined;
  #hasAgreed = false;
  #sendAt: Instant;

  /**
   * @param nonce fresh
   * @param describe what we say of our line; undefined while we do not know where it begins
   */
  constructor(
    now: Instant,
    { socket, address, describe, nonce, emit }: {
      socket: Side;
      address: Address;
      describe: () => LineEnd | undefined;
      nonce: Uint8Array;
      emit: (datagram: Uint8Array) => void;
    },
  ) {
    this.socket = socket;
    this.address = address;
    this.#describe = describe;
    this.#nonce = nonce;
    this.#emit = emit;
    this.#deadline = now + PATIENCE_MS;
    this.#sendAt = now;
    this.handleTime(now);
  }

  /** Whether the other one may still be heard for the first time. */
  get isOpen(): boolean {
    return !this.#hasAgreed;
  }

  isOver(now: Instant): boolean {
    return now >= this.#deadline;
  }

  /**
   * A MEET came from the address that the server named.
   *
   * @returns what is to be done, once both know the same
   */
  handle(now: Instant, { nonce, echo, hasAgreed, end }: Meet): Agreement | undefined {
    if (this.#hasAgreed && !equalBytes(nonce, this.#theirs?.nonce ?? NO_NONCE)) return undefined;
    this.#theirs = { nonce, end };
    const agreement = !this.#hasAgreed && equalBytes(echo, this.#nonce);
    this.#hasAgreed ||= agreement;
    // They go on asking until they know that we hear them; what has been agreed is not asked again.
    if (!hasAgreed) this.#send(now);
    return agreement && this.#own !== undefined ? this.#agree(nonce, this.#own, end) : undefined;
  }

  handleTime(now: Instant): void {
    if (!this.#hasAgreed && now >= this.#sendAt) this.#send(now);
  }

  nextWakeup(): Instant {
    return this.#hasAgreed ? this.#deadline : Math.min(this.#sendAt, this.#deadline);
  }

  #agree(nonce: Uint8Array, own: LineEnd, theirs: LineEnd): Agreement | undefined {
    const isEarlier = this.socket === "head";
    const front = isEarlier ? lineInFront(own, theirs) : lineInFront(theirs, own);
    if (front === undefined) return undefined;
    const ticket = mixed(this.#nonce, nonce);
    return (front === "earlier") === isEarlier
      ? { type: "in-front", ticket, tail: theirs.first.tail }
      : { type: "behind", ticket, head: theirs.head };
  }

  #send(now: Instant): void {
    this.#sendAt = now + INTERVAL_MS;
    this.#own ??= this.#describe();
    if (this.#own === undefined) return;
    this.#emit(encodeMeet({
      nonce: this.#nonce,
      echo: this.#theirs?.nonce ?? NO_NONCE,
      hasAgreed: this.#hasAgreed,
      end: this.#own,
    }));
  }
}
