import { assert, assertEquals, assertLess } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { writeUint32 } from "../../src/chain/binary.ts";
import {
  dataPayload,
  decodeDatagram,
  encodeAck,
  encodeAlive,
  encodeBye,
  encodeHello,
  encodeMeet,
  MAX_PAYLOAD_BYTES,
  startData,
} from "../../src/chain/datagram.ts";
import { Member } from "../../src/chain/member.ts";
import type { MemberEffect, StreamId } from "../../src/chain/member_effect.ts";
import type { MemberId } from "../../src/chain/side.ts";
import {
  encodeLine,
  encodeNeighbour,
  encodeProbe,
  encodeSummons,
  encodeView,
} from "../../src/chain/stream_message.ts";
import { fuzz, mutated, pick, randomBytes } from "../fuzz/fuzz.ts";

const ECHO = parseAddress("192.0.2.1:8082");
const NEIGHBOUR = parseAddress("203.0.113.7:7001");
const STRANGER = parseAddress("198.51.100.1:4000");
const ID = "0011223344556677" as MemberId;

/** A member, a chain server, and a neighbour that says whatever it likes with the right token. */
class Victim {
  readonly member: Member;
  readonly #random: SeededRandom;
  now = 0;
  delivered = 0;
  /** The token that the member wants to see from its neighbour. */
  #token: Uint8Array = new Uint8Array(16);
  #number = 0;
  #isStopped = false;
  readonly #streams: StreamId[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
    const secretBytes = (length: number) =>
      Uint8Array.from({ length }, () => randomInt(random, 256));
    this.member = new Member(0, { random, secretBytes, label: "victim", echo: ECHO });
    this.member.start(0);
    this.receive("tail", ECHO, encodeUtf8("203.0.113.1:7002"));
    this.receive("head", ECHO, encodeUtf8("203.0.113.1:7001"));
    this.link();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  receive(side: "head" | "tail", from: Address, bytes: Uint8Array): void {
    this.member.handleDatagram(this.now, side, from, bytes);
    this.follow();
  }

  /** Lets time pass, with every wake-up that the member asks for. */
  pass(durationMs: number): void {
    const end = this.now + durationMs;
    for (let wakeups = 0;; wakeups++) {
      const next = this.member.nextWakeup();
      if (next === undefined || next > end) break;
      assertLess(wakeups, 20_000, "It is woken again and again");
      this.now = Math.max(this.now, next);
      this.member.handleTime(this.now);
      this.follow();
    }
    this.now = end;
    this.member.handleTime(this.now);
    this.follow();
  }

  /** Becomes the neighbour of the member's tail, as an honest one would. */
  link(): void {
    const stream = this.#streams.at(-1);
    if (stream === undefined || this.member.status(this.now).sides.tail.state !== "free") return;
    const reply = encodeUtf8(`{"msg":"CONNECT","part":"tail","ip":"${NEIGHBOUR}"}`);
    this.member.handleStreamBytes(this.now, stream, reply);
    this.follow();
  }

  /** Answers to what the member says to its neighbour, and notes the rest. */
  follow(): void {
    for (let rounds = 0;; rounds++) {
      const effects = this.member.takeEffects();
      if (effects.length === 0) return;
      assertLess(rounds, 1_000, "It answers itself for ever");
      for (const effect of effects) this.#handle(effect);
    }
  }

  #handle(effect: MemberEffect): void {
    assert(!this.#isStopped, "It does something after it stopped");
    if (effect.type === "stop") this.#isStopped = true;
    if (effect.type === "deliver") this.delivered++;
    if (effect.type === "dial") {
      this.#streams.push(effect.stream);
      if (this.#random.next() < 0.9) this.member.handleStreamOpened(this.now, effect.stream);
    }
    if (effect.type === "datagram") {
      assert(effect.to !== STRANGER, "It answers to a stranger");
      if (effect.to === NEIGHBOUR) this.#answer(effect.bytes);
    }
  }

  #answer(bytes: Uint8Array): void {
    const datagram = decodeDatagram(bytes);
    const nonce = new Uint8Array(16).fill(7);
    if (datagram?.type === "meet" && !datagram.hasAgreed) {
      const first = { id: ID, rank: 1, tail: NEIGHBOUR };
      const end = { headIsFree: true, size: 2, head: NEIGHBOUR, first };
      const meet = encodeMeet({ nonce, echo: datagram.nonce, hasAgreed: true, end });
      this.member.handleDatagram(this.now, "tail", NEIGHBOUR, meet);
    } else if (datagram?.type === "hello") {
      this.#token = datagram.nonce;
      this.#number = 0;
      const card = { id: ID, rank: 1, secret: nonce, label: "liar" };
      const hello = encodeHello(datagram.ticket, nonce, datagram.nonce, card);
      this.member.handleDatagram(this.now, "tail", NEIGHBOUR, hello);
    }
  }

  /** Something with the right token that the protocol knows, or nearly. */
  someDatagram(): Uint8Array {
    const random = this.#random;
    const number = () => pick(random, [0, 1, randomInt(random, 50), 2 ** 48 - 1]);
    const small = () => pick(random, [0, 1, 1_000, 0xffff_ffff]);
    const receipt = { next: number(), window: small(), above: small() };
    const token = this.#token;
    switch (randomInt(random, 8)) {
      case 0:
        return encodeAck(token, receipt);
      case 1:
      case 2: {
        const times = { sentUs: small(), echoUs: small(), heldUs: small() };
        return encodeAlive({ type: "alive", token, receipt, ...times });
      }
      case 3:
        return this.#data(number(), randomBytes(random, MAX_PAYLOAD_BYTES - 1));
      case 4:
        return random.next() < 0.02
          ? encodeBye(token, pick(random, [undefined, new Uint8Array(16)]))
          : this.#data(randomInt(random, 3_000), new Uint8Array(MAX_PAYLOAD_BYTES));
      default:
        return this.#data(this.#number++, framed(this.#someMessage()));
    }
  }

  #someMessage(): Uint8Array {
    const random = this.#random;
    const secret = new Uint8Array(16).fill(randomInt(random, 256));
    const id = randomInt(random, 0x1_0000_0000).toString(16).padStart(16, "0") as MemberId;
    const own = this.member.status(this.now).id;
    const entries = Array.from({ length: randomInt(random, 12) }, () => ({
      id: pick(random, [id, own, ID]),
      label: "x".repeat(randomInt(random, 30)),
      secret: pick(random, [undefined, secret]),
    }));
    const start = { id: pick(random, [id, own]), rank: randomInt(random, 9), tail: STRANGER_TAIL };
    const message = pick(random, [
      () => encodeNeighbour(randomBytes(random, 500)),
      () => encodeLine(pick(random, [id, own]), randomInt(random, 99), randomBytes(random, 500)),
      () =>
        encodeView({
          rank: pick(random, [0, 3, 2 ** 48 - 1]),
          start: pick(random, [undefined, start]),
          entries,
        }),
      () => encodeSummons(randomInt(random, 9), { ticket: secret, head: STRANGER_TAIL }),
      () => encodeProbe(randomInt(random, 9), { asker: pick(random, [id, own]), nonce: secret }),
    ])();
    return random.next() < 0.1 ? mutated(random, message) : message;
  }

  #data(number: number, payload: Uint8Array): Uint8Array {
    const length = Math.max(1, Math.min(payload.length, MAX_PAYLOAD_BYTES));
    const datagram = startData(this.#token, Math.max(0, number), length);
    dataPayload(datagram).set(payload.subarray(0, length));
    return datagram;
  }
}

/** An address that a neighbour may name, and where datagrams then go: it is no stranger's. */
const STRANGER_TAIL = parseAddress("203.0.113.99:7002");

function framed(message: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  writeUint32(length, 0, message.length);
  return concatBytes([length, message]);
}

fuzz(
  "Member: whatever a neighbour, a server or a stranger says, it goes on and keeps little",
  150,
  (random) => {
    const victim = new Victim(random);
    assertEquals(victim.member.status(0).sides.tail.state, "up");
    const { member } = victim;
    const steps: readonly (() => void)[] = [
      () => victim.receive("tail", NEIGHBOUR, victim.someDatagram()),
      () => victim.receive("tail", NEIGHBOUR, victim.someDatagram()),
      () => victim.receive("tail", NEIGHBOUR, mutated(random, victim.someDatagram())),
      () => victim.receive("head", STRANGER, randomBytes(random, 300)),
      () => victim.receive("tail", STRANGER, mutated(random, encodeUtf8("203.0.113.1:7001"))),
      () => victim.receive("head", ECHO, randomBytes(random, 80)),
      () => member.say(victim.now, randomBytes(random, 2_000)),
      () => member.send(victim.now, "tail", randomBytes(random, 2_000)),
      () => member.handleStreamBytes(victim.now, randomInt(random, 9), randomBytes(random, 60)),
      () => member.handleStreamClosed(victim.now, randomInt(random, 9)),
      () => victim.pass(random.next() * pick(random, [10, 200, 4_000])),
      () => victim.link(),
    ];
    for (let step = 0; step < 300; step++) {
      pick(random, steps)();
      victim.follow();
      const { sides, line, position } = member.status(victim.now);
      const { tail } = sides;
      if (tail.state === "up") assertLess(tail.queuedBytes, 400_000);
      assertLess(line.length, 600);
      assertEquals(new Set(line.map(({ id }) => id)).size, line.length);
      assert(position >= 0);
    }
    member.leave(victim.now);
    victim.pass(3_000);
    assert(victim.isStopped);
  },
);

Deno.test("Member: a neighbour that acknowledges nothing makes it keep no more than its queue", () => {
  for (let seed = 1; seed < 4; seed++) {
    const victim = new Victim(new SeededRandom(seed));
    const content = new Uint8Array(5_000);
    let taken = 0;
    for (let i = 0; i < 2_000; i++) {
      if (victim.member.say(victim.now, content) === "taken") taken++;
      victim.follow();
    }
    assertLess(taken * content.length, 300_000);
  }
});
