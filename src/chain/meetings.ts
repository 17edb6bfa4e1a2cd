/** The meetings that are under way, and what is answered to those who are met. */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import type { LineEnd, Meet } from "./datagram.ts";
import { type Agreement, Meeting } from "./meeting.ts";
import type { Side } from "./side.ts";

/** Meetings at a time. A server that names more wants to keep us busy. */
const MAX_MEETINGS = 8;

/** What meetings are held with. */
export interface MeetingsPorts {
  /** What this member says of its line; undefined while it does not know where that begins. */
  lineEnd(): LineEnd | undefined;
  newNonce(): Uint8Array;
  emit(socket: Side, to: Address, datagram: Uint8Array): void;
  agreed(now: Instant, agreement: Agreement): void;
}

export class Meetings {
  readonly #ports: MeetingsPorts;
  #meetings: Meeting[] = [];

  constructor(ports: MeetingsPorts) {
    this.#ports = ports;
  }

  /** Whether somebody may yet be put behind this member. */
  get isHeadExpecting(): boolean {
    return this.#meetings.some(({ socket, isOpen }) => socket === "head" && isOpen);
  }

  /** The server named somebody to be met by one of our sockets. */
  begin(now: Instant, socket: Side, address: Address): void {
    const others = this.#meetings.filter((each) =>
      each.socket !== socket || each.address !== address
    );
    const { emit, newNonce, lineEnd } = this.#ports;
    const meeting = new Meeting(now, {
      socket,
      address,
      describe: lineEnd,
      nonce: newNonce(),
      emit: (datagram) => emit(socket, address, datagram),
    });
    this.#meetings = [...others.slice(1 - MAX_MEETINGS), meeting];
  }

  /** A MEET came; those of others than who was named get no answer. */
  handle(now: Instant, socket: Side, from: Address, datagram: Meet): void {
    const meeting = this.#meetings.find((each) => each.socket === socket && each.address === from);
    const agreement = meeting?.handle(now, datagram);
    if (agreement !== undefined) this.#ports.agreed(now, agreement);
  }

  /** Nobody is to be met any more. */
  end(): void {
    this.#meetings = [];
  }

  handleTime(now: Instant): void {
    if (this.#meetings.length === 0) return;
    this.#meetings = this.#meetings.filter((meeting) => !meeting.isOver(now));
    for (const meeting of this.#meetings) meeting.handleTime(now);
  }

  nextWakeup(): Instant | undefined {
    return earliest(...this.#meetings.map((meeting) => meeting.nextWakeup()));
  }
}
