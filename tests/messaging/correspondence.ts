/**
 * Letters from one node to another, on virtual time and without a network: what the two ends send goes
 * through a channel that loses, doubles and delays it, all by a seed.
 */

import { equalBytes } from "../../src/base/bytes.ts";
import type { AgreementKey, Instant } from "../../src/base/ports.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { Incoming } from "../../src/messaging/incoming.ts";
import { Letter, type LetterKind, type Ticket } from "../../src/messaging/letter.ts";
import type { Content, Outcome } from "../../src/messaging/outcome.ts";
import { Outgoing } from "../../src/messaging/outgoing.ts";
import { OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { encodeRoute, type Envelope, type Receipt, routeIds } from "../../src/wire/messaging.ts";
import { idOf } from "../wire/samples.ts";
import { type Way, Ways } from "./ways.ts";

export const ORIGIN = idOf(1);
export const RECIPIENT = idOf(9);

/** The ways that there are unless a test says otherwise: one over a relay. */
export const STRAIGHT: Way = [ORIGIN, idOf(5), RECIPIENT];

/** What a channel does to what is sent, either way. */
export interface Channel {
  /** Shares of what is lost and of what comes twice. */
  loss: number;
  doubling: number;
  /** What takes no less than this and less than twice as much, in milliseconds. */
  delayMs: number;
}

export const PERFECT: Channel = { loss: 0, doubling: 0, delayMs: 10 };

/** What is on its way, and what it does when it arrives. */
interface Delivery {
  at: Instant;
  arrive(): void;
}

/** One life of the recipient. */
interface Life {
  key: AgreementKey;
  incoming: Incoming | undefined;
  arrived: Content[];
  greetings: number;
}

export class Correspondence {
  now = 0;
  readonly crypto = new FastCrypto();
  readonly ways = new Ways(STRAIGHT);
  readonly outgoing: Outgoing;
  readonly lives: Life[] = [];
  /** All that was sent, by ticket. */
  readonly sent: Content[] = [];
  /** What was answered, by ticket: one answer each, if all is well. */
  readonly outcomes: Outcome[][] = [];
  /** Envelopes that were handed to the first link, those sent again included. */
  readonly posted: Envelope[] = [];
  readonly receipts: Receipt[] = [];
  channel: Channel;
  /** Whether an envelope gets through, where a test has its own mind about it. */
  passes: (envelope: Envelope) => boolean = () => true;
  /** Whether a receipt gets through. */
  returns: (receipt: Receipt) => boolean = () => true;
  /** Whether the recipient has room. */
  hasRoom: (count: number, bytes: number) => boolean = () => true;
  /** Whether the first link has room. */
  linkHasRoom = true;
  readonly #random: Random;
  readonly #own: AgreementKey;
  /** The recipient's key as the origin knows it. */
  #theirs: Uint8Array = new Uint8Array(0);
  #contexts = 100;
  #underWay: Delivery[] = [];

  constructor(seed = 1, channel: Channel = PERFECT) {
    this.#random = new SeededRandom(seed);
    this.channel = channel;
    this.#own = this.crypto.newAgreementKey();
    this.outgoing = new Outgoing({
      to: RECIPIENT,
      map: this.ways,
      newSeal: () => this.#newSeal(),
      hasRoom: () => this.linkHasRoom,
      post: (envelope) => this.#post(envelope),
      answer: ({ ticket }, outcome) => {
        if (ticket !== undefined) this.outcomes[ticket]?.push(outcome);
      },
    });
    this.restart();
    this.tellKey();
  }

  /** The recipient as it is now. */
  get life(): Life {
    return this.lives.at(-1) as Life;
  }

  /** What arrived in the recipient's present life. */
  get arrived(): Content[] {
    return this.life.arrived;
  }

  /** How a letter ended, if it has. */
  outcome(ticket: Ticket): Outcome | undefined {
    return this.outcomes[ticket]?.[0];
  }

  /** How the letters ended, in words. */
  get ends(): string[] {
    return this.outcomes.map(([outcome]) => outcome?.type ?? "open");
  }

  send(content: Content, timeoutMs = 60_000, kind: LetterKind = "message"): Ticket {
    const ticket = this.sent.push(content) - 1;
    this.outcomes.push([]);
    this.outgoing.add(this.now, new Letter(kind, content, this.now + timeoutMs, ticket));
    return ticket;
  }

  /** The recipient is started anew, with another key, and knows nothing of what came before. */
  restart(): void {
    const key = this.crypto.newAgreementKey();
    this.lives.push({ key, incoming: undefined, arrived: [], greetings: 0 });
  }

  /** The origin learns which key the recipient has now. */
  tellKey(): void {
    this.#theirs = this.life.key.publicKey;
    this.outgoing.handleKey(this.now, this.#theirs);
  }

  /** Lets time pass, with every wake-up in time. */
  run(durationMs: number): void {
    const end = this.now + durationMs;
    for (;;) {
      const next = Math.min(
        this.outgoing.nextWakeup() ?? Infinity,
        this.life.incoming?.nextWakeup() ?? Infinity,
        ...this.#underWay.map(({ at }) => at),
      );
      if (next > end) break;
      this.now = Math.max(this.now, next);
      const due = this.#underWay.filter(({ at }) => at <= this.now);
      this.#underWay = this.#underWay.filter(({ at }) => at > this.now);
      for (const { arrive } of due) arrive();
      this.outgoing.handleTime(this.now);
      this.#answer();
    }
    this.now = end;
  }

  /** Runs until nothing is left to do for the origin. */
  finish(withinMs = 600_000): void {
    const end = this.now + withinMs;
    while (!this.outgoing.isIdle && this.now < end) {
      this.run((this.outgoing.nextWakeup() ?? this.now) - this.now);
      this.run(1);
    }
    if (!this.outgoing.isIdle) throw new Error(`Not done after ${withinMs} ms`);
    this.run(10 * this.channel.delayMs);
  }

  /** An envelope reaches the recipient, from wherever it comes. */
  receive(envelope: Envelope): void {
    const { life } = this;
    const known = life.incoming;
    if (known !== undefined && known.seal.number >= envelope.context) {
      if (known.seal.number === envelope.context) known.handleEnvelope(this.now, envelope);
    } else {
      const incoming = this.#open(life, envelope);
      if (incoming?.handleEnvelope(this.now, envelope) === "taken") life.incoming = incoming;
    }
    this.#answer();
  }

  /** Sends what the recipient has to say. */
  #answer(): void {
    const receipt = this.life.incoming?.takeReceipt(this.now);
    if (receipt === undefined) return;
    this.receipts.push(receipt);
    if (!this.returns(receipt)) return;
    this.#carry(() => this.outgoing.handleReceipt(this.now, receipt));
  }

  #open(life: Life, { context, enc }: Envelope): Incoming | undefined {
    const name = { origin: ORIGIN, recipient: RECIPIENT, number: context };
    const seal = RecipientSeal.make(this.crypto, name, life.key, this.#own.publicKey, enc);
    return seal && new Incoming(seal, {
      holdings: { bytes: 0, most: Infinity },
      hasRoom: (count, bytes) => this.hasRoom(count, bytes),
      take: ({ kind, content }) => {
        if (kind === "greeting") life.greetings++;
        else life.arrived.push(content);
      },
    });
  }

  #newSeal(): OriginSeal | undefined {
    const name = { origin: ORIGIN, recipient: RECIPIENT, number: this.#contexts++ };
    return OriginSeal.make(this.crypto, name, this.#own, this.#theirs);
  }

  #post(envelope: Envelope): void {
    this.posted.push(envelope);
    if (this.passes(envelope)) this.#carry(() => this.receive(envelope));
  }

  #carry(arrive: () => void): void {
    const { loss, doubling, delayMs } = this.channel;
    const random = this.#random;
    const copies = random.next() < doubling ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (random.next() < loss) continue;
      this.#underWay.push({ at: this.now + delayMs * (1 + random.next()), arrive });
    }
  }
}

/** The numbers of the envelopes, in the order in which they were sent. */
export function sequencesOf(envelopes: readonly Envelope[]): number[] {
  return envelopes.map(({ sequence }) => sequence);
}

/** The way that an envelope was sent. */
export function wayOf({ route }: Envelope): Way {
  return routeIds(route);
}

/** Whether two contents are the same, type and all. */
export function isSame(a: Content, b: Content): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return equalBytes(a, b);
}

/** The route over a way. */
export const routeOf = encodeRoute;
