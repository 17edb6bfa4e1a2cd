/**
 * One node: takes events, routes them to the part that knows, and hands out the effects. What is
 * decided is decided elsewhere: whom to dial in `dialer`, whom to let in by `session/admission`, what
 * a link is in `session`, what the network is in `topology`, how a message travels in `messaging`,
 * and what follows the beginning and the end of a link in `link_life`.
 *
 *     events ──► Controller ──► Session (one per link) ──┐
 *                    ├────────► Dialer ◄── Discovery     │
 *                    ├────────► Topology ────────────────┼──► effects
 *                    └────────► Messaging ◄──► Mail ◄────┘
 *                                  Dht, Rooms ◄─┘
 *
 * It never awaits, reads no clock and touches no socket; equal events and an equal seed give equal
 * effects. After every event the owner carries out `takeEffects` and wakes it at `nextWakeup`; waking
 * it early or twice does no harm.
 */

import { type Address, schemeOf } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { ConnectionError, Instant, Remote } from "../base/ports.ts";
import { diagnose, type Diagnosis } from "../diagnosis/diagnose.ts";
import type { Dialer } from "../dialer/dialer.ts";
import type { KnownPeer, KnownPeers } from "../identity/known_peers.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { LetterKind, Ticket } from "../messaging/letter.ts";
import type { Content } from "../messaging/outcome.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { CloseReason } from "../session/close_reason.ts";
import { Session, type SessionEvent } from "../session/session.ts";
import type { Topology } from "../topology/topology.ts";
import { WireError } from "../wire/error.ts";
import type { Effect } from "./effect.ts";
import type { Discovery } from "./discovery.ts";
import { acquaintances, gatherFacts } from "./gather_facts.ts";
import { LinkLife } from "./link_life.ts";
import { type Link, type Links, nameOf, peerOf } from "./links.ts";
import type { Mail } from "./mail.ts";
import type { Notice, NoticeNode } from "./notice.ts";
import type { Outreach } from "./outreach.ts";
import { makeParts, type Parts, type PartsOptions } from "./parts.ts";
import type { Reception } from "./reception.ts";
import type { Settings } from "./settings.ts";
import { takeSnapshot } from "./take_snapshot.ts";
import type { Snapshot } from "./snapshot.ts";

/** How long a signal is of use, in milliseconds: whoever sent it has given up by then. */
const SIGNAL_MS = 15_000;

export class Controller {
  readonly #settings: Settings;
  readonly #id: NodeId;
  readonly #program: string;
  readonly #startedAt: Instant;
  readonly #parts: Parts;
  readonly #links: Links;
  readonly #dialer: Dialer;
  readonly #known: KnownPeers;
  readonly #topology: Topology;
  readonly #reception: Reception;
  readonly #discovery: Discovery;
  readonly #messaging: Messaging;
  readonly #mail: Mail;
  readonly #outreach: Outreach;
  readonly #linkLife: LinkLife;
  #effects: Effect[] = [];
  #wallOffsetMs: number;
  #reportAt: Instant;
  #stopped = false;

  constructor(now: Instant, options: PartsOptions) {
    const parts = makeParts(now, options);
    this.#settings = options.settings;
    this.#id = options.signer.id;
    this.#program = options.program;
    this.#startedAt = now;
    this.#parts = parts;
    this.#links = parts.links;
    this.#dialer = parts.dialer;
    this.#known = parts.known;
    this.#topology = parts.topology;
    this.#reception = parts.reception;
    this.#discovery = parts.discovery;
    this.#messaging = parts.messaging;
    this.#mail = parts.mail;
    this.#outreach = parts.outreach;
    this.#linkLife = new LinkLife({
      ...parts,
      banMs: options.settings.banMs,
      tell: (notice) => this.#tell(notice),
    });
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
      this.#mail.nextWakeup(),
      this.#outreach.nextWakeup(),
    );
  }

  /** All that this node knows. */
  snapshot(now: Instant): Snapshot {
    const { bound: listen } = this.#reception.addresses;
    const facts = { self: this.#id, startedAt: this.#startedAt, listen };
    return takeSnapshot(now, { ...facts, wallOffsetMs: this.#wallOffsetMs }, this.#parts);
  }

  /** Whether a node, or whoever is at an address, is up, and if not, why. */
  why(now: Instant, target: NodeId | Address): Diagnosis {
    const own = { self: this.#id, wallOffsetMs: this.#wallOffsetMs, program: this.#program };
    return diagnose(gatherFacts(now, target, own, this.#parts));
  }

  /** Nodes that are perhaps on no map, and that `why` can tell something of. */
  acquaintances(): NoticeNode[] {
    return acquaintances(this.#parts);
  }

  /** This node, as others name it. */
  get self(): NoticeNode {
    return nameOf(this.#topology.get(this.#id) as NoticeNode);
  }

  /** Asks something of the rooms, and follows up what comes of it. */
  askRooms<T>(now: Instant, question: (rooms: Rooms) => T): T {
    const answer = question(this.#parts.rooms);
    this.#settle(now);
    return answer;
  }

  /** Grows whenever a node of the map comes, goes or changes. */
  get mapVersion(): number {
    return this.#topology.version;
  }

  /**
   * Keeps a link to `address` from now on and dials it at once.
   *
   * @param id the only one that is accepted there from now on, where one is given
   */
  connect(now: Instant, address: Address, id?: NodeId): void {
    if (id !== undefined) this.#known.trust(id, address);
    this.#parts.parted.handleAsked(address);
    this.#dialer.addTarget(now, address);
    this.#settle(now);
  }

  /** Ends the link with a node, and keeps none until somebody connects; whether there was one. */
  disconnect(now: Instant, id: NodeId): boolean {
    this.#parts.parted.add(id);
    this.#dialer.removeNode(id);
    const links = this.#links.all().filter(({ session }) => session.peer?.id === id);
    for (const link of links) {
      if (link.session.isUp) link.session.farewell("removed");
      else link.session.refuse("removed");
      this.#drain(now, link);
    }
    this.#settle(now);
    return links.some(({ upSince }) => upSince !== undefined);
  }

  /** Compares the map with every neighbour now; returns how many there are. */
  discover(now: Instant): number {
    const asked = this.#topology.compareAll(now);
    this.#settle(now);
    return asked;
  }

  /** Sends a letter, of whose end an effect tells that holds the ticket. */
  send(
    now: Instant,
    to: NodeId,
    kind: LetterKind,
    content: Content,
    timeoutMs: number,
    ticket: Ticket,
  ): void {
    this.#messaging.send(now, to, kind, content, timeoutMs, ticket);
    // Nothing but messages can come of it, and there may be a hundred thousand in a second.
    this.#settleMessages(now);
  }

  /** Sends a signal to another node's transport; whether it arrives nobody is told. */
  signal(now: Instant, to: NodeId, signal: Uint8Array): void {
    this.#messaging.send(now, to, "signal", signal, SIGNAL_MS);
    this.#settleMessages(now);
  }

  /** The next frame for a link whose connection has room for it, in pieces to be sent in order. */
  takeFrame(now: Instant, id: LinkId): readonly Uint8Array[] | undefined {
    const pieces = this.#messaging.takeFrame(now, id);
    const link = this.#links.get(id);
    for (const { length } of pieces ?? []) if (link !== undefined) link.outBytes += length;
    this.#settleMessages(now);
    return pieces;
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

  /** Says goodbye to every peer and stops; returns how many hear it. */
  leave(now: Instant): number {
    if (this.#stopped) return 0;
    const links = this.#links.up().length;
    this.#tell({ type: "leaving", links });
    this.#parts.rooms.leaveAll(now);
    this.#mail.handleTime(now);
    this.#messaging.leave(now);
    this.#settleMessages(now);
    this.#topology.leave(now);
    this.#sendTopology();
    this.#stopped = true;
    for (const link of this.#links.all()) {
      link.session.farewell("left");
      this.#sendFrames(link);
      this.#effects.push({ type: "close", link: link.id });
    }
    this.#effects.push({ type: "stop" });
    return links;
  }

  /** The node listens at `at`. */
  handleListening(now: Instant, at: Address): void {
    if (this.#stopped) return;
    this.#reception.addresses.listen(at);
    this.#topology.setAddresses(this.#reception.addresses.forNetwork);
    // That browsers may come in is told by whoever opened the door for them.
    if (schemeOf(at) !== "ws") this.#tell({ type: "listening", address: at });
    this.#settle(now);
  }

  /** The node does not listen at `at` any more. */
  handleNotListening(now: Instant, at: Address): void {
    if (this.#stopped) return;
    this.#reception.addresses.stopListening(at);
    this.#topology.setAddresses(this.#reception.addresses.forNetwork);
    this.#settle(now);
  }

  /** Somebody connected to this node; answers with the name of the new link. */
  handleAccepted(now: Instant, remote: Remote): LinkId {
    const session = Session.listen(now, this.#settings.session, remote.id);
    const { address, id: provenId, binding } = remote;
    const incoming = { direction: "incoming" as const, remote: address, session };
    const link = this.#links.begin({ ...incoming, provenId, binding });
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
    link.provenId = remote.id;
    const introduction = this.#reception.introduction(remote);
    link.session.handleOpened(introduction, link.wanted, remote.id);
    this.#settle(now, link);
  }

  /** A caller was turned away before there was a link. */
  handleTurnedAway(now: Instant, from: Address, reason: string): void {
    this.#parts.contacts.handleTurnedAway(now, from, reason);
  }

  /** Bytes came in on the link `id`. */
  handleBytes(now: Instant, id: LinkId, bytes: Uint8Array): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    link.inBytes += bytes.length;
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
      this.#mail.handleEvent(now, event);
      // Of a node that was never there people would not know what to make.
      if (event.type === "missing") continue;
      this.#tell({ type: `node-${event.type}`, node: nameOf(event.node) });
    }
    this.#sendTopology();
    this.#mail.handleTime(now);
    this.#settleMessages(now);
    this.#reachOut(now);
  }

  #settleMessages(now: Instant): void {
    const effects = this.#mail.takeEffects(now, now + this.#wallOffsetMs);
    if (effects.length > 0) this.#effects.push(...effects);
    for (const link of this.#messaging.takeOffers()) this.#effects.push({ type: "offer", link });
  }

  #reachOut(now: Instant): void {
    for (const link of this.#outreach.takeIdle(now)) {
      link.session.farewell("idle");
      this.#drain(now, link);
    }
    for (const { id, remote } of this.#outreach.begin(now)) {
      this.#effects.push({ type: "dial", link: id, address: remote });
    }
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
        for (const rival of this.#linkLife.handleUp(now, link, now + this.#wallOffsetMs)) {
          this.#drain(now, rival);
        }
        return;
      case "rtt":
        return this.#topology.handleRtt(now, peerOf(link).id, event.rttUs);
      case "message":
        return this.#handleMessage(now, link, event);
      case "closed":
        return this.#handleEnd(now, link, event.reason);
      default:
        event satisfies never;
    }
  }

  #handleMessage(
    now: Instant,
    link: Link,
    { message, frame }: SessionEvent & { type: "message" },
  ): void {
    try {
      switch (message.type) {
        case "envelope":
        case "receipt":
        case "bounce":
          return this.#messaging.handleMessage(now, peerOf(link).id, message, frame);
        default:
          return this.#topology.handleMessage(now, link.id, message);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      link.session.farewell("protocol", error.message);
    }
  }

  #handleEnd(now: Instant, link: Link, reason: CloseReason): void {
    this.#links.remove(link);
    this.#effects.push({ type: "close", link: link.id });
    this.#linkLife.handleEnd(now, link, reason);
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
      link.outBytes += bytes.length;
      this.#effects.push({ type: "send", link: link.id, bytes });
    }
  }

  #tell(notice: Notice): void {
    this.#effects.push({ type: "tell", notice });
  }
}
