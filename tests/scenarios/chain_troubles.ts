/** What can happen to a line, by the seed. */

import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { ChainCluster, type ChainClusterOptions } from "../../src/sim/chain_cluster.ts";
import type { SimMember } from "../../src/sim/chain_member.ts";

/** Ways to go. */
const ENDS = ["leave", "kill", "crash"] as const;

/** Which members of a line go at the same time. */
export const LOSSES = {
  "one": (random, line) => [randomInt(random, line.length)],
  "several": (random, line) =>
    shuffled(random, line.keys()).slice(0, 2 + randomInt(random, line.length / 5)),
  "adjacent": (random, line) => {
    const count = 2 + randomInt(random, line.length / 4);
    const first = randomInt(random, line.length - count);
    return Array.from({ length: count }, (_, each) => first + each);
  },
  "every other": (random, line) => {
    const first = randomInt(random, line.length - 7);
    return [first, first + 2, first + 4, first + 6];
  },
  "both ends": (_random, line) => [0, line.length - 1],
  "both ends and more": (random, line) => {
    const inner = shuffled(random, line.keys()).filter((at) => at > 1 && at < line.length - 2);
    return [0, 1, line.length - 2, line.length - 1, ...inner.slice(0, 4)];
  },
} satisfies Record<string, (random: SeededRandom, line: readonly SimMember[]) => number[]>;

/** Makes a line, takes members away, and answers with how long one line took, in milliseconds. */
export function mend(
  loss: keyof typeof LOSSES,
  size: number,
  options: ChainClusterOptions,
): number {
  const cluster = new ChainCluster(options);
  const random = new SeededRandom(options.seed).fork();
  const line = cluster.addLine(size);
  cluster.until(() => cluster.agrees(), 10_000);
  const gone = new Set(LOSSES[loss](random, line));
  for (const at of gone) line[at]?.[ENDS[randomInt(random, ENDS.length)] ?? "crash"]();
  const rest = line.filter((_, at) => !gone.has(at));
  // Those who leave are still there for a moment.
  const tookMs = cluster.until(
    () => cluster.running.length === rest.length && cluster.isOneLine(),
    10_000,
  );
  const [wanted, met] = [rest, cluster.line()].map((members) => members.map(({ name }) => name));
  if (wanted?.join() !== met?.join()) cluster.fail(`The order is ${met}, wanted ${wanted}`);
  // Once the first has looked in vain for those before it, the end alone waits for something.
  cluster.until(() => cluster.servers.clientCount === 1, 6_000);
  if (cluster.checks < size) cluster.fail("Nobody looked whether somebody is in two places");
  return tookMs;
}

const MAX_MEMBERS = 18;

/** What a run of everything at once came to. */
export interface Turmoil {
  /** From the last trouble to one line, in milliseconds. */
  oneLineMs: number;
  /** Members that lost their place and joined again. */
  rejoined: number;
  /** Messages that were delivered. */
  delivered: number;
}

/**
 * A line to which everything happens: members come, leave, die and fall asleep, servers are restarted,
 * datagrams get lost, and all the while members speak.
 *
 * @throws {Error} naming the seed, when a message comes twice or out of order, or there is not one line
 *   in the end through which messages pass
 */
export function turmoil(seed: number): Turmoil {
  return new Run(seed).run();
}

class Run {
  readonly #random: SeededRandom;
  readonly #cluster: ChainCluster;
  #said = 0;
  #areServersUp = true;

  constructor(seed: number) {
    const random = this.#random = new SeededRandom(seed).fork();
    const loss = random.next() < 0.3 ? 0 : 0.08 * random.next();
    this.#cluster = new ChainCluster({
      seed,
      network: { minDelayMs: 1, maxDelayMs: 1 + 80 * random.next(), jitterMs: 5, loss: loss / 2 },
      datagrams: { loss, duplication: loss / 2, jitterMs: 10 * random.next() },
      hasNats: random.next() < 0.7,
    });
  }

  run(): Turmoil {
    const cluster = this.#cluster;
    for (let i = 2 + randomInt(this.#random, 12); i > 0; i--) {
      cluster.add().start();
      cluster.run(randomInt(this.#random, 100));
    }
    for (let i = 0; i < 12; i++) {
      this.#trouble();
      for (const member of this.#awake()) if (this.#random.next() < 0.5) this.#say(member);
      cluster.run(randomInt(this.#random, 3_000));
    }
    cluster.until(
      () => this.#areServersUp && this.#awake().length === cluster.running.length,
      9_000,
    );
    const oneLineMs = cluster.until(() => cluster.isOneLine(), 25_000);
    cluster.until(() => cluster.agrees(), 10_000);
    this.#expectMessages();
    this.#expectPassage();
    const notices = cluster.members.flatMap(({ notices }) => notices);
    return {
      oneLineMs,
      rejoined: notices.filter(({ type }) => type === "rejoining").length,
      delivered: cluster.members.reduce((sum, { messages }) => sum + messages.length, 0),
    };
  }

  #awake(): SimMember[] {
    return this.#cluster.running.filter(({ isAsleep }) => !isAsleep);
  }

  #trouble(): void {
    const { timeline, servers } = this.#cluster;
    const random = this.#random;
    const [member] = shuffled(random, this.#awake());
    const maySpare = this.#awake().length > 1;
    switch (randomInt(random, 8)) {
      case 0:
      case 1:
      case 2:
        if (maySpare) member?.[ENDS[randomInt(random, ENDS.length)] ?? "crash"]();
        break;
      case 3:
        if (!maySpare) break;
        member?.suspend();
        timeline.after(500 + randomInt(random, 8_000), () => member?.resume());
        break;
      case 4:
      case 5:
        if (this.#cluster.running.length < MAX_MEMBERS) this.#cluster.add().start();
        break;
      case 6:
        if (!this.#areServersUp) break;
        servers.kill();
        this.#areServersUp = false;
        timeline.after(randomInt(random, 4_000), () => {
          servers.start();
          this.#areServersUp = true;
        });
    }
  }

  #say(member: SimMember): void {
    member.say(encodeUtf8(String(++this.#said)));
  }

  /** Each member has had the messages of each other one once, and in order. */
  #expectMessages(): void {
    for (const { name, messages } of this.#cluster.members) {
      const last = new Map<string, number>();
      for (const { author, content } of messages) {
        const number = Number(decodeUtf8(content));
        if (number <= (last.get(author) ?? 0)) {
          this.#cluster.fail(`${name} had message ${number} after ${last.get(author)}`);
        }
        last.set(author, number);
      }
    }
  }

  /** A message from the first reaches the last, and the other way around. */
  #expectPassage(): void {
    const line = this.#cluster.line();
    const [first, last] = [line[0], line.at(-1)];
    if (first === undefined || last === undefined || first === last) return;
    const counts = [first, last].map(({ messages }) => messages.length);
    this.#say(first);
    this.#say(last);
    this.#cluster.until(
      () => [first, last].every(({ messages }, at) => messages.length > (counts[at] ?? 0)),
      5_000,
    );
  }
}
