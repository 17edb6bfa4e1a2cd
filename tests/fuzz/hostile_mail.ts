/**
 * Letters as a hostile peer writes them: with true keys and false ones, over routes of every shape, and
 * answers to the letters of its victim that no honest recipient would give.
 */

import { concatBytes } from "../../src/base/bytes.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { AgreementKey, Crypto } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { OriginSeal, RecipientSeal } from "../../src/messaging/sealing.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { MAX_MESSAGE_BYTES, MAX_SEQUENCE } from "../../src/wire/limits.ts";
import {
  BOUNCE_REASONS,
  type ContentRecord,
  encodeArrivals,
  encodeContents,
  encodeRoute,
  type Envelope,
  type MessagingMessage,
  reversedRoute,
  routeIds,
  SERVICES,
} from "../../src/wire/messaging.ts";
import { signerOf } from "../identity/signers.ts";
import { pick, randomBytes } from "./fuzz.ts";

/** Whom it writes to, and what it has seen of them. */
export interface Victim {
  id: NodeId;
  /** As the victim advertises it; undefined before it has. */
  sealingKey: Uint8Array | undefined;
  /** Envelopes that it sent lately. */
  sent: readonly Envelope[];
}

/** What hostile letters are made with. */
export interface HostileMailOptions {
  random: SeededRandom;
  crypto: Crypto;
  /** Of the nodes that there are. */
  numbers: readonly number[];
  /** The key with which the hostile peer seals as the node `number`: true where it is that node. */
  keyOf(number: number): AgreementKey;
}

/** A context, and the number of its next envelope. */
interface Stream {
  seal: OriginSeal;
  next: number;
}

export class HostileMail {
  readonly #random: SeededRandom;
  readonly #numbers: readonly number[];
  readonly #crypto: Crypto;
  readonly #keyOf: (number: number) => AgreementKey;
  readonly #streams = new Map<number, Stream>();
  readonly #recorded: Envelope[] = [];

  constructor({ random, numbers, crypto, keyOf }: HostileMailOptions) {
    this.#random = random;
    this.#numbers = numbers;
    this.#crypto = crypto;
    this.#keyOf = keyOf;
  }

  /** What comes next over the link with the node `peer`. */
  next(peer: number, victim: Victim): MessagingMessage {
    const random = this.#random;
    const made = [
      () => this.#letter(peer, victim),
      () => this.#letter(peer, victim),
      () => this.#letter(peer, victim),
      () => this.#answer(peer, victim),
      () => this.#answer(peer, victim),
      () => this.#bounce(peer, victim),
      () => this.#replay(peer, victim),
      () => this.#passing(peer, victim),
    ];
    return pick(random, made)();
  }

  /** An envelope for the victim: mostly one that opens. */
  #letter(peer: number, victim: Victim): Envelope {
    const random = this.#random;
    const origin = random.next() < 0.8 ? peer : pick(random, this.#numbers);
    const stream = this.#streamOf(origin, victim);
    const way = origin === peer ? [peer] : [origin, peer];
    const route = encodeRoute([...way.map((number) => signerOf(number).id), victim.id]);
    const sequence = pick(random, [
      ...Array(6).fill(stream.next++),
      stream.next + randomInt(random, 300),
      randomInt(random, 10),
      MAX_SEQUENCE,
    ]);
    const sealed = random.next() < 0.05
      ? randomBytes(random, 100)
      : stream.seal.seal(sequence, this.#contents(sequence));
    const envelope: Envelope = {
      type: "envelope",
      route,
      context: stream.seal.number,
      sequence,
      enc: random.next() < 0.02 ? randomBytes(random, 32) : stream.seal.enc,
      sealed,
    };
    this.#recorded.push(envelope);
    if (this.#recorded.length > 50) this.#recorded.shift();
    return envelope;
  }

  /** The same contexts for some time, then new ones, now and then older ones. */
  #streamOf(origin: number, victim: Victim): Stream {
    const random = this.#random;
    const known = this.#streams.get(origin);
    if (known !== undefined && random.next() < 0.97) return known;
    const name = {
      origin: signerOf(origin).id,
      recipient: victim.id,
      number: Math.max(0, (known?.seal.number ?? 1_000) + randomInt(random, 20) - 5),
    };
    const theirs = victim.sealingKey ?? this.#keyOf(origin).publicKey;
    const seal = OriginSeal.make(this.#crypto, name, this.#keyOf(origin), theirs) as OriginSeal;
    const stream = { seal, next: 0 };
    this.#streams.set(origin, stream);
    return stream;
  }

  #contents(sequence: number): Uint8Array[] {
    const random = this.#random;
    if (random.next() < 0.05) return [encodeItem([randomInt(random, 2) === 0, sequence, [[7]]])];
    if (random.next() < 0.05) return [randomBytes(random, 60)];
    const floor = pick(random, [
      0,
      0,
      sequence,
      Math.max(0, sequence - 5),
      randomInt(random, 2_000),
    ]);
    const records = Array.from({ length: randomInt(random, 5) }, () => this.#record());
    return encodeContents({ more: random.next() < 0.5, floor, records });
  }

  #record(): ContentRecord {
    const random = this.#random;
    const piece = randomBytes(random, 40);
    const size = pick(random, [0, 1, 40, 60, MAX_MESSAGE_BYTES]);
    return pick<ContentRecord>(random, [
      { type: "message", content: pick(random, ["", "text", "é".repeat(50)]) },
      { type: "message", content: piece },
      { type: "probe" },
      { type: "greeting" },
      { type: "service", service: pick(random, SERVICES), content: this.#serviceContent() },
      { type: "first", size, isText: random.next() < 0.5, piece },
      { type: "next", piece },
    ]);
  }

  /** Something like a letter to a part of the node: nonsense, or the beginning of one. */
  #serviceContent(): Uint8Array {
    const random = this.#random;
    const code = pick(random, [1, 2, 3, 16, 17, 32]);
    const fields = [randomInt(random, 3), randomBytes(random, 32), randomBytes(random, 40)];
    return random.next() < 0.3 ? randomBytes(random, 60) : encodeItem([code, ...fields]);
  }

  /** A receipt for something that the victim sent: a true one, or one that says anything. */
  #answer(peer: number, victim: Victim): MessagingMessage {
    const random = this.#random;
    const envelope = this.#ownOf(victim);
    if (envelope === undefined) return this.#letter(peer, victim);
    const { context, sequence, enc, route } = envelope;
    const ids = routeIds(route);
    const recipient = this.#numbers.find((number) => signerOf(number).id === ids.at(-1)) ?? peer;
    const theirs = this.#originKey(victim);
    const name = { origin: victim.id, recipient: signerOf(recipient).id, number: context };
    const seal = RecipientSeal.make(this.#crypto, name, this.#keyOf(recipient), theirs, enc);
    const number = randomInt(random, 50);
    const arrivals = encodeArrivals({
      next: pick(random, [0, sequence, sequence + 1, sequence + 1, MAX_SEQUENCE]),
      held: Array.from({ length: randomInt(random, 5) }, () => randomInt(random, 100)),
      refused: Array.from({ length: randomInt(random, 3) }, () => randomInt(random, sequence + 2)),
    });
    const said = random.next() < 0.1 ? randomBytes(random, 30) : arrivals;
    const sealed = seal === undefined || random.next() < 0.1
      ? randomBytes(random, 60)
      : seal.sealReceipt(number, said);
    const back = random.next() < 0.9
      ? reversedRoute(route)
      : encodeRoute([signerOf(peer).id, victim.id]);
    return { type: "receipt", route: back, context, number, sealed };
  }

  /** Word of an envelope that went no further, now and then of one that nobody sent. */
  #bounce(peer: number, victim: Victim): MessagingMessage {
    const random = this.#random;
    const envelope = this.#ownOf(victim);
    const ids = envelope === undefined ? [victim.id] : routeIds(envelope.route);
    return {
      type: "bounce",
      route: encodeRoute([signerOf(peer).id, victim.id]),
      context: envelope?.context ?? randomInt(random, 2_000),
      sequence: envelope?.sequence ?? randomInt(random, 10),
      at: random.next() < 0.8 ? pick(random, ids) : signerOf(pick(random, this.#numbers)).id,
      reason: pick(random, BOUNCE_REASONS),
    };
  }

  #replay(peer: number, victim: Victim): MessagingMessage {
    const recorded = this.#recorded.length > 0 ? pick(this.#random, this.#recorded) : undefined;
    return recorded ?? this.#letter(peer, victim);
  }

  /** Something for others, over a route of any shape. */
  #passing(peer: number, victim: Victim): MessagingMessage {
    const random = this.#random;
    const some = (most: number) =>
      Array.from({ length: randomInt(random, most) }, () => pick(random, this.#numbers));
    const ids = [...some(3), peer].map((number) => signerOf(number).id);
    const rest = [pick(random, this.#numbers), ...some(4)].map((number) => signerOf(number).id);
    const isLong = random.next() < 0.05;
    const route = isLong
      ? encodeRoute(Array.from({ length: 65 }, () => pick(random, [...ids, victim.id])))
      : encodeRoute([...ids, victim.id, ...rest]);
    const common = { route, context: randomInt(random, 9), sealed: randomBytes(random, 3_000) };
    return pick<MessagingMessage>(random, [
      { type: "envelope", ...common, sequence: randomInt(random, 9), enc: new Uint8Array(32) },
      { type: "receipt", ...common, number: randomInt(random, 9) },
    ]);
  }

  #ownOf({ sent, id }: Victim): Envelope | undefined {
    const own = sent.filter(({ route }) => routeIds(route)[0] === id);
    return own.length > 0 ? pick(this.#random, own) : undefined;
  }

  /** What the victim advertises is the public half of what it seals with. */
  #originKey({ sealingKey }: Victim): Uint8Array {
    return sealingKey ?? concatBytes([new Uint8Array(31), Uint8Array.of(9)]);
  }
}
