/**
 * The link with one neighbour: keep-alives with round-trip times, and a reliable stream of messages in
 * each direction. Everything that comes in bears the token of the link, which its owner has checked, so
 * everything proves that the neighbour lives.
 *
 * A keep-alive says when it was sent, and when the neighbour's latest one had come: so each of the two
 * measures the round trip with one datagram a period in each direction, as in RTCP (RFC 3550, section
 * 6.4.1).
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import { mixed, toHex } from "./binary.ts";
import { type Alive, type Card, type Datagram, encodeAck, encodeAlive } from "./datagram.ts";
import type { Bond } from "./handshake.ts";
import { RECEIVE_WINDOW_BYTES, ReliableReceiver } from "./reliable_receiver.ts";
import { ReliableSender } from "./reliable_sender.ts";
import { RtoEstimator } from "./rto.ts";
import { isContent, MAX_STREAM_MESSAGE_BYTES } from "./stream_message.ts";

/** Times of a link, in milliseconds. */
export interface LinkOptions {
  keepAliveMs: number;
  lostAfterMs: number;
}

/** Datagrams that are about a link that is up. */
export type LinkDatagram = Datagram & { type: "alive" | "data" | "ack" };

export class Link {
  readonly bond: Bond;
  readonly upAt: Instant;
  /** Under which the two ends find each other when the way between them is lost: known to no other. */
  readonly ticket: Uint8Array;
  /** Names the link, the same at both ends. */
  readonly name: string;
  readonly #options: LinkOptions;
  readonly #emit: (to: Address, datagram: Uint8Array) => void;
  readonly #sender: ReliableSender;
  readonly #receiver = new ReliableReceiver(
    MAX_STREAM_MESSAGE_BYTES,
    (message) => !isContent(message),
  );
  readonly #rtt = new RtoEstimator();
  #address: Address;
  #neighbour: Card;
  #heardAt: Instant;
  #aliveAt: Instant;
  /** The neighbour's latest keep-alive. */
  #theirs: { sentUs: number; at: Instant } | undefined;

  constructor(
    now: Instant,
    bond: Bond,
    options: LinkOptions,
    emit: (to: Address, datagram: Uint8Array) => void,
  ) {
    this.bond = bond;
    this.upAt = now;
    this.ticket = mixed(bond.ownToken, bond.theirToken);
    // Half of it, so that showing it to people does not give the ticket away.
    this.name = toHex(this.ticket.subarray(0, 8));
    this.#options = options;
    this.#emit = emit;
    this.#address = bond.address;
    this.#neighbour = bond.neighbour;
    this.#heardAt = now;
    this.#aliveAt = now + options.keepAliveMs;
    this.#sender = new ReliableSender(
      bond.theirToken,
      RECEIVE_WINDOW_BYTES,
      (datagram) => emit(this.#address, datagram),
    );
    this.#sendAlive(now);
  }

  get address(): Address {
    return this.#address;
  }

  /** What the neighbour says of itself; its rank may have grown since the handshake. */
  get neighbour(): Card {
    return this.#neighbour;
  }

  get heardAt(): Instant {
    return this.#heardAt;
  }

  /** Smoothed round-trip time in microseconds, null while unmeasured. */
  get rttUs(): number | null {
    const { smoothedMs } = this.#rtt;
    return smoothedMs === undefined ? null : Math.round(smoothedMs * 1_000);
  }

  /** Bytes of messages that the neighbour has not acknowledged. */
  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  /** Messages about the line itself that have to wait. */
  get urgentCount(): number {
    return this.#sender.urgentCount;
  }

  /** Whether the neighbour lives, but messages do not get through to it. */
  isStuck(now: Instant): boolean {
    return this.#sender.isStuck(now);
  }

  /** Whether a datagram is from one who was given the token of this link. */
  isOwnToken(token: Uint8Array): boolean {
    return equalBytes(token, this.bond.ownToken);
  }

  /** Whether nothing was heard for so long that the neighbour must be gone. */
  isLost(now: Instant): boolean {
    return now >= this.#heardAt + this.#options.lostAfterMs;
  }

  /** Whether a keep-alive at least is missing. */
  isSilent(now: Instant): boolean {
    return now >= this.#heardAt + 2 * this.#options.keepAliveMs;
  }

  /** The neighbour's rank has grown. */
  raiseNeighbour(rank: number): void {
    if (rank > this.#neighbour.rank) this.#neighbour = { ...this.#neighbour, rank };
  }

  /**
   * This machine has slept: the neighbour may have spoken all the while, and is asked before it is given
   * up.
   */
  wake(now: Instant): void {
    const { keepAliveMs, lostAfterMs } = this.#options;
    this.#heardAt = Math.max(this.#heardAt, now - lostAfterMs + 1.5 * keepAliveMs);
    this.#sendAlive(now);
  }

  /**
   * A datagram with the token of this link came.
   *
   * @throws {ChainProtocolError} when its sender does not keep to the protocol
   */
  handle(now: Instant, from: Address, datagram: LinkDatagram): void {
    this.#heardAt = now;
    this.#address = from;
    switch (datagram.type) {
      case "alive":
        return this.#handleAlive(now, datagram);
      case "data":
        this.#receiver.handleData(now, datagram.number, datagram.payload);
        return this.#acknowledge(now);
      case "ack":
        return this.#sender.handleReceipt(now, datagram.receipt);
      default:
        datagram satisfies never;
    }
  }

  /** The neighbour sends HELLO still: it does not know that we heard it. */
  reassure(now: Instant): void {
    this.#sendAlive(now);
  }

  /** Queues a message; `flush` sends it. */
  push(message: Uint8Array): void {
    this.#sender.push(message, !isContent(message));
  }

  flush(now: Instant): void {
    this.#sender.flush(now);
  }

  /** Takes out the first message about the line itself. */
  takeUrgent(): Uint8Array | undefined {
    return this.#receiver.takeUrgent();
  }

  /** The first content that has come and was not taken. */
  peek(): Uint8Array | undefined {
    return this.#receiver.peek();
  }

  /** Takes that content, which makes room for more. */
  take(now: Instant): void {
    this.#receiver.take(now);
    this.#acknowledge(now);
  }

  /** The messages that the neighbour may not have, in order. */
  leftover(): Uint8Array[] {
    return this.#sender.leftover();
  }

  handleTime(now: Instant): void {
    this.#acknowledge(now);
    this.#sender.handleTime(now);
    if (now < this.#aliveAt) return;
    this.#aliveAt = now + this.#options.keepAliveMs;
    this.#sendAlive(now);
  }

  nextWakeup(): Instant | undefined {
    return earliest(
      this.#aliveAt,
      this.#heardAt + this.#options.lostAfterMs,
      this.#receiver.ackAt,
      this.#sender.nextWakeup(),
    );
  }

  #handleAlive(now: Instant, alive: Alive): void {
    this.#theirs = { sentUs: alive.sentUs, at: now };
    if (alive.echoUs === 0) this.#sendAlive(now);
    else this.#measure(now, alive);
    this.#sender.handleReceipt(now, alive.receipt);
  }

  #measure(now: Instant, { echoUs, heldUs }: Alive): void {
    const tripUs = (micros(now) - echoUs - heldUs) | 0;
    // What cannot be true was forged, or is of another time: it would only spoil the average.
    if (tripUs >= 0 && tripUs < this.#options.lostAfterMs * 1_000) this.#rtt.add(tripUs / 1_000);
  }

  #sendAlive(now: Instant): void {
    const theirs = this.#theirs;
    const bytes = encodeAlive({
      type: "alive",
      token: this.bond.theirToken,
      sentUs: micros(now) || 1,
      echoUs: theirs?.sentUs ?? 0,
      heldUs: theirs === undefined ? 0 : Math.round((now - theirs.at) * 1_000),
      receipt: this.#receiver.receipt(),
    });
    this.#emit(this.#address, bytes);
  }

  #acknowledge(now: Instant): void {
    const { ackAt } = this.#receiver;
    if (ackAt === undefined || now < ackAt) return;
    this.#emit(this.#address, encodeAck(this.bond.theirToken, this.#receiver.receipt()));
  }
}

/** Modulo 2^32, which is 71 minutes. */
function micros(now: Instant): number {
  return Math.floor(now * 1_000) % 0x1_0000_0000;
}
