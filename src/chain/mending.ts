/**
 * The search for whoever stands behind a neighbour that is gone.
 *
 *     A ─── B ─── C ─── D        B and C are gone: A and D are to find each other
 *
 * Any two members that know of each other have an id for the two of them that no stranger can make: their
 * secrets, mixed. A cannot tell who else is gone, so it names to the repair server, from the nearest outward, its id with
 * each of those behind B; so does D towards the other side. Only those who both miss somebody are
 * introduced, and only to each other, however many are gone between them and in whatever order they
 * notice.
 *
 * The nearest one wins: were A and E introduced while C is still there but slow to miss B, C would be
 * left out. Hence one who is farther away than the gap of a single member is taken only once those in
 * between had the time to notice too. An id has served when two have met, since neighbours use the one
 * of their link from then on, which is fresh.
 *
 * The road not taken is one id per member that is gone, tried outward one after another: a third one can
 * meet there whoever was meant for another, and every member more takes a waiting time more.
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import { toHex } from "./binary.ts";
import type { Datagram } from "./datagram.ts";
import type { Bond, Handshake } from "./handshake.ts";
import type { StreamId } from "./member_effect.ts";
import { encodeReconnect, readRepairReply } from "./rendezvous_protocol.ts";
import type { ServerStreams } from "./server_streams.ts";

/**
 * After so many keep-alives from the loss those who are farther away are taken. Two neighbours of one that
 * is gone notice it within one keep-alive of each other, or two where one got lost.
 */
const GRACE_PERIODS = 2;

/** After so many nobody more is waited for. */
const GIVE_UP_PERIODS = 5;

/** The same where nobody is known behind the one that is gone, who may itself be found again. */
const GIVE_UP_END_PERIODS = 3.5;

/** Shorter keep-alives do not make servers and networks faster: these count as so long, in milliseconds. */
const MIN_PERIOD_MS = 1_000;

/** Milliseconds that somebody who was introduced has to answer. */
const HANDSHAKE_MS = 2_500;

/** The first two ids are named at once, every further two so much later, in milliseconds. */
const STAGGER_MS = 200;

/** How long until a server that hung up is asked again, in milliseconds, and how that grows. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 2_000;

/** Somebody to be found. */
export interface Target {
  /** The id, which only the two know. */
  ticket: Uint8Array;
  /** Whether nobody else can be left out by being linked with this one. */
  isNear: boolean;
}

/** What a search is carried out with. */
export interface MendingPorts {
  /** Milliseconds between keep-alives. */
  keepAliveMs: number;
  streams: ServerStreams;
  /** Where the socket that lost its neighbour is reached. */
  ownAddress(): Address;
  /** Whether an introduction to this address is followed. */
  isWelcome(address: Address): boolean;
  /** Begins a handshake. */
  shake(now: Instant, ticket: Uint8Array, address: Address, deadline: Instant): Handshake;
}

/** One id, named to the server. */
interface Claim {
  readonly target: Target;
  state:
    | { type: "waiting"; at: Instant }
    | { type: "asking"; stream: StreamId }
    | { type: "introduced"; address: Address }
    | { type: "over" };
  failures: number;
}

export class Mending {
  readonly since: Instant;
  /** When those who are farther away are taken. */
  readonly #graceEnd: Instant;
  readonly #until: Instant;
  readonly #ports: MendingPorts;
  /** The nearest first. */
  readonly #claims: readonly Claim[];
  /** Whom we shake hands with. */
  #courted: { claim: Claim; handshake: Handshake } | undefined;
  #hasGraceEnded = false;

  /** @param targets the nearest first */
  constructor(now: Instant, targets: readonly Target[], ports: MendingPorts) {
    this.since = now;
    const periodMs = Math.max(MIN_PERIOD_MS, ports.keepAliveMs);
    this.#graceEnd = now + GRACE_PERIODS * periodMs;
    this.#until = now + periodMs * (targets.length > 1 ? GIVE_UP_PERIODS : GIVE_UP_END_PERIODS);
    this.#ports = ports;
    this.#claims = targets.map((target, index) => ({
      target,
      state: { type: "waiting", at: now + Math.floor(index / 2) * STAGGER_MS },
      failures: 0,
    }));
    this.handleTime(now);
  }

  /** Whether nobody was found, and nobody will be. */
  isOver(now: Instant): boolean {
    return now >= this.#until && this.#courted === undefined;
  }

  /**
   * A datagram came that may be of one who was introduced.
   *
   * @returns the bond, once there is one; the search is then to be ended
   */
  handle(now: Instant, from: Address, datagram: Datagram): Bond | undefined {
    return this.#courted?.handshake.handle(now, from, datagram);
  }

  handleTime(now: Instant): void {
    for (const claim of this.#claims) {
      if (claim.state.type === "waiting" && now >= claim.state.at) this.#ask(claim);
    }
    const courted = this.#courted;
    if (courted !== undefined && now >= courted.handshake.deadline) {
      courted.claim.state = { type: "over" };
      this.#courted = undefined;
    }
    this.#court(now);
    this.#courted?.handshake.handleTime(now);
  }

  nextWakeup(): Instant | undefined {
    const starts = this.#claims.map(({ state }) => state.type === "waiting" ? state.at : undefined);
    const waitsForGrace = this.#claims.some(({ state, target }) =>
      state.type === "introduced" && !target.isNear
    );
    return earliest(
      ...starts,
      waitsForGrace && !this.#hasGraceEnded ? this.#graceEnd : undefined,
      this.#courted === undefined ? this.#until : this.#courted.handshake.nextWakeup(),
    );
  }

  /** Withdraws all that was asked. */
  end(): void {
    for (const claim of this.#claims) {
      if (claim.state.type === "asking") this.#ports.streams.end(claim.state.stream);
      claim.state = { type: "over" };
    }
    this.#courted = undefined;
  }

  /** Turns to the nearest one who may be taken. */
  #court(now: Instant): void {
    this.#hasGraceEnded = now >= this.#graceEnd;
    // Who has answered may be linked already on its side.
    if (this.#courted?.handshake.isAnswered) return;
    const claim = this.#claims.find(({ state, target }) =>
      state.type === "introduced" && (target.isNear || this.#hasGraceEnded)
    );
    if (claim === undefined || claim === this.#courted?.claim) return;
    if (claim.state.type !== "introduced") return;
    const { ticket } = claim.target;
    const deadline = now + HANDSHAKE_MS;
    const handshake = this.#ports.shake(now, ticket, claim.state.address, deadline);
    this.#courted = { claim, handshake };
  }

  #ask(claim: Claim): void {
    const { streams, ownAddress, isWelcome } = this.#ports;
    const stream = streams.ask("repair", {
      opened: () => encodeReconnect({ id: toHex(claim.target.ticket), ip: ownAddress() }),
      replied: (now, reply) => {
        const answer = readRepairReply(reply);
        streams.end(stream);
        claim.state = { type: "over" };
        if (answer.type === "error") return streams.tellError("repair", answer.reason);
        if (!isWelcome(answer.ip)) return;
        claim.state = { type: "introduced", address: answer.ip };
        this.#court(now);
      },
      ended: (now) => {
        const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** claim.failures++);
        claim.state = { type: "waiting", at: now + delayMs };
      },
    });
    claim.state = { type: "asking", stream };
  }
}
