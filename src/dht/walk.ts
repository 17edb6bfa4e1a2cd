/** A lookup for its own sake: it fills the table of this node, and puts it into those of others. */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { DhtAnswer } from "../wire/dht.ts";
import { Lookup, type LookupOptions } from "./lookup.ts";
import type { Ask, Task } from "./requests.ts";

export class Walk implements Task {
  readonly #target: Uint8Array;
  readonly #lookup: Lookup;

  constructor(now: Instant, options: LookupOptions) {
    this.#target = options.target;
    this.#lookup = new Lookup(now, options);
  }

  /** What was found so far. */
  get lookup(): Lookup {
    return this.#lookup;
  }

  isOver(now: Instant): boolean {
    return this.#lookup.isOver(now);
  }

  nextWakeup(): Instant {
    return this.#lookup.nextWakeup();
  }

  takeAsks(now: Instant): Ask[] {
    const request = { type: "find" as const, target: this.#target };
    return this.#lookup.takeAsks(now).map((to) => ({ to, request }));
  }

  handleAnswer(_now: Instant, from: NodeId, answer: DhtAnswer): void {
    if (answer.type === "nodes") this.#lookup.handleAnswer(from, answer.ids);
    else this.#lookup.handleRefusal(from);
  }

  handleSilence(from: NodeId): void {
    this.#lookup.handleSilence(from);
  }

  handleGone(id: NodeId): void {
    this.#lookup.handleGone(id);
  }
}
