/**
 * Whole post offices wired together on virtual time, over real maps: frames take DELAY_MS on each link,
 * and a test may look at them, change them or keep them.
 */

import { concatBytes } from "../../src/base/bytes.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { AgreementKey, Crypto } from "../../src/base/ports.ts";
import type { LetterKind, Ticket } from "../../src/messaging/letter.ts";
import { Messaging, type MessagingOptions } from "../../src/messaging/messaging.ts";
import type { Content, Outcome } from "../../src/messaging/outcome.ts";
import { WireError } from "../../src/wire/error.ts";
import { FrameDecoder, frameOf } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import type { Envelope, MessagingMessage, Receipt } from "../../src/wire/messaging.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { successionOf } from "../identity/signers.ts";
import { type Keys, Web } from "../topology/web.ts";

/** What a frame takes over one link, in milliseconds. */
export const DELAY_MS = 3;

/** A node that sends and takes letters. */
export interface Office {
  number: number;
  id: NodeId;
  key: AgreementKey;
  messaging: Messaging;
  /** What came in, each with the number of the node that it is said to be from. */
  inbox: { from: number; content: Content }[];
  greetedBy: number[];
  /** What was answered, by ticket. */
  outcomes: Map<Ticket, Outcome[]>;
  /** Links over which nothing leaves for now, by the number of the neighbour. */
  stalled: Set<number>;
  /** What the node took for a broken protocol, by the number of the neighbour that it blames. */
  blamed: { neighbour: number; error: WireError }[];
}

/** A frame that is about to arrive. */
export interface Passing {
  from: number;
  to: number;
  message: MessagingMessage;
  frame: Uint8Array;
}

interface Delivery {
  at: number;
  from: number;
  to: number;
  link: LinkId;
  frame: Uint8Array;
}

type Options = Partial<
  Pick<MessagingOptions, "queues" | "maxOrigins" | "greetPeriodMs" | "hasRoom">
>;

const DEFAULTS: Required<Options> = {
  queues: { perLink: 8_388_608, inAll: 67_108_864 },
  maxOrigins: 4_096,
  greetPeriodMs: 0,
  hasRoom: () => true,
};

export class MailNet {
  readonly crypto: Crypto;
  readonly web: Web;
  readonly offices: Office[] = [];
  /** Every frame that arrived, in order. */
  readonly passed: Passing[] = [];
  /** What becomes of a frame: it, others in its place, or nothing. */
  tamper: (passing: Passing) => Uint8Array | undefined = ({ frame }) => frame;
  readonly #options: Required<Options>;
  #underWay: Delivery[] = [];
  #lastTicket = 0;

  constructor(count: number, options: Options = {}, crypto: Crypto = new FastCrypto()) {
    this.crypto = crypto;
    this.#options = { ...DEFAULTS, ...options };
    const keys = Array.from({ length: count }, () => crypto.newAgreementKey());
    const keyOf = (number: number) => keys[number] as AgreementKey;
    this.web = new Web(count, {}, (key) => ({ key, sealingKey: keyOf(key).publicKey }));
    for (let number = 0; number < count; number++) {
      this.offices.push(this.#newOffice(number, keyOf(number)));
    }
  }

  get now(): number {
    return this.web.now;
  }

  office(number: number): Office {
    return this.offices[number] as Office;
  }

  idOf(number: number): NodeId {
    return this.office(number).id;
  }

  /** Links between these pairs come up, and everybody learns of them. */
  connect(...pairs: readonly (readonly [number, number])[]): void {
    for (const [from, to] of pairs) {
      this.web.connect(from, to);
      for (const [here, there] of [[from, to], [to, from]] as const) {
        this.#tellUp(here, there);
      }
    }
    this.run(3_000);
  }

  disconnect(a: number, b: number): void {
    const links = [[a, b], [b, a]].map(([here = 0, there = 0]) => ({
      here,
      there,
      link: this.web.member(here).links.get(there),
    }));
    this.web.disconnect(a, b);
    for (const { here, there, link } of links) {
      if (link === undefined) continue;
      this.#underWay = this.#underWay.filter((each) => each.link !== link);
      this.office(here).messaging.handleLinkDown(this.now, link, this.idOf(there));
    }
    for (const { here } of links) this.#follow(this.office(here));
  }

  /** A node loses all it knew and begins again with another key for sealing; its links come back. */
  restart(number: number): void {
    this.#restart(number, { key: number });
  }

  /** A node takes the key `key` for its own, as whoever has changed keys does. */
  rotate(number: number, key: number): void {
    this.#restart(number, { key, successions: [successionOf(number, key)] });
  }

  #restart(number: number, keys: Keys): void {
    const peers = [...this.web.member(number).links.keys()];
    for (const peer of peers) this.disconnect(number, peer);
    const key = this.crypto.newAgreementKey();
    this.web.restart(number, { ...keys, sealingKey: key.publicKey });
    this.offices[number] = this.#newOffice(number, key);
    this.connect(...peers.map((peer) => [number, peer] as const));
  }

  /** Answers with the ticket of the letter. */
  send(
    from: number,
    to: number,
    content: Content,
    timeoutMs = 30_000,
    kind: LetterKind = "message",
  ): Ticket {
    const ticket = ++this.#lastTicket;
    const office = this.office(from);
    office.outcomes.set(ticket, []);
    office.messaging.send(this.now, this.idOf(to), kind, content, timeoutMs, ticket);
    this.#follow(office);
    return ticket;
  }

  /** How a letter of a node ended, if it has. */
  outcome(from: number, ticket: Ticket): Outcome | undefined {
    return this.office(from).outcomes.get(ticket)?.[0];
  }

  /** How all letters of a node ended, in words. */
  ends(from: number): string[] {
    return [...this.office(from).outcomes.values()].map((outcomes) =>
      outcomes.map(({ type }) => type).join(" and ") || "open"
    );
  }

  contentsAt(number: number): Content[] {
    return this.office(number).inbox.map(({ content }) => content);
  }

  /** A frame reaches a node over its link with a neighbour, wherever it comes from. */
  inject(from: number, to: number, frame: Uint8Array): void {
    const office = this.office(to);
    const decoder = new FrameDecoder(MAX_FRAME_BYTES);
    decoder.push(frame);
    try {
      const item = decoder.next();
      if (item === undefined) throw new WireError("Half a frame");
      const message = decodeMessage(item) as MessagingMessage;
      office.messaging.handleMessage(this.now, this.idOf(from), message, frameOf(item));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      office.blamed.push({ neighbour: from, error });
    }
    this.#follow(office);
  }

  /** What waited for a neighbour leaves. */
  release(number: number, neighbour: number): void {
    const office = this.office(number);
    office.stalled.delete(neighbour);
    this.#drain(office, neighbour);
    this.#follow(office);
  }

  /** Lets time pass. */
  run(durationMs: number): void {
    const end = this.now + durationMs;
    for (;;) {
      const wakeups = this.offices.map(({ messaging }) => messaging.nextWakeup() ?? Infinity);
      const next = Math.min(
        this.web.nextAt(),
        ...wakeups,
        ...this.#underWay.map(({ at }) => at),
      );
      if (next > end) break;
      this.web.run(Math.max(0, next - this.now));
      this.#deliver();
      for (const office of this.offices) this.#follow(office);
    }
    this.web.run(end - this.now);
  }

  #deliver(): void {
    const due = this.#underWay.filter(({ at }) => at <= this.now);
    this.#underWay = this.#underWay.filter(({ at }) => at > this.now);
    for (const { from, to, frame } of due) {
      const decoder = new FrameDecoder(MAX_FRAME_BYTES);
      decoder.push(frame);
      const message = decodeMessage(decoder.next() as Uint8Array) as MessagingMessage;
      const passing = { from, to, message, frame };
      this.passed.push(passing);
      const left = this.tamper(passing);
      if (left !== undefined) this.inject(from, to, left);
    }
  }

  #newOffice(number: number, key: AgreementKey): Office {
    const { id, topology } = this.web.member(number);
    const messaging = new Messaging(this.now, {
      self: id,
      crypto: this.crypto,
      sealingKey: key,
      topology,
      firstContext: this.web.wall,
      ...this.#options,
    });
    const heard = { inbox: [], greetedBy: [], outcomes: new Map(), blamed: [] };
    return { number, id, key, messaging, stalled: new Set(), ...heard };
  }

  #tellUp(here: number, there: number): void {
    const link = this.web.member(here).links.get(there) as LinkId;
    const office = this.office(here);
    office.messaging.handleLinkUp(this.now, link, this.idOf(there));
    this.#follow(office);
  }

  /** Carries out what a node wants, as a controller does after every event. */
  #follow(office: Office): void {
    const { messaging, number } = office;
    messaging.handleTime(this.now);
    this.#takeEvents(office);
    for (const link of messaging.takeOffers()) {
      const [neighbour] = [...this.web.member(number).links].find(([, each]) => each === link) ??
        [];
      if (neighbour !== undefined) this.#drain(office, neighbour);
    }
    if ((messaging.nextWakeup() ?? Infinity) <= this.now) {
      messaging.handleTime(this.now);
      this.#takeEvents(office);
    }
  }

  #takeEvents({ messaging, outcomes, inbox, greetedBy }: Office): void {
    for (const event of messaging.takeEvents()) {
      if (event.type === "outcome") {
        outcomes.get(event.ticket)?.push(event.outcome);
        continue;
      }
      const { from: id, kind, content } = event.received;
      const from = this.offices.findIndex((each) => each.id === id);
      if (kind === "greeting") greetedBy.push(from);
      else inbox.push({ from, content });
    }
  }

  #drain({ messaging, number, stalled }: Office, neighbour: number): void {
    const link = this.web.member(number).links.get(neighbour);
    const back = this.web.member(neighbour).links.get(number);
    if (link === undefined || back === undefined || stalled.has(neighbour)) return;
    const at = this.now + DELAY_MS;
    for (;;) {
      const pieces = messaging.takeFrame(this.now, link);
      if (pieces === undefined) return;
      const [first] = pieces;
      const frame = pieces.length === 1 && first !== undefined ? first : concatBytes(pieces);
      this.#underWay.push({ at, from: number, to: neighbour, link, frame });
    }
  }
}

/** A line of nodes, each linked to the next. */
export function line(count: number, options: Options = {}, crypto?: Crypto): MailNet {
  const net = new MailNet(count, options, crypto);
  net.connect(...Array.from({ length: count - 1 }, (_, at) => [at, at + 1] as const));
  return net;
}

/** Two nodes with two ways between them: 0 - 1 - 3, which is shorter, and 0 - 2 - 4 - 3. */
export function twoWays(options: Options = {}): MailNet {
  const net = new MailNet(5, options);
  net.connect([0, 1], [1, 3], [0, 2], [2, 4], [4, 3]);
  for (const [a, b] of [[0, 1], [1, 3], [0, 2], [2, 4], [4, 3]] as const) {
    net.web.measure(a, b, 1_000);
    net.web.measure(b, a, 1_000);
  }
  net.run(30_000);
  return net;
}

/** The envelopes that arrived at a node. */
export function envelopesAt(net: MailNet, to: number): (Passing & { message: Envelope })[] {
  return net.passed.filter((each): each is Passing & { message: Envelope } =>
    each.to === to && each.message.type === "envelope"
  );
}

/** The receipts that arrived at a node. */
export function receiptsAt(net: MailNet, to: number): (Passing & { message: Receipt })[] {
  return net.passed.filter((each): each is Passing & { message: Receipt } =>
    each.to === to && each.message.type === "receipt"
  );
}
