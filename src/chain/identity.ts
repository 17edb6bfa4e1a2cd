/**
 * What a member is for as long as it keeps its place. One that lost its place and joins again takes a new
 * identity, so that nothing which was known of the old one leads to it: it is never in two places.
 */

import { MAX_UINT48, MEMBER_ID_BYTES, SECRET_BYTES, toHex } from "./binary.ts";
import type { Card } from "./datagram.ts";
import type { MemberId } from "./side.ts";

/** Ranks beyond this are nobody's honest ones. It leaves room for as many members behind as there can be. */
const MAX_RANK = MAX_UINT48 / 2;

export class Identity {
  readonly id: MemberId;
  readonly secret: Uint8Array;
  readonly label: string;
  #rank: number | undefined;

  /** @param secretBytes fresh bytes that nobody can guess */
  constructor(label: string, secretBytes: (length: number) => Uint8Array) {
    this.id = toHex(secretBytes(MEMBER_ID_BYTES)) as MemberId;
    this.secret = secretBytes(SECRET_BYTES);
    this.label = label;
  }

  /**
   * Grows along the line, so that the parts of one that was torn know which goes in front. Undefined for
   * one that has never had a neighbour.
   */
  get rank(): number | undefined {
    return this.#rank;
  }

  get card(): Card {
    const { id, secret, label } = this;
    return { id, secret, label, rank: this.#rank ?? 0 };
  }

  /** There is a neighbour on the later side. */
  settle(): void {
    this.#rank ??= 0;
  }

  /** The neighbour on the earlier side has a rank: ours is higher. */
  follow(rank: number): void {
    this.#rank = Math.max(this.#rank ?? 0, Math.min(rank, MAX_RANK) + 1);
  }
}
