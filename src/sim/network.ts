/**
 * A virtual network of streams, with the faults that real ones have. It behaves as TCP does where it
 * matters to a node: what is sent arrives whole and in order or not at all; what is lost is sent
 * again a little later; across a cut nothing arrives, nobody is told, and what was under way arrives
 * when the cut heals; a process that dies lets its system close the connections, a machine that
 * dies does not.
 */

import { type Address, splitAddress } from "../base/address.ts";
import { randomInt, type SeededRandom } from "../base/random.ts";
import { SimHost } from "./host.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** How the virtual network behaves. */
export interface NetworkOptions {
  /** Every pair of hosts gets a delay of its own between these, one way, in milliseconds. */
  minDelayMs: number;
  maxDelayMs: number;
  /** What chance adds to the delay of each piece, at the most. */
  jitterMs: number;
  /** Share of pieces that are lost once and sent again. */
  loss: number;
  /**
   * Bandwidth of each way of each connection, above 0: a piece of n bytes takes n / bytesPerMs
   * longer, and the pieces of one connection wait for one another. Infinite where it is absent.
   * Connections do not share it, not even those between the same two machines.
   */
  bytesPerMs?: number;
}

export const LAN: NetworkOptions = { minDelayMs: 0.1, maxDelayMs: 2, jitterMs: 0.2, loss: 0 };
export const WAN: NetworkOptions = { minDelayMs: 5, maxDelayMs: 150, jitterMs: 5, loss: 0.01 };

/** TCP waits at least about this long before it sends a lost piece again. */
const RETRANSMIT_MS = 200;

export class SimNetwork {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly options: NetworkOptions;
  readonly random: SeededRandom;
  readonly #hosts = new Map<string, SimHost>();
  readonly #delays = new Map<string, number>();
  #islands: ReadonlySet<SimHost>[] = [];
  #blockedWays = new Set<string>();
  /** What goes on when the network is whole again. */
  #held: (() => void)[] = [];

  constructor(timeline: Timeline, trace: Trace, random: SeededRandom, options: NetworkOptions) {
    this.timeline = timeline;
    this.trace = trace;
    this.random = random;
    this.options = options;
  }

  /** A secret for one connection, which its two ends share. */
  newBinding(): Uint8Array {
    return Uint8Array.from({ length: 32 }, () => randomInt(this.random, 256));
  }

  /** A new machine with the IP address `ip`. */
  addHost(ip: string): SimHost {
    const host = new SimHost(this, ip, this.#hosts.size);
    this.#hosts.set(ip, host);
    return host;
  }

  hostOf(address: Address): SimHost | undefined {
    return this.#hosts.get(splitAddress(address).host);
  }

  /** Tears the network: machines of different groups, and all that are in none, do not hear each other. */
  cut(...groups: readonly (readonly SimHost[])[]): void {
    this.#islands = groups.map((group) => new Set(group));
  }

  /** Lets nothing pass from one machine to the other; the way back stays open. */
  blockWay(from: SimHost, to: SimHost): void {
    this.#blockedWays.add(wayKey(from, to));
  }

  /** Mends all cuts; what was held up by them arrives now. */
  heal(): void {
    this.#islands = [];
    this.#blockedWays = new Set();
    const held = this.#held;
    this.#held = [];
    for (const goOn of held) goOn();
  }

  /** Has `goOn` called when the cuts are mended. */
  hold(goOn: () => void): void {
    this.#held.push(goOn);
  }

  isOpen(from: SimHost, to: SimHost): boolean {
    if (this.#blockedWays.size > 0 && this.#blockedWays.has(wayKey(from, to))) return false;
    if (this.#islands.length === 0 || from === to) return true;
    return this.#islands.some((island) => island.has(from) && island.has(to));
  }

  /** What one piece takes from one machine to the other, this time, in milliseconds. */
  delay(from: SimHost, to: SimHost): number {
    const { jitterMs, loss } = this.options;
    let delay = this.#baseDelay(from, to) + jitterMs * this.random.next();
    while (loss > 0 && this.random.next() < loss) delay += RETRANSMIT_MS;
    return delay;
  }

  #baseDelay(from: SimHost, to: SimHost): number {
    const key = wayKey(
      ...(from.number < to.number ? [from, to] : [to, from]) as [SimHost, SimHost],
    );
    let delay = this.#delays.get(key);
    if (delay === undefined) {
      const { minDelayMs, maxDelayMs } = this.options;
      delay = minDelayMs + (maxDelayMs - minDelayMs) * this.random.next();
      this.#delays.set(key, delay);
    }
    return delay;
  }
}

function wayKey(from: SimHost, to: SimHost): string {
  return `${from.number} ${to.number}`;
}
