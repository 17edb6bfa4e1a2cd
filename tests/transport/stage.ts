/**
 * The stage on which the stories of compliance.ts are told: ends that note what they are told,
 * listeners that note whom they accept, and one who waits and clears up.
 */

import { assertExists } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { concatBytes } from "../../src/base/bytes.ts";
import type {
  Cancel,
  Connection,
  ConnectionError,
  ConnectionHandler,
  ListenHandler,
  Remote,
  Transport,
} from "../../src/base/ports.ts";

/** A transport under test and the world around it. */
export interface TransportRig {
  transport: Transport;
  /** Where listeners are, if not at the same transport. */
  listening?: Transport;
  /** Where to listen: another free address at each call; its port may be 0. */
  freeAddress(): Address;
  /** Lets things happen until `condition` holds; rejects when it never does. */
  until(condition: () => boolean): Promise<void>;
}

/** What an end does besides noting what it is told. */
export interface Part {
  accepted?(end: End): void;
  opened?(end: End): void;
  received?(end: End, bytes: Uint8Array): void;
  drained?(end: End): void;
}

/** One end of a connection, and all that it was told. */
export class End implements ConnectionHandler {
  connection!: Connection;
  remote: Remote | undefined;
  error: ConnectionError | undefined;
  /** The names of the calls, in order, runs of `received` as one. */
  readonly told: ("opened" | "received" | "drained" | "closed")[] = [];
  /** As they came, not copied: a transport that uses a chunk's memory again is caught. */
  readonly chunks: Uint8Array[] = [];
  receivedBytes = 0;
  readonly #part: Part;

  constructor(part: Part) {
    this.#part = part;
  }

  opened(remote: Remote): void {
    this.told.push("opened");
    this.remote = remote;
    this.#part.opened?.(this);
  }

  received(bytes: Uint8Array): void {
    if (this.told.at(-1) !== "received") this.told.push("received");
    this.chunks.push(bytes);
    this.receivedBytes += bytes.length;
    this.#part.received?.(this, bytes);
  }

  drained(): void {
    this.told.push("drained");
    this.#part.drained?.(this);
  }

  closed(error?: ConnectionError): void {
    this.told.push("closed");
    this.error = error;
  }

  get isClosed(): boolean {
    return this.told.includes("closed");
  }

  /** How often it was told that all is handed over. */
  get drains(): number {
    return this.told.filter((name) => name === "drained").length;
  }

  get bytes(): Uint8Array {
    return concatBytes(this.chunks);
  }
}

/** A listener, and the ends it accepted. */
export class Listener implements ListenHandler {
  at: Address | undefined;
  error: ConnectionError | undefined;
  stop!: Cancel;
  readonly ends: End[] = [];
  /** Why each caller was turned away. */
  readonly refusals: { from: Address; reason: string }[] = [];
  readonly #part: Part;

  constructor(part: Part) {
    this.#part = part;
  }

  listening(at: Address): void {
    this.at = at;
  }

  failed(error: ConnectionError): void {
    this.error = error;
  }

  refused(from: Address, reason: string): void {
    this.refusals.push({ from, reason });
  }

  accepted(connection: Connection, remote: Remote): ConnectionHandler {
    const end = new End(this.#part);
    end.connection = connection;
    end.remote = remote;
    this.ends.push(end);
    this.#part.accepted?.(end);
    return end;
  }

  /** Whether it has been told how listening went. */
  get isTold(): boolean {
    return this.at !== undefined || this.error !== undefined;
  }
}

/** Dials, listens and waits over one rig, and clears up at the end. */
export class Stage {
  readonly #rig: TransportRig;
  readonly #listeners: Listener[] = [];
  readonly #dialled: End[] = [];

  constructor(rig: TransportRig) {
    this.#rig = rig;
  }

  until(condition: () => boolean): Promise<void> {
    return this.#rig.until(condition);
  }

  dial(to: Address, part: Part = {}): End {
    const end = new End(part);
    end.connection = this.#rig.transport.dial(to, end);
    this.#dialled.push(end);
    return end;
  }

  /** A listener that has only been asked for. */
  startListening(at = this.#rig.freeAddress(), part: Part = {}): Listener {
    const listener = new Listener(part);
    const { transport, listening = transport } = this.#rig;
    listener.stop = listening.listen(at, listener);
    this.#listeners.push(listener);
    return listener;
  }

  /** A listener that is bound, with the address to dial. */
  async listen(part: Part = {}): Promise<{ listener: Listener; at: Address }> {
    const listener = this.startListening(undefined, part);
    await this.until(() => listener.isTold);
    assertExists(listener.at, listener.error?.detail);
    return { listener, at: listener.at };
  }

  /** An address that nobody listens on any more. */
  async deadAddress(): Promise<Address> {
    const { listener, at } = await this.listen();
    listener.stop();
    return at;
  }

  /** Both ends of a connection in use. */
  async pair(parts: { dialler?: Part; accepter?: Part } = {}): Promise<Pair> {
    const { listener, at } = await this.listen(parts.accepter);
    const dialler = this.dial(at, parts.dialler);
    await this.until(() => dialler.told.length > 0 && listener.ends.length > 0);
    const [accepter] = listener.ends;
    assertExists(accepter);
    return { dialler, accepter };
  }

  /**
   * Waits until bytes have gone to and fro over a new connection: what was on its way before is
   * then very likely to have been told.
   */
  async roundTrip(): Promise<void> {
    const { dialler, accepter } = await this.pair();
    dialler.connection.send(Uint8Array.of(1));
    await this.until(() => accepter.receivedBytes === 1);
    accepter.connection.send(Uint8Array.of(2));
    await this.until(() => dialler.receivedBytes === 1);
  }

  /** Stops every listener and closes every connection. */
  clear(): void {
    for (const { stop } of this.#listeners) stop();
    const accepted = this.#listeners.flatMap(({ ends }) => ends);
    for (const { connection } of [...this.#dialled, ...accepted]) connection.close();
  }
}

/** The two ends of one connection. */
export interface Pair {
  dialler: End;
  accepter: End;
}
