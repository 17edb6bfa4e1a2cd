/** The envelopes that are under way to one recipient, in the order of their numbers. */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Letter } from "./letter.ts";

/** An envelope that is under way. */
export interface Flight {
  readonly sequence: number;
  readonly sealed: Uint8Array;
  /** All letters of which some is in it. */
  readonly letters: readonly Letter[];
  readonly firstSentAt: Instant;
  /** The way it was sent last. */
  path: readonly NodeId[];
  attempts: number;
  /** The recipient has it, and misses something before it. */
  isHeld: boolean;
}

export class Flights {
  readonly #flights = new Map<number, Flight>();
  #bytes = 0;

  get size(): number {
    return this.#flights.size;
  }

  /** Of all that is sealed in them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the oldest. */
  get first(): number | undefined {
    return this.#flights.keys().next().value;
  }

  get(sequence: number): Flight | undefined {
    return this.#flights.get(sequence);
  }

  add(flight: Flight): void {
    this.#flights.set(flight.sequence, flight);
    this.#bytes += flight.sealed.length;
  }

  remove(flight: Flight): void {
    if (this.#flights.delete(flight.sequence)) this.#bytes -= flight.sealed.length;
  }

  clear(): void {
    this.#flights.clear();
    this.#bytes = 0;
  }

  /** Those that the recipient does not have, as far as is known. Flights may be removed meanwhile. */
  *missing(): IterableIterator<Flight> {
    for (const flight of this.#flights.values()) if (!flight.isHeld) yield flight;
  }

  /** Flights may be removed meanwhile. */
  [Symbol.iterator](): IterableIterator<Flight> {
    return this.#flights.values();
  }
}
