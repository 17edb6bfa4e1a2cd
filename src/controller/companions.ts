/**
 * Links for the sake of companions: nodes with which this one has much to do, such as the members of
 * its rooms. They are dialled while they are companions, and such a link ends again when it has served
 * its purpose, unless it helps to hold as many links as the node wants in any case.
 */

import { compareIds, type NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Dialer } from "../dialer/dialer.ts";
import type { Discovery } from "./discovery.ts";
import { type Link, type Links, peerOf } from "./links.ts";

/** The parts that have to do with it. */
export interface CompanionsOptions {
  self: NodeId;
  dialer: Dialer;
  discovery: Discovery;
  links: Links;
  /** Links below which none is ended. */
  minLinks: number;
}

/** Of two that want a link with each other, the one with the higher id lets the other dial first. */
const COURTESY_MS = 2_000;

/** How long a link outlives its purpose, in milliseconds: rooms are left and joined again. */
const IDLE_MS = 30_000;

/** After so many milliseconds all is looked at anew: a ban ends without a change of the map. */
const REVIEW_MS = 1_000;

export class Companions {
  readonly #options: CompanionsOptions;
  #ids: ReadonlySet<NodeId> = new Set();
  #mapVersion = 0;
  #reviewAt: Instant = -Infinity;
  /** When links that are of no use are looked at, to be ended if they still are not. */
  readonly #idle = new Map<Link, Instant>();

  constructor(options: CompanionsOptions) {
    this.#options = options;
  }

  /**
   * Says who they are, and has those dialled to whom there is no link.
   *
   * @param ids another set whenever they are others
   * @param mapVersion another number whenever nodes or links of the network are
   */
  update(now: Instant, ids: ReadonlySet<NodeId>, mapVersion: number): void {
    const isSame = ids === this.#ids && mapVersion === this.#mapVersion;
    if (isSame && (ids.size === 0 || now < this.#reviewAt)) return;
    this.#ids = ids;
    this.#mapVersion = mapVersion;
    this.#reviewAt = now + REVIEW_MS;
    const { self, dialer, discovery } = this.#options;
    const missing = [...ids].flatMap((id) => discovery.reachable(now, id) ?? []);
    dialer.setCompanions(now, missing, (id) => compareIds(self, id) < 0 ? 0 : COURTESY_MS);
    this.#findIdle(now);
  }

  /** When `takeIdle` may have something to say, or undefined while it has not. */
  nextWakeup(): Instant | undefined {
    return this.#idle.size === 0 ? undefined : Math.min(...this.#idle.values());
  }

  /** Links that were of no use for long enough, to be ended. */
  takeIdle(now: Instant): Link[] {
    const { links, minLinks } = this.#options;
    let count = links.up().length;
    const ending: Link[] = [];
    for (const [link, at] of this.#idle) {
      if (now < at) continue;
      if (!this.#isIdle(link)) {
        this.#idle.delete(link);
      } else if (count > minLinks) {
        ending.push(link);
        count--;
        this.#idle.delete(link);
      } else {
        this.#idle.set(link, now + IDLE_MS);
      }
    }
    return ending;
  }

  #findIdle(now: Instant): void {
    const idle = this.#options.links.up().filter((link) => this.#isIdle(link));
    for (const link of this.#idle.keys()) if (!idle.includes(link)) this.#idle.delete(link);
    for (const link of idle) if (!this.#idle.has(link)) this.#idle.set(link, now + IDLE_MS);
  }

  /** A link that somebody asked for since serves that purpose, whoever dialled it for what. */
  #isIdle(link: Link): boolean {
    if (!link.isForCompanion || !link.session.isUp) return false;
    const { id } = peerOf(link);
    return !this.#ids.has(id) && !this.#options.dialer.isTarget(id);
  }
}
