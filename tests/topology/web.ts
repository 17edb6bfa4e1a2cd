/** Topologies wired together on virtual time, without sessions: whole messages take DELAY_MS. */

import { parseAddress } from "../../src/base/address.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { TopologyEvent } from "../../src/topology/standings.ts";
import { Topology, type TopologyOptions } from "../../src/topology/topology.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import {
  type Advertisement,
  encodeAdvertisement,
  type TopologyMessage,
} from "../../src/wire/topology.ts";
import { CRYPTO, signerOf } from "../identity/signers.ts";

/** Milliseconds since 1970 when a web begins. */
const WALL_AT_START = 1_767_225_600_000;

/** The id of the key number `number`; ids are ordered as their numbers are. */
export function idOf(number: number): NodeId {
  return signerOf(number).id;
}

/** What a message takes from one member to another, in milliseconds. */
const DELAY_MS = 5;

/** Which key a member has, by its number, which ones it had, and to which one messages are sealed. */
export type Keys = { key: number } & Partial<Pick<TopologyOptions, "successions" | "sealingKey">>;

/** One node of a web, by its number. */
export interface Member {
  number: number;
  id: NodeId;
  topology: Topology;
  /** By the number of the member at the other end. */
  links: Map<number, LinkId>;
  /** Events so far, as "type number". */
  events: string[];
  /** Labels of nodes that were gone before they were heard of. */
  missing: string[];
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

  constructor(
    count: number,
    options: Partial<TopologyOptions> = {},
    keysOf: (number: number) => Keys = (key) => ({ key }),
  ) {
    this.#options = options;
    for (let number = 0; number < count; number++) {
      this.members.push(this.#newMember(number, keysOf(number)));
    }
  }

  /** Milliseconds since 1970, by the clocks that are right. */
  get wall(): number {
    return WALL_AT_START + this.now;
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
      member.topology.handleLinkUp(this.now, link, this.member(there).id, here === from);
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
      member.topology.handleLinkDown(link, this.member(there).id);
      this.#follow(member);
    }
  }

  /** A member loses all its links and all it knew, and begins again, perhaps with another key. */
  restart(number: number, keys: Keys = { key: number }): void {
    for (const peer of [...this.member(number).links.keys()]) this.disconnect(number, peer);
    this.members[number] = this.#newMember(number, keys);
  }

  /** A member's clock is set, so many milliseconds ahead of the right time. */
  setClock(number: number, aheadMs: number): void {
    const member = this.member(number);
    member.topology.setWallOffset(WALL_AT_START + aheadMs);
    this.#follow(member);
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
    member.topology.handleRtt(this.now, this.member(to).id, rttUs);
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
      const next = this.nextAt();
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
    const id = this.members[of]?.id ?? idOf(of);
    return this.member(by).topology.get(id);
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

  /** When there is something to do next. */
  nextAt(): number {
    const wakeups = this.members.map(({ topology }) => topology.nextWakeup() ?? Infinity);
    const first = Math.min(...wakeups);
    return Math.min(first, ...this.#underWay.map(({ at }) => at));
  }

  #newMember(
    number: number,
    { key, successions = [], sealingKey = sealingKeyOf(key) }: Keys,
  ): Member {
    const signer = signerOf(key);
    const topology = new Topology(this.now, WALL_AT_START, {
      signer,
      crypto: CRYPTO,
      successions,
      sealingKey,
      label: String(number),
      maxAgeMs: 3_600_000,
      maxNodes: 4_096,
      maxSkewMs: 600_000,
      ...this.#options,
    });
    topology.setAddresses([parseAddress(`[fd00::${number + 1}]:8083`)]);
    return { number, id: signer.id, topology, links: new Map(), events: [], missing: [] };
  }

  /** Carries out what a member wants, as a controller does after every event. */
  #follow(member: Member): void {
    const { topology, events, missing, links } = member;
    topology.handleTime(this.now);
    const news = topology.takeEvents();
    // A node that is heard of a moment before the way to it is missing for that moment.
    events.push(...news.filter(({ type }) => type !== "missing").map(wordsOf));
    missing.push(...news.filter(({ type }) => type === "missing").map(({ node }) => node.label));
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

/** The key to which messages for the node with the key `number` are sealed, as it advertises it. */
export function sealingKeyOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

function wordsOf({ type, node }: TopologyEvent): string {
  return `${type} ${node.label}`;
}

/** What the node with the key `number` says of itself, unless told otherwise: that it is alone. */
export function sayingOf(
  web: Web,
  number: number,
  rest: Partial<Advertisement> = {},
): Advertisement {
  return {
    id: idOf(number),
    sequence: web.wall,
    publicKey: signerOf(number).publicKey,
    label: String(number),
    addresses: [],
    left: false,
    links: [],
    successions: [],
    sealingKey: new Uint8Array(0),
    ...rest,
  };
}

/** An advertisement as it travels, signed with the key number `by`. */
export function signedBy(by: number, saying: Advertisement): TopologyMessage {
  const body = encodeAdvertisement(saying);
  return { type: "advertisements", carried: [{ body, signature: signerOf(by).sign(body) }] };
}

/** A chain of members, each linked to the next. */
export function chain(count: number, options = {}): Web {
  const web = new Web(count, options);
  for (let i = 1; i < count; i++) web.connect(i - 1, i);
  web.run(5_000);
  return web;
}

/** The numbers of so many members. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** An advertisement of the node `number` as it travels; without a date, it is of this moment. */
export function carried(web: Web, number: number, rest: Partial<Advertisement> = {}) {
  return signedBy(number, sayingOf(web, number, rest));
}
