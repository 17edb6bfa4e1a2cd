/**
 * All that goes from this node to one other: letters wait, are sealed into envelopes, and stay until a
 * receipt tells that they arrived. What is lost on the way is sent again, by another way if there is
 * one; the recipient puts things in order and drops what it has twice.
 *
 *     waiting ──(seal)──► under way ──(receipt)──► delivered, or refused by the recipient
 *        │                    │
 *        └────(deadline)──────┴──► timed out
 *
 * The first few letters leave at once, each in an envelope of its own. While as many are under way,
 * others gather until an envelope is full or a receipt comes, as in Nagle's algorithm (RFC 896), but
 * with patience for several: so a lone letter never waits, and a flood costs one envelope for hundreds.
 */

import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { WireError } from "../wire/error.ts";
import {
  type Arrivals,
  type Bounce,
  decodeArrivals,
  encodeContents,
  encodeRoute,
  type Envelope,
  type Receipt,
  reversedRoute,
  type Route,
  routeIds,
} from "../wire/messaging.ts";
import { Detours, type RouteMap } from "./detours.ts";
import { type Flight, Flights } from "./flights.ts";
import { CONTENTS_ROOM, Letter } from "./letter.ts";
import type { Outcome } from "./outcome.ts";
import { Patience } from "./patience.ts";
import type { OriginSeal } from "./sealing.ts";
import { WaitingLetters } from "./waiting_letters.ts";
import { Window } from "./window.ts";

/** What a stream of letters needs of its node. */
export interface OutgoingOptions {
  to: NodeId;
  map: RouteMap & { isWhole(path: readonly NodeId[]): boolean };
  /** A new context with the recipient's key of today; undefined when it takes no messages. */
  newSeal(): OriginSeal | undefined;
  /** Whether envelopes of a context, if there is one yet, may be made for the link with a neighbour now. */
  hasRoom(neighbour: NodeId, context: number | undefined): boolean;
  /** Hands an envelope to the first link of its route. */
  post(envelope: Envelope): void;
  /** A letter has come to its end. */
  answer(letter: Letter, outcome: Outcome): void;
}

/** Envelopes under way while each letter still leaves at once. */
const PROMPT_ENVELOPES = 8;

/** Most envelopes under way: what a recipient must be ready to hold when something before it is missing. */
export const WINDOW_ENVELOPES = 256;

/** Milliseconds between two looks at which letters have waited too long; better early than late. */
const EXPIRY_PACE_MS = 5;

/** After so many attempts bounces have an envelope sent no more: a liar could go on for ever. */
const MAX_PROMPT_ATTEMPTS = 5;

/** How long the recipient is told that a gap will not be filled, in milliseconds. */
const BRIDGE_MS = 60_000;

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #detours: Detours;
  readonly #waiting = new WaitingLetters();
  readonly #flights = new Flights();
  readonly #patience = new Patience();
  readonly #window = new Window();
  #seal: OriginSeal | undefined;
  #nextSequence = 0;
  #retryAt: Instant = Infinity;
  #cutAgainAt: Instant = -Infinity;
  /** No letter's deadline is before this. */
  #deadlineFrom: Instant = Infinity;
  #route: Route | undefined;
  #routePath: readonly NodeId[] | undefined;
  /** Below this number the recipient has dealt with all, as it says. */
  #acknowledged = 0;
  /** The floor as the recipient has been told, or will be. */
  #toldFloor = 0;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#detours = new Detours(options.map, options.to);
  }

  /** What letters that have not come to their end count for, in bytes. */
  get bytes(): number {
    return this.#waiting.bytes + this.#flights.bytes;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#flights.size === 0;
  }

  /** The way letters would go now. */
  path(now: Instant): readonly NodeId[] | undefined {
    return this.#detours.path(now);
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    if (this.isIdle) return undefined;
    return earliest(this.#flights.size > 0 ? this.#retryAt : Infinity, this.#deadlineFrom);
  }

  /** Takes a letter, and sends it as soon as may be. */
  add(now: Instant, letter: Letter): void {
    this.#waiting.add(letter);
    this.#deadlineFrom = Math.min(this.#deadlineFrom, letter.deadline);
    this.pump(now);
  }

  /** Seals and sends what may leave now. */
  pump(now: Instant): void {
    while (this.#mayLeave()) {
      const path = this.#detours.path(now);
      const neighbour = path?.[1];
      if (path === undefined || neighbour === undefined) return;
      if (!this.#options.hasRoom(neighbour, this.#seal?.number)) return;
      if (!this.#sealNext(now, path)) return;
    }
  }

  /** Time passed. */
  handleTime(now: Instant): void {
    if (now >= this.#deadlineFrom) this.#expire(now);
    if (this.#flights.size > 0 && now >= this.#retryAt) this.#retry(now);
  }

  /** The map has changed: what went over links that are gone is sent again by another way. */
  handleMap(now: Instant): void {
    this.#detours.reconsider();
    const isWhole = new Map<readonly NodeId[], boolean>();
    this.#resend(now, ({ path }) => {
      let whole = isWhole.get(path);
      if (whole === undefined) isWhole.set(path, whole = this.#options.map.isWhole(path));
      return !whole;
    });
    this.pump(now);
  }

  /**
   * The recipient advertises this key. If it is another than before, the recipient was started anew
   * and knows nothing of what it was sent.
   */
  handleKey(now: Instant, key: Uint8Array): void {
    if (this.#seal === undefined || equalBytes(this.#seal.recipientKey, key)) return;
    const letters = new Set(this.#letters());
    this.#clear();
    this.#seal = undefined;
    this.#nextSequence = 0;
    this.#acknowledged = 0;
    this.#toldFloor = 0;
    for (const letter of letters) {
      if (letter.isAnswered) continue;
      letter.rewind();
      this.#waiting.add(letter);
    }
    this.pump(now);
  }

  /** A receipt came; whether it is the recipient's. */
  handleReceipt(now: Instant, receipt: Receipt): boolean {
    if (receipt.context !== this.#seal?.number) return true;
    const opened = this.#seal.openReceipt(receipt.number, receipt.sealed);
    const arrivals = opened && arrivalsOf(opened);
    if (arrivals === undefined) return false;
    this.#settle(now, arrivals, receipt);
    this.#bridge(now);
    this.pump(now);
    return true;
  }

  /** A relay could not pass an envelope on: other ways are tried at once. */
  handleBounce(now: Instant, bounce: Bounce): void {
    const flight = this.#flights.get(bounce.sequence);
    if (bounce.context !== this.#seal?.number || flight === undefined) return;
    const failed = flight.path;
    const way = routeIds(bounce.route).reverse();
    const relay = way.at(-1);
    // Only the node that had it, on the way that it went last, can say so.
    if (relay === undefined || !isSamePath([...way, bounce.at], failed.slice(0, way.length + 1))) {
      return;
    }
    if (bounce.reason === "queue-full") this.#slowDown(now);
    this.#detours.suspectLink(now, relay, bounce.at);
    const path = this.#detours.path(now);
    // Where it would only go the same way again, or is bounced over and over, it has to wait.
    if (path === undefined || isSamePath(path, failed)) return;
    if (flight.attempts >= MAX_PROMPT_ATTEMPTS) return;
    this.#resend(now, (each) => isSamePath(each.path, failed));
  }

  /** Seals and sends what waits without waiting for more: there will be no later. */
  hurry(now: Instant): void {
    while (this.#waiting.size > 0 && this.#flights.bytes < this.#window.bytes) {
      const path = this.#detours.path(now);
      const neighbour = path?.[1];
      if (path === undefined || neighbour === undefined) return;
      if (!this.#options.hasRoom(neighbour, this.#seal?.number)) return;
      if (!this.#sealNext(now, path)) return;
    }
  }

  /** The node leaves: nothing will come of any letter. */
  cancel(): void {
    for (const letter of this.#letters()) this.#answer(letter, { type: "cancelled" });
    this.#clear();
  }

  #mayLeave(): boolean {
    if (this.#waiting.size === 0) return false;
    // All that is under way may be waiting for just this.
    if (this.#needsBridge()) return true;
    if (this.#flights.bytes >= this.#window.bytes) return false;
    // Sequence numbers that the recipient may have to hold reach from the floor to the next.
    if (this.#nextSequence - this.#floor() >= WINDOW_ENVELOPES) return false;
    return this.#flights.size < PROMPT_ENVELOPES ||
      this.#waiting.bytes >= CONTENTS_ROOM;
  }

  #floor(): number {
    return this.#flights.first ?? this.#nextSequence;
  }

  /** Seals as many letters as one envelope holds, and sends it; whether there was one. */
  #sealNext(now: Instant, path: readonly NodeId[]): boolean {
    this.#seal ??= this.#options.newSeal();
    if (this.#seal === undefined) return false;
    const sequence = this.#nextSequence;
    const floor = this.#floor();
    const { records, letters } = this.#waiting.fill(sequence);
    if (records.length === 0) return false;
    this.#nextSequence++;
    this.#toldFloor = floor;
    const more = this.#waiting.size > 0;
    const sealed = this.#seal.seal(sequence, encodeContents({ more, floor, records }));
    const flight: Flight = {
      sequence,
      sealed,
      letters,
      path,
      firstSentAt: now,
      attempts: 0,
      isHeld: false,
    };
    if (this.#flights.size === 0) this.#retryAt = now + this.#patience.ms;
    this.#flights.add(flight);
    this.#post(flight, path);
    return true;
  }

  #post(flight: Flight, path: readonly NodeId[]): void {
    const { sequence, sealed } = flight;
    const seal = this.#seal;
    if (seal === undefined) return;
    flight.path = path;
    flight.attempts++;
    if (this.#routePath !== path) {
      this.#routePath = path;
      this.#route = encodeRoute(path);
    }
    this.#options.post({
      type: "envelope",
      route: this.#route as Route,
      context: seal.number,
      sequence,
      enc: seal.enc,
      sealed,
    });
  }

  /** No receipt came in time: the way is suspected, and all is sent again, by another if there is one. */
  #retry(now: Instant): void {
    this.#patience.double();
    this.#slowDown(now);
    this.#retryAt = now + this.#patience.ms;
    const failed = this.#flights.missing().next().value?.path;
    if (failed === undefined) return;
    this.#detours.suspect(now, failed);
    this.#resend(now, ({ path }) => isSamePath(path, failed));
  }

  /** One full queue bounces many envelopes, and is one reason to slow down. */
  #slowDown(now: Instant): void {
    if (now < this.#cutAgainAt) return;
    this.#cutAgainAt = now + this.#patience.ms;
    this.#window.cut();
  }

  #resend(now: Instant, which: (flight: Flight) => boolean): void {
    for (const flight of this.#flights.missing()) {
      if (!which(flight)) continue;
      const path = this.#detours.path(now);
      if (path === undefined) return;
      this.#post(flight, path);
      // It has its time before this way is suspected too.
      this.#retryAt = now + this.#patience.ms;
    }
  }

  /** Takes what the recipient says to have. */
  #settle(now: Instant, { next, held, refused }: Arrivals, receipt: Receipt): void {
    for (const sequence of refused) {
      for (const letter of this.#flights.get(sequence)?.letters ?? []) letter.isRefused = true;
    }
    for (const sequence of held) {
      const flight = this.#flights.get(sequence);
      if (flight !== undefined) flight.isHeld = true;
    }
    this.#acknowledged = Math.max(this.#acknowledged, next);
    let path: readonly NodeId[] | undefined;
    for (const flight of this.#flights) {
      if (flight.sequence >= next) break;
      path ??= routeIds(reversedRoute(receipt.route));
      this.#land(now, flight, path);
    }
    if (path === undefined) return;
    this.#patience.renew();
    this.#retryAt = now + this.#patience.ms;
  }

  #land(now: Instant, flight: Flight, path: readonly NodeId[]): void {
    this.#flights.remove(flight);
    this.#window.arrived(flight.sealed.length);
    const rttUs = Math.max(1, Math.round((now - flight.firstSentAt) * 1000));
    // What was held waited for something else; what was sent twice may be answered for either.
    if (flight.attempts === 1 && !flight.isHeld) this.#patience.measured(rttUs / 1000);
    for (const letter of flight.letters) {
      if (letter.lastSequence !== flight.sequence) continue;
      const refused = { type: "refused", by: "them" } as const;
      this.#answer(letter, letter.isRefused ? refused : { type: "delivered", path, rttUs });
    }
  }

  #clear(): void {
    this.#flights.clear();
    this.#waiting.clear();
  }

  /** Tells those whose time is over; envelopes of which nobody waits for anything are given up. */
  #expire(now: Instant): void {
    let next = Infinity;
    for (const letter of this.#letters()) {
      if (letter.isAnswered) continue;
      // To look at all of them for each one's deadline would take too long where there are many.
      if (now + EXPIRY_PACE_MS >= letter.deadline) this.#answer(letter, { type: "timed-out" });
      else next = Math.min(next, letter.deadline);
    }
    this.#deadlineFrom = next;
    for (const flight of this.#flights) {
      if (flight.letters.every(({ isAnswered }) => isAnswered)) this.#flights.remove(flight);
    }
    this.#waiting.dropAnswered();
    this.#bridge(now);
    this.pump(now);
  }

  /**
   * Tells the recipient, where it waits for envelopes that were given up, that they will not come: the
   * next envelope does, and if there is no letter for one, a probe is sent.
   */
  #bridge(now: Instant): void {
    if (!this.#needsBridge() || this.#waiting.size > 0) return;
    this.add(now, new Letter("probe", "", now + BRIDGE_MS));
  }

  #needsBridge(): boolean {
    const floor = this.#floor();
    return this.#flights.size > 0 && this.#acknowledged < floor && this.#toldFloor < floor;
  }

  *#letters(): IterableIterator<Letter> {
    for (const flight of this.#flights) yield* flight.letters;
    yield* this.#waiting;
  }

  #answer(letter: Letter, outcome: Outcome): void {
    if (letter.isAnswered) return;
    letter.isAnswered = true;
    this.#options.answer(letter, outcome);
  }
}

/** What a receipt says, unless that is nonsense. */
function arrivalsOf(opened: Uint8Array): Arrivals | undefined {
  try {
    return decodeArrivals(opened);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return undefined;
  }
}

function isSamePath(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}
