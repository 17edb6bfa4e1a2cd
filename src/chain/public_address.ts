/**
 * Learns where a socket is reached from outside, by asking the echo server again and again: at first until
 * it answers, then now and then, since a NAT may forget the socket or give it another port; asking keeps
 * it from doing so.
 */

import type { Address } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import { type Random, randomInt } from "../base/random.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { readEcho } from "./rendezvous_protocol.ts";

/** Milliseconds from one question to the next while there is no answer: doubled from the first to the last. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 4_000;

/** Milliseconds from an answer to the next question: many NATs forget a way after 30 s (RFC 4787). */
const REFRESH_MS = 20_000;

/** Questions without an answer after which somebody should hear of it. */
const MANY_ATTEMPTS = 5;

/** What a question holds: the echo server answers to anything. */
const QUESTION = Uint8Array.of(0xac);

/** What follows from an answer or from its absence. */
export type AddressNews =
  | { type: "address"; address: Address }
  | { type: "silent"; attempts: number }
  | undefined;

export class PublicAddress {
  readonly #random: Random;
  readonly #emit: (datagram: Uint8Array) => void;
  #address: Address | undefined;
  #askAt: Instant = 0;
  /** Questions since the last answer. */
  #attempts = 0;

  /** @param emit sends a datagram to the echo server, from the socket this is about */
  constructor(random: Random, emit: (datagram: Uint8Array) => void) {
    this.#random = random;
    this.#emit = emit;
  }

  /** The latest answer. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** Something came from the echo server's address. */
  handleAnswer(now: Instant, bytes: Uint8Array): AddressNews {
    // Nobody asked: it is a forger who knows the echo server's address.
    if (this.#attempts === 0) return undefined;
    let address: Address;
    try {
      address = readEcho(bytes);
    } catch (error) {
      if (error instanceof ChainProtocolError) return undefined;
      throw error;
    }
    const isNew = address !== this.#address || this.#attempts >= MANY_ATTEMPTS;
    this.#address = address;
    this.#attempts = 0;
    // So that members who came together do not ask together.
    this.#askAt = now + REFRESH_MS - randomInt(this.#random, REFRESH_MS / 10);
    return isNew ? { type: "address", address } : undefined;
  }

  handleTime(now: Instant): AddressNews {
    if (now < this.#askAt) return undefined;
    this.#emit(QUESTION);
    this.#askAt = now + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#attempts, 10));
    this.#attempts++;
    return this.#attempts === MANY_ATTEMPTS
      ? { type: "silent", attempts: this.#attempts }
      : undefined;
  }

  nextWakeup(): Instant {
    return this.#askAt;
  }
}
