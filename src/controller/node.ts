/**
 * A running node: a controller with the world plugged in. Carries out its effects through the ports
 * and brings it their answers. The same class runs on real sockets and in the simulator.
 */

import type { Address } from "../base/address.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type {
  Cancel,
  Connection,
  ConnectionError,
  ConnectionHandler,
  Instant,
  ListenHandler,
} from "../base/ports.ts";
import { SeededRandom } from "../base/random.ts";
import type { Diagnosis } from "../diagnosis/diagnose.ts";
import type { KnownPeer } from "../identity/known_peers.ts";
import type { LetterKind } from "../messaging/letter.ts";
import { type Content, type Outcome, refuseUnsendable } from "../messaging/outcome.ts";
import { Controller } from "./controller.ts";
import type { Effect } from "./effect.ts";
import { Mailbox } from "./mailbox.ts";
import type { MapChange } from "./map_change.ts";
import { MapRecorder } from "./map_recorder.ts";
import type { InboxMessage, Letter, NodeApi } from "./node_api.ts";
import type { NodeOptions } from "./node_options.ts";
import type { NoticeNode } from "./notice.ts";
import { QueueLimit } from "./queue_limit.ts";
import { Refusals } from "./refusals.ts";
import { RoomDesk } from "./room_desk.ts";
import { settingsOf } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";

/** A connection, and how much of its messages it may hold. */
interface OpenConnection {
  connection: Connection;
  limit: QueueLimit;
}

export class Node implements NodeApi {
  readonly rooms: RoomDesk;
  readonly #options: NodeOptions;
  readonly #controller: Controller;
  readonly #refusals: Refusals;
  readonly #mailbox: Mailbox;
  readonly #recorder: MapRecorder;
  readonly #connections = new Map<LinkId, OpenConnection>();
  readonly #stopListening = new Set<Cancel>();
  #cancelWakeup: Cancel = () => {};
  #cancelRejoining: Cancel = () => {};
  #wakeAt: Instant | undefined;
  #isBusy = false;
  #stopped = false;

  constructor(options: NodeOptions) {
    this.#options = options;
    const { config, seed } = options;
    this.#refusals = new Refusals(options.tell);
    const settings = settingsOf(config);
    this.#mailbox = new Mailbox(settings.inbox, options.print);
    this.#controller = new Controller(options.clock.now(), {
      ...options,
      settings,
      reaches: (address) => options.transport.reaches(address),
      hasRoom: (count, bytes) => this.#mailbox.hasRoom(count, bytes),
      random: new SeededRandom(seed),
      wallOffsetMs: this.#wallOffset(),
    });
    this.rooms = new RoomDesk({
      self: this.#controller.self,
      ask: (question) =>
        this.#ask((now) => this.#controller.askRooms(now, (rooms) => question(rooms, now))),
      keep: options.keepRooms,
      maxEvents: settings.maxRoomEvents,
    });
    options.transport.useSignalling?.({
      send: (to, signal) => this.#run((now) => this.#controller.signal(now, to, signal)),
    });
    this.#recorder = new MapRecorder(options.clock, {
      version: () => this.#controller.mapVersion,
      snapshot: () => this.snapshot(),
    });
  }

  /** Listens, and once that works, dials. */
  start(): void {
    if (this.#options.recordsMap === true) this.#recorder.start();
    const { listen, targets, rooms } = this.#options;
    this.rooms.wasIn(rooms);
    this.#listen(listen, {
      listening: () => {
        for (const address of targets) this.connect(address);
        this.#run((now) => this.#controller.rejoin(now));
        this.#rejoin();
      },
      failed: (error) => this.#stop(error),
    });
  }

  /** Listens at one more address, of a kind that the transport knows: for browsers. */
  listenAlso(at: Address, handler: Pick<ListenHandler, "listening" | "failed">): void {
    this.#listen(at, handler);
  }

  #listen(address: Address, handler: Pick<ListenHandler, "listening" | "failed">): void {
    let bound: Address | undefined;
    const stop = this.#options.transport.listen(address, {
      listening: (at) => {
        bound = at;
        this.#run((now) => this.#controller.handleListening(now, at));
        handler.listening(at);
      },
      failed: (error) => {
        this.#stopListening.delete(stop);
        const at = bound;
        if (at !== undefined) this.#run((now) => this.#controller.handleNotListening(now, at));
        handler.failed(error);
      },
      refused: (address, reason) => {
        this.#controller.handleTurnedAway(this.#options.clock.now(), address, reason);
        this.#refusals.add({ type: "refused", address, reason });
      },
      accepted: (connection, remote) => {
        const link = this.#controller.handleAccepted(this.#options.clock.now(), remote);
        this.#connections.set(link, { connection, limit: new QueueLimit() });
        this.#carryOut();
        return this.#handlerOf(link);
      },
    });
    this.#stopListening.add(stop);
  }

  /** Joins the rooms of the last run, and lets peers have their turn after each of them. */
  #rejoin(): void {
    if (this.#stopped || !this.rooms.joinNext()) return;
    const { clock } = this.#options;
    this.#cancelRejoining = clock.wakeAt(clock.now(), () => this.#rejoin());
  }

  connect(address: Address, id?: NodeId): void {
    this.#run((now) => this.#controller.connect(now, address, id));
  }

  disconnect(id: NodeId): boolean {
    return this.#ask((now) => this.#controller.disconnect(now, id)) ?? false;
  }

  discover(): number {
    return this.#ask((now) => this.#controller.discover(now)) ?? 0;
  }

  send({ to, content, timeoutMs }: Letter, done: (outcome: Outcome) => void): void {
    this.#send(to, "message", content, timeoutMs, done);
  }

  probe(to: NodeId, timeoutMs: number, done: (outcome: Outcome) => void): void {
    this.#send(to, "probe", "", timeoutMs, done);
  }

  why(target: NodeId | Address): Diagnosis {
    return this.#controller.why(this.#options.clock.now(), target);
  }

  acquaintances(): readonly NoticeNode[] {
    return this.#controller.acquaintances();
  }

  unread(): number {
    return this.#mailbox.unread;
  }

  inbox(): readonly InboxMessage[] {
    return this.#mailbox.read();
  }

  listen(listener: (message: InboxMessage) => void): Cancel {
    return this.#mailbox.listen(listener);
  }

  mapVersion(): number {
    return this.#controller.mapVersion;
  }

  history(since?: number): readonly MapChange[] {
    return this.#recorder.changes(since);
  }

  watchMap(listener: (change: MapChange) => void): Cancel {
    return this.#recorder.listen(listener);
  }

  /** What is remembered of peers was edited. */
  reviseKnownPeers(peers: readonly KnownPeer[]): void {
    this.#run((now) => this.#controller.reviseKnownPeers(now, peers));
  }

  /** Says goodbye to all peers and stops; `stopped` tells when that is done. */
  leave(done?: (heard: number) => void): void {
    const heard = this.#ask((now) => this.#controller.leave(now));
    done?.(heard ?? 0);
  }

  /** All that this node knows now. */
  snapshot(): Snapshot {
    return this.#controller.snapshot(this.#options.clock.now());
  }

  /** Stops without a word, as if the power failed. */
  halt(): void {
    this.#stopped = true;
    this.#mailbox.cancel();
    this.#recorder.stop();
    for (const stop of this.#stopListening) stop();
    this.#cancelWakeup();
    this.#cancelRejoining();
  }

  #send(
    to: NodeId,
    kind: LetterKind,
    content: Content,
    timeoutMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    refuseUnsendable(content);
    if (this.#stopped) return done({ type: "cancelled" });
    const ticket = this.#mailbox.expect(done);
    this.#run((now) => this.#controller.send(now, to, kind, content, timeoutMs, ticket));
  }

  #run(event: (now: Instant) => void): void {
    this.#ask(event);
  }

  #ask<T>(event: (now: Instant) => T): T | undefined {
    if (this.#stopped) return undefined;
    this.#controller.setWallOffset(this.#wallOffset());
    const answer = event(this.#options.clock.now());
    this.#carryOut();
    return answer;
  }

  #wallOffset(): number {
    const { clock } = this.#options;
    return clock.wall() - clock.now();
  }

  #handlerOf(link: LinkId): ConnectionHandler {
    return {
      opened: (remote) => this.#run((now) => this.#controller.handleOpened(now, link, remote)),
      received: (bytes) => this.#run((now) => this.#controller.handleBytes(now, link, bytes)),
      drained: () => {
        this.#connections.get(link)?.limit.handleDrained(this.#options.clock.now());
        this.#fill(link);
      },
      closed: (error) => {
        this.#connections.delete(link);
        this.#run((now) => this.#controller.handleClosed(now, link, error));
      },
    };
  }

  /** Those who are told of an effect may call back: what comes of that is carried out after the rest. */
  #carryOut(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (;;) {
        const effects = this.#controller.takeEffects();
        if (effects.length === 0) break;
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#isBusy = false;
    }
    if (this.#stopped) return;
    this.#scheduleWakeup();
    this.#recorder.handleNews();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "dial": {
        const { transport } = this.#options;
        const connection = transport.dial(effect.address, this.#handlerOf(effect.link));
        this.#connections.set(effect.link, { connection, limit: new QueueLimit() });
        return;
      }
      case "send":
        return this.#connections.get(effect.link)?.connection.send(effect.bytes);
      case "offer":
        return this.#fill(effect.link);
      case "close":
        this.#connections.get(effect.link)?.connection.close();
        this.#connections.delete(effect.link);
        return;
      case "report":
        this.#refusals.sum();
        return this.#options.report(effect.snapshot);
      case "deliver":
        return this.#mailbox.deliver(effect.message);
      case "room":
        return this.rooms.handleEvent(effect.event);
      case "signal":
        return this.#options.transport.handleSignal?.(effect.from, effect.signal);
      case "settle":
        return this.#mailbox.settle(effect.ticket, effect.outcome);
      case "remember":
        return this.#options.remember(effect.peers);
      case "tell":
        return effect.notice.type === "refused"
          ? this.#refusals.add(effect.notice)
          : this.#options.tell(effect.notice);
      case "stop":
        return this.#stop();
      default:
        effect satisfies never;
    }
  }

  /** Hands messages to a connection for as long as it has room. */
  #fill(link: LinkId): void {
    const open = this.#connections.get(link);
    if (open === undefined || this.#stopped) return;
    const { connection, limit } = open;
    const { clock } = this.#options;
    while (connection.queuedBytes < limit.bytes) {
      const pieces = this.#controller.takeFrame(clock.now(), link);
      if (pieces === undefined) break;
      for (const bytes of pieces) connection.send(bytes);
      if (connection.queuedBytes >= limit.bytes) limit.handleFull(clock.now());
    }
    this.#carryOut();
  }

  #stop(error?: ConnectionError): void {
    if (this.#stopped) return;
    this.halt();
    this.#options.stopped(error);
  }

  #scheduleWakeup(): void {
    const at = this.#controller.nextWakeup();
    if (at === this.#wakeAt) return;
    this.#cancelWakeup();
    this.#wakeAt = at;
    if (at === undefined) return;
    this.#cancelWakeup = this.#options.clock.wakeAt(at, () => {
      this.#wakeAt = undefined;
      this.#run((now) => this.#controller.handleTime(now));
    });
  }
}
