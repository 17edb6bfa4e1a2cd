/** One virtual machine: the transport and the clock of the node that runs on it. */

import { type Address, formatAddress, schemeOf, splitAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type {
  Cancel,
  Clock,
  Connection,
  ConnectionHandler,
  Instant,
  ListenHandler,
  Transport,
} from "../base/ports.ts";
import { SimConnection } from "./connection.ts";
import type { SimNetwork } from "./network.ts";

/** Waits before a lost request to connect is repeated, as Linux does it; the dialler hangs up before the end. */
const CONNECT_RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/** First of the ports that connections go out from (RFC 6335). */
const EPHEMERAL_PORTS = 49_152;

export class SimHost implements Transport, Clock {
  readonly network: SimNetwork;
  readonly ip: string;
  readonly number: number;
  /** Whose key the machine holds: the network proves it to the far end, as TLS does. */
  id!: NodeId;
  readonly #listeners = new Map<number, ListenHandler>();
  readonly #connections = new Set<SimConnection>();
  #nextPort = EPHEMERAL_PORTS;
  #isUp = true;
  /** What was to happen while the machine is asleep; undefined while it is awake. */
  #missed: (() => void)[] | undefined;

  constructor(network: SimNetwork, ip: string, number: number) {
    this.network = network;
    this.ip = ip;
    this.number = number;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Connections that are open at this machine, or closed and still sending. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  now(): Instant {
    return this.network.timeline.now();
  }

  wall(): number {
    return this.network.timeline.wall();
  }

  wakeAt(at: Instant, wake: () => void): Cancel {
    let isCancelled = false;
    const run = () => {
      if (!isCancelled) wake();
    };
    const cancel = this.network.timeline.wakeAt(at, () => this.whenAwake(run));
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  listen(at: Address, handler: ListenHandler): Cancel {
    const { timeline } = this.network;
    const port = splitAddress(at).port || this.#freePort();
    if (this.#listeners.has(port)) {
      const error = { code: "address-in-use" as const, detail: `Port ${port} is taken` };
      return timeline.after(0, () => handler.failed(error));
    }
    this.#listeners.set(port, handler);
    timeline.after(0, () => {
      if (this.#listeners.get(port) === handler) handler.listening(this.#address(port));
    });
    return () => {
      if (this.#listeners.get(port) === handler) this.#listeners.delete(port);
    };
  }

  reaches(to: Address): boolean {
    return schemeOf(to) === "tls";
  }

  dial(to: Address, handler: ConnectionHandler): Connection {
    const end = new SimConnection(this, handler);
    const { timeline } = this.network;
    const target = this.network.hostOf(to);
    if (target === undefined) {
      timeline.after(0, () => end.fail({ code: "unreachable", detail: `No machine at ${to}` }));
    } else {
      this.#knock(end, target, splitAddress(to).port, 0);
    }
    return end;
  }

  /** The machine falls asleep: what comes in or falls due waits for it to wake. */
  suspend(): void {
    this.#missed ??= [];
  }

  resume(): void {
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const run of missed) this.network.timeline.after(0, () => this.whenAwake(run));
  }

  /** Runs now, or when the machine wakes. */
  whenAwake(run: () => void): void {
    if (this.#missed === undefined) run();
    else this.#missed.push(run);
  }

  /** The process on this machine dies; the system closes its connections. */
  killProcess(): void {
    this.#listeners.clear();
    for (const end of [...this.#connections]) end.reset();
  }

  /** The machine dies: nobody is told. */
  powerOff(): void {
    this.#isUp = false;
    this.#listeners.clear();
    for (const end of [...this.#connections]) end.vanish();
  }

  powerOn(): void {
    this.#isUp = true;
  }

  add(end: SimConnection): void {
    this.#connections.add(end);
  }

  remove(end: SimConnection): void {
    this.#connections.delete(end);
  }

  /** One request to connect goes out; a lost one is repeated. */
  #knock(end: SimConnection, target: SimHost, port: number, attempt: number): void {
    const { timeline } = this.network;
    timeline.after(this.network.delay(this, target), () => {
      if (end.isClosed) return;
      if (target.isUp && this.network.isOpen(this, target) && this.network.isOpen(target, this)) {
        return target.whenAwake(() => target.#answer(end, this, port));
      }
      const retryMs = CONNECT_RETRIES_MS[attempt];
      if (retryMs === undefined) return end.fail({ code: "timed-out", detail: "No answer" });
      timeline.after(retryMs, () => this.#knock(end, target, port, attempt + 1));
    });
  }

  #answer(dialler: SimConnection, from: SimHost, port: number): void {
    const listener = this.#listeners.get(port);
    const { network } = this;
    if (listener === undefined) {
      const error = { code: "refused" as const, detail: `Nobody listens on port ${port}` };
      network.timeline.after(network.delay(this, from), () => dialler.fail(error));
      return;
    }
    const end = new SimConnection(this);
    const binding = network.newBinding();
    const { id } = this;
    end.join(dialler);
    end.deliver(() => dialler.open({ address: this.#address(port), id, binding }));
    const remote = { address: from.#address(from.#freePort()), id: from.id, binding };
    end.handler = listener.accepted(end, remote);
  }

  #address(port: number): Address {
    return formatAddress({ host: this.ip, port });
  }

  #freePort(): number {
    return this.#nextPort++;
  }
}
