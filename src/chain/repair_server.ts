/**
 * The repair server: introduces to each other the two that name the same id.
 *
 * An id is for exactly two. It is remembered for a while after they have met, so that a third who names
 * it is refused instead of being left to wait for a fourth. One of the two, told apart by its address,
 * may ask again: its connection may have ended before it heard the answer.
 *
 * A client may wait with several ids at a time on one connection: the neighbours of a gap do not know
 * how wide it is, and each id stands for another width.
 */

import type { Address } from "../base/address.ts";
import type { Instant } from "../base/ports.ts";
import { earliest } from "../base/instant.ts";
import { expectIntroducible } from "./introducible.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { encodeIntroduction, readReconnect } from "./rendezvous_protocol.ts";
import {
  type ClientLimits,
  DEFAULT_CLIENT_LIMITS,
  ServerClients,
  type ServerEffect,
} from "./server_clients.ts";

/** How a repair server is set up. */
export interface RepairServerOptions extends Partial<ClientLimits> {
  /** Whether private addresses are introduced, as within one machine or one network. Default: no. */
  allowsPrivate?: boolean;
  /** Requests that one connection may make, counting those that were answered. Default: 64. */
  maxRequestsPerClient?: number;
  /** Milliseconds for which an id is remembered after its two have met. Default: 10 minutes. */
  usedIdMemoryMs?: number;
  /** Most ids that are remembered; the oldest is forgotten for a new one. Default: 65 536. */
  maxUsedIds?: number;
}

/** One who waits for the other with the same id. */
interface Waiting {
  client: number;
  ip: Address;
}

/** One repair server, without its sockets. */
export class RepairServer {
  readonly #allowsPrivate: boolean;
  readonly #maxRequests: number;
  readonly #clients: ServerClients;
  readonly #waiting = new Map<string, Waiting>();
  /** What each client that is there has asked for. */
  readonly #asked = new Map<number, { requests: number; ids: Set<string> }>();
  readonly #used: UsedIds;
  #introductions = 0;

  constructor(
    {
      allowsPrivate = false,
      maxRequestsPerClient = 64,
      usedIdMemoryMs = 600_000,
      maxUsedIds = 65_536,
      ...limits
    }: RepairServerOptions = {},
  ) {
    this.#allowsPrivate = allowsPrivate;
    this.#maxRequests = maxRequestsPerClient;
    this.#clients = new ServerClients({ ...DEFAULT_CLIENT_LIMITS, ...limits });
    this.#used = new UsedIds(usedIdMemoryMs, maxUsedIds);
  }

  /** Pairs that were told of each other. */
  get introductions(): number {
    return this.#introductions;
  }

  /** Connections at present. */
  get clientCount(): number {
    return this.#clients.count;
  }

  /**
   * Somebody connected.
   *
   * @param client a number that no other connection has, or had
   */
  handleOpened(now: Instant, client: number, from: Address): void {
    this.#clients.open(now, client, from);
  }

  /** Bytes came from a client. Those of one that is gone are dropped. */
  handleBytes(now: Instant, client: number, bytes: Uint8Array): void {
    this.#clients.receive(client, bytes, (request) => this.#introduce(now, client, request));
    if (!this.#clients.has(client)) this.#drop(client);
    else this.#endIfDone(client);
  }

  /** A client's connection is over, and with it all that it waits for. */
  handleClosed(_now: Instant, client: number): void {
    this.#clients.forget(client);
    this.#drop(client);
  }

  /** Time has passed. Early and repeated calls do no harm. */
  handleTime(now: Instant): void {
    for (const client of this.#clients.handleTime(now)) this.#drop(client);
    this.#used.forgetOld(now);
  }

  /** When `handleTime` is wanted next. */
  nextWakeup(): Instant | undefined {
    return earliest(this.#clients.nextWakeup(), this.#used.next());
  }

  /** What to do, in order. */
  takeEffects(): ServerEffect[] {
    return this.#clients.takeEffects();
  }

  /** @throws {ChainProtocolError} when the request cannot be used */
  #introduce(now: Instant, client: number, value: unknown): void {
    const { id, ip } = readReconnect(value);
    expectIntroducible("Field ip", ip, this.#allowsPrivate);
    this.#count(client);
    const pair = this.#used.get(id);
    if (pair !== undefined) return this.#repeat(client, ip, pair);
    const other = this.#waiting.get(id);
    if (other === undefined || other.client === client || other.ip === ip) {
      this.#register(now, id, { client, ip }, other);
      return;
    }
    this.#introductions++;
    this.#release(id, other.client);
    this.#used.add(now, id, [other.ip, ip]);
    this.#clients.send(other.client, encodeIntroduction(ip));
    this.#clients.send(client, encodeIntroduction(other.ip));
    this.#endIfDone(other.client);
  }

  #repeat(client: number, ip: Address, pair: Pair): void {
    const at = pair.indexOf(ip);
    if (at < 0) {
      throw new ChainProtocolError(
        "Field id is one whose two have met already, wanted a fresh one",
      );
    }
    this.#clients.send(client, encodeIntroduction(pair[at === 0 ? 1 : 0]));
  }

  #count(client: number): void {
    const asked = this.#asked.get(client) ?? { requests: 0, ids: new Set() };
    this.#asked.set(client, asked);
    if (++asked.requests > this.#maxRequests) {
      throw new ChainProtocolError(
        `${this.#maxRequests} requests came by one connection, wanted no more: open another one`,
      );
    }
  }

  /**
   * Has a client wait.
   *
   * @param before who waited with the same id at the same address, or by the same connection: one that
   *   lost its connection before the server did must not be introduced to itself
   */
  #register(now: Instant, id: string, waiting: Waiting, before: Waiting | undefined): void {
    if (before !== undefined && before.client !== waiting.client) {
      this.#release(id, before.client);
      this.#endIfDone(before.client);
    }
    this.#waiting.set(id, waiting);
    this.#asked.get(waiting.client)?.ids.add(id);
    this.#clients.wait(now, waiting.client);
  }

  #release(id: string, client: number): void {
    this.#waiting.delete(id);
    this.#asked.get(client)?.ids.delete(id);
  }

  /** A client that has asked, and waits for nothing more, is ended. */
  #endIfDone(client: number): void {
    const asked = this.#asked.get(client);
    if (asked === undefined || asked.ids.size > 0) return;
    this.#asked.delete(client);
    this.#clients.end(client);
  }

  #drop(client: number): void {
    for (const id of this.#asked.get(client)?.ids ?? []) this.#waiting.delete(id);
    this.#asked.delete(client);
  }
}

/** Where two were that have met. */
type Pair = readonly [Address, Address];

/** The ids whose two have met, as far back as is remembered. */
class UsedIds {
  readonly #memoryMs: number;
  readonly #most: number;
  /** The oldest first. */
  readonly #ids = new Map<string, { pair: Pair; until: Instant }>();

  constructor(memoryMs: number, most: number) {
    this.#memoryMs = memoryMs;
    this.#most = most;
  }

  get(id: string): Pair | undefined {
    return this.#ids.get(id)?.pair;
  }

  add(now: Instant, id: string, pair: Pair): void {
    this.#ids.set(id, { pair, until: now + this.#memoryMs });
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > this.#most && oldest !== undefined) this.#ids.delete(oldest);
  }

  next(): Instant | undefined {
    const [first] = this.#ids.values();
    return first?.until;
  }

  forgetOld(now: Instant): void {
    for (const [id, { until }] of this.#ids) {
      if (until > now) return;
      this.#ids.delete(id);
    }
  }
}
