/** A controller whose every effect is checked against what must hold whatever happens to it. */

import { assert, assertEquals } from "@std/assert";
import type { LinkId } from "../../src/base/link_id.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Crypto } from "../../src/base/ports.ts";
import { Controller } from "../../src/controller/controller.ts";
import type { PartsOptions } from "../../src/controller/parts.ts";
import type { Effect } from "../../src/controller/effect.ts";
import type { Settings } from "../../src/controller/settings.ts";
import type { Snapshot } from "../../src/controller/snapshot.ts";
import {
  formatKnownPeers,
  type KnownPeer,
  parseKnownPeers,
} from "../../src/identity/known_peers.ts";
import { openAdvertisement } from "../../src/topology/authentic.ts";
import type { Ticket } from "../../src/messaging/letter.ts";
import type { Content, Outcome } from "../../src/messaging/outcome.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import type { Envelope } from "../../src/wire/messaging.ts";

/** A link as the world below the controller sees it. */
export interface WorldLink {
  id: LinkId;
  direction: "outgoing" | "incoming";
  isOpen: boolean;
  /** The number of the key that the far end holds; 0 while it is not known. */
  peer: number;
  /** What the peer has said so far, counted in messages of the handshake. */
  steps: number;
  sent: FrameDecoder;
}

/** Calls at one instant after which a controller must be content to wait. */
const MAX_CALLS = 10;

/** Envelopes that are remembered, for those who answer them. */
const MAX_REMEMBERED = 30;

/** What may leave on all links after one event, in bytes: no word of a peer may set off a flood. */
const MAX_AT_ONCE_BYTES = 2_000_000;

export class WatchedController {
  readonly controller: Controller;
  /** Links that the controller has not closed, and that were not closed under it. */
  readonly links = new Map<LinkId, WorldLink>();
  /** Envelopes that were sent lately. */
  readonly sent: Envelope[] = [];
  /** The key for sealing that the controller advertises, once it has. */
  sealingKey: Uint8Array | undefined;
  /** Messages that came in. */
  delivered = 0;
  /** The rooms that it is in. */
  readonly rooms = new Set<string>();
  readonly #outcomes = new Map<Ticket, Outcome | undefined>();
  readonly #settings: Settings;
  readonly #crypto: Crypto;
  readonly #self: NodeId;
  #lastId = 0;
  #lastTicket = 0;
  #atOnce = 0;
  #stopped = false;

  constructor(now: number, options: PartsOptions) {
    this.#settings = options.settings;
    this.#crypto = options.crypto;
    this.#self = options.signer.id;
    this.controller = new Controller(now, options);
  }

  /** Enters a link; its number must be a new one. */
  add(id: LinkId, direction: WorldLink["direction"], peer = 0): void {
    assert(id > this.#lastId, `Link ${id} after link ${this.#lastId}`);
    this.#lastId = id;
    const isOpen = direction === "incoming";
    const sent = new FrameDecoder(MAX_FRAME_BYTES);
    this.links.set(id, { id, direction, isOpen, peer, steps: 0, sent });
  }

  /** Sends a letter, whose end is watched for. */
  send(now: number, to: NodeId, content: Content, timeoutMs: number): void {
    const ticket = ++this.#lastTicket;
    this.#outcomes.set(ticket, undefined);
    this.controller.send(now, to, "message", content, timeoutMs, ticket);
  }

  /** Letters whose end has not come. */
  get open(): number {
    return [...this.#outcomes.values()].filter((outcome) => outcome === undefined).length;
  }

  /** Takes the next frame for a link, as its connection has room for one; whether there was one. */
  takeFrame(now: number, id: LinkId): boolean {
    const link = this.links.get(id);
    if (!link?.isOpen) return false;
    const pieces = this.controller.takeFrame(now, id);
    for (const piece of pieces ?? []) {
      this.#atOnce += piece.length;
      link.sent.push(piece);
    }
    this.#checkMessages(link.sent);
    return pieces !== undefined;
  }

  /** Carries out what the controller asks for, lets it wake up, and checks it all. */
  check(now: number): void {
    this.#atOnce = 0;
    this.#carryOut();
    for (let calls = 0; (this.controller.nextWakeup() ?? Infinity) <= now; calls++) {
      assert(calls < MAX_CALLS, "The controller wants to be woken again and again");
      this.controller.handleTime(now);
      this.#carryOut();
    }
    this.#checkCounts(this.controller.snapshot(now));
    assert(this.#atOnce < MAX_AT_ONCE_BYTES, `${this.#atOnce} bytes at once`);
  }

  #carryOut(): void {
    for (const effect of this.controller.takeEffects()) {
      assert(!this.#stopped, `A ${effect.type} after the stop`);
      this.#perform(effect);
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "dial":
        return this.add(effect.link, "outgoing");
      case "send": {
        const link = this.links.get(effect.link);
        assert(link?.isOpen, `Bytes for link ${effect.link}, which is not open`);
        this.#atOnce += effect.bytes.length;
        link.sent.push(effect.bytes);
        return this.#checkMessages(link.sent);
      }
      case "offer":
        // The world takes it when it has room, which is up to the test.
        assert(this.links.has(effect.link), `An offer for link ${effect.link}, which is gone`);
        return;
      case "deliver":
        assert(effect.message.content.length <= MAX_MESSAGE_BYTES);
        this.delivered++;
        return;
      case "settle":
        assert(this.#outcomes.has(effect.ticket), `An outcome for letter ${effect.ticket}`);
        assertEquals(this.#outcomes.get(effect.ticket), undefined, "Two outcomes");
        this.#outcomes.set(effect.ticket, effect.outcome);
        return;
      case "close":
        this.links.delete(effect.link);
        return;
      case "stop":
        this.#stopped = true;
        assertEquals(this.links.size, 0);
        return;
      case "report":
        return checkSnapshot(effect.snapshot);
      case "remember":
        return checkKnown(effect.peers, this.#settings.maxKnown);
      case "tell":
      case "signal":
        return;
      case "room":
        assert(this.rooms.has(effect.event.room), `News of ${effect.event.room}, which was left`);
        return;
      default:
        effect satisfies never;
    }
  }

  /** Whatever a node sends must be readable and true to its peers, or they would close the link. */
  #checkMessages(sent: FrameDecoder): void {
    for (let item = sent.next(); item !== undefined; item = sent.next()) {
      const message = decodeMessage(item);
      if (message.type === "envelope") this.#remember(message);
      if (message.type !== "advertisements") continue;
      for (const carried of message.carried) {
        const { advertisement } = openAdvertisement(this.#crypto, carried);
        if (advertisement.id === this.#self) this.sealingKey = advertisement.sealingKey;
      }
    }
  }

  #remember(envelope: Envelope): void {
    this.sent.push(envelope);
    if (this.sent.length > MAX_REMEMBERED) this.sent.shift();
  }

  #checkCounts(snapshot: Snapshot): void {
    const { maxIncoming, dialer, topology } = this.#settings;
    checkSnapshot(snapshot);
    const incoming = snapshot.peers.filter(({ direction }) => direction === "incoming");
    assert(incoming.length <= maxIncoming, `${incoming.length} incoming links`);
    const { sent, delivered, refused } = snapshot.messages;
    assert(delivered + refused <= sent, `${delivered} of ${sent} letters delivered`);
    assert(snapshot.nodes.length <= topology.maxNodes, `${snapshot.nodes.length} nodes`);
    const opening = [...this.links.values()].filter(({ isOpen }) => !isOpen);
    assert(opening.length <= dialer.maxSimultaneous, `${opening.length} attempts at once`);
    if (!this.#stopped) assert(snapshot.peers.length <= this.links.size);
  }
}

/** Whatever is to be remembered must be readable after a restart. */
function checkKnown(peers: readonly KnownPeer[], most: number): void {
  assert(peers.length <= most, `${peers.length} known peers`);
  const text = formatKnownPeers(peers);
  assertEquals(formatKnownPeers(parseKnownPeers(text)), text);
}

function checkSnapshot({ self, nodes, links, peers }: Snapshot): void {
  const ids = nodes.map(({ id }) => id);
  assertEquals(ids, [...new Set(ids)].sort(), "Nodes by id");
  assertEquals(nodes.filter(({ state }) => state === "own").map(({ id }) => id), [self]);
  const peerIds = peers.map(({ id }) => id);
  assertEquals(peerIds, [...new Set(peerIds)].sort(), "One link to each peer");
  assert(!peerIds.includes(self), "A link to itself");
  for (const { from, to } of links) {
    assert(ids.includes(from) && ids.includes(to), "A link to a node that is not listed");
  }
  const ends = links.map(({ from, to }) => `${from} ${to}`);
  assertEquals(ends.length, new Set(ends).size);
}
