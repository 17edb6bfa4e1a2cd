/**
 * Whole `Rooms` of many nodes on virtual time, over a map and a table of records that a test can
 * tear: letters take a while, keep their order between two nodes, and are lost where there is no
 * way.
 */

import { compareIds, type NodeId } from "../../src/base/node_id.ts";
import type { Signer } from "../../src/base/ports.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Rooms, type RoomsEvent, type RoomsOptions } from "../../src/rooms/rooms.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import type { Standing } from "../../src/topology/standings.ts";
import { WireError } from "../../src/wire/error.ts";

/** What all meet in unless a test says otherwise. */
export const ROOM = "garden party";

/** A letter takes from the one to the other, in milliseconds. */
const LEAST_DELAY_MS = 5;
const MOST_DELAY_MS = 20;

/** Until everybody's map shows a change. */
const MAP_DELAY_MS = 50;

/** What a search takes. */
const SEARCH_MS = 100;

/** Something that a node was told, when. */
export interface Heard {
  at: number;
  /** "joined 3", "3: hello" or "3 in private: hello". */
  text: string;
}

/** A letter that is about to arrive. */
export interface Passing {
  from: number;
  to: number;
  content: Uint8Array;
}

/** What one node's map shows of another. */
interface Shown {
  standing: Standing;
  sealingKey: Uint8Array;
}

/** One node. */
export interface Guest {
  number: number;
  signer: Signer;
  rooms: Rooms;
  heard: Heard[];
  /** What it took for a broken protocol. */
  blamed: WireError[];
  sealingKey: Uint8Array;
  isUp: boolean;
  /** Only nodes on one side reach each other. */
  side: number;
  map: Map<NodeId, Shown>;
  wakeAt: number;
  /** Counts its runs: what was meant for an earlier one is lost. */
  run: number;
}

export class Party {
  readonly crypto = new FastCrypto();
  readonly timeline = new Timeline();
  readonly guests: Guest[] = [];
  /** Letters that left, the searches that were made. */
  letters = 0;
  searches = 0;
  /** Share of letters that are lost for no reason. */
  loss = 0;
  /** Whether searches find anything. */
  findsRecords = true;
  /** By how much a wall clock is wrong, in milliseconds. */
  readonly skewMs = new Map<number, number>();
  /** What becomes of a letter: it, another in its place, or nothing. */
  tamper: (passing: Passing) => Uint8Array | undefined = ({ content }) => content;
  readonly random: SeededRandom;
  readonly #limits: Partial<Pick<RoomsOptions, "maxRooms" | "maxLinks">>;
  readonly #byId = new Map<NodeId, Guest>();
  readonly #records = new Map<NodeId, Map<NodeId, Uint8Array>>();
  readonly #busyUntil = new Map<string, number>();

  constructor(
    count: number,
    seed = 1,
    limits: Partial<Pick<RoomsOptions, "maxRooms" | "maxLinks">> = {},
  ) {
    this.random = new SeededRandom(seed);
    this.#limits = limits;
    const signers = Array.from({ length: count }, () => this.crypto.newSigner(this.random))
      .sort((a, b) => compareIds(a.id, b.id));
    for (const [number, signer] of signers.entries()) {
      const guest: Guest = {
        number,
        signer,
        heard: [],
        blamed: [],
        map: new Map(),
        isUp: true,
        side: 0,
        wakeAt: Infinity,
        run: 0,
        ...this.#begin(number, signer),
      };
      this.guests.push(guest);
      this.#byId.set(signer.id, guest);
    }
    for (const guest of this.guests) for (const other of this.guests) this.#show(guest, other);
  }

  get now(): number {
    return this.timeline.now();
  }

  guest(number: number): Guest {
    return this.guests[number] as Guest;
  }

  idOf(number: number): NodeId {
    return this.guest(number).signer.id;
  }

  numberOf(id: NodeId): number {
    return this.#byId.get(id)?.number ?? -1;
  }

  /** Lets time pass. */
  run(durationMs: number): void {
    this.timeline.run(durationMs);
  }

  /** Carries out a command at a node, and what it leads to. */
  at<T>(number: number, act: (rooms: Rooms, now: number) => T): T {
    const guest = this.guest(number);
    const result = act(guest.rooms, this.now);
    this.#follow(guest);
    return result;
  }

  join(...numbers: readonly number[]): void {
    for (const number of numbers) this.at(number, (rooms, now) => rooms.join(now, ROOM));
  }

  leave(number: number): void {
    this.at(number, (rooms, now) => rooms.leave(now, ROOM));
  }

  say(number: number, content: string | Uint8Array, to?: readonly number[]): number | undefined {
    const ids = to?.map((each) => this.idOf(each));
    return this.at(number, (rooms, now) => rooms.say(now, ROOM, content, ids));
  }

  /** The numbers of the members that a node sees, itself among them. */
  seenBy(number: number): number[] {
    const state = this.guest(number).rooms.list().find(({ name }) => name === ROOM);
    return (state?.members ?? []).map(({ id }) => this.numberOf(id));
  }

  /** What a node was told, in words. */
  told(number: number): string[] {
    return this.guest(number).heard.map(({ text }) => text);
  }

  /** The messages that a node was told, in words. */
  messages(number: number): string[] {
    return this.told(number).filter((text) => text.includes(": "));
  }

  forget(): void {
    for (const guest of this.guests) guest.heard = [];
    this.letters = 0;
  }

  /** A node dies without a word. */
  kill(number: number): void {
    this.guest(number).isUp = false;
    this.#remap();
  }

  /** A node says goodbye and goes. */
  depart(number: number): void {
    this.at(number, (rooms, now) => rooms.leaveAll(now));
    const guest = this.guest(number);
    this.timeline.after(2 * MOST_DELAY_MS, () => {
      guest.isUp = false;
      this.#remap("left");
    });
  }

  /** A node begins anew, with the same key, and in the room at once if it was in it. */
  restart(number: number, joins = true): void {
    const guest = this.guest(number);
    Object.assign(guest, this.#begin(number, guest.signer), { isUp: true, run: guest.run + 1 });
    guest.map.clear();
    for (const other of this.guests) this.#show(guest, other);
    this.#remap();
    if (joins) this.join(number);
  }

  /** These nodes reach none of the others any more. */
  tear(...numbers: readonly number[]): void {
    for (const guest of this.guests) guest.side = numbers.includes(guest.number) ? 1 : 0;
    this.#remap();
  }

  heal(): void {
    this.tear();
  }

  /** Nodes that a map shows as it is told only now. */
  rumour(number: number, about: number, standing: "alive" | "lost" | "left"): void {
    this.at(number, (rooms, now) => rooms.handleNode(now, this.idOf(about), standing));
  }

  /** A letter reaches a node, wherever it comes from. */
  deliver({ from, to, content }: Passing): void {
    const guest = this.guest(to);
    try {
      guest.rooms.handleMessage(this.now, this.idOf(from), content);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      guest.blamed.push(error);
    }
    this.#follow(guest);
  }

  /** The options of a node, for tests that make more of them. */
  #begin(number: number, signer: Signer) {
    const sealingKey = this.crypto.newAgreementKey().publicKey;
    const rooms = new Rooms(this.now, {
      signer,
      sealingKey,
      crypto: this.crypto,
      random: this.random.fork(),
      label: `label ${number}`,
      firstEpoch: this.timeline.wall() + (this.skewMs.get(number) ?? 0),
      maxRooms: 32,
      maxLinks: 48,
      ...this.#limits,
      map: {
        standing: (id) => this.guest(number).map.get(id)?.standing,
        get: (id) => {
          const shown = this.guest(number).map.get(id);
          const other = this.#byId.get(id);
          if (shown === undefined || other === undefined) return undefined;
          const { signer: { publicKey } } = other;
          return { publicKey, sealingKey: shown.sealingKey, label: `label ${other.number}` };
        },
      },
      dht: {
        publish: (_now, topic, payload) => {
          const records = this.#records.get(topic.id) ?? new Map<NodeId, Uint8Array>();
          this.#records.set(topic.id, records.set(signer.id, payload));
        },
        withdraw: (_now, location) => this.#records.get(location)?.delete(signer.id),
        search: (_now, topic) => this.#search(number, topic.id),
      },
    });
    return { rooms, sealingKey };
  }

  #search(number: number, location: NodeId): void {
    this.searches++;
    const { run } = this.guest(number);
    this.timeline.after(SEARCH_MS, () => {
      const guest = this.guest(number);
      if (!guest.isUp || guest.run !== run) return;
      const records = this.findsRecords ? [...this.#records.get(location) ?? []] : [];
      const payloads = records
        .filter(([id]) => this.#byId.get(id)?.side === guest.side)
        .map(([, payload]) => payload);
      const answers = this.findsRecords ? 1 : 0;
      guest.rooms.handleSearched(this.now, {
        type: "searched",
        location,
        payloads,
        hops: 1,
        answers,
      });
      this.#follow(guest);
    });
  }

  /** Everybody's map takes up what has changed. */
  #remap(gone: "failed" | "left" = "failed"): void {
    this.timeline.after(MAP_DELAY_MS, () => {
      for (const guest of this.guests) {
        if (!guest.isUp) continue;
        for (const other of this.guests) this.#show(guest, other, gone);
      }
    });
  }

  #show(guest: Guest, other: Guest, gone: "failed" | "left" = "failed"): void {
    if (guest === other) return;
    const { id } = other.signer;
    const before = guest.map.get(id);
    const isReached = other.isUp && other.side === guest.side;
    if (isReached) {
      guest.map.set(id, { standing: "alive", sealingKey: other.sealingKey });
    } else if (before?.standing === "alive") {
      guest.map.set(id, { ...before, standing: other.isUp ? "failed" : gone });
    }
    const after = guest.map.get(id)?.standing;
    if (after === undefined || after === before?.standing) return;
    guest.rooms.handleNode(this.now, id, after === "failed" ? "lost" : after);
    this.#follow(guest);
  }

  #follow(guest: Guest): void {
    const { rooms } = guest;
    if (!guest.isUp) return;
    rooms.handleTime(this.now);
    for (const event of rooms.takeEvents()) {
      guest.heard.push({ at: this.now, text: this.#inWords(event) });
    }
    for (const { to, content } of rooms.takeSends()) this.#carry(guest.number, to, content);
    const next = Math.max(rooms.nextWakeup() ?? Infinity, this.now);
    if (next === Infinity || (guest.wakeAt > this.now && guest.wakeAt <= next)) return;
    guest.wakeAt = next;
    const { run } = guest;
    this.timeline.wakeAt(next, () => {
      if (guest.wakeAt !== next || guest.run !== run) return;
      guest.wakeAt = Infinity;
      this.#follow(guest);
    });
  }

  #carry(from: number, toId: NodeId, content: Uint8Array): void {
    this.letters++;
    const to = this.numberOf(toId);
    if (to < 0 || this.random.next() < this.loss) return;
    const way = `${from} ${to}`;
    const delayMs = LEAST_DELAY_MS + randomInt(this.random, MOST_DELAY_MS - LEAST_DELAY_MS);
    const at = Math.max(this.#busyUntil.get(way) ?? 0, this.now + delayMs);
    this.#busyUntil.set(way, at);
    const { run } = this.guest(to);
    this.timeline.wakeAt(at, () => {
      const [sender, guest] = [this.guest(from), this.guest(to)];
      if (!guest.isUp || guest.run !== run || sender.side !== guest.side) return;
      const left = this.tamper({ from, to, content });
      if (left !== undefined) this.deliver({ from, to, content: left });
    });
  }

  #inWords(event: RoomsEvent): string {
    const number = this.numberOf(event.member.id);
    if (event.type !== "message") return `${event.type} ${number}`;
    const { content, isPrivate } = event;
    const text = typeof content === "string" ? content : `[${content.join(" ")}]`;
    return `${number}${isPrivate ? " in private" : ""}: ${text}`;
  }
}

/** 0, 1, 2 and so on, so many. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Everybody has joined, and knows all others. */
export function gathered(count: number, seed = 1): Party {
  const party = new Party(count, seed);
  for (const number of numbers(count)) {
    party.join(number);
    party.run(100);
  }
  party.run(10_000);
  party.forget();
  return party;
}
