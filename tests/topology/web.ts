/** Topologies wired together on virtual time, without sessions: whole messages take DELAY_MS. */

import { parseAddress } from "../../src/base/address.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import { Topology, type TopologyEvent, type TopologyOptions } from "../../src/topology/topology.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import type { Advertisement, TopologyMessage } from "../../src/wire/topology.ts";
import { idOf } from "./ids.ts";

/** What a message takes from one member to another, in milliseconds. */
const DELAY_MS = 5;

/** One node of a web, by its number. */
export interface Member {
  number: number;
  id: NodeId;
  topology: Topology;
  /** By the number of the member at the other end. */
  links: Map<number, LinkId>;
  /** Events so far, as "type number". */
  events: string[];
}

interface Delivery {
  at: number;
  to: Member;
  link: LinkId;
  message: TopologyMessage;
}

export class Web {
  now = 0;
  readonly members: Member[] = [];
  /** Messages that were sent, by type; advertisements counted one by one. */
  readonly sent = { summary: 0, index: 0, advertisements: 0 };
  readonly #options: Partial<TopologyOptions>;
  #underWay: Delivery[] = [];
  #lastLink = 0;

  constructor(count: number, options: Partial<TopologyOptions> = {}) {
    this.#options = options;
    for (let number = 0; number < count; number++) this.members.push(this.#newMember(number));
  }

  member(number: number): Member {
    return this.members[number] as Member;
  }

  /** A link comes up, dialled by the first. */
  connect(from: number, to: number): void {
    for (const [here, there] of [[from, to], [to, from]] as const) {
      const member = this.member(here);
      const link = ++this.#lastLink as LinkId;
      member.links.set(there, link);
      member.topology.handleLinkUp(this.now, link, idOf(there), here === from);
      this.#follow(member);
    }
  }

  disconnect(a: number, b: number): void {
    for (const [here, there] of [[a, b], [b, a]] as const) {
      const member = this.member(here);
      const link = member.links.get(there);
      if (link === undefined) continue;
      member.links.delete(there);
      this.#underWay = this.#underWay.filter((each) => each.link !== link);
      member.topology.handleLinkDown(link, idOf(there));
      this.#follow(member);
    }
  }

  /** A member loses all its links and all it knew, and begins again. */
  restart(number: number): void {
    for (const peer of [...this.member(number).links.keys()]) this.disconnect(number, peer);
    this.members[number] = this.#newMember(number);
  }

  /** A member says goodbye; its links end once that is heard. */
  leave(number: number): void {
    const member = this.member(number);
    member.topology.leave(this.now);
    this.#follow(member);
    this.run(DELAY_MS);
    for (const peer of [...member.links.keys()]) this.disconnect(number, peer);
  }

  /** A round trip on a link is measured, by one end. */
  measure(from: number, to: number, rttUs: number): void {
    const member = this.member(from);
    member.topology.handleRtt(this.now, idOf(to), rttUs);
    this.#follow(member);
  }

  /** A member hears a message on its link to another. */
  hear(number: number, from: number, message: TopologyMessage): void {
    const member = this.member(number);
    member.topology.handleMessage(this.now, member.links.get(from) as LinkId, message);
    this.#follow(member);
  }

  /** Lets time pass. */
  run(durationMs: number): void {
    const end = this.now + durationMs;
    for (;;) {
      const next = this.#nextAt();
      if (next > end) break;
      this.now = Math.max(this.now, next);
      const due = this.#underWay.filter(({ at }) => at <= this.now);
      this.#underWay = this.#underWay.filter(({ at }) => at > this.now);
      for (const { to, link, message } of due) {
        to.topology.handleMessage(this.now, link, message);
      }
      for (const member of this.members) this.#follow(member);
    }
    this.now = end;
  }

  /** The advertisement that one member holds of another. */
  held(by: number, of: number): Advertisement | undefined {
    return this.member(by).topology.get(idOf(of));
  }

  /** How the others stand with a member, as "number standing". */
  standings(by: number): string[] {
    return this.member(by).topology.nodes().map(({ node, standing }) =>
      `${node.label} ${standing}`
    );
  }

  /** Whether all members hold the same advertisements of each other. */
  agrees(): boolean {
    const held = this.members.map(({ number }) =>
      this.members.map((of) => this.held(number, of.number)?.sequence).join()
    );
    return held.every((each) => each === held[0]);
  }

  #newMember(number: number): Member {
    const topology = new Topology(this.now, {
      self: idOf(number),
      label: String(number),
      maxAgeMs: 3_600_000,
      maxNodes: 4_096,
      ...this.#options,
    });
    topology.setAddresses([parseAddress(`[fd00::${number + 1}]:8083`)]);
    return { number, id: idOf(number), topology, links: new Map(), events: [] };
  }

  #nextAt(): number {
    const wakeups = this.members.map(({ topology }) => topology.nextWakeup() ?? Infinity);
    const first = Math.min(...wakeups);
    return Math.min(first, ...this.#underWay.map(({ at }) => at));
  }

  /** Carries out what a member wants, as a controller does after every event. */
  #follow(member: Member): void {
    const { topology, events, links } = member;
    topology.handleTime(this.now);
    events.push(...topology.takeEvents().map(wordsOf));
    for (const { link, item } of topology.takeSends()) {
      const message = decodeMessage(item) as TopologyMessage;
      this.sent[message.type] += message.type === "advertisements" ? message.carried.length : 1;
      const [peer] = [...links].find(([, each]) => each === link) ?? [];
      if (peer === undefined) continue;
      const to = this.member(peer);
      const back = to.links.get(member.number);
      if (back === undefined) continue;
      this.#underWay.push({ at: this.now + DELAY_MS, to, link: back, message });
    }
  }
}

function wordsOf({ type, node }: TopologyEvent): string {
  return `${type} ${node.label}`;
}
