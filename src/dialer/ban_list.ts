import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";

/**
 * Nodes that broke the protocol and are kept out for a while. Holds a bounded number: when it is
 * full, the ban that would end first makes room.
 */
export class BanList {
  readonly #untils = new Map<NodeId, Instant>();
  readonly #maxCount: number;

  /** @param maxCount bans held at the most; 0 bans nobody */
  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#untils.size;
  }

  /** Keeps `id` out until `until`, longer if it is kept out already. */
  ban(id: NodeId, until: Instant): void {
    if (this.#maxCount === 0) return;
    const known = this.#untils.get(id);
    if (known === undefined && this.#untils.size >= this.#maxCount) this.#dropFirstToEnd();
    this.#untils.set(id, Math.max(until, known ?? until));
  }

  /** When the ban of `id` ends, or undefined if it is not banned. */
  bannedUntil(id: NodeId, now: Instant): Instant | undefined {
    const until = this.#untils.get(id);
    if (until === undefined || until > now) return until;
    this.#untils.delete(id);
    return undefined;
  }

  #dropFirstToEnd(): void {
    const [first] = [...this.#untils].sort(([, a], [, b]) => a - b);
    if (first !== undefined) this.#untils.delete(first[0]);
  }
}
