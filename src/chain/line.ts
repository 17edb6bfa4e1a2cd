/**
 * The line around a member: what is known of it, what the neighbours are told, and the messages by which
 * members that are no neighbours keep it whole.
 *
 *     VIEW      to both sides: who stands where
 *     SUMMONS   towards the first: it is to meet the end of another line
 *     PROBE     towards the first: it comes back if the line is a ring
 */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import type { Attachment } from "./attachment.ts";
import type { LineEnd, LineStart } from "./datagram.ts";
import { Farewell } from "./farewell.ts";
import type { Identity } from "./identity.ts";
import { LineView } from "./line_view.ts";
import type { Link } from "./link.ts";
import type { LossReason } from "./member_notice.ts";
import type { LineEntry } from "./member_status.ts";
import type { Target } from "./mending.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { type Side, SIDES } from "./side.ts";
import {
  encodeProbe,
  encodeSummons,
  MAX_HOPS,
  type Probe,
  type StreamMessage,
  type Summons,
  type View,
} from "./stream_message.ts";
import { Views } from "./views.ts";

/** Views, summonses and probes that may wait for one neighbour. */
const MAX_URGENT = 16;

/** What the line is kept with. */
export interface LinePorts {
  sides: Readonly<Record<Side, Attachment>>;
  identity(): Identity;
  /** Where a socket is reached; asked only of one that is in use. */
  ownAddress(side: Side): Address;
  newNonce(): Uint8Array;
  emit(side: Side, to: Address, datagram: Uint8Array): void;
}

export class Line {
  readonly #ports: LinePorts;
  readonly #views = new Views();
  #view = new LineView();
  /** Marks the probes of ours that are under way. */
  #probeNonce: Uint8Array | undefined;
  /** The goodbye to a neighbour that a ring was opened at. */
  #farewell: Farewell | undefined;

  constructor(ports: LinePorts) {
    this.#ports = ports;
  }

  /** The line as far as it is known, the earliest first. */
  get entries(): LineEntry[] {
    return this.#view.line(this.#ports.identity());
  }

  /**
   * This end of the line, for those of other lines.
   *
   * @returns undefined while it is not known where the line begins
   */
  end(): LineEnd | undefined {
    const { head, tail } = this.#ports.sides;
    const first = tail.isMending ? undefined : this.#start();
    if (first === undefined) return undefined;
    return {
      headIsFree: head.isVacant,
      size: this.entries.length,
      head: this.#ports.ownAddress("head"),
      first,
    };
  }

  /** Those who may be found behind a neighbour that is gone, the nearest first. */
  targets(side: Side, link: Link, reason: LossReason, byeId: Uint8Array | undefined): Target[] {
    return this.#view.targets(side, this.#ports.identity(), link, reason, byeId);
  }

  /** There is a neighbour. */
  linked(side: Side, link: Link): void {
    const identity = this.#ports.identity();
    this.#view.linked(side, link.neighbour);
    if (side === "tail") identity.follow(link.neighbour.rank);
    else identity.settle();
    this.#views.change();
    this.#lookForRing();
  }

  /** There is nobody on a side any more. */
  vacated(side: Side): void {
    this.#view.vacated(side);
    this.#views.change();
  }

  /** The member has a new identity, and no neighbours. */
  reset(): void {
    this.#view = new LineView();
    this.#probeNonce = undefined;
  }

  /** @throws {ChainProtocolError} when the neighbour may not say this */
  handle(now: Instant, side: Side, link: Link, message: StreamMessage): void {
    if (message.type === "view") this.#handleView(side, link, message.view);
    else if (side !== "head") throw new ChainProtocolError("A message came from the wrong side");
    else if (message.type === "summons") this.summon(now, message.summons, message.hopsLeft);
    else if (message.type === "probe") this.#handleProbe(now, message.probe, message.hopsLeft);
  }

  /** The first of the line is to meet somebody; whoever is not the first passes it on. */
  summon(now: Instant, summons: Summons, hopsLeft = MAX_HOPS): void {
    const { tail } = this.#ports.sides;
    if (tail.isVacant) tail.meet(now, summons.ticket, summons.head);
    else if (tail.link !== undefined && hopsLeft > 0) {
      passOn(tail.link, encodeSummons(hopsLeft - 1, summons));
    }
  }

  /** Somebody who was told goodbye has heard it. */
  handleByeAck(token: Uint8Array): void {
    this.#farewell?.handleAck(token);
  }

  /** Tells the neighbours what is new. */
  tell(now: Instant): void {
    for (const side of SIDES) {
      const { link } = this.#ports.sides[side];
      if (link === undefined) this.#views.forget(side);
      else {
        this.#views.tell(
          now,
          side,
          link,
          () => this.#view.viewFor(side, this.#ports.identity(), this.#start()),
        );
      }
    }
  }

  handleTime(now: Instant): void {
    this.#farewell?.handleTime(now);
    if (this.#farewell?.isOver(now)) this.#farewell = undefined;
  }

  nextWakeup(): Instant | undefined {
    return earliest(this.#views.nextWakeup(), this.#farewell?.nextWakeup());
  }

  #handleView(side: Side, link: Link, view: View): void {
    link.raiseNeighbour(view.rank);
    this.#view.follow(side, view);
    if (side === "tail") this.#ports.identity().follow(link.neighbour.rank);
    this.#views.change();
    this.#lookForRing();
  }

  /** What looks like a ring may be old knowledge: a probe that comes back is proof. */
  #lookForRing(): void {
    const { link } = this.#ports.sides.tail;
    const { id } = this.#ports.identity();
    if (link === undefined || !this.#view.isLowestOfRing(id)) return;
    this.#probeNonce ??= this.#ports.newNonce();
    passOn(link, encodeProbe(MAX_HOPS, { asker: id, nonce: this.#probeNonce }));
  }

  /** Passes a probe on. One of our own has come around, so the line is a ring, and is opened here. */
  #handleProbe(now: Instant, probe: Probe, hopsLeft: number): void {
    const { tail } = this.#ports.sides;
    if (tail.link === undefined) return;
    if (probe.asker !== this.#ports.identity().id) {
      if (hopsLeft > 0) passOn(tail.link, encodeProbe(hopsLeft - 1, probe));
      return;
    }
    if (this.#probeNonce === undefined || !equalBytes(probe.nonce, this.#probeNonce)) return;
    this.#probeNonce = undefined;
    this.#farewell = new Farewell(now, tail.link, undefined, (to, datagram) => {
      this.#ports.emit("tail", to, datagram);
    });
    tail.release("ring");
  }

  #start(): LineStart | undefined {
    const isFirst = !this.#ports.sides.tail.isTaken;
    return this.#view.start(this.#ports.identity(), this.#ports.ownAddress("tail"), isFirst);
  }
}

/** Sends what is about the line, unless so much of it waits that somebody must be flooding us. */
function passOn(link: Link, message: Uint8Array): void {
  if (link.urgentCount < MAX_URGENT) link.push(message);
}
