/**
 * A place at the end of the line, at the chain server: whoever is an end and has nobody to look for is
 * known there, so that those who come find the line.
 *
 * The connection lives as long as this member is the end. When it is lost it is made again; and now and
 * then it is made afresh, since a server that died without a word, or forgot us, would leave the line
 * where nobody finds it.
 */

import type { Address } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import type { StreamId } from "./member_effect.ts";
import { encodeConnect, type Part, readChainReply } from "./rendezvous_protocol.ts";
import type { ServerStreams } from "./server_streams.ts";

/** Milliseconds until the server is asked again after it hung up: doubled from the first to the last. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** Milliseconds after which a registration is made afresh. */
const REFRESH_MS = 60_000;

/** What registration is done with. */
export interface RegistrationPorts {
  random: Random;
  streams: ServerStreams;
  /** Where the two sockets are reached. */
  ownAddresses(): { head: Address; tail: Address };
  registered(): void;
  /** The server says whom to meet, and with which socket. */
  placed(now: Instant, part: Part, address: Address): void;
}

type State =
  | { type: "off" }
  | { type: "waiting"; at: Instant }
  | { type: "asking"; stream: StreamId }
  | { type: "registered"; stream: StreamId; refreshAt: Instant };

export class Registration {
  readonly #ports: RegistrationPorts;
  #state: State = { type: "off" };
  #failures = 0;
  /** When it may be tried again, whatever happened since. */
  #notBefore: Instant = 0;
  /** Addresses that were registered. */
  #addresses: { head: Address; tail: Address } | undefined;

  constructor(ports: RegistrationPorts) {
    this.#ports = ports;
  }

  /** Whether the server knows this member as the end of the line, as far as can be told. */
  get isRegistered(): boolean {
    return this.#state.type === "registered";
  }

  /** @param isEnd whether this member is one, and so is to be registered */
  follow(now: Instant, isEnd: boolean): void {
    if (!isEnd) return this.#stop();
    if (this.#state.type === "off") {
      this.#state = { type: "waiting", at: Math.max(now, this.#notBefore) };
    }
    this.handleTime(now);
  }

  handleTime(now: Instant): void {
    const state = this.#state;
    if (state.type === "registered" && (now >= state.refreshAt || this.#hasMoved())) {
      this.#ports.streams.end(state.stream);
      this.#ask();
    } else if (state.type === "waiting" && now >= state.at) {
      this.#ask();
    }
  }

  nextWakeup(): Instant | undefined {
    const state = this.#state;
    if (state.type === "waiting") return state.at;
    return state.type === "registered" ? state.refreshAt : undefined;
  }

  #hasMoved(): boolean {
    const { head, tail } = this.#ports.ownAddresses();
    return this.#addresses?.head !== head || this.#addresses.tail !== tail;
  }

  #stop(): void {
    const state = this.#state;
    if (state.type === "asking" || state.type === "registered") {
      this.#ports.streams.end(state.stream);
    }
    this.#state = { type: "off" };
  }

  #ask(): void {
    const { streams } = this.#ports;
    const stream = streams.ask("chain", {
      opened: (now) => {
        this.#addresses = this.#ports.ownAddresses();
        this.#state = {
          type: "registered",
          stream,
          refreshAt: now + REFRESH_MS * (1 + this.#ports.random.next() / 2),
        };
        this.#ports.registered();
        return encodeConnect(this.#addresses);
      },
      replied: (now, reply) => this.#handleReply(now, stream, reply),
      ended: (now) => this.#retry(now),
    });
    this.#state = { type: "asking", stream };
  }

  /** @throws {ChainProtocolError} when the reply is none of a chain server */
  #handleReply(now: Instant, stream: StreamId, reply: unknown): void {
    const answer = readChainReply(reply);
    if (answer.type === "error") {
      this.#ports.streams.tellError("chain", answer.reason);
      this.#ports.streams.end(stream);
      return this.#retry(now);
    }
    this.#failures = 0;
    if (answer.part === "head") {
      // The other one has our place now.
      this.#ports.streams.end(stream);
      this.#state = { type: "off" };
      this.#notBefore = now + this.#delayMs(FIRST_RETRY_MS);
    }
    this.#ports.placed(now, answer.part, answer.ip);
  }

  #retry(now: Instant): void {
    const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    this.#notBefore = now + this.#delayMs(delayMs);
    this.#state = { type: "waiting", at: this.#notBefore };
  }

  /** By chance up to half as long again, so that two ends that get in each other's way do not go on so. */
  #delayMs(delayMs: number): number {
    return delayMs * (1 + this.#ports.random.next() / 2);
  }
}
