/**
 * Letters between any two nodes of the network: sealed here, carried over the links, opened there.
 *
 *     send ──► Outgoing (one per recipient) ──► LinkQueues ──► links
 *     links ──► for us:   Incoming (one per origin) ──► inbox; receipts ──► Outgoing
 *           └─► for others: LinkQueues, or a bounce to the origin where the way ends
 *
 * A relay sees ids, sizes and numbers. Calls in; frames by `takeFrame` when a link has room, which
 * links have frames by `takeOffers`, and outcomes and letters by `takeEvents`.
 */

import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../base/node_id.ts";
import type { AgreementKey, Crypto, Instant } from "../base/ports.ts";
import type { Topology } from "../topology/topology.ts";
import { WireError } from "../wire/error.ts";
import {
  type Bounce,
  type Envelope,
  hopCount,
  idAt,
  type MessagingMessage,
  placeOf,
  type Receipt,
} from "../wire/messaging.ts";
import { type Arrival, type Holdings, Incoming } from "./incoming.ts";
import { Letter, type LetterKind, type Ticket } from "./letter.ts";
import type { QueueLimits } from "./link_queues.ts";
import { Outgoing } from "./outgoing.ts";
import { type Content, type Outcome, type Received, refuseUnsendable } from "./outcome.ts";
import { Relay } from "./relay.ts";
import { OriginSeal, RecipientSeal } from "./sealing.ts";

/** Who this node is, and what its messages may cost. */
export interface MessagingOptions {
  self: NodeId;
  crypto: Crypto;
  /** The key pair whose public half this node advertises. */
  sealingKey: AgreementKey;
  topology: Topology;
  /** Above all numbers of contexts of earlier runs, such as the time. */
  firstContext: number;
  queues: QueueLimits;
  /** Nodes that may have sent something, as many as the map may hold. */
  maxOrigins: number;
  /** Milliseconds between two greetings to every other node; 0: none. */
  greetPeriodMs: number;
  /** Whether so many more messages of so many bytes together would be taken. */
  hasRoom(count: number, bytes: number): boolean;
}

/** What the owner is told. */
export type MessagingEvent =
  | { type: "outcome"; ticket: Ticket; outcome: Outcome }
  | { type: "received"; received: Received };

/** What has been counted since the start. */
export interface MessagingCounts {
  sent: number;
  delivered: number;
  received: number;
  /** Envelopes and receipts that were passed on for others. */
  relayed: number;
  /** Letters that were not taken for want of room, here or by their recipients. */
  refused: number;
  /** Envelopes and receipts that were forged, altered or replayed. */
  rejected: number;
}

/** Greetings are not waited for; one that was not delivered by then is no news any more. */
const GREETING_MS = 5_000;

/**
 * Contexts that cannot be opened cost two agreements each. So many of them are tried in a second for
 * each neighbour that passes them on; honest origins behind it, whose turn comes later, send again.
 */
const MAX_FAILED_CONTEXTS = 200;
const FAILURE_WINDOW_MS = 1_000;

export class Messaging {
  readonly #options: MessagingOptions;
  readonly #selfBytes: Uint8Array;
  readonly #relay: Relay;
  readonly #outgoing = new Map<NodeId, Outgoing>();
  /** Those of them that have something to do. */
  readonly #active = new Set<Outgoing>();
  readonly #incoming = new Map<NodeId, Incoming>();
  readonly #holdings: Holdings;
  /** Origins that have to be told something. */
  readonly #owed = new Set<Incoming>();
  readonly #counts = { sent: 0, delivered: 0, received: 0, refused: 0, rejected: 0 };
  #nextContext: number;
  #mapVersion = 0;
  #greetAt: Instant;
  #failures = { since: -Infinity, by: new Map<NodeId, number>() };
  #events: MessagingEvent[] = [];
  /** Messages among the events, which the owner does not know of yet. */
  #untold = { count: 0, bytes: 0 };

  constructor(now: Instant, options: MessagingOptions) {
    this.#options = options;
    this.#selfBytes = nodeIdToBytes(options.self);
    this.#relay = new Relay(options.queues);
    this.#holdings = { bytes: 0, most: options.queues.inAll };
    this.#nextContext = options.firstContext;
    this.#greetAt = options.greetPeriodMs === 0 ? Infinity : now + options.greetPeriodMs;
  }

  get counts(): MessagingCounts {
    return { ...this.#counts, relayed: this.#relay.relayed };
  }

  /** What happened, in order; empties the list. */
  takeEvents(): MessagingEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    this.#untold = { count: 0, bytes: 0 };
    return events;
  }

  /** Links for which frames came to wait since the last call; `takeFrame` hands them out. */
  takeOffers(): LinkId[] {
    return this.#relay.takeOffers();
  }

  /** The pieces of the next frame for a link that has room for it. */
  takeFrame(now: Instant, link: LinkId): readonly Uint8Array[] | undefined {
    return this.#relay.takeFrame(link, () => this.#pump(now));
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    let next = earliest(this.#greetAt);
    for (const outgoing of this.#active) next = earliest(next, outgoing.nextWakeup());
    for (const incoming of this.#owed) next = earliest(next, incoming.nextWakeup());
    return next;
  }

  /**
   * Sends something to a node of the map. Exactly one outcome follows for `ticket`, within the timeout.
   *
   * @param content empty unless it is a message
   * @throws {RangeError} when it is larger than may be sent
   */
  send(
    now: Instant,
    to: NodeId,
    kind: LetterKind,
    content: Content,
    timeoutMs: number,
    ticket?: Ticket,
  ): void {
    refuseUnsendable(content);
    const letter = new Letter(kind, content, now + timeoutMs, ticket);
    if (kind === "message") this.#counts.sent++;
    const outgoing = this.#streamTo(now, to);
    if (outgoing === undefined) return this.#answer(letter, { type: "no-route" });
    const { perLink, inAll } = this.#options.queues;
    if (outgoing.bytes + letter.bytes > perLink || this.#waitingBytes() + letter.bytes > inAll) {
      return this.#answer(letter, { type: "refused", by: "us" });
    }
    this.#active.add(outgoing);
    outgoing.add(now, letter);
  }

  /** A link is up. */
  handleLinkUp(now: Instant, link: LinkId, peer: NodeId): void {
    this.#relay.handleLinkUp(link, peer);
    this.#reconsider(now);
  }

  /** A link is up no more; another to the same peer may be. */
  handleLinkDown(now: Instant, link: LinkId, peer: NodeId): void {
    this.#relay.handleLinkDown(link, peer);
    this.#reconsider(now);
  }

  /**
   * A message of this family came in from a neighbour.
   *
   * @param frame the frame it came in, to be sent on as it is
   * @throws {WireError} when the neighbour is not on its route before this node
   */
  handleMessage(now: Instant, peer: NodeId, message: MessagingMessage, frame: Uint8Array): void {
    const { route } = message;
    const place = placeOf(route, this.#selfBytes);
    if (place < 1 || !equalBytes(idAt(route, place - 1), nodeIdToBytes(peer))) {
      throw new WireError("A message came over a link that is not on its route");
    }
    if (place < hopCount(route)) return this.#relay.pass(message, place, frame);
    const sender = nodeIdFromBytes(idAt(route, 0));
    switch (message.type) {
      case "envelope":
        return this.#handleEnvelope(now, peer, sender, message);
      case "receipt":
        return this.#handleReceipt(now, sender, message);
      case "bounce":
        return this.#handleBounce(now, message);
    }
  }

  /** Time passed. To be called after every other call too: it is what sends receipts. */
  handleTime(now: Instant): void {
    if (now >= this.#greetAt) this.#greet(now);
    if (this.#mapVersion !== this.#options.topology.version) this.#reconsider(now);
    for (const outgoing of this.#active) {
      if (now >= (outgoing.nextWakeup() ?? Infinity)) outgoing.handleTime(now);
      if (outgoing.isIdle) this.#active.delete(outgoing);
    }
    for (const incoming of this.#owed) {
      const receipt = incoming.takeReceipt(now);
      if (receipt !== undefined) this.#relay.post(receipt);
      if (incoming.nextWakeup() === undefined) this.#owed.delete(incoming);
    }
  }

  /** The node leaves: what waits goes out as far as it may, and every letter comes to its end. */
  leave(now: Instant): void {
    for (const outgoing of this.#active) outgoing.hurry(now);
    for (const outgoing of this.#outgoing.values()) outgoing.cancel();
  }

  /** What carries letters to a node, if it can be reached now. */
  #streamTo(now: Instant, to: NodeId): Outgoing | undefined {
    const { self, topology } = this.#options;
    const known = this.#outgoing.get(to);
    if (known !== undefined) return known.path(now) && known;
    // No link leads from a node to itself.
    if (to === self || topology.path(to) === undefined) return undefined;
    const outgoing = new Outgoing({
      to,
      map: topology,
      newSeal: () => this.#newSeal(to),
      hasRoom: (neighbour, context) => this.#relay.hasRoom(neighbour, context),
      post: (envelope) => this.#relay.post(envelope),
      answer: (letter, outcome) => this.#answer(letter, outcome),
    });
    this.#outgoing.set(to, outgoing);
    return outgoing;
  }

  #newSeal(to: NodeId): OriginSeal | undefined {
    const { crypto, self, sealingKey, topology } = this.#options;
    const theirs = topology.get(to)?.sealingKey;
    if (theirs === undefined || theirs.length === 0) return undefined;
    const name = { origin: self, recipient: to, number: this.#nextContext++ };
    return OriginSeal.make(crypto, name, sealingKey, theirs);
  }

  #waitingBytes(): number {
    let bytes = 0;
    for (const outgoing of this.#active) bytes += outgoing.bytes;
    return bytes;
  }

  #answer(letter: Letter, outcome: Outcome): void {
    const { ticket, kind } = letter;
    if (kind === "message" && outcome.type === "delivered") this.#counts.delivered++;
    if (kind === "message" && outcome.type === "refused") this.#counts.refused++;
    if (ticket !== undefined) this.#events.push({ type: "outcome", ticket, outcome });
  }

  /** The ways may have changed, or keys of recipients. */
  #reconsider(now: Instant): void {
    const { topology } = this.#options;
    this.#mapVersion = topology.version;
    for (const [to, outgoing] of this.#outgoing) {
      const key = topology.get(to)?.sealingKey;
      if (key !== undefined) outgoing.handleKey(now, key);
      else if (outgoing.isIdle) this.#outgoing.delete(to);
      outgoing.handleMap(now);
    }
  }

  #pump(now: Instant): void {
    for (const outgoing of this.#active) outgoing.pump(now);
  }

  #handleEnvelope(now: Instant, peer: NodeId, origin: NodeId, envelope: Envelope): void {
    const known = this.#incoming.get(origin);
    const key = this.#options.topology.get(origin)?.sealingKey;
    const isPresent = known !== undefined && key !== undefined &&
      equalBytes(known.seal.originKey, key);
    if (isPresent && envelope.context === known.seal.number) {
      if (known.handleEnvelope(now, envelope) === "rejected") this.#counts.rejected++;
      this.#owed.add(known);
      return;
    }
    if (isPresent && envelope.context < known.seal.number) {
      this.#counts.rejected++;
      return;
    }
    if (key === undefined || key.length === 0 || !this.#mayTry(now, peer)) return;
    const incoming = this.#open(now, origin, key, envelope);
    if (incoming === undefined) {
      this.#counts.rejected++;
      this.#failures.by.set(peer, (this.#failures.by.get(peer) ?? 0) + 1);
      return;
    }
    known?.discard();
    this.#incoming.delete(origin);
    this.#incoming.set(origin, incoming);
    this.#owed.add(incoming);
    if (this.#incoming.size > this.#options.maxOrigins) this.#forgetOrigin();
  }

  /** Whoever is not on the map can send nothing, so its numbers need not be remembered. */
  #forgetOrigin(): void {
    const origins = [...this.#incoming.keys()];
    const gone = origins.find((id) => this.#options.topology.get(id) === undefined) ?? origins[0];
    if (gone === undefined) return;
    this.#incoming.get(gone)?.discard();
    this.#incoming.delete(gone);
  }

  /** A new context, if what came under it proves that it is the origin's. */
  #open(now: Instant, origin: NodeId, key: Uint8Array, envelope: Envelope): Incoming | undefined {
    const { crypto, self, sealingKey } = this.#options;
    const name = { origin, recipient: self, number: envelope.context };
    const seal = RecipientSeal.make(crypto, name, sealingKey, key, envelope.enc);
    if (seal === undefined) return undefined;
    const incoming = new Incoming(seal, {
      hasRoom: (count, bytes) =>
        this.#options.hasRoom(this.#untold.count + count, this.#untold.bytes + bytes),
      take: (arrival) => this.#take(origin, arrival),
      holdings: this.#holdings,
    });
    return incoming.handleEnvelope(now, envelope) === "taken" ? incoming : undefined;
  }

  #mayTry(now: Instant, peer: NodeId): boolean {
    if (now >= this.#failures.since + FAILURE_WINDOW_MS) {
      this.#failures = { since: now, by: new Map() };
    }
    return (this.#failures.by.get(peer) ?? 0) < MAX_FAILED_CONTEXTS;
  }

  #take(from: NodeId, { kind, content, bytes }: Arrival): void {
    if (kind === "message") {
      this.#counts.received++;
      this.#untold.count++;
    }
    this.#untold.bytes += bytes;
    this.#events.push({ type: "received", received: { from, kind, content } });
  }

  #handleReceipt(now: Instant, sender: NodeId, receipt: Receipt): void {
    const isGenuine = this.#outgoing.get(sender)?.handleReceipt(now, receipt) ?? true;
    if (!isGenuine) this.#counts.rejected++;
  }

  #handleBounce(now: Instant, bounce: Bounce): void {
    for (const outgoing of this.#active) outgoing.handleBounce(now, bounce);
  }

  #greet(now: Instant): void {
    this.#greetAt = now + this.#options.greetPeriodMs;
    for (const { node, standing } of this.#options.topology.nodes()) {
      if (standing === "alive") this.send(now, node.id, "greeting", "", GREETING_MS);
    }
  }
}
