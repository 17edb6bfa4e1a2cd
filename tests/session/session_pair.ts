/** Two sessions wired back to back on virtual time: bytes take `delayMs` each way, in order. */

import { parseAddress } from "../../src/base/address.ts";
import { nodeIdFromBytes } from "../../src/base/node_id.ts";
import type { CloseReason } from "../../src/session/close_reason.ts";
import { Session, type SessionEvent, type SessionOptions } from "../../src/session/session.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { encodeLinkMessage, type Introduction } from "../../src/wire/link.ts";

export const OPTIONS: SessionOptions = {
  handshakeTimeoutMs: 5_000,
  heartbeatPeriodMs: 2_000,
  heartbeatTimeoutMs: 10_000,
};

/** What the node number `number` says of itself. */
export function introduction(number: number): Introduction {
  return {
    network: "test",
    id: nodeIdFromBytes(new Uint8Array(32).fill(number)),
    instance: number,
    label: `node ${number}`,
    addresses: [parseAddress(`[fd00::${number}]:8083`)],
    capabilities: [],
    seenAt: parseAddress("[fd00::99]:50000"),
    proof: new Uint8Array(0),
    successions: [],
  };
}

export const DIALLER = introduction(1);
export const LISTENER = introduction(2);

/** The frame of a link message. */
export function frameOf(message: Parameters<typeof encodeLinkMessage>[0]): Uint8Array {
  return encodeFrame(encodeLinkMessage(message));
}

/** One session, and all that it said. */
export interface End {
  session: Session;
  events: SessionEvent[];
  /** Frames that were sent, whether or not they arrived. */
  sent: Uint8Array[];
  /** Whether what it sends is thrown away from now on. */
  mute: boolean;
}

interface Delivery {
  at: number;
  to: End;
  bytes: Uint8Array;
}

export class SessionPair {
  now = 0;
  readonly delayMs: number;
  readonly dialler: End;
  readonly listener: End;
  #underWay: Delivery[] = [];

  constructor(delayMs = 1, options: SessionOptions = OPTIONS) {
    this.delayMs = delayMs;
    this.dialler = newEnd(Session.dial(0, options));
    this.listener = newEnd(Session.listen(0, options, DIALLER.id));
  }

  /** A pair whose link is up at both ends. */
  static up(delayMs = 1, options: SessionOptions = OPTIONS): SessionPair {
    const pair = new SessionPair(delayMs, options);
    pair.hello();
    pair.listener.session.accept(LISTENER);
    pair.run(delayMs);
    pair.dialler.session.confirm(pair.now);
    pair.run(delayMs);
    return pair;
  }

  /** The connection opens, and the hello arrives. */
  hello(): void {
    this.dialler.session.handleOpened(DIALLER, true, LISTENER.id);
    this.run(this.delayMs);
  }

  /** Lets time pass, with every wake-up in time. */
  run(durationMs: number): void {
    const end = this.now + durationMs;
    for (;;) {
      this.collect();
      const next = this.#nextAt();
      if (next > end) break;
      this.now = Math.max(this.now, next);
      this.#step();
    }
    this.now = end;
  }

  /** Both machines sleep: time passes, what was sent waits, and then all goes on. */
  sleep(durationMs: number): void {
    this.collect();
    this.now += durationMs;
  }

  /** Takes out what the sessions have to say. */
  collect(): void {
    for (
      const [end, to] of [[this.dialler, this.listener], [this.listener, this.dialler]] as const
    ) {
      for (const bytes of end.session.takeFrames()) {
        end.sent.push(bytes);
        if (!end.mute) this.#underWay.push({ at: this.now + this.delayMs, to, bytes });
      }
      end.events.push(...end.session.takeEvents());
    }
  }

  #nextAt(): number {
    const wakeups = [this.dialler, this.listener].map(({ session }) => session.nextWakeup());
    return Math.min(
      this.#underWay[0]?.at ?? Infinity,
      ...wakeups.map((at) => at ?? Infinity),
    );
  }

  #step(): void {
    // Time first: a machine that wakes up late looks at its clock before it reads.
    this.dialler.session.handleTime(this.now);
    this.listener.session.handleTime(this.now);
    this.collect();
    const due = this.#underWay.filter(({ at }) => at <= this.now);
    this.#underWay = this.#underWay.filter(({ at }) => at > this.now);
    for (const { to, bytes } of due) to.session.handleBytes(this.now, bytes);
  }
}

/** Why an end closed, if it did; a session closes once. */
export function closeOf({ events }: End): CloseReason | undefined {
  const reasons = events.flatMap((event) => event.type === "closed" ? [event.reason] : []);
  if (reasons.length > 1) throw new Error(`Closed ${reasons.length} times`);
  return reasons[0];
}

/** The names of what an end was told, round-trip times left out. */
export function toldOf({ events }: End): string[] {
  return events.map(({ type }) => type).filter((type) => type !== "rtt");
}

function newEnd(session: Session): End {
  return { session, events: [], sent: [], mute: false };
}
