/**
 * One node of a simulated network: a virtual machine, its folder, and the very node that runs on real
 * sockets, started and stopped in every way in which a real one can be.
 */

import { type Address, formatAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Signer } from "../base/ports.ts";
import type { SeededRandom } from "../base/random.ts";
import type { Config } from "../config/schema.ts";
import { Node } from "../controller/node.ts";
import type { NodeApi } from "../controller/node_api.ts";
import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { parseKnownPeers } from "../identity/known_peers.ts";
import { KNOWN_PEERS_FILE, KnownPeersFile } from "../identity/known_peers_file.ts";
import { successionStatement } from "../identity/successions.ts";
import { Reporter } from "../report/reporter.ts";
import type { Succession } from "../wire/succession.ts";
import type { KeyMaker } from "./fast_crypto.ts";
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
  crypto: KeyMaker;
  config: Config;
  host: SimHost;
  random: SeededRandom;
}

export class SimNode {
  readonly name: string;
  readonly host: SimHost;
  readonly store: SimStore;
  readonly address: Address;
  /** Initial targets; read at every start. */
  targets: Address[] = [];
  /** Everything the node told, over all its lives. */
  readonly told: Told[] = [];
  readonly #config: Config;
  readonly #crypto: KeyMaker;
  #signer: Signer;
  #successions: Succession[] = [];
  readonly #random: SeededRandom;
  /** The names of the rooms that it is in, as kept on its disk. */
  #rooms: readonly string[] = [];
  #node: Node | undefined;

  constructor({ name, config, host, random, crypto }: SimNodeOptions) {
    this.name = name;
    this.#crypto = crypto;
    this.#signer = crypto.newSigner(random);
    host.id = this.id;
    this.host = host;
    this.#config = config;
    this.#random = random;
    this.store = new SimStore(host.network.timeline);
    const { port } = config.network.controller.listen;
    this.address = formatAddress({ host: host.ip, port });
  }

  get id(): NodeId {
    return this.#signer.id;
  }

  get isRunning(): boolean {
    return this.#node !== undefined;
  }

  /** Starts the process, on a machine that is switched on for it. */
  start(): void {
    if (this.#node !== undefined) return;
    this.host.powerOn();
    const tell = (notice: Notice) => this.#hear(notice);
    const reporter = new Reporter(this.store, this.#config.network.controller, tell);
    const remembered = this.store.texts.get(KNOWN_PEERS_FILE);
    const known = new KnownPeersFile(this.store, {
      revised: (peers) => this.#node?.reviseKnownPeers(peers),
      failed: () => {},
    }, remembered);
    this.#node = new Node({
      config: this.#config,
      targets: this.targets,
      knownPeers: remembered === undefined ? [] : parseKnownPeers(remembered),
      listen: this.address,
      program: "area-net",
      signer: this.#signer,
      crypto: this.#crypto,
      successions: this.#successions,
      seed: this.#random.uint32(),
      transport: this.host,
      clock: this.host,
      tell,
      report: (snapshot) => reporter.report(snapshot),
      remember: (peers) => known.sync(peers),
      rooms: this.#rooms,
      keepRooms: (names) => this.#rooms = names,
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

  /** Takes a new key, which the old one signs, and starts with it if it was running. */
  rotate(): void {
    const wasRunning = this.isRunning;
    this.leave();
    const old = this.#signer;
    this.#signer = this.#crypto.newSigner(this.#random);
    this.host.id = this.id;
    const change = {
      oldKey: old.publicKey,
      newKey: this.#signer.publicKey,
      atMs: Math.floor(this.host.wall()),
    };
    const signature = old.sign(successionStatement(this.#crypto, change));
    this.#successions = [...this.#successions, { ...change, signature }];
    if (wasRunning) this.start();
  }

  /** Loses its key and takes another, as after a careless reinstallation; only while it is not running. */
  replaceKey(): void {
    this.#signer = this.#crypto.newSigner(this.#random);
    this.host.id = this.id;
    this.#successions = [];
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
   * The node itself, to be asked and told things.
   *
   * @throws {Error} when it is not running
   */
  get api(): NodeApi {
    if (this.#node === undefined) throw new Error(`${this.name} is not running`);
    return this.#node;
  }

  /**
   * What the node knows now.
   *
   * @throws {Error} when it is not running
   */
  snapshot(): Snapshot {
    return this.api.snapshot();
  }

  /** The addresses in peers.json, as written last. */
  get peersJson(): Address[] {
    return JSON.parse(this.store.texts.get("peers.json") ?? "[]");
  }

  #hear(notice: Notice): void {
    const { timeline, trace } = this.host.network;
    trace.text(`${this.name} ${notice.type}`);
    this.told.push({ at: timeline.now(), notice });
  }
}
