/**
 * A simulated network whose nodes go in and out of rooms and talk there, with a ledger: who was in
 * which room when, whether those who joined found the others, and who heard what was said.
 */

import type { NodeId } from "../../src/base/node_id.ts";
import type { Instant } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import type { RoomEvent } from "../../src/controller/room_api.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

/** One run of a node in one room. */
interface Stay {
  readonly node: SimNode;
  readonly room: string;
  readonly since: Instant;
  /** Whether somebody else was there all the while in which it looked for them. */
  hadCompany: boolean;
  /** When it first saw another member. */
  metAt: Instant | undefined;
  until: Instant;
  /** How often it heard each message, by its text. */
  readonly heard: Map<string, number>;
}

/** Something said in a room. */
interface Saying {
  readonly text: string;
  readonly by: Stay;
  readonly at: Instant;
}

/** What came of it all. */
export interface TownFigures {
  /** Stays of nodes that could have met somebody, and how many did. */
  joins: number;
  met: number;
  /** Messages said to rooms whose members stayed, and how many copies of them were due and came. */
  sayings: number;
  due: number;
  came: number;
  /** Copies that came twice, or to somebody who was not in the room. */
  tooMany: number;
  /** Rounds of requests that searches took, in the median. */
  medianHops: number;
}

/** Whoever joins has so long to find the others, in milliseconds. */
const PATIENCE_MS = 15_000;
/** A member is steady when it was there for so long before a message, and stays so long after it. */
const STEADY_MS = 15_000;

export class Town {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  readonly #stays: Stay[] = [];
  readonly #sayings: Saying[] = [];
  readonly #hops: number[] = [];
  /** The room of each node. */
  readonly #homes = new Map<SimNode, string>();
  #said = 0;
  #tooMany = 0;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  /** The node goes to this room, at once and after every restart. */
  settle(node: SimNode, room: string): void {
    this.#homes.set(node, room);
    this.#arrive(node, room);
    node.api.rooms.join(room);
  }

  /** The node is started, and is in its room again. */
  start(node: SimNode): void {
    node.start();
    const room = this.#homes.get(node);
    if (room !== undefined) this.#arrive(node, room);
  }

  /** The node stops, in one of the ways in which it can. */
  stop(node: SimNode, how: "leave" | "kill" | "crash"): void {
    for (const stay of this.#staysOf(node)) this.#depart(stay);
    node[how]();
  }

  /** A running node, by chance, stops; or one that does not run starts. */
  churn(): void {
    const { nodes } = this.#cluster;
    const node = nodes[randomInt(this.#random, nodes.length)] as SimNode;
    if (!node.isRunning) return this.start(node);
    const how = (["leave", "kill", "crash"] as const)[randomInt(this.#random, 3)] ?? "leave";
    this.stop(node, how);
  }

  /** Somebody, by chance, says something in the room where it is. */
  say(): void {
    const now = this.#cluster.timeline.now();
    const steady = this.#present().filter(({ since }) => now - since >= STEADY_MS);
    const by = steady[randomInt(this.#random, Math.max(1, steady.length))];
    if (by === undefined) return;
    const text = `saying ${this.#said++}`;
    this.#sayings.push({ text, by, at: now });
    by.node.api.rooms.say(by.room, text);
  }

  /** The names of those who are in a room. */
  in(room: string): string[] {
    return this.#present().filter((stay) => stay.room === room).map(({ node }) => node.name).sort();
  }

  figures(): TownFigures {
    const now = this.#cluster.timeline.now();
    const joins = this.#stays.filter((stay) =>
      stay.hadCompany && Math.min(stay.until, now) - stay.since >= PATIENCE_MS
    );
    const copies = this.#sayings.filter(({ by, at }) => this.#isSteady(by, at, now))
      .map((saying) => {
        const others = this.#stays.filter((stay) =>
          stay !== saying.by && stay.room === saying.by.room &&
          this.#isSteady(stay, saying.at, now)
        );
        return {
          due: others.length,
          came: others.filter((each) => each.heard.has(saying.text)).length,
        };
      });
    const sum = (of: (each: typeof copies[number]) => number) =>
      copies.reduce((total, each) => total + of(each), 0);
    for (const { node } of this.#present()) this.#noteHops(node);
    return {
      joins: joins.length,
      met: joins.filter(({ since, metAt }) => metAt !== undefined && metAt - since <= PATIENCE_MS)
        .length,
      sayings: copies.length,
      due: sum(({ due }) => due),
      came: sum(({ came }) => came),
      tooMany: this.#tooMany,
      medianHops: median(this.#hops),
    };
  }

  #arrive(node: SimNode, room: string): void {
    const now = this.#cluster.timeline.now();
    const company = this.#present().filter((stay) =>
      stay.room === room && now - stay.since >= PATIENCE_MS
    );
    const stay: Stay = {
      node,
      room,
      since: now,
      hadCompany: company.length > 0,
      metAt: undefined,
      until: Infinity,
      heard: new Map(),
    };
    this.#stays.push(stay);
    node.api.rooms.listen(room, (event) => this.#hear(stay, event));
  }

  #depart(stay: Stay): void {
    const now = this.#cluster.timeline.now();
    this.#noteHops(stay.node);
    stay.until = now;
    // Those who looked for just this one had nobody to find.
    for (const other of this.#present()) {
      if (other.room !== stay.room || other.metAt !== undefined) continue;
      const company = this.#present().some((each) =>
        each !== other && each.room === other.room && each.since < other.since
      );
      if (!company) other.hadCompany = false;
    }
  }

  #hear(stay: Stay, event: RoomEvent): void {
    if (event.type === "joined") stay.metAt ??= this.#cluster.timeline.now();
    if (event.type !== "message" || typeof event.content !== "string") return;
    const { content } = event;
    const count = (stay.heard.get(content) ?? 0) + 1;
    stay.heard.set(content, count);
    const isFromHere = this.#sayings.some(({ text, by }) =>
      text === content && by.room === stay.room
    );
    if (count > 1 || !isFromHere) this.#tooMany++;
  }

  #noteHops(node: SimNode): void {
    for (const { hops } of node.api.rooms.list()) if (hops !== undefined) this.#hops.push(hops);
  }

  #isSteady({ since, until }: Stay, at: Instant, now: Instant): boolean {
    return since <= at - STEADY_MS && Math.min(until, now) >= at + STEADY_MS;
  }

  #present(): Stay[] {
    return this.#stays.filter(({ until }) => until === Infinity);
  }

  #staysOf(node: SimNode): Stay[] {
    return this.#present().filter((stay) => stay.node === node);
  }
}

/** Whom a node sees in a room, by their labels, itself among them. */
export function membersSeenBy(node: SimNode, room: string): string[] {
  const view = node.api.rooms.list().find(({ name }) => name === room);
  return (view?.members ?? []).map(({ label }) => label).sort();
}

/** The ids of the nodes to which a node has a link. */
export function linkedTo(node: SimNode): NodeId[] {
  return node.snapshot().peers.map(({ id }) => id);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
