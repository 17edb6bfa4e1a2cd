/**
 * One member of a line of UDP neighbours: takes events, routes them to the part that knows, and hands out
 * the effects.
 *
 *     echo server   ──► PublicAddress, one for each socket
 *     chain server  ──► Registration ──► Meetings ──┐
 *     repair server ──► Mending ────────────────────┼──► Attachment, one for each side ──► Link
 *     neighbours    ──► Attachment ─────────────────┘                      │
 *                             Line: who stands where, Traffic: messages ◄──┘
 *
 * It never awaits, reads no clock and touches no socket; equal events, equal random numbers and equal
 * secrets give equal effects. After every call the owner carries out `takeEffects` and wakes it at
 * `nextWakeup`; waking it early or twice does no harm.
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import { addressKind } from "./address_kind.ts";
import { Attachment } from "./attachment.ts";
import { SECRET_BYTES } from "./binary.ts";
import { type Datagram, decodeDatagram, encodeByeAck } from "./datagram.ts";
import { Departure } from "./departure.ts";
import { Identity } from "./identity.ts";
import { Line } from "./line.ts";
import type { Link, LinkOptions } from "./link.ts";
import type { Agreement } from "./meeting.ts";
import { Meetings } from "./meetings.ts";
import type { MemberEffect, StreamId } from "./member_effect.ts";
import type { LossReason, MemberNotice } from "./member_notice.ts";
import { linkOptionsOf, type MemberOptions } from "./member_options.ts";
import type { MemberStatus } from "./member_status.ts";
import { type AddressNews, PublicAddress } from "./public_address.ts";
import { Registration } from "./registration.ts";
import { ServerStreams } from "./server_streams.ts";
import { type Side, SIDES } from "./side.ts";
import { MAX_CHAIN_MESSAGE_BYTES } from "./stream_message.ts";
import { type Taken, Traffic } from "./traffic.ts";

export { MAX_CHAIN_MESSAGE_BYTES };
export type { MemberOptions, Taken };

/** Beyond the time of one keep-alive, in milliseconds: a machine that was not woken for longer has slept. */
const SLEEP_MS = 1_000;

export class Member {
  readonly #options: MemberOptions;
  readonly #link: LinkOptions;
  readonly #streams: ServerStreams;
  readonly #addresses: Readonly<Record<Side, PublicAddress>>;
  readonly #sides: Readonly<Record<Side, Attachment>>;
  readonly #registration: Registration;
  readonly #meetings: Meetings;
  readonly #line: Line;
  readonly #traffic: Traffic;
  #identity: Identity;
  /** Whether there has been a neighbour since it took its identity. */
  #hasBeenLinked = false;
  #departure: Departure | undefined;
  #effects: MemberEffect[] = [];
  #lastAt: Instant;
  #isStarted = false;
  #isStopped = false;

  /** @throws {RangeError} when an option cannot be used */
  constructor(now: Instant, options: MemberOptions) {
    const { random, label, secretBytes, echo } = options;
    this.#options = options;
    this.#link = linkOptionsOf(options);
    this.#lastAt = now;
    this.#identity = new Identity(label, secretBytes);
    this.#streams = new ServerStreams((effect) => this.#effects.push(effect));
    this.#addresses = bySide((side) =>
      new PublicAddress(random, (bytes) => this.#emit(side, echo, bytes))
    );
    this.#sides = bySide((side) => this.#makeSide(side));
    const ports = {
      sides: this.#sides,
      identity: () => this.#identity,
      ownAddress: (side: Side) => this.#ownAddress(side),
      newNonce: () => secretBytes(SECRET_BYTES),
    };
    this.#line = new Line({
      ...ports,
      emit: (side, to, datagram) => this.#emit(side, to, datagram),
    });
    this.#traffic = new Traffic({
      ...ports,
      emit: (effect) => this.#effects.push(effect),
      handleUrgent: (now, side, link, message) => this.#line.handle(now, side, link, message),
    });
    this.#meetings = new Meetings({
      newNonce: ports.newNonce,
      lineEnd: () => this.#line.end(),
      emit: (socket, to, datagram) => this.#emit(socket, to, datagram),
      agreed: (now, agreement) => this.#carryOut(now, agreement),
    });
    this.#registration = new Registration({
      random,
      streams: this.#streams,
      ownAddresses: () => bySide((side) => this.#ownAddress(side)),
      registered: () => this.#tell({ type: "registered" }),
      placed: (now, part, address) => {
        if (this.#isWelcome(address)) this.#meetings.begin(now, part, address);
      },
    });
  }

  /** What to carry out, in order; empties the list. */
  takeEffects(): MemberEffect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    if (!this.#isStarted || this.#isStopped) return undefined;
    return earliest(
      this.#addresses.head.nextWakeup(),
      this.#addresses.tail.nextWakeup(),
      this.#sides.head.nextWakeup(),
      this.#sides.tail.nextWakeup(),
      this.#registration.nextWakeup(),
      this.#meetings.nextWakeup(),
      this.#line.nextWakeup(),
      this.#departure?.nextWakeup(),
    );
  }

  /** Whether the chain server knows this member as the end of the line. */
  get isRegistered(): boolean {
    return this.#registration.isRegistered;
  }

  /** All that this member knows. */
  status(now: Instant): MemberStatus {
    const { id, label } = this.#identity;
    const line = this.#line.entries;
    return {
      id,
      label,
      phase: this.#phase(),
      addresses: bySide((side) => this.#addresses[side].address),
      isRegistered: this.isRegistered,
      sides: bySide((side) => this.#sides[side].status(now)),
      line,
      position: line.findIndex((entry) => entry.id === id),
    };
  }

  /** Begins: asks the echo server for the addresses of both sockets, then the chain server for a place. */
  start(now: Instant): void {
    this.#isStarted = true;
    this.#lastAt = now;
    this.handleTime(now);
  }

  /** A stream that was dialled is open. */
  handleStreamOpened(now: Instant, stream: StreamId): void {
    this.#run(now, () => this.#streams.handleOpened(now, stream));
  }

  /** A server said something. */
  handleStreamBytes(now: Instant, stream: StreamId, bytes: Uint8Array): void {
    this.#run(now, () => this.#streams.handleBytes(now, stream, bytes));
  }

  /** A stream could not be opened, failed, or was ended by the server. */
  handleStreamClosed(now: Instant, stream: StreamId): void {
    this.#run(now, () => this.#streams.handleClosed(now, stream));
  }

  /** A datagram came. Those of strangers are dropped without a word. */
  handleDatagram(now: Instant, socket: Side, from: Address, bytes: Uint8Array): void {
    this.#run(now, () => {
      if (from === this.#options.echo) {
        this.#tellAddress(socket, this.#addresses[socket].handleAnswer(now, bytes));
        return;
      }
      const datagram = decodeDatagram(bytes);
      if (datagram !== undefined) this.#route(now, socket, from, datagram);
    });
  }

  /** Time has passed. */
  handleTime(now: Instant): void {
    this.#run(now, () => {
      for (const side of SIDES) {
        this.#tellAddress(side, this.#addresses[side].handleTime(now));
        this.#sides[side].handleTime(now);
      }
      this.#meetings.handleTime(now);
      this.#line.handleTime(now);
      this.#departure?.handleTime(now);
    });
  }

  /**
   * Sends a message to the neighbour on one side.
   *
   * @throws {RangeError} when it has more than {@linkcode MAX_CHAIN_MESSAGE_BYTES}
   */
  send(now: Instant, side: Side, content: Uint8Array): Taken {
    return this.#hand(now, () => this.#traffic.send(side, content));
  }

  /**
   * Sends a message to the whole line, both ways. On a side that is being mended it waits for whoever
   * comes.
   *
   * @throws {RangeError} when it has more than {@linkcode MAX_CHAIN_MESSAGE_BYTES}
   */
  say(now: Instant, content: Uint8Array): Taken {
    return this.#hand(now, () => this.#traffic.say(content));
  }

  /** Says goodbye to both neighbours; the effect `stop` comes within about two seconds. */
  leave(now: Instant): void {
    if (this.#departure !== undefined || this.#isStopped) return;
    this.#tell({ type: "leaving" });
    if (!this.#isStarted) return this.#stop();
    this.#run(now, () => {
      const isBetween = SIDES.every((side) => this.#sides[side].isTaken);
      const id = isBetween ? this.#options.secretBytes(SECRET_BYTES) : undefined;
      this.#departure = new Departure(now, id, (side, to, datagram) => {
        this.#emit(side, to, datagram);
      });
      this.#meetings.end();
      for (const side of SIDES) {
        if (this.#sides[side].link === undefined) this.#sides[side].abandon();
      }
    });
  }

  #phase(): MemberStatus["phase"] {
    if (this.#isStopped) return "left";
    if (this.#departure !== undefined) return "leaving";
    if (SIDES.some((side) => this.#sides[side].isTaken)) return "in-line";
    return this.#knowsAddresses() ? "joining" : "starting";
  }

  #makeSide(side: Side): Attachment {
    return new Attachment(side, {
      streams: this.#streams,
      link: this.#link,
      card: () => this.#identity.card,
      ownAddress: () => this.#ownAddress(side),
      isWelcome: (address) => this.#isWelcome(address),
      newNonce: () => this.#options.secretBytes(SECRET_BYTES),
      emit: (to, datagram) => this.#emit(side, to, datagram),
      targets: (link, reason, byeId) =>
        this.#departure === undefined ? this.#line.targets(side, link, reason, byeId) : [],
      linked: (link, isMended) => this.#handleLinked(side, link, isMended),
      lost: (link, reason) => this.#handleLost(side, link, reason),
      vacated: () => this.#handleVacated(side),
      dropped: (messages) => this.#tell({ type: "dropped", side, messages }),
    });
  }

  /** Hands over a message of the owner. */
  #hand(now: Instant, hand: () => Taken): Taken {
    let taken: Taken = "nobody";
    if (this.#departure === undefined) this.#run(now, () => taken = hand());
    return taken;
  }

  /** Does one thing, and then all that follows from it. */
  #run(now: Instant, act: () => void): void {
    if (this.#isStopped || !this.#isStarted) return;
    if (now - this.#lastAt > this.#link.keepAliveMs + SLEEP_MS) {
      for (const side of SIDES) this.#sides[side].wake(now);
    }
    this.#lastAt = Math.max(now, this.#lastAt);
    act();
    this.#settle(now);
  }

  #settle(now: Instant): void {
    for (const side of SIDES) this.#traffic.receive(now, side);
    this.#line.tell(now);
    for (const side of SIDES) {
      this.#sides[side].link?.flush(now);
      this.#traffic.offerRoom(side);
    }
    if (this.#departure !== undefined) return this.#followDeparture(now, this.#departure);
    const isAlone = SIDES.every((side) => this.#sides[side].isFree);
    if (isAlone && this.#hasBeenLinked) this.#joinAgain();
    this.#followEnd(now);
  }

  #route(now: Instant, socket: Side, from: Address, datagram: Datagram): void {
    switch (datagram.type) {
      case "meet":
        if (this.#departure === undefined) this.#meetings.handle(now, socket, from, datagram);
        return;
      case "bye":
        return this.#handleBye(now, socket, from, datagram);
      case "bye-ack":
        this.#departure?.handleAck(datagram.token);
        return this.#line.handleByeAck(datagram.token);
      case "hello":
      case "alive":
      case "data":
      case "ack":
        return this.#sides[socket].handle(now, from, datagram);
      default:
        datagram satisfies never;
    }
  }

  #handleBye(
    now: Instant,
    socket: Side,
    from: Address,
    { token, id }: Datagram & { type: "bye" },
  ): void {
    const attachment = this.#sides[socket];
    const { link } = attachment;
    if (link === undefined || !link.isOwnToken(token)) return;
    this.#emit(socket, from, encodeByeAck(link.bond.theirToken));
    // The one that leaves was an end: there is nobody behind it.
    if (id === undefined) attachment.release("left");
    else attachment.lose(now, "left", id);
  }

  #handleLinked(side: Side, link: Link, isMended: boolean): void {
    const { id, label } = link.neighbour;
    this.#hasBeenLinked = true;
    this.#line.linked(side, link);
    this.#tell({ type: "linked", side, neighbour: { id, label }, address: link.address, isMended });
  }

  #handleLost(side: Side, link: Link, reason: LossReason): void {
    const { id, label } = link.neighbour;
    this.#tell({ type: "lost", side, neighbour: { id, label }, reason });
  }

  #handleVacated(side: Side): void {
    this.#line.vacated(side);
    if (this.#departure === undefined) this.#tell({ type: "end", side });
  }

  /** Whoever has lost both neighbours has lost its place: the line may have been mended past it. */
  #joinAgain(): void {
    const formerId = this.#identity.id;
    this.#identity = new Identity(this.#options.label, this.#options.secretBytes);
    this.#line.reset();
    this.#hasBeenLinked = false;
    this.#tell({ type: "rejoining", formerId, id: this.#identity.id });
  }

  #carryOut(now: Instant, agreement: Agreement): void {
    const { ticket } = agreement;
    if (agreement.type === "in-front") this.#sides.head.meet(now, ticket, agreement.tail);
    else this.#line.summon(now, { ticket, head: agreement.head });
  }

  /** Keeps the chain server informed of whether this member is an end where somebody can be put. */
  #followEnd(now: Instant): void {
    const { head, tail } = this.#sides;
    // While it looks for its other neighbour too, it may have lost its place, and must not lead others.
    const isEnd = head.isFree && !tail.isMending && !this.#meetings.isHeadExpecting;
    this.#registration.follow(now, isEnd && this.#knowsAddresses());
  }

  #followDeparture(now: Instant, departure: Departure): void {
    this.#registration.follow(now, false);
    if (departure.isFlushing) {
      const links = SIDES.flatMap((side) => {
        const { link } = this.#sides[side];
        return link === undefined ? [] : [{ side, link }];
      });
      departure.follow(now, links);
      if (departure.isFlushing) return;
      for (const side of SIDES) this.#sides[side].abandon();
    }
    if (departure.isOver(now)) this.#stop();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#effects.push({ type: "stop" });
  }

  #knowsAddresses(): boolean {
    return SIDES.every((side) => this.#addresses[side].address !== undefined);
  }

  #ownAddress(side: Side): Address {
    const { address } = this.#addresses[side];
    if (address === undefined) throw new Error(`The address of the ${side} is not known yet`);
    return address;
  }

  /** Not ourselves, which the server may name when it has not noticed that we are gone and back. */
  #isWelcome(address: Address): boolean {
    const kind = addressKind(address);
    const isOwn = SIDES.some((side) => this.#addresses[side].address === address);
    return !isOwn &&
      (kind === "public" || (kind === "private" && this.#options.allowsPrivate === true));
  }

  #tellAddress(socket: Side, news: AddressNews): void {
    if (news === undefined) return;
    if (news.type === "address") this.#tell({ type: "address", socket, address: news.address });
    else this.#tell({ type: "echo-silent", socket, attempts: news.attempts });
  }

  #tell(notice: MemberNotice): void {
    this.#effects.push({ type: "tell", notice });
  }

  #emit(socket: Side, to: Address, bytes: Uint8Array): void {
    this.#effects.push({ type: "datagram", socket, to, bytes });
  }
}

function bySide<T>(make: (side: Side) => T): Record<Side, T> {
  return { tail: make("tail"), head: make("head") };
}
