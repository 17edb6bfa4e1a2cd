/** A dialer and a world that answers its attempts, on virtual time. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import { SeededRandom } from "../../src/base/random.ts";
import {
  Dialer,
  type DialerOptions,
  type DialFailure,
  type Reachable,
} from "../../src/dialer/dialer.ts";
import { idOf } from "../topology/ids.ts";

export const OPTIONS: DialerOptions = {
  backoff: { initialMs: 1_000, maxMs: 30_000 },
  maxSimultaneous: 8,
  maxAttempts: 4,
  maxIdle: 32,
  minLinks: 4,
};

export function addressOf(number: number): Address {
  return parseAddress(`[fd00::${number.toString(16)}]:8083`);
}

export function nodeOf(number: number): Reachable {
  return { id: idOf(number), address: addressOf(number) };
}

/** As many numbers in a row. */
export function numbers(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

export class DialerRig {
  now = 0;
  linkCount = 0;
  readonly dialer: Dialer;
  /** Attempts under way. */
  readonly attempts = new Map<Address, LinkId>();
  /** Every attempt so far. */
  readonly dialled: { at: number; address: Address; wanted: boolean }[] = [];
  #lastLink = 0;

  constructor(options: Partial<DialerOptions> = {}, seed = 1) {
    this.dialer = new Dialer({ ...OPTIONS, ...options }, new SeededRandom(seed));
  }

  /** Begins what is due now; answers with the addresses. */
  dial(): Address[] {
    const due = this.dialer.due(this.now, this.linkCount);
    for (const { address, wanted } of due) {
      const link = ++this.#lastLink as LinkId;
      this.dialer.handleDialling(this.now, address, link);
      this.attempts.set(address, link);
      this.dialled.push({ at: this.now, address, wanted });
    }
    return due.map(({ address }) => address);
  }

  fail(address: Address, reason = "refused", notBefore?: number): DialFailure | undefined {
    return this.dialer.handleFailed(this.now, this.#take(address), reason, notBefore);
  }

  reach(address: Address, id: NodeId): void {
    this.dialer.handleReached(this.#take(address), id);
  }

  /** Goes to the next wake-up, at most to `end`; answers whether there was one. */
  advance(end: number): boolean {
    const at = this.dialer.nextWakeup(this.linkCount);
    if (at === undefined || at > end) {
      this.now = end;
      return false;
    }
    this.now = Math.max(this.now, at);
    return true;
  }

  /** Lets time pass; every attempt fails as soon as it is made. */
  runFailing(durationMs: number): void {
    const end = this.now + durationMs;
    do {
      for (const address of this.dial()) this.fail(address);
    } while (this.advance(end));
  }

  #take(address: Address): LinkId {
    const link = this.attempts.get(address);
    if (link === undefined) throw new Error(`${address} is not being dialled`);
    this.attempts.delete(address);
    return link;
  }
}
