/**
 * A running node: a controller with the world plugged in. Carries out its effects through the ports
 * and brings it their answers. The same class runs on real sockets and in the simulator.
 */

import type { Address } from "../base/address.ts";
import type { LinkId } from "../base/link_id.ts";
import type {
  Cancel,
  Clock,
  Connection,
  ConnectionError,
  ConnectionHandler,
  Crypto,
  Instant,
  Signer,
  Transport,
} from "../base/ports.ts";
import { SeededRandom } from "../base/random.ts";
import type { Config } from "../config/schema.ts";
import type { KnownPeer } from "../identity/known_peers.ts";
import type { Succession } from "../wire/succession.ts";
import { Controller } from "./controller.ts";
import type { Effect } from "./effect.ts";
import type { Notice } from "./notice.ts";
import { Refusals } from "./refusals.ts";
import { settingsOf } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a node is made of. */
export interface NodeOptions {
  config: Config;
  /** Initial targets. */
  targets: readonly Address[];
  /** Peers of earlier runs. */
  knownPeers: readonly KnownPeer[];
  /** Where to listen; the configuration's addr and port as one address. */
  listen: Address;
  signer: Signer;
  crypto: Crypto;
  /** Changes of the node's key, the newest last. */
  successions: readonly Succession[];
  /** How the commands for this node begin, such as `area-net -p bob`. */
  program: string;
  /** Everything the node does by chance follows from this number. */
  seed: number;
  transport: Transport;
  clock: Clock;
  /** Told of what people should hear. */
  tell(notice: Notice): void;
  /** Told what the node knows, once every dump interval. */
  report(snapshot: Snapshot): void;
  /** Told, as often, whom to remember over a restart. */
  remember(peers: readonly KnownPeer[]): void;
  /** The node has left, or could not listen. Called once, last. */
  stopped(error?: ConnectionError): void;
}

export class Node {
  readonly #options: NodeOptions;
  readonly #controller: Controller;
  readonly #refusals: Refusals;
  readonly #connections = new Map<LinkId, Connection>();
  #stopListening: Cancel = () => {};
  #cancelWakeup: Cancel = () => {};
  #wakeAt: Instant | undefined;
  #stopped = false;

  constructor(options: NodeOptions) {
    this.#options = options;
    const { config, seed } = options;
    this.#refusals = new Refusals(options.tell);
    this.#controller = new Controller(options.clock.now(), {
      ...options,
      settings: settingsOf(config),
      random: new SeededRandom(seed),
      wallOffsetMs: this.#wallOffset(),
    });
  }

  /** Listens, and once that works, dials. */
  start(): void {
    const { transport, listen, targets } = this.#options;
    this.#stopListening = transport.listen(listen, {
      listening: (at) => {
        this.#run((now) => this.#controller.handleListening(now, at));
        for (const address of targets) this.connect(address);
        this.#run((now) => this.#controller.rejoin(now));
      },
      failed: (error) => this.#stop(error),
      refused: (address, reason) => this.#refusals.add({ type: "refused", address, reason }),
      accepted: (connection, remote) => {
        const link = this.#controller.handleAccepted(this.#options.clock.now(), remote);
        this.#connections.set(link, connection);
        this.#carryOut();
        return this.#handlerOf(link);
      },
    });
  }

  /** Keeps a link to `address` from now on. */
  connect(address: Address): void {
    this.#run((now) => this.#controller.connect(now, address));
  }

  /** What is remembered of peers was edited. */
  reviseKnownPeers(peers: readonly KnownPeer[]): void {
    this.#run((now) => this.#controller.reviseKnownPeers(now, peers));
  }

  /** Says goodbye to all peers and stops; `stopped` tells when that is done. */
  leave(): void {
    this.#run((now) => this.#controller.leave(now));
  }

  /** All that this node knows now. */
  snapshot(): Snapshot {
    return this.#controller.snapshot(this.#options.clock.now());
  }

  /** Stops without a word, as if the power failed. */
  halt(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#cancelWakeup();
  }

  #run(event: (now: Instant) => void): void {
    if (this.#stopped) return;
    this.#controller.setWallOffset(this.#wallOffset());
    event(this.#options.clock.now());
    this.#carryOut();
  }

  #wallOffset(): number {
    const { clock } = this.#options;
    return clock.wall() - clock.now();
  }

  #handlerOf(link: LinkId): ConnectionHandler {
    return {
      opened: (remote) => this.#run((now) => this.#controller.handleOpened(now, link, remote)),
      received: (bytes) => this.#run((now) => this.#controller.handleBytes(now, link, bytes)),
      closed: (error) => {
        this.#connections.delete(link);
        this.#run((now) => this.#controller.handleClosed(now, link, error));
      },
    };
  }

  #carryOut(): void {
    for (const effect of this.#controller.takeEffects()) this.#perform(effect);
    if (!this.#stopped) this.#scheduleWakeup();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "dial": {
        const { transport } = this.#options;
        const connection = transport.dial(effect.address, this.#handlerOf(effect.link));
        this.#connections.set(effect.link, connection);
        return;
      }
      case "send":
        return this.#connections.get(effect.link)?.send(effect.bytes);
      case "close":
        this.#connections.get(effect.link)?.close();
        this.#connections.delete(effect.link);
        return;
      case "report":
        this.#refusals.sum();
        return this.#options.report(effect.snapshot);
      case "remember":
        return this.#options.remember(effect.peers);
      case "tell":
        return effect.notice.type === "refused"
          ? this.#refusals.add(effect.notice)
          : this.#options.tell(effect.notice);
      case "stop":
        return this.#stop();
      default:
        effect satisfies never;
    }
  }

  #stop(error?: ConnectionError): void {
    if (this.#stopped) return;
    this.halt();
    this.#options.stopped(error);
  }

  #scheduleWakeup(): void {
    const at = this.#controller.nextWakeup();
    if (at === this.#wakeAt) return;
    this.#cancelWakeup();
    this.#wakeAt = at;
    if (at === undefined) return;
    this.#cancelWakeup = this.#options.clock.wakeAt(at, () => {
      this.#wakeAt = undefined;
      this.#run((now) => this.#controller.handleTime(now));
    });
  }
}
