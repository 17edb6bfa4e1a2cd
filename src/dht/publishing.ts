/**
 * One run that brings a record to the nodes closest to its location:
 *
 *     looking ──the closest have answered──► storing ──all have answered──► over
 *
 * Without a lookup it begins with storing, at those who were closest before. Whoever has been told since
 * the last renewal is not told again.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { DhtAnswer, DhtRequest } from "../wire/dht.ts";
import type { Point } from "./distance.ts";
import type { Holders } from "./holders.ts";
import type { Ask, Task } from "./requests.ts";
import type { Walk } from "./walk.ts";

/** What is stored where. */
export interface PublishingOptions {
  request: DhtRequest;
  holders: Holders;
  /** Finds out who is closest, unless `closest` says so. */
  walk: Walk | undefined;
  closest: readonly Point[];
}

export class Publishing implements Task {
  readonly #options: PublishingOptions;
  readonly #waiting = new Set<NodeId>();
  #closest: readonly Point[] | undefined;
  #failures = 0;

  constructor(options: PublishingOptions) {
    this.#options = options;
  }

  get request(): DhtRequest {
    return this.#options.request;
  }

  /** The nodes at which the record belongs, the closest first; none until they are known. */
  get closest(): readonly Point[] {
    return this.#closest ?? [];
  }

  /** Whether every node that was asked for the closest answered. */
  get isSure(): boolean {
    return (this.#options.walk?.lookup.silences ?? 0) === 0;
  }

  /** Whether it would be better done again: nobody answered, or somebody may keep it the next time. */
  get hasFailed(): boolean {
    const asked = this.#options.walk?.lookup.asked ?? 0;
    return this.#failures > 0 || (asked > 0 && this.closest.length === 0);
  }

  isOver(): boolean {
    return this.#closest !== undefined && this.#waiting.size === 0;
  }

  nextWakeup(): Instant | undefined {
    return this.#closest === undefined ? this.#options.walk?.nextWakeup() : undefined;
  }

  takeAsks(now: Instant): Ask[] {
    if (this.#closest !== undefined) return [];
    const { walk } = this.#options;
    const asks = walk?.takeAsks(now) ?? [];
    if (walk !== undefined && !walk.isOver(now)) return asks;
    return [...asks, ...this.#beginStoring(now, walk?.lookup.closest ?? this.#options.closest)];
  }

  handleAnswer(now: Instant, from: NodeId, answer: DhtAnswer): void {
    if (this.#closest === undefined) this.#options.walk?.handleAnswer(now, from, answer);
    if (!this.#waiting.delete(from)) return;
    const { holders } = this.#options;
    if (answer.type === "stored") return holders.handleStored(now, from);
    holders.handleFailed(from);
    // No room now means no room in a moment; the next renewal asks again.
    const isFinal = answer.type === "refused" && answer.reason !== "busy";
    if (!isFinal) this.#failures++;
  }

  handleSilence(from: NodeId): void {
    if (this.#closest === undefined) this.#options.walk?.handleSilence(from);
    if (!this.#waiting.delete(from)) return;
    this.#options.holders.handleFailed(from);
    this.#failures++;
  }

  handleGone(id: NodeId): void {
    this.#options.walk?.handleGone(id);
    this.#waiting.delete(id);
    this.#closest = this.#closest?.filter((each) => each.id !== id);
  }

  #beginStoring(now: Instant, closest: readonly Point[]): Ask[] {
    this.#closest = closest;
    const { holders, request } = this.#options;
    return closest.filter(({ id }) => !holders.isFresh(id)).map(({ id: to }) => {
      holders.handleSent(now, to);
      this.#waiting.add(to);
      return { to, request };
    });
  }
}
