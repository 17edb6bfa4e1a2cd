/** A node that knows what it was told to know and keeps what it was asked to do. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import { compareIds, type NodeId } from "../../src/base/node_id.ts";
import type { Cancel } from "../../src/base/ports.ts";
import type { MapChange } from "../../src/controller/map_change.ts";
import { MapRecorder } from "../../src/controller/map_recorder.ts";
import type { NoticeNode } from "../../src/controller/notice.ts";
import type { InboxMessage, Letter, NodeApi } from "../../src/controller/node_api.ts";
import type { NodeState, NodeView, Snapshot } from "../../src/controller/snapshot.ts";
import type { Diagnosis } from "../../src/diagnosis/diagnose.ts";
import type { Outcome } from "../../src/messaging/outcome.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import { id } from "../report/networks.ts";
import { FakeRooms } from "./fake_rooms.ts";

/** What a {@linkcode FakeNode} answers to letters and probes at once; nothing means that it waits. */
export type Postman = (to: NodeId) => Outcome | undefined;

/** A letter or probe that waits for its outcome. */
export interface Waiting {
  to: NodeId;
  content: Letter["content"] | undefined;
  timeoutMs: number;
  done(outcome: Outcome): void;
}

/** A node of the map, with an id that is easy to read. */
export function view(letters: string, label: string, state: NodeState = "alive"): NodeView {
  return { id: id(letters), label, addresses: [parseAddress("[::1]:8095")], state };
}

/** Nothing was ever heard of a target. */
export function unknown(target: NodeId | Address): Diagnosis {
  const isAddress = target.includes(":");
  return {
    peer: {
      id: isAddress ? undefined : target as NodeId,
      label: undefined,
      address: isAddress ? target as Address : undefined,
    },
    up: false,
    code: "unknown",
    stage: "never heard of",
    message: "nothing was ever heard of it",
    advice: undefined,
    addresses: [],
    lastUp: undefined,
    heard: undefined,
    linkedBy: [],
    path: undefined,
  };
}

export class FakeNode implements NodeApi {
  readonly clock = new Timeline();
  readonly rooms = new FakeRooms({ id: id("bb"), label: "bob" });
  readonly waiting: Waiting[] = [];
  readonly listeners = new Set<(message: InboxMessage) => void>();
  readonly connected: { address: Address; id: NodeId | undefined }[] = [];
  readonly disconnected: NodeId[] = [];
  readonly diagnosed: (NodeId | Address)[] = [];
  /** Nodes that it knows besides those of its map. */
  met: NoticeNode[] = [];
  /** What it finds when it is asked why. */
  diagnosis: (target: NodeId | Address) => Diagnosis = unknown;
  /** Times that a snapshot was taken. */
  snapshots = 0;
  kept: InboxMessage[] = [];
  postman: Postman = () => undefined;
  /** Whether it said goodbye. */
  hasLeft = false;
  /** What it throws when it is asked to compare maps, if anything. */
  failure: Error | undefined;
  #snapshot: Snapshot;
  #version = 0;
  readonly #recorder = new MapRecorder(this.clock, {
    version: () => this.#version,
    snapshot: () => {
      const { nodes } = this.#snapshot;
      return { ...this.#snapshot, nodes: nodes.toSorted((a, b) => compareIds(a.id, b.id)) };
    },
  });

  constructor(...others: NodeView[]) {
    const own: NodeView = view("bb", "bob", "own");
    this.#snapshot = {
      at: 0,
      self: own.id,
      nodes: [own, ...others],
      links: [],
      peers: [],
      attempts: [],
      listen: parseAddress("[::1]:8090"),
      startedAt: 1000,
      wallOffsetMs: 1_767_225_600_000,
      traffic: { inBytes: 10, outBytes: 20 },
      messages: { sent: 1, delivered: 2, received: 3, relayed: 4, refused: 5, rejected: 6 },
      refusedAdvertisements: 8,
    };
  }

  /** Has the node know something else. */
  learn(news: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...news };
    this.#version++;
    this.#recorder.handleNews();
  }

  /** A message comes in. */
  deliver(message: InboxMessage): void {
    if (this.listeners.size === 0) this.kept.push(message);
    for (const listener of [...this.listeners]) listener(message);
  }

  snapshot(): Snapshot {
    this.snapshots++;
    return this.#snapshot;
  }

  mapVersion(): number {
    return this.#version;
  }

  history(since?: number): readonly MapChange[] {
    return this.#recorder.changes(since);
  }

  watchMap(listener: (change: MapChange) => void): Cancel {
    return this.#recorder.listen(listener);
  }

  connect(address: Address, id?: NodeId): void {
    this.connected.push({ address, id });
  }

  disconnect(id: NodeId): boolean {
    this.disconnected.push(id);
    return this.#snapshot.peers.some((peer) => peer.id === id);
  }

  discover(): number {
    if (this.failure !== undefined) throw this.failure;
    return this.#snapshot.peers.length;
  }

  send({ to, content, timeoutMs }: Letter, done: (outcome: Outcome) => void): void {
    this.#post({ to, content, timeoutMs, done });
  }

  probe(to: NodeId, timeoutMs: number, done: (outcome: Outcome) => void): void {
    this.#post({ to, content: undefined, timeoutMs, done });
  }

  why(target: NodeId | Address): Diagnosis {
    this.diagnosed.push(target);
    return this.diagnosis(target);
  }

  acquaintances(): readonly NoticeNode[] {
    return this.met;
  }

  unread(): number {
    return this.kept.length;
  }

  inbox(): readonly InboxMessage[] {
    return this.kept;
  }

  listen(listener: (message: InboxMessage) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  leave(done?: (heard: number) => void): void {
    done?.(this.#snapshot.peers.length);
    this.hasLeft = true;
  }

  #post(letter: Waiting): void {
    const outcome = this.postman(letter.to);
    if (outcome === undefined) this.waiting.push(letter);
    else letter.done(outcome);
  }
}
