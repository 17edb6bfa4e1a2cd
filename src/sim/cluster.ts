/**
 * A network of whole nodes in one process, on virtual time. A test or a user's experiment builds one,
 * lets things happen to it, and asks what the nodes know. Everything follows from the seed.
 *
 *     const cluster = new Cluster({ seed: 7 });
 *     const alice = cluster.add("alice");
 *     const bob = cluster.add("bob", { targets: [alice] });
 *     cluster.startAll();
 *     cluster.until(() => cluster.agrees(), 10_000);
 */

import type { NodeId } from "../base/node_id.ts";
import { randomInt, SeededRandom, shuffled } from "../base/random.ts";
import { type Config, configSchema } from "../config/schema.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { FastCrypto, type KeyMaker } from "./fast_crypto.ts";
import { LAN, type NetworkOptions, SimNetwork } from "./network.ts";
import { SimNode } from "./sim_node.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";

/** What a cluster is built from. */
export interface ClusterOptions {
  seed: number;
  network?: NetworkOptions;
  /** Keys and signatures; a fast stand-in where none is given. */
  crypto?: KeyMaker;
  /** Changes the configuration of every node. */
  configure?: (config: Config) => void;
}

/** What one node of a cluster differs in. */
export interface AddOptions {
  targets?: readonly SimNode[];
  configure?: (config: Config) => void;
}

export class Cluster {
  readonly seed: number;
  readonly timeline = new Timeline();
  readonly trace = new Trace();
  readonly network: SimNetwork;
  readonly nodes: SimNode[] = [];
  readonly crypto: KeyMaker;
  readonly #random: SeededRandom;
  readonly #configure: (config: Config) => void;

  constructor(options: ClusterOptions) {
    const { seed, network = LAN, configure = () => {}, crypto = new FastCrypto() } = options;
    this.seed = seed;
    this.crypto = crypto;
    this.#random = new SeededRandom(seed);
    this.network = new SimNetwork(this.timeline, this.trace, this.#random.fork(), network);
    this.#configure = configure;
  }

  /** A new node, not started yet. */
  add(name: string, { targets = [], configure = () => {} }: AddOptions = {}): SimNode {
    const config = configSchema.parse({});
    config.label = name;
    this.#configure(config);
    configure(config);
    const number = this.nodes.length + 1;
    const node = new SimNode({
      name,
      crypto: this.crypto,
      config,
      host: this.network.addHost(`fd00::${number.toString(16)}`),
      random: this.#random.fork(),
    });
    node.targets = targets.map((target) => target.address);
    this.nodes.push(node);
    return node;
  }

  /**
   * Many new nodes whose targets make a connected graph: each has an earlier one for a target, by
   * chance, and some have one more.
   */
  addMany(count: number, options: Omit<AddOptions, "targets"> = {}): SimNode[] {
    const added: SimNode[] = [];
    for (let i = 0; i < count; i++) {
      const wanted = Math.min(i, 1 + randomInt(this.#random, 2));
      const targets = shuffled(this.#random, added).slice(0, wanted);
      added.push(this.add(`node${i}`, { ...options, targets }));
    }
    return added;
  }

  startAll(): void {
    for (const node of this.nodes) node.start();
  }

  /** Lets time pass, in milliseconds. */
  run(durationMs: number): void {
    this.timeline.run(durationMs);
  }

  /**
   * Lets time pass until `condition` holds, which is asked every `stepMs`.
   *
   * @returns how long that took, in milliseconds
   * @throws {Error} when it did not come to hold within `atMostMs`, naming the seed
   */
  until(condition: () => boolean, atMostMs: number, stepMs = 10): number {
    const begin = this.timeline.now();
    while (!condition()) {
      if (this.timeline.now() - begin >= atMostMs) {
        throw new Error(`Not within ${atMostMs} ms of virtual time, with seed ${this.seed}`);
      }
      this.timeline.run(stepMs);
    }
    return this.timeline.now() - begin;
  }

  /** Tears the network between two groups of nodes; with one group, between it and all others. */
  cut(one: readonly SimNode[], other?: readonly SimNode[]): void {
    const rest = other ?? this.nodes.filter((node) => !one.includes(node));
    this.network.cut(one.map(({ host }) => host), rest.map(({ host }) => host));
  }

  /** Mends all cuts. */
  heal(): void {
    this.network.heal();
  }

  /** Whether every running node of `among` draws the map that is true: just these nodes, and their links. */
  agrees(among: readonly SimNode[] = this.nodes): boolean {
    const running = among.filter((node) => node.isRunning);
    const snapshots = running.map((node) => node.snapshot());
    const alive = running.map(({ id }) => id).sort().join();
    const links = snapshots.flatMap(linksDialled).sort().join();
    return snapshots.every((snapshot) =>
      aliveOn(snapshot).join() === alive && linksOn(snapshot).join() === links
    );
  }
}

/** The links that a node dialled and that are up. */
function linksDialled({ self, peers }: Snapshot): string[] {
  const dialled = peers.filter(({ direction }) => direction === "outgoing");
  return dialled.map(({ id }) => `${self} ${id} both`);
}

function aliveOn({ nodes }: Snapshot): NodeId[] {
  return nodes.filter(({ state }) => state === "own" || state === "alive").map(({ id }) => id);
}

function linksOn({ links }: Snapshot): string[] {
  return links.map(({ from, to, claimedBy }) => `${from} ${to} ${claimedBy}`).sort();
}
