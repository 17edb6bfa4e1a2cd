/** A repair server and everything else that a search for lost neighbours needs, in the hands of a test. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import { decodeUtf8 } from "../../src/base/bytes.ts";
import type { Card } from "../../src/chain/datagram.ts";
import { Handshake } from "../../src/chain/handshake.ts";
import type { MemberEffect, StreamId } from "../../src/chain/member_effect.ts";
import { Mending, type Target } from "../../src/chain/mending.ts";
import { encodeError, encodeIntroduction } from "../../src/chain/rendezvous_protocol.ts";
import { ServerStreams } from "../../src/chain/server_streams.ts";
import type { MemberId } from "../../src/chain/side.ts";

const OWN = parseAddress("203.0.113.1:7001");

/** What a member says of itself. */
export const CARD: Card = {
  id: "0000000000000001" as MemberId,
  rank: 0,
  secret: new Uint8Array(16),
  label: "x",
};

export class FakeRepair {
  readonly effects: MemberEffect[] = [];
  readonly streams = new ServerStreams((effect) => this.effects.push(effect));
  /** Whom a handshake was begun with, and when. */
  readonly shaken: { now: number; to: Address }[] = [];
  readonly mending: Mending;
  now = 0;

  constructor(targets: readonly Target[], keepAliveMs = 1_000) {
    this.mending = new Mending(0, targets, {
      keepAliveMs,
      streams: this.streams,
      ownAddress: () => OWN,
      isWelcome: (address) => address !== OWN,
      shake: (now, ticket, address, deadline) => {
        this.shaken.push({ now, to: address });
        const nonce = new Uint8Array(16).fill(1);
        return new Handshake(now, {
          ticket,
          address,
          nonce,
          deadline,
          card: () => CARD,
          emit: () => {},
        });
      },
    });
  }

  /** Lets time pass as its owner would, in steps of wake-ups. */
  runTo(end: number): void {
    for (;;) {
      const next = this.mending.nextWakeup();
      if (next === undefined || next > end) break;
      this.now = Math.max(next, this.now);
      this.mending.handleTime(this.now);
      if (this.mending.isOver(this.now)) break;
      if (next <= this.now && this.mending.nextWakeup() === next) {
        throw new Error(`It wants to be woken at ${next} again and again`);
      }
    }
    this.now = end;
  }

  /** Streams that are open or being opened, in order. */
  get dialled(): StreamId[] {
    const ended = new Set(this.effects.flatMap((each) => each.type === "end" ? [each.stream] : []));
    return this.effects.flatMap((each) =>
      each.type === "dial" && !ended.has(each.stream) ? [each.stream] : []
    );
  }

  /** Opens a stream, and answers with what is said on it. */
  open(stream: StreamId): string {
    this.streams.handleOpened(this.now, stream);
    const write = this.effects.findLast((each) => each.type === "write" && each.stream === stream);
    return write?.type === "write" ? decodeUtf8(write.bytes) : "";
  }

  introduce(stream: StreamId, address: Address): void {
    this.streams.handleBytes(this.now, stream, encodeIntroduction(address));
  }

  refuse(stream: StreamId): void {
    this.streams.handleBytes(this.now, stream, encodeError("no"));
  }
}
