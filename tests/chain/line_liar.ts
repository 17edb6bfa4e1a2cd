/** Somebody who comes to the chain server as the end of a line, and says of that line what it likes. */

import type { Address } from "../../src/base/address.ts";
import type { Connection } from "../../src/base/ports.ts";
import { mixed } from "../../src/chain/binary.ts";
import {
  decodeDatagram,
  encodeMeet,
  type LineEnd,
  type LineStart,
} from "../../src/chain/datagram.ts";
import type { MemberId, Side } from "../../src/chain/side.ts";
import { encodeConnect } from "../../src/chain/rendezvous_protocol.ts";
import type { ChainCluster } from "../../src/sim/chain_cluster.ts";
import type { SimDatagramSocket } from "../../src/sim/datagrams.ts";
import type { SimHost } from "../../src/sim/host.ts";

/** A line in front of every other, and one behind every other. */
const RANKS = { front: 0, back: undefined };

export class LineLiar {
  /** The ticket of the first meeting; later ones are made to have the same. */
  ticket: Uint8Array | undefined;
  meetings = 0;
  readonly #host: SimHost;
  readonly #sockets: Record<Side, SimDatagramSocket>;
  readonly #ends: Record<Side, LineEnd>;
  readonly #nonces: Partial<Record<Side, Uint8Array>> = {};
  #connection: Connection | undefined;

  /**
   * @param head whom the line of others is to meet, when the liar's goes in front
   * @param tail whom the end of others is to meet, when the liar's goes behind
   */
  constructor(cluster: ChainCluster, host: SimHost, head: Address, tail: Address) {
    this.#host = host;
    const endOf = (position: keyof typeof RANKS): LineEnd => {
      const first: LineStart = { id: "0000000000000000" as MemberId, rank: RANKS[position], tail };
      return { headIsFree: true, size: 60_000, head, first };
    };
    // As the later one it comes with its tail, as the earlier one it waits with its head.
    this.#ends = { tail: endOf("front"), head: endOf("back") };
    const open = (side: Side, port: number) =>
      cluster.datagrams.open(host, port, false, (from, bytes) => this.#answer(side, from, bytes));
    this.#sockets = { head: open("head", 7001), tail: open("tail", 7002) };
  }

  /** Takes its place at the chain server. */
  start(chain: Address): void {
    this.#connection = this.#host.dial(chain, {
      opened: () => {
        const { head, tail } = this.#sockets;
        this.#connection?.send(encodeConnect({ head: head.address, tail: tail.address }));
      },
      received() {},
      drained() {},
      closed() {},
    });
  }

  #answer(side: Side, from: Address, bytes: Uint8Array): void {
    const meet = decodeDatagram(bytes);
    if (meet?.type !== "meet") return;
    // Once there is a ticket, a nonce that makes the same one of theirs.
    const nonce = this.#nonces[side] ??= this.ticket === undefined
      ? new Uint8Array(16).fill(0xee)
      : mixed(this.ticket, meet.nonce);
    this.ticket ??= mixed(nonce, meet.nonce);
    this.meetings++;
    const end = this.#ends[side];
    const answer = encodeMeet({ nonce, echo: meet.nonce, hasAgreed: true, end });
    this.#sockets[side].send(from, answer);
  }
}
