import { assert, assertEquals, assertLess } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import type { AgreementKey } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import type { Envelope } from "../../src/wire/messaging.ts";
import { encodeMessagingFrame } from "../../src/wire/messaging.ts";
import { MailNet } from "../messaging/mail_net.ts";
import { fuzz, mutated, pick } from "./fuzz.ts";
import { HostileMail, type Victim } from "./hostile_mail.ts";

/** The node that is hostile, the one that it is linked to, and those behind that. */
const HOSTILE = 0, VICTIM = 1;
const HONEST = [1, 2, 3, 4];
const LINKS = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 1]] as const;
const QUEUES = { perLink: 300_000, inAll: 500_000 };

/** Bytes that may go over all links for one hostile frame, and for one honest letter. */
const MAX_BYTES_A_FRAME = 500_000;

/** What honest nodes wrote to each other, by "from to", in order. */
class Ledger {
  readonly #sent = new Map<string, string[]>();
  #number = 0;

  note(from: number, to: number): string {
    const text = `${from} to ${to}, number ${++this.#number}`;
    const pair = `${from} ${to}`;
    this.#sent.set(pair, [...this.#sent.get(pair) ?? [], text]);
    return text;
  }

  /** What arrived from an honest node was written by it to this one, arrived once, and in order. */
  check(net: MailNet, to: number): void {
    for (const from of HONEST) {
      const sent = this.#sent.get(`${from} ${to}`) ?? [];
      const arrived = net.office(to).inbox.filter((each) => each.from === from);
      const places = arrived.map(({ content }) => sent.indexOf(String(content)));
      assert(places.every((place) => place >= 0), `Forged: ${from} to ${to}`);
      assertEquals(places, [...new Set(places)].sort((a, b) => a - b), `${from} to ${to}`);
    }
  }
}

fuzz(
  "Messaging: whatever a peer sends, honest letters arrive once and in order, and nobody else is blamed",
  60,
  (random) => {
    const net = new MailNet(5, { queues: QUEUES, greetPeriodMs: 20_000 });
    net.connect(...LINKS);
    const ledger = new Ledger();
    const fakes = HONEST.map(() => net.crypto.newAgreementKey());
    const keyOf = (number: number) =>
      number === HOSTILE ? net.office(HOSTILE).key : fakes[number - 1] as AgreementKey;
    const numbers = [HOSTILE, ...HONEST];
    const mail = new HostileMail({ random, numbers, crypto: net.crypto, keyOf });
    const steps: readonly (() => void)[] = [
      () => attack(net, random, mail),
      () => attack(net, random, mail),
      () => sendSome(net, random, ledger),
      () => net.run(randomInt(random, 50)),
      () => net.run(randomInt(random, 2_000)),
      () => trouble(net, random),
    ];
    for (let step = 0; step < 120; step++) pick(random, steps)();
    net.run(40_000);
    for (const number of HONEST) {
      ledger.check(net, number);
      const { outcomes, blamed } = net.office(number);
      for (const [ticket, each] of outcomes) assertEquals(each.length, 1, `letter ${ticket}`);
      const culprits = blamed.map(({ neighbour }) => neighbour);
      assert(culprits.every((culprit) => number === VICTIM && culprit === HOSTILE), `${culprits}`);
    }
  },
);

/** The hostile node says something to its neighbour. */
function attack(net: MailNet, random: SeededRandom, mail: HostileMail): void {
  if (!net.web.member(HOSTILE).links.has(VICTIM)) return;
  const { id, key } = net.office(VICTIM);
  const sent = net.passed.slice(-100).flatMap(({ message }) =>
    message.type === "envelope" ? [message] : []
  );
  const victim: Victim = { id, sealingKey: key.publicKey, sent: sent as Envelope[] };
  const message = mail.next(HOSTILE, victim);
  const before = bytesOf(net);
  const frame = concatBytes(encodeMessagingFrame(message));
  net.inject(HOSTILE, VICTIM, random.next() < 0.05 ? mutated(random, frame) : frame);
  net.run(10);
  assertLess(bytesOf(net) - before, MAX_BYTES_A_FRAME);
}

function bytesOf(net: MailNet): number {
  const bytes = net.passed.reduce((sum, { frame }) => sum + frame.length, 0);
  return bytes;
}

function sendSome(net: MailNet, random: SeededRandom, ledger: Ledger): void {
  const from = pick(random, HONEST);
  const to = pick(random, [HOSTILE, ...HONEST].filter((each) => each !== from));
  const timeoutMs = pick(random, [50, 1_000, 30_000]);
  for (let left = randomInt(random, 5); left > 0; left--) {
    net.send(from, to, ledger.note(from, to), timeoutMs);
  }
}

/** A link comes or goes, or takes nothing for a while. */
function trouble(net: MailNet, random: SeededRandom): void {
  const [a, b] = pick(random, LINKS);
  const isUp = net.web.member(a).links.has(b);
  switch (randomInt(random, 4)) {
    case 0:
      return isUp ? net.disconnect(a, b) : net.connect([a, b]);
    case 1:
      return isUp ? undefined : net.connect([a, b]);
    case 2:
      net.office(a).stalled.add(b);
      return;
    default:
      return net.release(a, b);
  }
}
