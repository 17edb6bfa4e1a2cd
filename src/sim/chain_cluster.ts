/**
 * A line of members and its servers in one process, on virtual time. Everything follows from the seed.
 *
 *     const cluster = new ChainCluster({ seed: 7 });
 *     const line = cluster.addLine(50);
 *     line[3].crash();
 *     cluster.until(() => cluster.isOneLine(), 10_000);
 *
 * Whatever happens, it watches that no member is in two places: each time a link is made or ended, and
 * for as long as a member is awake.
 */

import { SeededRandom } from "../base/random.ts";
import type { MemberNotice } from "../chain/member_notice.ts";
import type { MemberStatus, SideStatus } from "../chain/member_status.ts";
import { opposite, type Side, SIDES } from "../chain/side.ts";
import { SimMember } from "./chain_member.ts";
import { SimChainServers } from "./chain_servers.ts";
import { type DatagramOptions, SimDatagrams } from "./datagrams.ts";
import type { SimHost } from "./host.ts";
import { LAN, type NetworkOptions, SimNetwork } from "./network.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";

/** What a cluster is built from. */
export interface ChainClusterOptions {
  seed: number;
  network?: NetworkOptions;
  datagrams?: Partial<DatagramOptions>;
  /** Whether every member is behind a NAT of its own. Default: yes. */
  hasNats?: boolean;
  /** Whether a ring is let be for once, since somebody lies one together. Default: no. */
  allowsRings?: boolean;
}

/** Members start so long after one another that they come to the server in this order, in milliseconds. */
const SPACING_MS = 20;

/** So long a neighbour may be believed in that is linked with another one, in milliseconds awake. */
const STALE_MS = 4_000;

/** How often stale links are looked for, and conditions asked, in milliseconds. */
const STEP_MS = 50;

/** A link as one member has it. */
type Up = SideStatus & { state: "up" | "silent" };

export class ChainCluster {
  readonly seed: number;
  readonly timeline = new Timeline();
  readonly servers: SimChainServers;
  readonly members: SimMember[] = [];
  readonly datagrams: SimDatagrams;
  readonly #random: SeededRandom;
  readonly #network: SimNetwork;
  readonly #hasNats: boolean;
  readonly #allowsRings: boolean;
  /** Who has which link, on which side. */
  readonly #holders = new Map<string, Partial<Record<Side, SimMember>>>();
  readonly #held = new Map<SimMember, Partial<Record<Side, string>>>();
  /** Links that only one of two has, and since when. */
  readonly #staleSince = new Map<string, number>();
  #checks = 0;
  #others = 0;

  constructor(options: ChainClusterOptions) {
    const { seed, network = LAN, datagrams = {}, hasNats = true, allowsRings = false } = options;
    this.seed = seed;
    this.#allowsRings = allowsRings;
    this.#random = new SeededRandom(seed);
    this.#hasNats = hasNats;
    this.#network = new SimNetwork(this.timeline, new Trace(), this.#random.fork(), network);
    this.datagrams = new SimDatagrams(this.#network, {
      loss: 0,
      duplication: 0,
      jitterMs: 0,
      ...datagrams,
    });
    this.servers = new SimChainServers(this.#network.addHost("192.0.2.1"), this.datagrams);
    this.servers.start();
  }

  /** Members that were started and have neither died nor left, as they were added. */
  get running(): SimMember[] {
    return this.members.filter(({ isRunning }) => isRunning);
  }

  /** How often it was made sure that nobody is in two places. */
  get checks(): number {
    return this.#checks;
  }

  /** A machine for whoever else there is. */
  addHost(): SimHost {
    return this.#network.addHost(`198.51.100.${++this.#others}`);
  }

  /** A new member, not started yet. */
  add(): SimMember {
    const number = this.members.length + 1;
    const member = new SimMember({
      name: `m${number}`,
      host: this.#network.addHost(`203.0.${number >> 8}.${number & 255}`),
      datagrams: this.datagrams,
      servers: this.servers,
      random: this.#random.fork(),
      isBehindNat: this.#hasNats,
      happened: (member, notices) => this.#follow(member, notices),
    });
    this.members.push(member);
    return member;
  }

  /** Many new members in one line, in the order in which they stand. */
  addLine(count: number): SimMember[] {
    for (let i = 0; i < count; i++) {
      this.add().start();
      this.timeline.run(SPACING_MS);
    }
    this.until(() => this.isOneLine(), 10_000);
    return this.line();
  }

  /** Lets time pass, in milliseconds. */
  run(durationMs: number): void {
    for (let passed = 0; passed < durationMs; passed += STEP_MS) {
      this.timeline.run(Math.min(STEP_MS, durationMs - passed));
      this.#checkStale();
    }
  }

  /**
   * Lets time pass until `condition` holds.
   *
   * @returns how long that took, in milliseconds
   * @throws {Error} when it did not come to hold within `atMostMs`, naming the seed
   */
  until(condition: () => boolean, atMostMs: number): number {
    const begin = this.timeline.now();
    while (!condition()) {
      if (this.timeline.now() - begin >= atMostMs) {
        this.fail(`Not within ${atMostMs} ms of virtual time\n${this.picture()}`);
      }
      this.run(STEP_MS);
    }
    return this.timeline.now() - begin;
  }

  /** Whether those who run stand in one line, whose end the chain server knows, and believe in nobody else. */
  isOneLine(): boolean {
    const line = this.line();
    const [first, last] = [line[0], line.at(-1)];
    if (line.length !== this.running.length || first === undefined || last === undefined) {
      return false;
    }
    const isBounded = this.#held.get(first)?.tail === undefined &&
      this.#held.get(last)?.head === undefined;
    return isBounded && last.isRegistered;
  }

  /** Whether every member, asked for the line, shows it as it is. */
  agrees(): boolean {
    if (!this.isOneLine()) return false;
    const line = this.line();
    const shown = line.map((member) => member.status().id).join();
    return line.every((member) => member.status().line.map(({ id }) => id).join() === shown);
  }

  /** The members from the first of those with no neighbour on the earlier side to the end of its line. */
  line(): SimMember[] {
    const first = this.running.find((member) => this.neighbour(member, "tail") === undefined);
    const line: SimMember[] = [];
    for (
      let member = first;
      member !== undefined && line.length <= this.members.length;
      member = this.neighbour(member, "head")
    ) line.push(member);
    return line;
  }

  /** Who is linked with a member on a side, by what both of them say. */
  neighbour(member: SimMember, side: Side): SimMember | undefined {
    const name = this.#held.get(member)?.[side];
    return name === undefined ? undefined : this.#holders.get(name)?.[opposite(side)];
  }

  /** All lines that there are, for whoever has to find out what went wrong. */
  picture(): string {
    return this.running.map((member) => {
      const { sides, isRegistered, phase } = member.status();
      const [tail, head] = SIDES.map((side) => show(sides[side]));
      return `${member.name} ${phase}: ${tail} <- -> ${head}${isRegistered ? " (end)" : ""}`;
    }).join("\n");
  }

  /** @throws {Error} always, naming the seed */
  fail(what: string): never {
    throw new Error(`${what}, with seed ${this.seed} at ${this.timeline.now()} ms`);
  }

  /** Something was told: links may have changed. */
  #follow(member: SimMember, notices: readonly MemberNotice[]): void {
    if (!notices.some(({ type }) => type === "linked" || type === "lost" || type === "leaving")) {
      return;
    }
    this.#note(member, member.isRunning ? member.status() : undefined);
  }

  #note(member: SimMember, status: MemberStatus | undefined): void {
    const held = this.#held.get(member) ?? {};
    for (const side of SIDES) {
      const name = held[side];
      const holders = name === undefined ? undefined : this.#holders.get(name);
      if (holders?.[side] === member) delete holders[side];
    }
    this.#held.delete(member);
    if (status === undefined) return;
    const now: Partial<Record<Side, string>> = {};
    for (const side of SIDES) {
      const link = upOf(status.sides[side]);
      if (link === undefined) continue;
      now[side] = link.link;
      const holders = this.#holders.get(link.link) ?? {};
      this.#holders.set(link.link, holders);
      if (holders[side] !== undefined) {
        this.fail(`${member.name} and ${holders[side].name} both have one link as their ${side}`);
      }
      holders[side] = member;
    }
    this.#held.set(member, now);
    this.#checkPlace(member, status);
  }

  /** The member, and all that is linked with it, stand in a line without a ring. */
  #checkPlace(member: SimMember, { line }: MemberStatus): void {
    this.#checks++;
    const [tail, head] = SIDES.map((side) => this.neighbour(member, side));
    if (tail === member || head === member) this.fail(`${member.name} is its own neighbour`);
    if (tail !== undefined && tail === head) {
      this.fail(`${member.name} has ${tail.name} on both sides`);
    }
    for (let at = head, steps = 0; at !== undefined; at = this.neighbour(at, "head"), steps++) {
      if (at !== member && steps <= this.members.length) continue;
      if (this.#allowsRings) break;
      this.fail(`${member.name} is in a ring`);
    }
    if (new Set(line.map(({ id }) => id)).size < line.length) {
      this.fail(`${member.name} shows somebody in two places`);
    }
  }

  /** Nobody may go on believing in a neighbour that is linked with another one. */
  #checkStale(): void {
    for (const [member, held] of [...this.#held]) {
      if (!member.isRunning) {
        this.#note(member, undefined);
        continue;
      }
      for (const side of SIDES) {
        const name = held[side];
        if (name === undefined) continue;
        const key = `${name} ${side}`;
        const isStale = this.neighbour(member, side) === undefined;
        if (isStale && !member.isAsleep) this.#checkAge(member, side, key);
        else this.#staleSince.delete(key);
      }
    }
  }

  #checkAge(member: SimMember, side: Side, key: string): void {
    const since = this.#staleSince.get(key) ?? this.timeline.now();
    this.#staleSince.set(key, since);
    if (this.timeline.now() - since > STALE_MS) {
      this.fail(`${member.name} still has a neighbour on its ${side} that is not there`);
    }
  }
}

function upOf(side: SideStatus): Up | undefined {
  return side.state === "up" || side.state === "silent" ? side : undefined;
}

function show(side: SideStatus): string {
  return side.state === "up" || side.state === "silent" ? side.neighbour.label : `[${side.state}]`;
}
