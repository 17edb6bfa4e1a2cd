/**
 * The clients of a rendezvous server: whom it lets in, what it reads of them, and how it is rid of
 * them. Both servers stand on this, and differ in what they answer.
 *
 * A client may hold little and for a short time until it has asked for something. From then on it may
 * wait as long as its connection lives: the end of a line waits for days, and a timeout would have
 * every end ask again for nothing. That a silent machine is still there is for TCP to find out.
 */

import { type Address, splitAddress } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import { earliest } from "../base/instant.ts";
import { JsonStream } from "./json_stream.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { encodeError, MAX_OBJECT_BYTES } from "./rendezvous_protocol.ts";

/** What a rendezvous server asks of the world around it, in order. */
export type ServerEffect =
  | { type: "send"; client: number; bytes: Uint8Array }
  /** Send what was given and end the connection; not answered. */
  | { type: "close"; client: number };

/** What clients may claim. */
export interface ClientLimits {
  /** Connections at a time; each costs a few kilobytes and one of the files a process may open. */
  maxClients: number;
  /** The same of one host: of one IPv4 address, or of one IPv6 network of 64 bits. */
  maxClientsPerHost: number;
  /** Milliseconds until a client must have asked for something. */
  requestTimeoutMs: number;
  /** Milliseconds that it may wait for an answer; `Infinity` for as long as it stays connected. */
  waitTimeoutMs: number;
  /** Bytes of one request. */
  maxRequestBytes: number;
}

/** Enough for a server on a small machine, and for many members behind one address. */
export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  maxClients: 1_024,
  maxClientsPerHost: 64,
  requestTimeoutMs: 10_000,
  waitTimeoutMs: Infinity,
  maxRequestBytes: MAX_OBJECT_BYTES,
};

/** One connection. */
interface Client {
  readonly host: string;
  readonly stream: JsonStream;
}

/** The clients of one server. */
export class ServerClients {
  readonly #limits: ClientLimits;
  readonly #clients = new Map<number, Client>();
  readonly #countByHost = new Map<string, number>();
  /** Those that have asked for nothing yet. */
  readonly #silent: Deadlines;
  /** Those whose answer is still to come. */
  readonly #waiting: Deadlines;
  #effects: ServerEffect[] = [];

  constructor(limits: ClientLimits) {
    this.#limits = limits;
    this.#silent = new Deadlines(limits.requestTimeoutMs);
    this.#waiting = new Deadlines(limits.waitTimeoutMs);
  }

  /** Connections at present. */
  get count(): number {
    return this.#clients.size;
  }

  /** Lets a client in, or tells it why not. */
  open(now: Instant, client: number, from: Address): void {
    const host = hostOf(from);
    const { maxClients, maxClientsPerHost } = this.#limits;
    const count = this.#countByHost.get(host) ?? 0;
    if (this.#clients.size >= maxClients) {
      return this.#turnAway(client, `${maxClients} clients are connected, try again later`);
    }
    if (count >= maxClientsPerHost) {
      const reason = `${count} clients are connected from the same address, wanted no more`;
      return this.#turnAway(client, reason);
    }
    this.#clients.set(client, { host, stream: new JsonStream(this.#limits.maxRequestBytes) });
    this.#countByHost.set(host, count + 1);
    this.#silent.start(now, client);
  }

  /**
   * Reads what a client sent.
   *
   * @param handle takes each request; what it throws of {@linkcode ChainProtocolError} is told to the
   *   client, which is gone then
   */
  receive(client: number, bytes: Uint8Array, handle: (request: unknown) => void): void {
    const stream = this.#clients.get(client)?.stream;
    if (stream === undefined) return;
    stream.push(bytes);
    try {
      for (;;) {
        const request = stream.next();
        if (request === undefined) return;
        handle(request);
        // What it is told may have ended it.
        if (!this.has(client)) return;
      }
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw error;
      this.refuse(client, error.message);
    }
  }

  has(client: number): boolean {
    return this.#clients.has(client);
  }

  /** It has asked for something, and is to wait for the answer. */
  wait(now: Instant, client: number): void {
    this.#silent.stop(client);
    this.#waiting.start(now, client);
  }

  send(client: number, bytes: Uint8Array): void {
    if (this.has(client)) this.#effects.push({ type: "send", client, bytes });
  }

  /** Ends a client that has all that it was to get. */
  end(client: number): void {
    if (this.forget(client)) this.#effects.push({ type: "close", client });
  }

  /** Tells a client what is wrong, and ends it. */
  refuse(client: number, reason: string): void {
    if (this.forget(client)) this.#turnAway(client, reason);
  }

  /** Its connection is over. Says whether it was there. */
  forget(client: number): boolean {
    const known = this.#clients.get(client);
    if (known === undefined) return false;
    this.#clients.delete(client);
    this.#silent.stop(client);
    this.#waiting.stop(client);
    const left = (this.#countByHost.get(known.host) ?? 1) - 1;
    if (left > 0) this.#countByHost.set(known.host, left);
    else this.#countByHost.delete(known.host);
    return true;
  }

  /**
   * Time has passed.
   *
   * @returns those that have used up their time and are gone
   */
  handleTime(now: Instant): number[] {
    const { requestTimeoutMs, waitTimeoutMs } = this.#limits;
    const silent = this.#silent.takeDue(now);
    const waiting = this.#waiting.takeDue(now);
    for (const client of silent) {
      this.refuse(client, `No request came within ${requestTimeoutMs} ms`);
    }
    for (const client of waiting) this.refuse(client, `Nobody came within ${waitTimeoutMs} ms`);
    return [...silent, ...waiting];
  }

  nextWakeup(): Instant | undefined {
    return earliest(this.#silent.next(), this.#waiting.next());
  }

  takeEffects(): ServerEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #turnAway(client: number, reason: string): void {
    this.#effects.push({ type: "send", client, bytes: encodeError(reason) });
    this.#effects.push({ type: "close", client });
  }
}

/** Deadlines that all come the same time after their start, and so in the order of their starts. */
class Deadlines {
  readonly #patienceMs: number;
  readonly #deadlines = new Map<number, Instant>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Starts that of a client anew. */
  start(now: Instant, client: number): void {
    if (this.#patienceMs === Infinity) return;
    this.#deadlines.delete(client);
    this.#deadlines.set(client, now + this.#patienceMs);
  }

  stop(client: number): void {
    this.#deadlines.delete(client);
  }

  next(): Instant | undefined {
    const [first] = this.#deadlines.values();
    return first;
  }

  takeDue(now: Instant): number[] {
    const due: number[] = [];
    for (const [client, at] of this.#deadlines) {
      if (at > now) break;
      this.#deadlines.delete(client);
      due.push(client);
    }
    return due;
  }
}

/** Whoever has one IPv6 address usually has a whole network of 64 bits. */
function hostOf(from: Address): string {
  const { host } = splitAddress(from);
  if (!host.includes(":")) return host;
  const [head = "", tail = ""] = host.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === "" ? [] : tail.split(":");
  while (groups.length + rest.length < 8) groups.push("0");
  return [...groups, ...rest].slice(0, 4).join(":");
}
