/**
 * What follows when a link comes up and when it ends: who has to know, which other links end, who is
 * dialled again and when, who is kept out.
 */

import type { Instant } from "../base/ports.ts";
import type { BanList } from "../dialer/ban_list.ts";
import type { Dialer } from "../dialer/dialer.ts";
import type { Messaging } from "../messaging/messaging.ts";
import {
  type CloseReason,
  describeClose,
  isBreach,
  isTurnedAway,
  needsPerson,
} from "../session/close_reason.ts";
import type { Topology } from "../topology/topology.ts";
import type { Contacts } from "./contacts.ts";
import type { Discovery } from "./discovery.ts";
import { type Link, type Links, peerNamed, peerOf } from "./links.ts";
import type { Notice } from "./notice.ts";
import type { Reception } from "./reception.ts";

/** The parts that have to do with it. */
export interface LinkLifeOptions {
  links: Links;
  dialer: Dialer;
  bans: BanList;
  topology: Topology;
  messaging: Messaging;
  discovery: Discovery;
  reception: Reception;
  contacts: Contacts;
  /** How long those are kept out who broke the protocol, in milliseconds. */
  banMs: number;
  tell(notice: Notice): void;
}

/** Where somebody sits whom a person has to let in, it is tried again only after this long. */
const PERSON_MS = 300_000;

export class LinkLife {
  readonly #options: LinkLifeOptions;

  constructor(options: LinkLifeOptions) {
    this.#options = options;
  }

  /**
   * A link is up. Other links to the same node have been told to end.
   *
   * @param wallMs the time in milliseconds since 1970
   * @returns those others
   */
  handleUp(now: Instant, link: Link, wallMs: number): Link[] {
    const { links, dialer, topology, messaging, discovery, reception, contacts, tell } =
      this.#options;
    const { id } = peerOf(link);
    const rivals = links.rivalsOf(link);
    const isNew = !rivals.some(({ session }) => session.isUp);
    link.upSince = now;
    for (const { session } of rivals) {
      if (session.isUp) session.farewell("duplicate");
      else session.refuse("duplicate");
    }
    dialer.handleReached(link.id, id);
    dialer.forgetLost(id);
    contacts.handleUp(link);
    reception.remember(link, wallMs);
    topology.setAddresses(reception.addresses.forNetwork);
    topology.handleLinkUp(now, link.id, id, link.direction === "outgoing");
    messaging.handleLinkUp(now, link.id, id);
    discovery.handleChange();
    if (isNew) tell({ type: "link-up", ...peerNamed(link), direction: link.direction });
    return rivals;
  }

  /** A link ended, which is none of the links any more. */
  handleEnd(now: Instant, link: Link, reason: CloseReason): void {
    if (link.upSince !== undefined) {
      if (isBreach(reason)) this.#ban(now, link, reason.detail);
      this.#handleDown(now, link, link.upSince, reason);
    } else if (link.direction === "outgoing") {
      this.#handleDialFailed(now, link, reason);
    } else {
      this.#handleCallerGone(now, link, reason);
    }
  }

  /** An incoming link ended before it was up. */
  #handleCallerGone(now: Instant, link: Link, reason: CloseReason): void {
    const { links, dialer, contacts, tell } = this.#options;
    const id = link.session.peer?.id;
    // A dial of our own may have been given up in favour of this link.
    if (id !== undefined && !links.isLinked(id)) dialer.handleDown(now, id, 0);
    if (isRefused(reason)) contacts.handleCallFailed(now, link, reason);
    if (isTurnedAway(reason)) {
      tell({ type: "refused", address: link.remote, reason: describeClose(reason) });
    }
  }

  #handleDown(now: Instant, link: Link, upSince: Instant, reason: CloseReason): void {
    const { links, dialer, topology, messaging, discovery, contacts, tell } = this.#options;
    const { id } = peerOf(link);
    const isReplaced = links.isLinked(id);
    topology.handleLinkDown(link.id, isReplaced ? undefined : id);
    messaging.handleLinkDown(now, link.id, id);
    if (isReplaced) return;
    dialer.handleDown(now, id, now - upSince);
    contacts.handleDown(now, id, link, reason);
    discovery.handleChange();
    const isFarewell = reason.type === "farewell" &&
      (reason.reason === "left" || reason.reason === "removed");
    tell({ type: "link-down", ...peerNamed(link), reason: describeClose(reason), isFarewell });
  }

  #handleDialFailed(now: Instant, link: Link, reason: CloseReason): void {
    const { dialer, bans, contacts, tell } = this.#options;
    const peer = link.session.peer;
    const isDuplicate = reason.type === "refused" && reason.reason === "duplicate";
    if (isDuplicate && peer !== undefined) {
      contacts.handleReached(link);
      return dialer.handleReached(link.id, peer.id);
    }
    contacts.handleDialFailed(now, link, reason);
    const notBefore = needsPerson(reason)
      ? now + PERSON_MS
      : peer && bans.bannedUntil(peer.id, now);
    const words = describeClose(reason);
    const failure = dialer.handleFailed(now, link.id, words, notBefore);
    if (failure === undefined) return;
    const { address, failures: attempt, nextInMs, repeated } = failure;
    tell({ type: "dial-failed", address, reason: words, attempt, repeated, nextInMs });
  }

  #ban(now: Instant, link: Link, reason: string): void {
    const { bans, banMs, tell } = this.#options;
    const { peer } = peerNamed(link);
    bans.ban(peer.id, now + banMs);
    tell({ type: "banned", peer, forMs: banMs, reason });
  }
}

/** Whether a link did not come about because somebody would not have it, or said nothing. */
function isRefused(reason: CloseReason): boolean {
  if (reason.type === "handshake-timeout") return true;
  return reason.type !== "connection" && reason.reason !== "duplicate";
}
