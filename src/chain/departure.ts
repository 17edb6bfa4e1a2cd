/**
 * Leaving in good order: first all that waits for the neighbours, then the goodbye, which has one id for
 * both, under which they find each other. Neither is waited for long: whoever does not hear it will
 * notice by the silence.
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import { Farewell } from "./farewell.ts";
import type { Link } from "./link.ts";
import type { Side } from "./side.ts";

/** Milliseconds that messages have to reach the neighbours. */
const FLUSH_MS = 1_000;

/** A link that is to be ended. */
export interface Parting {
  side: Side;
  link: Link;
}

export class Departure {
  readonly #id: Uint8Array | undefined;
  readonly #emit: (side: Side, to: Address, datagram: Uint8Array) => void;
  readonly #flushUntil: Instant;
  #farewells: Farewell[] | undefined;

  /** @param id under which the neighbours find each other, where there are two, or are to be */
  constructor(
    now: Instant,
    id: Uint8Array | undefined,
    emit: (side: Side, to: Address, datagram: Uint8Array) => void,
  ) {
    this.#id = id;
    this.#emit = emit;
    this.#flushUntil = now + FLUSH_MS;
  }

  /** Whether messages are still on their way; the links are needed until then. */
  get isFlushing(): boolean {
    return this.#farewells === undefined;
  }

  /** Says goodbye once nothing waits any more. */
  follow(now: Instant, links: readonly Parting[]): void {
    if (!this.isFlushing) return;
    if (now < this.#flushUntil && links.some(({ link }) => link.queuedBytes > 0)) return;
    this.#farewells = links.map(({ side, link }) =>
      new Farewell(now, link, this.#id, (to, datagram) => this.#emit(side, to, datagram))
    );
  }

  isOver(now: Instant): boolean {
    return this.#farewells?.every((farewell) => farewell.isOver(now)) ?? false;
  }

  handleAck(token: Uint8Array): void {
    for (const farewell of this.#farewells ?? []) farewell.handleAck(token);
  }

  handleTime(now: Instant): void {
    for (const farewell of this.#farewells ?? []) farewell.handleTime(now);
  }

  nextWakeup(): Instant | undefined {
    if (this.#farewells === undefined) return this.#flushUntil;
    return earliest(...this.#farewells.map((farewell) => farewell.nextWakeup()));
  }
}
