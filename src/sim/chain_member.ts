/** One member of a line on a virtual machine. */

import type { Address } from "../base/address.ts";
import type { Cancel, Connection, Instant } from "../base/ports.ts";
import { randomInt, type SeededRandom } from "../base/random.ts";
import { Member, type Taken } from "../chain/member.ts";
import type { ChainMessage, MemberEffect, StreamId } from "../chain/member_effect.ts";
import type { MemberNotice } from "../chain/member_notice.ts";
import type { MemberStatus } from "../chain/member_status.ts";
import type { Side } from "../chain/side.ts";
import type { SimChainServers } from "./chain_servers.ts";
import type { SimDatagrams, SimDatagramSocket } from "./datagrams.ts";
import type { SimHost } from "./host.ts";

const PORTS: Readonly<Record<Side, number>> = { head: 7001, tail: 7002 };

/** What a virtual member is made of. */
export interface SimMemberOptions {
  name: string;
  host: SimHost;
  datagrams: SimDatagrams;
  servers: SimChainServers;
  random: SeededRandom;
  isBehindNat: boolean;
  /** Called after whatever happened to the member. */
  happened: (member: SimMember, notices: readonly MemberNotice[]) => void;
}

export class SimMember {
  readonly name: string;
  readonly host: SimHost;
  /** Every message that came in. */
  readonly messages: ChainMessage[] = [];
  /** Everything that it told. */
  readonly notices: MemberNotice[] = [];
  /** Sides on which there was room again after there had been none. */
  readonly rooms: Side[] = [];
  readonly #options: SimMemberOptions;
  #member: Member | undefined;
  #sockets: Partial<Record<Side, SimDatagramSocket>> = {};
  readonly #streams = new Map<StreamId, Connection>();
  #alarm: { at: Instant; cancel: Cancel } | undefined;
  #isAsleep = false;

  constructor(options: SimMemberOptions) {
    this.#options = options;
    this.name = options.name;
    this.host = options.host;
  }

  /** Whether it has been started and has neither died nor left. */
  get isRunning(): boolean {
    return this.#member !== undefined;
  }

  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  start(): void {
    const { random, name: label, servers, datagrams, host, isBehindNat } = this.#options;
    for (const side of ["head", "tail"] as const) {
      this.#sockets[side] = datagrams.open(host, PORTS[side], isBehindNat, (from, bytes) => {
        this.inject(side, from, bytes);
      });
    }
    const secrets = random.fork();
    const secretBytes = (length: number) =>
      Uint8Array.from({ length }, () => randomInt(secrets, 256));
    const options = { random: random.fork(), secretBytes, label, echo: servers.echo };
    this.#member = new Member(host.now(), options);
    this.#run((member, now) => member.start(now));
  }

  /** Whether the chain server knows it as the end of the line. */
  get isRegistered(): boolean {
    return this.#member?.isRegistered ?? false;
  }

  status(): MemberStatus {
    if (this.#member === undefined) throw new Error(`${this.name} is not running`);
    return this.#member.status(this.host.now());
  }

  send(side: Side, content: Uint8Array): Taken {
    return this.#run((member, now) => member.send(now, side, content)) ?? "nobody";
  }

  say(content: Uint8Array): Taken {
    return this.#run((member, now) => member.say(now, content)) ?? "nobody";
  }

  leave(): void {
    this.#run((member, now) => member.leave(now));
  }

  /** The process dies; its system closes the streams. */
  kill(): void {
    this.#forget();
    this.host.killProcess();
  }

  /** The machine dies, and nobody is told. */
  crash(): void {
    this.#forget();
    this.host.powerOff();
  }

  /** The machine stands still: whatever comes waits for it. */
  suspend(): void {
    this.#isAsleep = true;
    this.host.suspend();
  }

  resume(): void {
    this.#isAsleep = false;
    this.host.resume();
  }

  /** A datagram comes, whoever sent it. */
  inject(side: Side, from: Address, bytes: Uint8Array): void {
    this.#run((member, now) => member.handleDatagram(now, side, from, bytes));
  }

  #forget(): void {
    this.#member = undefined;
    for (const socket of Object.values(this.#sockets)) socket.close();
    this.#sockets = {};
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#streams.clear();
  }

  #run<T>(act: (member: Member, now: Instant) => T): T | undefined {
    const member = this.#member;
    if (member === undefined) return undefined;
    const result = act(member, this.host.now());
    const told: MemberNotice[] = [];
    for (const effect of member.takeEffects()) this.#carryOut(effect, told);
    if (this.#member === member) this.#setAlarm(member.nextWakeup());
    if (told.length > 0) this.#options.happened(this, told);
    return result;
  }

  #carryOut(effect: MemberEffect, told: MemberNotice[]): void {
    switch (effect.type) {
      case "dial":
        return this.#dial(effect);
      case "write":
        this.#streams.get(effect.stream)?.send(effect.bytes);
        return;
      case "end":
        this.#streams.get(effect.stream)?.close();
        this.#streams.delete(effect.stream);
        return;
      case "datagram":
        this.#sockets[effect.socket]?.send(effect.to, effect.bytes);
        return;
      case "deliver":
        this.messages.push(effect.message);
        return;
      case "room":
        this.rooms.push(effect.side);
        return;
      case "tell":
        this.notices.push(effect.notice);
        told.push(effect.notice);
        return;
      case "stop":
        this.#forget();
        return;
      default:
        effect satisfies never;
    }
  }

  #dial({ stream, server }: MemberEffect & { type: "dial" }): void {
    const { servers } = this.#options;
    const known = (act: (member: Member, now: Instant) => void) => {
      if (this.#streams.has(stream)) this.#run(act);
    };
    const connection = this.host.dial(server === "chain" ? servers.chain : servers.repair, {
      opened: () => known((member, now) => member.handleStreamOpened(now, stream)),
      received: (bytes) => known((member, now) => member.handleStreamBytes(now, stream, bytes)),
      drained() {},
      closed: () => {
        if (this.#streams.delete(stream)) {
          this.#run((member, now) => member.handleStreamClosed(now, stream));
        }
      },
    });
    this.#streams.set(stream, connection);
  }

  #setAlarm(at: Instant | undefined): void {
    if (at === this.#alarm?.at) return;
    this.#alarm?.cancel();
    this.#alarm = at === undefined ? undefined : {
      at,
      cancel: this.host.wakeAt(at, () => {
        this.#alarm = undefined;
        this.#run((member, now) => member.handleTime(now));
      }),
    };
  }
}
