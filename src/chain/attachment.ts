/**
 * One side of a member: its socket, and whoever is linked there. One socket has one link at the most, so
 * however neighbours come and go, a member never has two on one side.
 *
 *     free ──(introduced)──► linking ──(handshake)──► up ──(silent, left, broke the protocol)──► mending
 *      ▲                        │                     ▲                                            │
 *      └──(no answer)───────────┘                     └──(the next one was found)──────────────────┤
 *      ▲                                                                                           │
 *      └──(nobody was found)───────────────────────────────────────────────────────────────────────┘
 *
 * Messages for the line that the neighbour may not have had wait here while the line is mended, and go to
 * whoever comes next.
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import type { Card, Datagram } from "./datagram.ts";
import { type Bond, Handshake } from "./handshake.ts";
import { Link, type LinkDatagram, type LinkOptions } from "./link.ts";
import type { LossReason } from "./member_notice.ts";
import type { LineEntry, SideStatus } from "./member_status.ts";
import { Mending, type Target } from "./mending.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import type { ServerStreams } from "./server_streams.ts";
import type { Side } from "./side.ts";
import { isContent, isForLine } from "./stream_message.ts";

/** Bytes of messages that may wait for one neighbour; one more message is taken below it. */
export const QUEUE_BYTES = 262_144;

/** Milliseconds that one who was introduced by the chain server has to answer. */
const LINKING_MS = 5_000;

type State =
  | { type: "free" }
  | { type: "linking"; since: Instant; handshake: Handshake }
  | { type: "up"; link: Link }
  | { type: "mending"; lost: LineEntry; mending: Mending };

/** What the owner of a side gives it and is told. */
export interface AttachmentPorts {
  streams: ServerStreams;
  link: LinkOptions;
  /** What this member says of itself. */
  card(): Card;
  /** Where the socket is reached. */
  ownAddress(): Address;
  isWelcome(address: Address): boolean;
  newNonce(): Uint8Array;
  emit(to: Address, datagram: Uint8Array): void;
  /** Those who may be behind a neighbour that is gone, the nearest first. */
  targets(link: Link, reason: LossReason, byeId: Uint8Array | undefined): Target[];
  linked(link: Link, isMended: boolean): void;
  lost(link: Link, reason: LossReason): void;
  /** There was somebody, and nobody is looked for any more. */
  vacated(): void;
  /** Messages that waited for somebody who did not come. */
  dropped(messages: number): void;
}

export class Attachment {
  readonly side: Side;
  readonly #ports: AttachmentPorts;
  #state: State = { type: "free" };
  /** Messages for the line, while it is mended. */
  #backlog: Uint8Array[] = [];
  #backlogBytes = 0;

  constructor(side: Side, ports: AttachmentPorts) {
    this.side = side;
    this.#ports = ports;
  }

  /** Whether nobody is there and nobody is expected. */
  get isFree(): boolean {
    return this.#state.type === "free";
  }

  /** Whether somebody can be put here: nobody is, or one who has not been heard. */
  get isVacant(): boolean {
    const state = this.#state;
    return state.type === "free" || (state.type === "linking" && !state.handshake.isAnswered);
  }

  /** Whether there is a neighbour, or one is looked for in place of another. */
  get isTaken(): boolean {
    return this.#state.type === "up" || this.#state.type === "mending";
  }

  /** Whether whoever comes in place of a neighbour is looked for. */
  get isMending(): boolean {
    return this.#state.type === "mending";
  }

  /** The link, while there is one. */
  get link(): Link | undefined {
    return this.#state.type === "up" ? this.#state.link : undefined;
  }

  get queuedBytes(): number {
    return this.#backlogBytes + (this.link?.queuedBytes ?? 0);
  }

  get hasRoom(): boolean {
    return this.queuedBytes < QUEUE_BYTES;
  }

  /** Whether there is room for more than one message again. */
  get isRoomy(): boolean {
    return this.queuedBytes <= QUEUE_BYTES / 2;
  }

  status(now: Instant): SideStatus {
    const state = this.#state;
    switch (state.type) {
      case "free":
        return { state: "free" };
      case "linking":
        return { state: "linking", sinceMs: now - state.since };
      case "mending":
        return { state: "mending", lost: state.lost, sinceMs: now - state.mending.since };
      case "up":
        return statusOf(now, state.link);
      default:
        return state satisfies never;
    }
  }

  /** Begins a link with somebody who was told the same ticket. Does nothing where somebody else is. */
  meet(now: Instant, ticket: Uint8Array, address: Address): void {
    if (!this.isVacant || !this.#ports.isWelcome(address)) return;
    const handshake = this.#shake(now, ticket, address, now + LINKING_MS);
    this.#state = { type: "linking", since: now, handshake };
  }

  /**
   * Queues a message. One for the neighbour alone needs a link; one for the line waits while the line is
   * mended.
   */
  push(message: Uint8Array): void {
    const state = this.#state;
    if (state.type === "up") state.link.push(message);
    else if (state.type === "mending") this.#keep([message]);
  }

  /** A datagram came that is of this protocol. Those that are not for this side's own do nothing. */
  handle(now: Instant, from: Address, datagram: Datagram): void {
    const state = this.#state;
    switch (state.type) {
      case "free":
        return;
      case "linking":
        return this.#bind(now, from, datagram, state.handshake.handle(now, from, datagram));
      case "mending":
        return this.#bind(now, from, datagram, state.mending.handle(now, from, datagram));
      case "up":
        return this.#handleUp(now, from, datagram, state.link);
      default:
        state satisfies never;
    }
  }

  /** The neighbour is gone; `byeId` is what it told both of its neighbours when it left. */
  lose(now: Instant, reason: LossReason, byeId?: Uint8Array): void {
    const { link } = this;
    if (link === undefined) return;
    const targets = this.#ports.targets(link, reason, byeId);
    const { id, label } = link.neighbour;
    this.#keepLeftover(link);
    this.#ports.lost(link, reason);
    if (targets.length === 0) return this.#vacate();
    const { streams, ownAddress, isWelcome } = this.#ports;
    const { keepAliveMs } = this.#ports.link;
    const shake = this.#shake.bind(this);
    const ports = { keepAliveMs, streams, ownAddress, isWelcome, shake };
    const mending = new Mending(now, targets, ports);
    this.#state = { type: "mending", lost: { id, label }, mending };
  }

  /** The neighbour is gone, and nobody is looked for in its place. */
  release(reason: LossReason): void {
    const { link } = this;
    if (link === undefined) return;
    this.#keepLeftover(link);
    this.#ports.lost(link, reason);
    this.#vacate();
  }

  /** Gives up whoever is there or is looked for. */
  abandon(): void {
    const state = this.#state;
    if (state.type === "free") return;
    if (state.type === "mending") state.mending.end();
    this.#vacate();
  }

  /** This machine has slept. */
  wake(now: Instant): void {
    this.link?.wake(now);
  }

  handleTime(now: Instant): void {
    const state = this.#state;
    switch (state.type) {
      case "free":
        return;
      case "linking":
        if (now >= state.handshake.deadline) this.#state = { type: "free" };
        else state.handshake.handleTime(now);
        return;
      case "mending":
        state.mending.handleTime(now);
        if (state.mending.isOver(now)) this.abandon();
        return;
      case "up":
        if (state.link.isLost(now)) this.lose(now, "silent");
        else if (state.link.isStuck(now)) this.lose(now, "fault");
        else state.link.handleTime(now);
        return;
      default:
        state satisfies never;
    }
  }

  nextWakeup(): Instant | undefined {
    const state = this.#state;
    switch (state.type) {
      case "free":
        return undefined;
      case "linking":
        return state.handshake.nextWakeup();
      case "mending":
        return state.mending.nextWakeup();
      case "up":
        return state.link.nextWakeup();
      default:
        return state satisfies never;
    }
  }

  #handleUp(now: Instant, from: Address, datagram: Datagram, link: Link): void {
    if (datagram.type === "hello") {
      if (equalBytes(datagram.ticket, link.bond.ticket)) this.#reassure(now, datagram, link);
      return;
    }
    if (!isOfLink(datagram) || !link.isOwnToken(datagram.token)) return;
    try {
      link.handle(now, from, datagram);
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw error;
      this.lose(now, "fault");
    }
  }

  /** Another nonce than the one agreed upon is of an earlier attempt, or a later one: no business here. */
  #reassure(now: Instant, hello: Datagram & { type: "hello" }, link: Link): void {
    if (equalBytes(hello.nonce, link.bond.theirToken)) link.reassure(now);
  }

  /** Makes the link once there is a bond, and hands it the datagram that proved it. */
  #bind(now: Instant, from: Address, datagram: Datagram, bond: Bond | undefined): void {
    if (bond === undefined) return;
    const state = this.#state;
    if (state.type === "mending") state.mending.end();
    const link = new Link(now, bond, this.#ports.link, this.#ports.emit);
    this.#state = { type: "up", link };
    this.#ports.linked(link, state.type === "mending");
    for (const message of this.#backlog) link.push(message);
    this.#backlog = [];
    this.#backlogBytes = 0;
    if (isOfLink(datagram)) this.#handleUp(now, from, datagram, link);
  }

  #vacate(): void {
    this.#state = { type: "free" };
    const dropped = this.#backlog.length;
    this.#backlog = [];
    this.#backlogBytes = 0;
    if (dropped > 0) this.#ports.dropped(dropped);
    this.#ports.vacated();
  }

  /** What was for the neighbour alone is of no use to another. */
  #keepLeftover(link: Link): void {
    const leftover = link.leftover();
    const forLine = leftover.filter(isForLine);
    this.#keep(forLine);
    const dropped = leftover.filter(isForNeighbour).length;
    if (dropped > 0) this.#ports.dropped(dropped);
  }

  #keep(messages: readonly Uint8Array[]): void {
    for (const message of messages) {
      this.#backlog.push(message);
      this.#backlogBytes += message.length;
    }
  }

  #shake(now: Instant, ticket: Uint8Array, address: Address, deadline: Instant): Handshake {
    const { card, emit, newNonce } = this.#ports;
    return new Handshake(now, { ticket, address, nonce: newNonce(), deadline, card, emit });
  }
}

function isOfLink(datagram: Datagram): datagram is LinkDatagram {
  return datagram.type === "alive" || datagram.type === "data" || datagram.type === "ack";
}

function isForNeighbour(message: Uint8Array): boolean {
  return isContent(message) && !isForLine(message);
}

function statusOf(now: Instant, link: Link): SideStatus {
  const { id, label } = link.neighbour;
  return {
    state: link.isSilent(now) ? "silent" : "up",
    neighbour: { id, label },
    address: link.address,
    rttUs: link.rttUs,
    upMs: now - link.upAt,
    heardMs: now - link.heardAt,
    link: link.name,
    queuedBytes: link.queuedBytes,
  };
}
