/**
 * Who may stand in the door: a pure policy over connections that others make to this node, before
 * anything is known of them. It bounds what a stranger can hold.
 *
 * - When more handshakes are under way than allowed, the oldest gives way. An honest handshake takes
 *   milliseconds, so it is over before its turn comes, however many silent callers follow it.
 *   Turning newcomers away instead would let a few silent callers shut the door for everybody.
 * - A handshake that is not over in time is ended.
 * - One host may hold only so many connections, those that are up included: the newcomer is turned
 *   away, since the older ones have proven more than it has.
 *
 *     knock ──► handshake ──enter──► up ──leave──► forgotten
 *                   └── oldest of too many, or too slow: turned away, and forgotten at once
 */

import type { Instant } from "../base/ports.ts";

/** What strangers may hold of a node. */
export interface DoorLimits {
  /** Handshakes under way at one moment, at least 1. */
  maxHandshakes: number;
  handshakeTimeoutMs: number;
  /** Connections from one host, whether their handshake is over or not. */
  maxPerHost: number;
}

/** A caller whose connection is to be cut, and why. */
export interface TurnedAway<Caller> {
  caller: Caller;
  reason: string;
}

/** Keeps count of callers, whatever a caller is: anything that can be the key of a map. */
export class Doorkeeper<Caller> {
  readonly #limits: DoorLimits;
  /** Where each connection comes from. */
  readonly #hosts = new Map<Caller, string>();
  readonly #perHost = new Map<string, number>();
  /** When each handshake ends at the latest; they began in this order. */
  readonly #deadlines = new Map<Caller, Instant>();

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  /**
   * Somebody calls. Names the one who must go for it: the newcomer itself, or the oldest of those
   * whose handshake is under way.
   *
   * @param host the address of the caller, without its port
   */
  knock(now: Instant, caller: Caller, host: string): TurnedAway<Caller> | undefined {
    const { maxHandshakes, handshakeTimeoutMs, maxPerHost } = this.#limits;
    const ofHost = this.#perHost.get(host) ?? 0;
    if (ofHost >= maxPerHost) {
      return {
        caller,
        reason: `its address holds ${ofHost} connections already, the most allowed`,
      };
    }
    this.#hosts.set(caller, host);
    this.#perHost.set(host, ofHost + 1);
    this.#deadlines.set(caller, now + handshakeTimeoutMs);
    const [oldest] = this.#deadlines.keys();
    if (oldest === undefined || this.#deadlines.size <= maxHandshakes) return undefined;
    this.leave(oldest);
    return {
      caller: oldest,
      reason: `its handshake gave way to newer ones, with more than ${maxHandshakes} under way`,
    };
  }

  /** The handshake of a caller is over, and well. */
  enter(caller: Caller): void {
    this.#deadlines.delete(caller);
  }

  /** A connection has ended. Harmless for one that is not known, or not any more. */
  leave(caller: Caller): void {
    const host = this.#hosts.get(caller);
    if (host === undefined) return;
    this.#hosts.delete(caller);
    this.#deadlines.delete(caller);
    const left = (this.#perHost.get(host) ?? 0) - 1;
    if (left > 0) this.#perHost.set(host, left);
    else this.#perHost.delete(host);
  }

  /** Names those whose handshake has lasted too long. */
  takeOverdue(now: Instant): TurnedAway<Caller>[] {
    const overdue: TurnedAway<Caller>[] = [];
    for (const [caller, deadline] of this.#deadlines) {
      if (deadline > now) break;
      this.leave(caller);
      const seconds = this.#limits.handshakeTimeoutMs / 1000;
      overdue.push({ caller, reason: `its handshake was not over within ${seconds} s` });
    }
    return overdue;
  }

  /** When `takeOverdue` should be called next. */
  nextWakeup(): Instant | undefined {
    const [deadline] = this.#deadlines.values();
    return deadline;
  }
}
