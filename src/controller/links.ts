/** The links of one node, from dialling or accepting to the end, and the questions asked about them. */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Session } from "../session/session.ts";
import type { Introduction } from "../wire/link.ts";
import type { NoticeNode } from "./notice.ts";
import { dialAddress } from "./own_addresses.ts";

/** One link. */
export interface Link {
  id: LinkId;
  session: Session;
  direction: "outgoing" | "incoming";
  /** The address dialled, or the one that the connection came from. */
  remote: Address;
  /** Whose key the far end has proven to hold; absent while the connection is not open. */
  provenId?: NodeId;
  /** The secret of the connection; empty while it is not open. */
  binding: Uint8Array;
  /** Whether either end was told to keep this link; links that were not make room for those. */
  wanted: boolean;
  /** Whether it was dialled for a companion's sake and nothing else. */
  isForCompanion: boolean;
  /** Since when it is up. */
  upSince: Instant | undefined;
  /** Bytes of frames so far. */
  inBytes: number;
  outBytes: number;
}

export class Links {
  readonly #links = new Map<LinkId, Link>();
  readonly #ended = { inBytes: 0, outBytes: 0 };
  #lastId = 0;

  /** A link that has just been dialled or accepted. */
  begin(
    from: Pick<Link, "direction" | "remote" | "session"> & Partial<Link>,
  ): Link {
    const link: Link = {
      wanted: false,
      isForCompanion: false,
      ...from,
      id: ++this.#lastId as LinkId,
      binding: from.binding ?? new Uint8Array(0),
      upSince: undefined,
      inBytes: 0,
      outBytes: 0,
    };
    this.#links.set(link.id, link);
    return link;
  }

  remove(link: Link): void {
    if (!this.#links.delete(link.id)) return;
    this.#ended.inBytes += link.inBytes;
    this.#ended.outBytes += link.outBytes;
  }

  /** Bytes of frames over all links, those included that have ended. */
  get traffic(): { inBytes: number; outBytes: number } {
    const traffic = { ...this.#ended };
    for (const { inBytes, outBytes } of this.#links.values()) {
      traffic.inBytes += inBytes;
      traffic.outBytes += outBytes;
    }
    return traffic;
  }

  get(id: LinkId): Link | undefined {
    return this.#links.get(id);
  }

  all(): Link[] {
    return [...this.#links.values()];
  }

  up(): Link[] {
    return this.all().filter(isUp);
  }

  /** The other links to the same node. */
  rivalsOf(link: Link): Link[] {
    const id = link.session.peer?.id;
    return this.all().filter((each) => each !== link && each.session.peer?.id === id);
  }

  /** Another link to the same node, one that is up before one that is beginning. */
  rivalOf(link: Link): Link | undefined {
    const rivals = this.rivalsOf(link);
    return rivals.find(isUp) ?? rivals[0];
  }

  /**
   * The youngest incoming link that neither end was told to keep, if there is one. A node that has
   * another link in the making would keep its place by that, so it frees none.
   */
  spare(isTarget: (id: NodeId) => boolean): Link | undefined {
    return this.up().findLast((link) =>
      link.direction === "incoming" && !link.wanted && !isTarget(peerOf(link).id) &&
      this.rivalsOf(link).length === 0
    );
  }

  isLinked(id: NodeId): boolean {
    return this.all().some((link) => isUp(link) && link.session.peer?.id === id);
  }

  /** Incoming links, those that were let in and are not up yet included; each node counted once. */
  incoming(): Link[] {
    const counted = new Map<NodeId, Link>();
    for (const link of this.all()) {
      const peer = link.session.peer;
      if (link.direction === "incoming" && peer !== undefined) counted.set(peer.id, link);
    }
    return [...counted.values()];
  }

  /** Incoming connections that are not up yet. */
  halfOpen(): number {
    return this.all().filter((link) => link.direction === "incoming" && !isUp(link)).length;
  }

  /** Links that are up, or were let in and soon will be, which a dialer need not make. */
  established(): number {
    const outgoing = this.up().filter(({ direction }) => direction === "outgoing");
    return outgoing.length + this.incoming().length;
  }

  nextWakeup(): Instant | undefined {
    let next: Instant | undefined;
    for (const { session } of this.#links.values()) next = earliest(next, session.nextWakeup());
    return next;
  }
}

/** What the peer of a link said of itself, which it did before anything that asks for it. */
export function peerOf(link: Link): Introduction {
  return link.session.peer as Introduction;
}

/** The peer of a link as notices name it. */
export function peerNamed(link: Link): { peer: NoticeNode; address: Address } {
  const peer = peerOf(link);
  return { peer: nameOf(peer), address: dialAddress(peer.addresses, link.remote) };
}

/** A node as notices name it. */
export function nameOf({ id, label }: NoticeNode): NoticeNode {
  return { id, label };
}

function isUp(link: Link): boolean {
  return link.session.isUp;
}
