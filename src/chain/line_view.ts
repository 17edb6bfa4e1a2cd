/**
 * What a member knows of its line: on each side those who stand there, the nearest first, as the neighbour
 * on that side tells it. Each passes on what it knows of its one side to its other, with itself in front,
 * so word of a change travels along the line once.
 *
 * While a neighbour is gone, what it told stays known: there stands whoever comes next.
 */

import type { Address } from "../base/address.ts";
import { mixed } from "./binary.ts";
import type { Card, LineStart } from "./datagram.ts";
import type { Identity } from "./identity.ts";
import type { Link } from "./link.ts";
import type { LossReason } from "./member_notice.ts";
import type { LineEntry } from "./member_status.ts";
import type { Target } from "./mending.ts";
import { type MemberId, opposite, type Side, SIDES } from "./side.ts";
import { type Known, MAX_VIEW_ENTRIES, type View } from "./stream_message.ts";

/**
 * How far a member's secret is told, in members. A gap of one less can be mended from one side, and one
 * of twice as many since both sides look. Each more costs 16 bytes in every view, and a connection to the
 * repair server in every search that finds nobody nearer.
 */
export const LOOKAHEAD = 16;

/** Those within this distance can be linked without leaving anybody out: only one stood between. */
const NEAR = 2;

export class LineView {
  readonly #sides: Record<Side, readonly Known[]> = { tail: [], head: [] };
  /** Where the line begins, as the tail's neighbour tells it. */
  #start: LineStart | undefined;

  /** There is a neighbour. If it stood on this side before, so do those behind it. */
  linked(side: Side, { id, label, secret }: Card): void {
    const before = this.#sides[side];
    const at = before.findIndex((known) => known.id === id);
    const behind = at < 0 ? [] : before.slice(at + 1);
    this.#sides[side] = [{ id, label, secret }, ...behind];
    if (side === "tail" && at < 0) this.#start = undefined;
  }

  /** There is nobody on a side any more. */
  vacated(side: Side): void {
    this.#sides[side] = [];
    if (side === "tail") this.#start = undefined;
  }

  /** The neighbour on a side told what it knows. */
  follow(side: Side, { entries, start }: View): void {
    const [neighbour] = this.#sides[side];
    if (neighbour === undefined) return;
    this.#sides[side] = [neighbour, ...entries];
    if (side === "tail") this.#start = start;
  }

  /**
   * The first of the line.
   *
   * @param tail where our tail is reached
   * @param isFirst whether this member is the first
   * @returns undefined while the neighbour has not told
   */
  start(own: Identity, tail: Address, isFirst: boolean): LineStart | undefined {
    return isFirst ? { id: own.id, rank: own.rank, tail } : this.#start;
  }

  /** What to tell the neighbour on a side. */
  viewFor(side: Side, own: Identity, start: LineStart | undefined): View {
    const others = this.#sides[opposite(side)].slice(0, MAX_VIEW_ENTRIES);
    return {
      rank: own.rank ?? 0,
      start: side === "head" ? start : undefined,
      // The neighbour itself sees us at 1, and the first of these at 2.
      entries: others.map((known, at) =>
        at + 2 <= LOOKAHEAD ? known : { ...known, secret: undefined }
      ),
    };
  }

  /**
   * Those who may be found behind a neighbour that is gone, the nearest first.
   *
   * @param byeId what it told both of its neighbours when it left
   */
  targets(
    side: Side,
    own: Identity,
    link: Link,
    reason: LossReason,
    byeId: Uint8Array | undefined,
  ): Target[] {
    const targets: Target[] = [];
    // One that left, or does not keep to the protocol, is not looked for.
    if (reason === "silent") targets.push({ ticket: link.ticket, isNear: true });
    if (byeId !== undefined) targets.push({ ticket: byeId, isNear: true });
    for (const [at, { secret }] of this.#sides[side].slice(0, LOOKAHEAD).entries()) {
      if (at === 0) continue;
      if (secret === undefined) break;
      targets.push({ ticket: mixed(own.secret, secret), isNear: at < NEAR });
    }
    return targets;
  }

  /**
   * Whether this member is told to stand behind itself, with a lower id than all in between. Either the line
   * is a ring, or somebody's knowledge is old.
   */
  isLowestOfRing(own: MemberId): boolean {
    const at = this.#sides.tail.findIndex(({ id }) => id === own);
    return at >= 0 && this.#sides.tail.slice(0, at).every(({ id }) => own < id);
  }

  /**
   * The line as far as it is known, the earliest first. While it changes, old and new knowledge may both
   * name somebody, who is shown where the nearer ones know of it.
   */
  line({ id, label }: Identity): LineEntry[] {
    const seen = new Set([id]);
    const known: Record<Side, LineEntry[]> = { tail: [], head: [] };
    const furthest = Math.max(this.#sides.tail.length, this.#sides.head.length);
    for (let at = 0; at < furthest; at++) {
      for (const side of SIDES) {
        const each = this.#sides[side][at];
        if (each === undefined || seen.has(each.id)) continue;
        seen.add(each.id);
        known[side].push({ id: each.id, label: each.label });
      }
    }
    return [...known.tail.reverse(), { id, label }, ...known.head];
  }
}
