/**
 * One node of a simulated network: a virtual machine, its folder, and the very node that runs on real
 * sockets, started and stopped in every way in which a real one can be.
 */

import { type Address, formatAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { SeededRandom } from "../base/random.ts";
import type { Config } from "../config/schema.ts";
import { parseTargets } from "../config/targets.ts";
import { Node } from "../controller/node.ts";
import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { Reporter } from "../report/reporter.ts";
import type { SimHost } from "./host.ts";
import { SimStore } from "./sim_store.ts";

/** A notice and when it came, in milliseconds of virtual time. */
export interface Told {
  at: number;
  notice: Notice;
}

/** What a simulated node is made of. */
export interface SimNodeOptions {
  name: string;
  id: NodeId;
  config: Config;
  host: SimHost;
  random: SeededRandom;
}

export class SimNode {
  readonly name: string;
  readonly id: NodeId;
  readonly host: SimHost;
  readonly store: SimStore;
  readonly address: Address;
  /** Initial targets; read at every start. */
  targets: Address[] = [];
  /** Everything the node told, over all its lives. */
  readonly told: Told[] = [];
  readonly #config: Config;
  readonly #random: SeededRandom;
  #node: Node | undefined;

  constructor({ name, id, config, host, random }: SimNodeOptions) {
    this.name = name;
    this.id = id;
    this.host = host;
    this.#config = config;
    this.#random = random;
    this.store = new SimStore(host.network.timeline);
    const { port } = config.network.controller.listen;
    this.address = formatAddress({ host: host.ip, port });
  }

  get isRunning(): boolean {
    return this.#node !== undefined;
  }

  /** Starts the process, on a machine that is switched on for it. */
  start(): void {
    if (this.#node !== undefined) return;
    this.host.powerOn();
    const tell = (notice: Notice) => this.#hear(notice);
    const reporter = new Reporter(this.store, this.#config.network.controller.d2, tell);
    this.#node = new Node({
      config: this.#config,
      targets: this.targets,
      remembered: this.#remembered(),
      listen: this.address,
      id: this.id,
      seed: this.#random.uint32(),
      transport: this.host,
      clock: this.host,
      tell,
      report: (snapshot) => reporter.report(snapshot),
      stopped: () => this.#node = undefined,
    });
    this.#node.start();
  }

  /** Says goodbye and stops. */
  leave(): void {
    this.#node?.leave();
  }

  /** Dies as by `kill -9`: the system closes the connections. */
  kill(): void {
    this.#node?.halt();
    this.#node = undefined;
    this.host.killProcess();
  }

  /** The machine dies: silence. */
  crash(): void {
    this.#node?.halt();
    this.#node = undefined;
    this.host.powerOff();
  }

  /** The machine falls asleep: the node does nothing, and its connections stay. */
  suspend(): void {
    this.host.suspend();
  }

  /** The machine wakes, and the node with it. */
  resume(): void {
    this.host.resume();
  }

  /** Keeps a link to `address` from now on. */
  connect(address: Address): void {
    this.#node?.connect(address);
  }

  /**
   * What the node knows now.
   *
   * @throws {Error} when it is not running
   */
  snapshot(): Snapshot {
    if (this.#node === undefined) throw new Error(`${this.name} is not running`);
    return this.#node.snapshot();
  }

  /** The addresses in peers.json, as written last. */
  get peersJson(): Address[] {
    return JSON.parse(this.store.texts.get("peers.json") ?? "[]");
  }

  #remembered(): Address[] {
    const text = this.store.texts.get("peers.json");
    return text === undefined ? [] : parseTargets(text, "peers.json");
  }

  #hear(notice: Notice): void {
    const { timeline, trace } = this.host.network;
    trace.text(`${this.name} ${notice.type}`);
    this.told.push({ at: timeline.now(), notice });
  }
}
