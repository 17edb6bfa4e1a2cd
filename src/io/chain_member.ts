/**
 * A member of a line on real sockets: carries out what the pure member decides, on two UDP sockets and
 * on TCP streams to the servers, and gives programs streams and callbacks.
 */

import { type Address, formatAddress, splitAddress } from "../base/address.ts";
import type { Cancel, Instant } from "../base/ports.ts";
import { SeededRandom } from "../base/random.ts";
import { Member, type MemberOptions } from "../chain/member.ts";
import type { ChainMessage, MemberEffect, StreamId, StreamServer } from "../chain/member_effect.ts";
import type { MemberNotice } from "../chain/member_notice.ts";
import type { MemberStatus } from "../chain/member_status.ts";
import { type Side, SIDES } from "../chain/side.ts";
import { ChainDuplex, type Offer } from "./chain_duplex.ts";
import { SystemClock } from "./clock.ts";
import { ServerStream } from "./server_stream.ts";
import { shielded } from "./shielded.ts";
import { openUdp, type UdpSocket } from "./udp_socket.ts";

/** Milliseconds between two looks at who is in the line. */
const LINE_PERIOD_MS = 100;

/** What a member is made of. */
export interface ChainMemberOptions {
  /** Where the servers are that are spoken to over TCP. */
  servers: Readonly<Record<StreamServer, Address>>;
  member: Omit<MemberOptions, "random" | "secretBytes">;
}

/** A member that runs in this process. Leave by `close` or `await using`. */
export class ChainMember implements AsyncDisposable {
  /** Messages from and to the one that came later. */
  readonly head: ChainDuplex;
  /** Messages from and to the one that came earlier. */
  readonly tail: ChainDuplex;
  /** Resolves once the member has left and all is given back. */
  readonly ended: Promise<void>;
  readonly #clock = new SystemClock();
  readonly #member: Member;
  readonly #servers: ChainMemberOptions["servers"];
  readonly #streams = new Map<StreamId, ServerStream>();
  readonly #sockets = new Map<Side, UdpSocket>();
  readonly #watchers = new Set<(notice: MemberNotice) => void>();
  readonly #lineWatchers = new Set<(status: MemberStatus) => void>();
  /** Who was in the line when the watchers were told, and when that was looked at. */
  #toldLine = "";
  #lookedAt: Instant = -Infinity;
  readonly #listeners = new Set<(message: ChainMessage) => void>();
  /** Who waits to say something to the line until there is room. */
  readonly #speakers = new Set<() => void>();
  readonly #stopped = Promise.withResolvers<void>();
  #isCarryingOut = false;
  #isStopped = false;
  #alarm: { at: Instant; cancel: Cancel } | undefined;

  private constructor({ servers, member }: ChainMemberOptions) {
    const secretBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
    const random = new SeededRandom(seed);
    this.#servers = servers;
    this.#member = new Member(this.#clock.now(), { ...member, random, secretBytes });
    this.head = new ChainDuplex((content) => this.#offer("head", content));
    this.tail = new ChainDuplex((content) => this.#offer("tail", content));
    this.ended = this.#stopped.promise.then(() => this.#giveBack());
  }

  /**
   * Opens the sockets. It joins once it is started.
   *
   * @throws {ListenError} by rejecting, when there can be no UDP sockets
   */
  static async open(options: ChainMemberOptions): Promise<ChainMember> {
    const member = new ChainMember(options);
    const at = anyPortFor(options.member.echo);
    try {
      for (const side of SIDES) {
        const take = (from: Address, bytes: Uint8Array) =>
          member.#run((now) => member.#member.handleDatagram(now, side, from, bytes));
        member.#sockets.set(side, await openUdp(at, take));
      }
    } catch (error) {
      await member.#giveBack();
      throw error;
    }
    return member;
  }

  /** Sets out to join. */
  start(): void {
    this.#run((now) => this.#member.start(now));
  }

  /** What it knows of itself and of the line. */
  status(): MemberStatus {
    return this.#member.status(this.#clock.now());
  }

  /** Tells `watcher` of all that happens. Call the result to stop. */
  watch(watcher: (notice: MemberNotice) => void): Cancel {
    return added(this.#watchers, shielded(watcher));
  }

  /**
   * Tells `watcher` of the line at each change of who is in it, at most ten times a second. Call the
   * result to stop.
   */
  watchLine(watcher: (status: MemberStatus) => void): Cancel {
    return added(this.#lineWatchers, shielded(watcher));
  }

  /** Hands `listener` all that is said to the whole line. Call the result to stop. */
  listen(listener: (message: ChainMessage) => void): Cancel {
    return added(this.#listeners, shielded(listener));
  }

  /**
   * Says something to the whole line, both ways; it waits while there is no room.
   *
   * @param content at most 64 KiB; a text goes as UTF-8
   * @returns whether there is anybody to hear it, or somebody to come: `nobody` when this member is
   *   alone, or has left
   * @throws {RangeError} by rejecting, when the content is too large
   */
  async say(content: string | Uint8Array): Promise<"taken" | "nobody"> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (;;) {
      const taken = this.#ask((now) => this.#member.say(now, bytes));
      if (taken !== "full") return taken ?? "nobody";
      await new Promise<void>((resolve) => this.#speakers.add(resolve));
    }
  }

  /** Says goodbye to both neighbours; `ended` tells when that is done. Twice does no harm. */
  leave(): void {
    this.#run((now) => this.#member.leave(now));
  }

  /** Leaves the line, and resolves once all is given back. */
  close(): Promise<void> {
    this.leave();
    return this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #offer(side: Side, content: Uint8Array): Offer {
    const taken = this.#ask((now) => this.#member.send(now, side, content));
    if (taken === undefined) return "left";
    return taken === "taken" ? "taken" : "wait";
  }

  /** The answer of a command; undefined once the member has left. */
  #ask<T>(command: (now: Instant) => T): T | undefined {
    let answer: T | undefined;
    this.#run((now) => answer = command(now));
    return answer;
  }

  /**
   * Everything that the member is told goes through here. Carrying out what it wants may lead to more
   * of it, as when a listener answers at once: that waits its turn, so that effects keep their order.
   */
  #run(event: (now: Instant) => void): void {
    if (this.#isStopped) return;
    event(this.#clock.now());
    if (this.#isCarryingOut) return;
    this.#isCarryingOut = true;
    try {
      for (;;) {
        const effects = this.#member.takeEffects();
        if (effects.length === 0) break;
        for (const effect of effects) this.#carryOut(effect);
      }
    } finally {
      this.#isCarryingOut = false;
    }
    this.#tellLine();
    this.#watchTime();
  }

  /** Looked at when anything happens, which keep-alives see to. */
  #tellLine(): void {
    const now = this.#clock.now();
    if (this.#lineWatchers.size === 0 || now < this.#lookedAt + LINE_PERIOD_MS) return;
    this.#lookedAt = now;
    const status = this.#member.status(now);
    const line = status.line.map(({ id, label }) => `${id} ${label}`).join("\n");
    if (line === this.#toldLine) return;
    this.#toldLine = line;
    for (const watcher of [...this.#lineWatchers]) watcher(status);
  }

  #carryOut(effect: MemberEffect): void {
    switch (effect.type) {
      case "dial":
        return this.#dial(effect.stream, this.#servers[effect.server]);
      case "write":
        return this.#streams.get(effect.stream)?.write(effect.bytes);
      case "end":
        return this.#streams.get(effect.stream)?.end();
      case "datagram":
        return this.#sockets.get(effect.socket)?.send(effect.to, effect.bytes);
      case "deliver":
        return this.#deliver(effect.message);
      case "room":
        return this.#retry();
      case "tell":
        // Whoever waits for room may now have somebody to talk to, or nobody.
        this.#retry();
        for (const watcher of [...this.#watchers]) watcher(effect.notice);
        return;
      case "stop":
        this.#isStopped = true;
        return this.#stopped.resolve();
      default:
        effect satisfies never;
    }
  }

  #dial(stream: StreamId, to: Address): void {
    const connection = new ServerStream(to, {
      opened: () => this.#run((now) => this.#member.handleStreamOpened(now, stream)),
      received: (bytes) => this.#run((now) => this.#member.handleStreamBytes(now, stream, bytes)),
      closed: () => this.#run((now) => this.#member.handleStreamClosed(now, stream)),
    });
    this.#streams.set(stream, connection);
    connection.gone.then(() => this.#streams.delete(stream));
  }

  #deliver(message: ChainMessage): void {
    if (message.scope === "neighbour") this[message.side].deliver(message.content);
    else for (const listener of [...this.#listeners]) listener(message);
  }

  /** Lets all who wait to send something try again. */
  #retry(): void {
    for (const side of SIDES) this[side].retry();
    const speakers = [...this.#speakers];
    this.#speakers.clear();
    for (const speak of speakers) speak();
  }

  /** An alarm that comes too early does no harm, so it is moved only to come earlier. */
  #watchTime(): void {
    const at = this.#isStopped ? undefined : this.#member.nextWakeup();
    if (at !== undefined && this.#alarm !== undefined && this.#alarm.at <= at) return;
    this.#alarm?.cancel();
    this.#alarm = at === undefined ? undefined : {
      at,
      cancel: this.#clock.wakeAt(at, () => {
        this.#alarm = undefined;
        this.#run((now) => this.#member.handleTime(now));
      }),
    };
  }

  async #giveBack(): Promise<void> {
    this.#isStopped = true;
    this.#watchTime();
    for (const side of SIDES) this[side].end();
    this.#retry();
    const streams = [...this.#streams.values()];
    for (const stream of streams) stream.end();
    await Promise.all([
      ...streams.map(({ gone }) => gone),
      ...[...this.#sockets.values()].map((socket) => socket.close()),
    ]);
  }
}

function added<T>(set: Set<T>, item: T): Cancel {
  set.add(item);
  return () => void set.delete(item);
}

/** Where a socket is bound that reaches an address: on every interface of its family. */
function anyPortFor(address: Address): Address {
  const isIpv6 = splitAddress(address).host.includes(":");
  return formatAddress({ host: isIpv6 ? "::" : "0.0.0.0", port: 0 });
}
