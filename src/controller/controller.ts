/**
 * One node: takes events, routes them to the part that knows, and hands out the effects. What is
 * decided is decided elsewhere: whom to dial in `dialer`, whom to let in by `session/admission`, what
 * a link is in `session`, what the network is in `topology`.
 *
 *     events ──► Controller ──► Session (one per link) ──┐
 *                    ├────────► Dialer ◄── Discovery     ├──► effects
 *                    └────────► Topology ────────────────┘
 *
 * It never awaits, reads no clock and touches no socket; equal events and an equal seed give equal
 * effects. After every event the owner carries out `takeEffects` and wakes it at `nextWakeup`; waking
 * it early or twice does no harm.
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { ConnectionError, Instant, Remote } from "../base/ports.ts";
import type { BanList } from "../dialer/ban_list.ts";
import type { Dialer } from "../dialer/dialer.ts";
import type { KnownPeer, KnownPeers } from "../identity/known_peers.ts";
import {
  type CloseReason,
  describeClose,
  isBreach,
  isDistrusted,
  isTurnedAway,
} from "../session/close_reason.ts";
import { Session, type SessionEvent } from "../session/session.ts";
import type { Topology } from "../topology/topology.ts";
import { WireError } from "../wire/error.ts";
import type { TopologyMessage } from "../wire/topology.ts";
import type { Effect } from "./effect.ts";
import type { Discovery } from "./discovery.ts";
import { type Link, type Links, nameOf, peerNamed, peerOf } from "./links.ts";
import type { Notice } from "./notice.ts";
import { makeParts, type PartsOptions } from "./parts.ts";
import type { Reception } from "./reception.ts";
import type { Settings } from "./settings.ts";
import { takeSnapshot } from "./take_snapshot.ts";
import type { Snapshot } from "./snapshot.ts";

/** An address where somebody untrusted sits is tried again only after this long: a person has to act. */
const DISTRUST_MS = 300_000;

export class Controller {
  readonly #settings: Settings;
  readonly #id: NodeId;
  readonly #links: Links;
  readonly #dialer: Dialer;
  readonly #bans: BanList;
  readonly #known: KnownPeers;
  readonly #topology: Topology;
  readonly #reception: Reception;
  readonly #discovery: Discovery;
  #effects: Effect[] = [];
  #wallOffsetMs: number;
  #reportAt: Instant;
  #stopped = false;

  constructor(now: Instant, options: PartsOptions) {
    const parts = makeParts(now, options);
    this.#settings = options.settings;
    this.#id = options.signer.id;
    this.#links = parts.links;
    this.#dialer = parts.dialer;
    this.#bans = parts.bans;
    this.#known = parts.known;
    this.#topology = parts.topology;
    this.#reception = parts.reception;
    this.#discovery = parts.discovery;
    this.#wallOffsetMs = options.wallOffsetMs;
    this.#reportAt = now + options.settings.reportPeriodMs;
  }

  /** What to carry out, in order; empties the list. */
  takeEffects(): Effect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    if (this.#stopped) return undefined;
    return earliest(
      this.#reportAt,
      this.#links.nextWakeup(),
      this.#topology.nextWakeup(),
      this.#dialer.nextWakeup(this.#links.established()),
    );
  }

  /** All that this node knows. */
  snapshot(now: Instant): Snapshot {
    return takeSnapshot(now, this.#id, this.#topology, this.#links);
  }

  /** Keeps a link to `address` from now on and dials it at once. */
  connect(now: Instant, address: Address): void {
    this.#dialer.addTarget(now, address);
    this.#settle(now);
  }

  /** Dials peers of an earlier run while links are few, those that were seen last first. */
  rejoin(now: Instant): void {
    this.#discovery.rejoin(now, this.#known.all());
    this.#settle(now);
  }

  /** Somebody edited what is remembered of peers: that holds from now on, and is tried at once. */
  reviseKnownPeers(now: Instant, peers: readonly KnownPeer[]): void {
    this.#known.replace(peers);
    this.#dialer.handleNews(now, peers.flatMap(({ addresses }) => addresses));
    this.#settle(now);
  }

  /** The wall clock may have been set. */
  setWallOffset(ms: number): void {
    this.#wallOffsetMs = ms;
    this.#topology.setWallOffset(ms);
  }

  /** Says goodbye to every peer and stops. */
  leave(now: Instant): void {
    if (this.#stopped) return;
    this.#tell({ type: "leaving", links: this.#links.up().length });
    this.#topology.leave(now);
    this.#sendTopology();
    this.#stopped = true;
    for (const link of this.#links.all()) {
      link.session.farewell("left");
      this.#sendFrames(link);
      this.#effects.push({ type: "close", link: link.id });
    }
    this.#effects.push({ type: "stop" });
  }

  /** The node listens at `at`. */
  handleListening(now: Instant, at: Address): void {
    if (this.#stopped) return;
    this.#reception.addresses.listen(at);
    this.#topology.setAddresses(this.#reception.addresses.forNetwork);
    this.#tell({ type: "listening", address: at });
    this.#settle(now);
  }

  /** Somebody connected to this node; answers with the name of the new link. */
  handleAccepted(now: Instant, remote: Remote): LinkId {
    const session = Session.listen(now, this.#settings.session, remote.id);
    const link = this.#addLink("incoming", remote.address, session, false);
    link.binding = remote.binding;
    if (this.#links.halfOpen() > this.#settings.maxIncomingHandshakes) {
      session.refuse("busy", `${this.#settings.maxIncomingHandshakes} handshakes at once`);
    }
    this.#settle(now, link);
    return link.id;
  }

  /** The connection dialled as `id` is open. */
  handleOpened(now: Instant, id: LinkId, remote: Remote): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    link.binding = remote.binding;
    const introduction = this.#reception.introduction(remote);
    link.session.handleOpened(introduction, link.wanted, remote.id);
    this.#settle(now, link);
  }

  /** Bytes came in on the link `id`. */
  handleBytes(now: Instant, id: LinkId, bytes: Uint8Array): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    link.session.handleBytes(now, bytes);
    this.#settle(now, link);
  }

  /** The connection of the link `id` ended, failed or could not be made. */
  handleClosed(now: Instant, id: LinkId, error?: ConnectionError): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    link.session.handleClosed(error);
    this.#settle(now, link);
  }

  /** Time passed. */
  handleTime(now: Instant): void {
    if (this.#stopped) return;
    for (const link of this.#links.all()) {
      if (now < (link.session.nextWakeup() ?? Infinity)) continue;
      link.session.handleTime(now);
      this.#drain(now, link);
    }
    if (now >= this.#reportAt) {
      this.#reportAt = now + this.#settings.reportPeriodMs;
      this.#effects.push({ type: "report", snapshot: this.snapshot(now) });
      this.#remember(now);
      this.#discovery.missRemembered(now);
    }
    this.#settle(now);
  }

  #remember(now: Instant): void {
    for (const link of this.#links.up()) {
      this.#known.see(peerOf(link).id, now + this.#wallOffsetMs);
    }
    this.#effects.push({ type: "remember", peers: this.#known.all() });
  }

  /** Follows up an event until nothing more comes of it. */
  #settle(now: Instant, link?: Link): void {
    if (this.#stopped) return;
    if (link !== undefined) this.#drain(now, link);
    this.#topology.handleTime(now);
    for (const event of this.#topology.takeEvents()) {
      this.#discovery.handleEvent(now, event);
      // Of a node that was never there people would not know what to make.
      if (event.type === "missing") continue;
      this.#tell({ type: `node-${event.type}`, node: nameOf(event.node) });
    }
    this.#sendTopology();
    this.#dial(now);
  }

  #dial(now: Instant): void {
    const established = this.#links.established();
    if (established < this.#settings.dialer.minLinks) this.#discovery.offer(now);
    for (const { address, wanted } of this.#dialer.due(now, established)) {
      const session = Session.dial(now, this.#settings.session);
      const link = this.#addLink("outgoing", address, session, wanted);
      this.#dialer.handleDialling(now, address, link.id);
      this.#effects.push({ type: "dial", link: link.id, address });
    }
  }

  #addLink(
    direction: Link["direction"],
    remote: Address,
    session: Session,
    wanted: boolean,
  ): Link {
    const id = this.#links.nextId();
    const binding = new Uint8Array(0);
    const link: Link = { id, session, direction, remote, binding, wanted, upSince: undefined };
    this.#links.add(link);
    return link;
  }

  /** Carries out what a session has to say, and what comes of that. */
  #drain(now: Instant, link: Link): void {
    for (;;) {
      this.#sendFrames(link);
      const events = link.session.takeEvents();
      if (events.length === 0) return;
      for (const event of events) this.#handleSessionEvent(now, link, event);
    }
  }

  #handleSessionEvent(now: Instant, link: Link, event: SessionEvent): void {
    switch (event.type) {
      case "hello": {
        // Rubbish may have come in one piece with the hello.
        if (link.session.isClosed) return;
        link.wanted = event.wanted;
        const moved = this.#reception.answerHello(now, link, event.introduction);
        return moved && this.#drain(now, moved);
      }
      case "welcome":
        return this.#reception.answerWelcome(now, link, event.introduction);
      case "up":
        return this.#handleUp(now, link);
      case "rtt":
        return this.#topology.handleRtt(now, peerOf(link).id, event.rttUs);
      case "message":
        return this.#handleMessage(now, link, event.message);
      case "closed":
        return this.#handleEnd(now, link, event.reason);
      default:
        event satisfies never;
    }
  }

  #handleUp(now: Instant, link: Link): void {
    const { id } = peerOf(link);
    const isNew = !this.#links.rivalsOf(link).some(({ session }) => session.isUp);
    link.upSince = now;
    for (const rival of this.#links.rivalsOf(link)) {
      if (rival.session.isUp) rival.session.farewell("duplicate");
      else rival.session.refuse("duplicate");
      this.#drain(now, rival);
    }
    this.#dialer.handleReached(link.id, id);
    this.#dialer.forgetLost(id);
    this.#reception.remember(link, now + this.#wallOffsetMs);
    this.#topology.setAddresses(this.#reception.addresses.forNetwork);
    this.#topology.handleLinkUp(now, link.id, id, link.direction === "outgoing");
    this.#discovery.handleChange();
    if (isNew) this.#tell({ type: "link-up", ...peerNamed(link), direction: link.direction });
  }

  #handleMessage(now: Instant, link: Link, message: TopologyMessage): void {
    try {
      this.#topology.handleMessage(now, link.id, message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      link.session.farewell("protocol", error.message);
    }
  }

  #handleEnd(now: Instant, link: Link, reason: CloseReason): void {
    this.#links.remove(link);
    this.#effects.push({ type: "close", link: link.id });
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
    const id = link.session.peer?.id;
    // A dial of our own may have been given up in favour of this link.
    if (id !== undefined && !this.#links.isLinked(id)) this.#dialer.handleDown(now, id, 0);
    if (isTurnedAway(reason)) {
      this.#tell({ type: "refused", address: link.remote, reason: describeClose(reason) });
    }
  }

  #handleDown(now: Instant, link: Link, upSince: Instant, reason: CloseReason): void {
    const { id } = peerOf(link);
    const isReplaced = this.#links.isLinked(id);
    this.#topology.handleLinkDown(link.id, isReplaced ? undefined : id);
    if (isReplaced) return;
    this.#dialer.handleDown(now, id, now - upSince);
    this.#discovery.handleChange();
    const isFarewell = reason.type === "farewell" && reason.reason === "left";
    const words = describeClose(reason);
    this.#tell({ type: "link-down", ...peerNamed(link), reason: words, isFarewell });
  }

  #handleDialFailed(now: Instant, link: Link, reason: CloseReason): void {
    const peer = link.session.peer;
    const isDuplicate = reason.type === "refused" && reason.reason === "duplicate";
    if (isDuplicate && peer !== undefined) return this.#dialer.handleReached(link.id, peer.id);
    const notBefore = isDistrusted(reason)
      ? now + DISTRUST_MS
      : peer && this.#bans.bannedUntil(peer.id, now);
    const words = describeClose(reason);
    const failure = this.#dialer.handleFailed(now, link.id, words, notBefore);
    if (failure === undefined) return;
    const { address, failures: attempt, nextInMs, repeated } = failure;
    this.#tell({
      type: "dial-failed",
      address,
      reason: words,
      attempt,
      repeated,
      nextInMs,
    });
  }

  #ban(now: Instant, link: Link, reason: string): void {
    const { peer } = peerNamed(link);
    const forMs = this.#settings.banMs;
    this.#bans.ban(peer.id, now + forMs);
    this.#tell({ type: "banned", peer, forMs, reason });
  }

  #sendTopology(): void {
    for (const { link: id, item } of this.#topology.takeSends()) {
      const link = this.#links.get(id);
      if (link === undefined) continue;
      link.session.send(item);
      this.#sendFrames(link);
    }
  }

  #sendFrames(link: Link): void {
    for (const bytes of link.session.takeFrames()) {
      this.#effects.push({ type: "send", link: link.id, bytes });
    }
  }

  #tell(notice: Notice): void {
    this.#effects.push({ type: "tell", notice });
  }
}
