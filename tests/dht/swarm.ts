/** Hash tables that write to each other on virtual time, without messaging below: letters take a while. */

import { encodeUtf8 } from "../../src/base/bytes.ts";
import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../../src/base/node_id.ts";
import type { Crypto, Signer } from "../../src/base/ports.ts";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { Dht, type DhtEvent, type DhtOptions } from "../../src/dht/dht.ts";
import { compareDistances } from "../../src/dht/distance.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import { decodeDhtMessage, type DhtMessage } from "../../src/wire/dht.ts";

/** How a swarm is made. */
export interface SwarmOptions {
  count: number;
  seed: number;
  /** Nodes that each is told of at the start, and of no others ever; undefined: it is told of all. */
  told?: number;
  /** Milliseconds that a letter takes, at least and at the most. */
  delayMs: readonly [least: number, most: number];
  /** Share of letters that are lost. */
  loss: number;
  /** Milliseconds until all others know that a node came. */
  noticeMs: number;
  /** Milliseconds until all others know that one is gone. */
  missMs: number;
  dht: Partial<DhtOptions>;
}

const DEFAULTS: Omit<SwarmOptions, "count"> = {
  seed: 1,
  delayMs: [5, 60],
  loss: 0,
  noticeMs: 200,
  missMs: 5_000,
  dht: {},
};

export type Searched = Extract<DhtEvent, { type: "searched" }>;

/** One node of a swarm. */
export interface Member {
  readonly id: NodeId;
  readonly dht: Dht;
  readonly events: DhtEvent[];
  /** When it is woken up next, if it is. */
  wakeAt: number;
}

export class Swarm {
  readonly timeline = new Timeline();
  readonly crypto: Crypto = new FastCrypto();
  readonly random: SeededRandom;
  readonly members = new Map<NodeId, Member>();
  /** Letters sent, by what they hold. */
  readonly sent = new Map<string, number>();
  /** Told of every letter that is sent; answers whether it may go on. */
  inspect: ((from: NodeId, to: NodeId, message: DhtMessage) => boolean) | undefined;
  readonly #options: SwarmOptions;

  constructor(options: Partial<SwarmOptions> & { count: number }) {
    this.#options = { ...DEFAULTS, ...options };
    this.random = new SeededRandom(this.#options.seed);
    for (let left = this.#options.count; left > 0; left--) this.#newMember();
    const all = this.ids;
    for (const { dht, id } of this.members.values()) {
      const { told } = this.#options;
      const others = told === undefined ? all : shuffled(this.random, all).slice(0, told + 1);
      for (const other of others) if (other !== id) dht.addNode(0, other);
    }
  }

  get now(): number {
    return this.timeline.now();
  }

  get ids(): NodeId[] {
    return [...this.members.keys()];
  }

  member(id: NodeId): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`${id} is not in the swarm`);
    return member;
  }

  /** The member that came as number `number`, of those still there. */
  at(number: number): Member {
    return this.member(this.ids[number] as NodeId);
  }

  /** Any member. */
  pick(): Member {
    return this.at(randomInt(this.random, this.members.size));
  }

  /** The key that all who know a name have. */
  topic(name: string): Signer {
    return this.crypto.signerFrom(this.crypto.sha256(encodeUtf8(name)));
  }

  /** A node comes; the others learn of it, and it of them. */
  join(): Member {
    const others = this.ids;
    const member = this.#newMember();
    this.timeline.after(this.#options.noticeMs, () => {
      for (const other of others) {
        if (this.members.has(other)) this.act(member, ({ dht }) => dht.addNode(this.now, other));
      }
      for (const other of others) {
        const there = this.members.get(other);
        if (there !== undefined && this.members.has(member.id)) {
          this.act(there, ({ dht }) => dht.addNode(this.now, member.id));
        }
      }
    });
    return member;
  }

  /** A node comes that knows of one other, and of which nobody is told. */
  joinKnowing(other: NodeId): Member {
    const member = this.#newMember();
    this.act(member, ({ dht }) => dht.addNode(this.now, other));
    return member;
  }

  /** A node vanishes; the others miss it after a while. */
  crash(id: NodeId): void {
    this.members.delete(id);
    this.timeline.after(this.#options.missMs, () => {
      for (const member of this.members.values()) {
        this.act(member, ({ dht }) => dht.removeNode(this.now, id));
      }
    });
  }

  /** Has a member do something, and carries out what it wants then. */
  act(member: Member, run: (member: Member) => void): void {
    if (this.members.get(member.id) !== member) return;
    run(member);
    this.#follow(member);
  }

  publish(member: Member, topic: Signer, payload = encodeUtf8(`payload of ${member.id}`)): void {
    this.act(member, ({ dht }) => dht.publish(this.now, topic, payload));
  }

  withdraw(member: Member, topic: Signer): void {
    this.act(member, ({ dht }) => dht.withdraw(this.now, topic.id));
  }

  /** Begins a search and does not wait for it. */
  beginSearch(member: Member, topic: Signer): void {
    this.act(member, ({ dht }) => dht.search(this.now, topic));
  }

  /** Searches, and lets time pass until it is over. */
  search(member: Member, topic: Signer): Searched {
    const before = searchesOf(member, topic).length;
    this.beginSearch(member, topic);
    for (let left = 700; left > 0; left--) {
      const searched = searchesOf(member, topic)[before];
      if (searched !== undefined) return searched;
      this.run(50);
    }
    throw new Error("A search did not end within 35 seconds");
  }

  run(durationMs: number): void {
    this.timeline.run(durationMs);
  }

  /** Members ordered by their distance from a place, the closest first. */
  closestTo(place: NodeId): Member[] {
    const target = nodeIdToBytes(place);
    return [...this.members.values()]
      .map((member) => ({ member, bytes: nodeIdToBytes(member.id) }))
      .sort((a, b) => compareDistances(target, a.bytes, b.bytes))
      .map(({ member }) => member);
  }

  /** A letter that a member gets from whoever, real or not. */
  deliver(from: NodeId, to: NodeId, content: Uint8Array): void {
    const member = this.members.get(to);
    if (member === undefined) return;
    this.act(member, ({ dht }) => dht.handleMessage(this.now, from, content));
  }

  #newMember(): Member {
    const id = nodeIdFromBytes(Uint8Array.from({ length: 32 }, () => randomInt(this.random, 256)));
    const dht = new Dht(this.now, {
      self: id,
      crypto: this.crypto,
      random: this.random.fork(),
      bucketSize: 20,
      maxRecords: 16_384,
      ...this.#options.dht,
    });
    const member: Member = { id, dht, events: [], wakeAt: Infinity };
    this.members.set(id, member);
    return member;
  }

  #follow(member: Member): void {
    member.events.push(...member.dht.takeEvents());
    for (const { to, content } of member.dht.takeSends()) this.#send(member.id, to, content);
    const next = member.dht.nextWakeup();
    if (next === undefined || next >= member.wakeAt) return;
    member.wakeAt = next;
    this.timeline.wakeAt(next, () => {
      // Of several calls only the one that was asked for last counts.
      if (member.wakeAt !== next) return;
      member.wakeAt = Infinity;
      this.act(member, ({ dht }) => {
        dht.handleTime(this.now);
        if ((dht.nextWakeup() ?? Infinity) <= this.now) {
          throw new Error("It wants to act at once again");
        }
      });
    });
  }

  #send(from: NodeId, to: NodeId, content: Uint8Array): void {
    const message = decodeDhtMessage(content);
    const type = message.type === "request"
      ? message.request.type
      : message.type === "answer"
      ? message.answer.type
      : message.type;
    this.sent.set(type, (this.sent.get(type) ?? 0) + 1);
    if (this.inspect?.(from, to, message) === false) return;
    const { delayMs: [least, most], loss } = this.#options;
    if (this.random.next() < loss) return;
    const delayMs = least + this.random.next() * (most - least);
    this.timeline.after(delayMs, () => this.deliver(from, to, content));
  }
}

/** The searches of a member for a topic that are over. */
export function searchesOf(member: Member, topic: Signer): Searched[] {
  return member.events.filter((event): event is Searched =>
    event.type === "searched" && event.location === topic.id
  );
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
