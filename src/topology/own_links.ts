/**
 * The own links as this node advertises them. Decides when a change is worth an advertisement: a
 * link that came or went, always; a round-trip time, only when it differs from the published one by
 * a share that people would see and paths would feel, and not more often than every few seconds.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { MAX_LINKS } from "../wire/limits.ts";
import type { LinkClaim } from "../wire/topology.ts";

/** A change below either of these is noise: a share of the published value, and microseconds. */
const NOTABLE_SHARE = 0.25;
const NOTABLE_US = 500;

/** A changed round-trip time is published at the most this often, in milliseconds. */
const RTT_HOLD_MS = 5_000;

interface OwnLink {
  dialled: boolean;
  rttUs: number | null;
  publishedUs: number | null;
  /** When the published round-trip time was last changed. */
  publishedAt: Instant;
}

export class OwnLinks {
  readonly #links = new Map<NodeId, OwnLink>();
  #changed = false;

  /** A link is up, or another one took its place. */
  up(peer: NodeId, dialled: boolean): void {
    const fresh = { rttUs: null, publishedUs: null, publishedAt: -Infinity };
    this.#links.set(peer, { ...fresh, ...this.#links.get(peer), dialled });
    this.#changed = true;
  }

  down(peer: NodeId): void {
    if (this.#links.delete(peer)) this.#changed = true;
  }

  has(peer: NodeId): boolean {
    return this.#links.has(peer);
  }

  /** A link has a new smoothed round-trip time, in microseconds. */
  measured(now: Instant, peer: NodeId, rttUs: number): void {
    const link = this.#links.get(peer);
    if (link === undefined) return;
    link.rttUs = rttUs;
    if (isNotable(link) && now >= link.publishedAt + RTT_HOLD_MS) this.#changed = true;
  }

  /** Whether something changed that the network should hear; a yes is given once. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** The links there are now, with the round-trip times as published. */
  claims(): LinkClaim[] {
    return [...this.#links].slice(0, MAX_LINKS).map(([peer, { dialled, publishedUs }]) => ({
      peer,
      dialled,
      rttUs: publishedUs,
    }));
  }

  /** Brings the published round-trip times up to date where that is worth it; `claims` follows. */
  publish(now: Instant): void {
    for (const link of this.#links.values()) {
      if (!isNotable(link)) continue;
      link.publishedUs = link.rttUs;
      link.publishedAt = now;
    }
  }
}

function isNotable({ rttUs, publishedUs }: OwnLink): boolean {
  if (rttUs === null) return false;
  if (publishedUs === null) return true;
  const change = Math.abs(rttUs - publishedUs);
  return change >= NOTABLE_US && change >= NOTABLE_SHARE * publishedUs;
}
