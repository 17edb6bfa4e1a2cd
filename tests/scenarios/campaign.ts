/**
 * One run of the campaign: honest nodes and a liar on a network with delay and loss, to which
 * everything happens that a seed can think of. Whenever the network is whole again the honest nodes
 * must draw one map, and nothing forged may ever stand on it. All the while they write to each other:
 * what they are told of their letters must be true, and nobody may read what another did not write.
 */

import { randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import type { Config } from "../../src/config/schema.ts";
import { JITTER } from "../../src/dialer/backoff.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import { FastCrypto, type KeyMaker } from "../../src/sim/fast_crypto.ts";
import type { SimHost } from "../../src/sim/host.ts";
import type { NetworkOptions } from "../../src/sim/network.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { areAcquainted } from "./campaign_acquaintance.ts";
import { TrueMap } from "./campaign_map.ts";
import { Register } from "./campaign_register.ts";
import { Liar } from "./liar.ts";
import type { Lie } from "./campaign_lies.ts";
import { Post } from "./postmen.ts";

/** How often nodes try, and what is asked of them for it. */
export interface Pace {
  configure(config: Config): void;
  /** From the moment the network is whole to one map, in milliseconds, at the most. */
  oneMapMs: number;
}

/**
 * Nodes told to look every second: for lost links, dead peers and lost nodes alike. Each of these
 * waits is below two seconds, so the five allowed hold one try that fails and one that works.
 */
export const EVERY_SECOND: Pace = {
  configure({ network: { controller } }) {
    controller.peer_file_dump_interval = 1;
    controller.peers.conn_attempt_delay = 1;
    controller.peers.conn_attempt_max_delay = 1;
    controller.peers.conn_attempt_timeout = 1;
    controller.peers.heartbeat_period = 0.5;
    controller.peers.heartbeat_timeout = 2;
  },
  oneMapMs: 5_000,
};

/** The settings as shipped: an attempt at the latest every 30 s and a fifth, then the same five seconds. */
export const BY_DEFAULT: Pace = { configure() {}, oneMapMs: 30_000 * (1 + JITTER) + 5_000 };

/** What a run came to. */
export interface Outcome {
  /** How long one map took each time the network was whole, in milliseconds. */
  oneMapMs: number[];
  /** How often each lie was told. */
  lies: ReadonlyMap<Lie, number>;
  /** How often the liar was banned. */
  bans: number;
  /** Moments at which every map was compared with what was really said. */
  looks: number;
  /** How often each outcome was told of a letter. */
  letters: Record<string, number>;
}

/** What a run is made of. */
export interface CampaignOptions {
  pace?: Pace;
  keys?: KeyMaker;
}

const NETWORK: NetworkOptions = { minDelayMs: 1, maxDelayMs: 60, jitterMs: 5, loss: 0.02 };
const MAX_NODES = 16;
/** So many run at any time, so that there is a map to draw. */
const MIN_RUNNING = 4;
/** Troubles before the network is whole again, and how often that is. */
const TROUBLES = 10;
const ROUNDS = 2;
const LOOK_MS = 250;
/** Bytes of a letter at the most, and how long its sender waits for an answer. */
const MAX_LETTER_BYTES = 100_000;
const MAX_TIMEOUT_MS = 5_000;

/**
 * Runs one campaign. Everything in it follows from the seed.
 *
 * @throws {Error} naming the seed, when something forged stands on a map, one map takes too long, or
 *   what was told of a letter is not so
 */
export function runCampaign(seed: number, options: CampaignOptions = {}): Outcome {
  return new Campaign(seed, options).run();
}

/** One side of a cut. */
interface Side {
  nodes: SimNode[];
  hasLiar: boolean;
}

class Campaign {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  readonly #register: Register;
  readonly #liarHost: SimHost;
  readonly #liar: Liar;
  readonly #pace: Pace;
  readonly #map = new TrueMap();
  readonly #post: Post;
  /** The two sides of a cut; none while there is no cut. */
  #sides: Side[] = [];
  #looks = 0;

  constructor(seed: number, { pace = EVERY_SECOND, keys = new FastCrypto() }: CampaignOptions) {
    this.#random = new SeededRandom(seed).fork();
    this.#pace = pace;
    this.#register = new Register(keys);
    const { configure } = pace;
    this.#cluster = new Cluster({ seed, network: NETWORK, crypto: this.#register, configure });
    this.#post = new Post(this.#cluster);
    this.#liarHost = this.#cluster.network.addHost("fd00::bad");
    this.#liar = new Liar({
      host: this.#liarHost,
      keys,
      random: this.#random.fork(),
      victims: () => this.#running().map(({ address }) => address),
    });
  }

  run(): Outcome {
    this.#cluster.addMany(5 + randomInt(this.#random, 5));
    this.#post.startAll();
    this.#liar.start();
    const oneMapMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < TROUBLES; i++) this.#trouble();
      oneMapMs.push(this.#makeWhole());
    }
    this.#cluster.until(() => this.#post.isIdle, MAX_TIMEOUT_MS, LOOK_MS);
    const errors = this.#post.errors();
    if (errors.length > 0) this.#fail("Not true of letters", errors);
    const told = this.#cluster.nodes.flatMap(({ told }) => told);
    const bans = told.filter(({ notice }) => notice.type === "banned").length;
    const letters = this.#post.outcomes();
    return { oneMapMs, lies: this.#liar.told, bans, looks: this.#looks, letters };
  }

  /** Something happens, and then some time passes. */
  #trouble(): void {
    const random = this.#random;
    const running = this.#running();
    const [one, other] = shuffled(random, running) as [SimNode, SimNode];
    const down = shuffled(random, this.#cluster.nodes.filter(({ isRunning }) => !isRunning));
    const maySpare = running.length > MIN_RUNNING;
    switch (randomInt(random, 9)) {
      case 0:
      case 1:
        this.#cut();
        break;
      case 2:
        this.#cluster.network.blockWay(one.host, other.host);
        break;
      case 3:
        if (maySpare) one.kill();
        break;
      case 4:
        if (maySpare) one.crash();
        break;
      case 5:
        if (maySpare) one.leave();
        break;
      case 6:
        if (down[0]) this.#post.start(down[0]);
        break;
      case 7:
        if (this.#cluster.nodes.length < MAX_NODES) this.#join(one);
        break;
      case 8:
        one.rotate();
        this.#post.read(one);
    }
    this.#pass(500 + randomInt(random, 2_500));
  }

  /** Tears the network in two, the liar on one side of it, or with a foot in both. */
  #cut(): void {
    const nodes = shuffled(this.#random, this.#cluster.nodes);
    const middle = 1 + randomInt(this.#random, nodes.length - 1);
    const liarAt = randomInt(this.#random, 3);
    this.#sides = [
      { nodes: nodes.slice(0, middle), hasLiar: liarAt !== 1 },
      { nodes: nodes.slice(middle), hasLiar: liarAt !== 0 },
    ];
    this.#tear();
  }

  #tear(): void {
    const hostsOf = ({ nodes, hasLiar }: Side) => [
      ...nodes.map(({ host }) => host),
      ...(hasLiar ? [this.#liarHost] : []),
    ];
    if (this.#sides.length > 0) this.#cluster.network.cut(...this.#sides.map(hostsOf));
  }

  /** Somebody new comes to one side of the cut. */
  #join(target: SimNode): void {
    const { nodes } = this.#cluster;
    const newcomer = this.#cluster.add(`node${nodes.length}`, { targets: [target] });
    this.#sides.find(({ nodes }) => nodes.includes(target))?.nodes.push(newcomer);
    this.#tear();
    this.#post.start(newcomer);
  }

  /** Lets time pass and looks at every map meanwhile. */
  #pass(durationMs: number): void {
    for (let passed = 0; passed < durationMs; passed += LOOK_MS) {
      this.#write();
      this.#cluster.run(LOOK_MS);
      this.#look();
    }
  }

  /** Somebody writes to somebody, who may be gone. */
  #write(): void {
    const random = this.#random;
    const [from] = shuffled(random, this.#running());
    const [to] = shuffled(random, this.#cluster.nodes.filter((node) => node !== from));
    if (from === undefined || to === undefined) return;
    const size = random.next() < 0.03 ? { size: randomInt(random, MAX_LETTER_BYTES) } : {};
    this.#post.send(from, to, { ...size, timeoutMs: randomInt(random, MAX_TIMEOUT_MS) });
  }

  /** Mends everything, and answers with how long one map took, in milliseconds. */
  #makeWhole(): number {
    this.#sides = [];
    this.#cluster.heal();
    // Whoever met nobody but nodes that are gone cannot be found before one of those is back.
    for (const node of shuffled(this.#random, this.#cluster.nodes)) {
      if (!areAcquainted(this.#running())) this.#post.start(node);
    }
    const { oneMapMs } = this.#pace;
    for (let passed = 0; passed < oneMapMs; passed += LOOK_MS) {
      this.#pass(LOOK_MS);
      if (this.#map.errors(this.#liar.ids).length === 0) return passed + LOOK_MS;
    }
    return this.#fail(`Not one map within ${oneMapMs} ms`, this.#map.errors(this.#liar.ids));
  }

  #running(): SimNode[] {
    return this.#cluster.nodes.filter(({ isRunning }) => isRunning);
  }

  /** Nothing on any map may be forged. */
  #look(): void {
    this.#looks++;
    const snapshots = this.#running().map((node) => node.snapshot());
    for (const snapshot of snapshots) {
      const forgeries = this.#register.forgeries(snapshot, this.#liar.ids);
      if (forgeries.length > 0) this.#fail("Forged on a map", forgeries);
    }
    this.#map.follow(this.#cluster.timeline.now(), snapshots);
  }

  #fail(what: string, details: readonly string[]): never {
    const { seed, timeline } = this.#cluster;
    throw new Error(`${what}, seed ${seed}, at ${timeline.now()} ms: ${details.join("; ")}`);
  }
}
