/**
 * All records that this node publishes, and how many of their runs go on at once. A node in many rooms
 * shall not ask others more often than they let it, neither when it starts nor when it wakes up.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { pointOf } from "./distance.ts";
import type { Publication } from "./publication.ts";
import type { Publishing } from "./publishing.ts";

/** Runs under way at once. */
const MAX_RUNS = 32;

/**
 * Milliseconds between the beginnings of two runs. Each may ask the same node twice, which comes to less
 * than `MAX_REQUESTS` a second.
 */
const RUN_PACE_MS = 10;

/** A run that begins. */
export interface Beginning {
  publication: Publication;
  run: Publishing;
  /** Whether it does so because others became the closest. */
  hasMoved: boolean;
}

export class Publications {
  readonly #byLocation = new Map<NodeId, Publication>();
  readonly #running = new Set<Publication>();
  /** When the next run may begin. */
  #nextRunAt: Instant;

  constructor(now: Instant) {
    this.#nextRunAt = now;
  }

  get(location: NodeId): Publication | undefined {
    return this.#byLocation.get(location);
  }

  add(publication: Publication): void {
    this.#byLocation.set(publication.location, publication);
  }

  /** A publication ends, and with it the run it may be in. */
  delete(publication: Publication): void {
    this.#byLocation.delete(publication.location);
    this.#running.delete(publication);
  }

  /** A node came. */
  handleAdded(now: Instant, id: NodeId): void {
    if (this.#byLocation.size === 0) return;
    const point = pointOf(id);
    for (const each of this.#byLocation.values()) each.handleAdded(now, point);
  }

  /** A node is gone. */
  handleRemoved(now: Instant, id: NodeId): void {
    for (const each of this.#byLocation.values()) each.handleRemoved(now, id);
  }

  /** When `begin` will begin something; those that wait for a run to end are begun after that. */
  nextWakeup(): Instant | undefined {
    if (this.#running.size >= MAX_RUNS) return undefined;
    let next: Instant | undefined;
    for (const each of this.#byLocation.values()) next = earliest(next, each.nextWakeup());
    return next === undefined ? undefined : Math.max(next, this.#nextRunAt);
  }

  /** Begins the run that is due, if there is one; `finish` is to be called when it is over. */
  begin(now: Instant): Beginning | undefined {
    if (this.#running.size >= MAX_RUNS || now < this.#nextRunAt) return undefined;
    for (const publication of this.#byLocation.values()) {
      if (now < (publication.nextWakeup() ?? Infinity)) continue;
      this.#nextRunAt = now + RUN_PACE_MS;
      this.#running.add(publication);
      return { publication, ...publication.begin(now) };
    }
    return undefined;
  }

  /** The run of a publication is over. */
  finish(now: Instant, publication: Publication): void {
    this.#running.delete(publication);
    publication.finish(now);
  }
}
