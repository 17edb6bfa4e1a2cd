/**
 * What waits to go out on each link. Frames leave when the link has room (`take` is called then), so
 * a heartbeat never waits behind more than what the network has already been handed; what says
 * whether something arrived goes before what is to arrive. Envelopes take turns: those of each own
 * context, and those that each neighbour sends to be passed on, whoever they say they are from.
 *
 * Every queue is bounded, and all together are. A relay that has no room says so to the origin, who
 * waits or finds another way.
 */

import { Fifo } from "../base/fifo.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Bounce } from "../wire/messaging.ts";
import { FairQueue } from "./fair_queue.ts";

/** What takes turns: the number of an own context, or the neighbour that something came from. */
export type Flow = number | NodeId;

/** Bounds, in bytes of frames. */
export interface QueueLimits {
  perLink: number;
  inAll: number;
}

/** A frame that waits. */
export interface Waiting {
  /** Of one frame, to be sent one after the other. */
  pieces: readonly Uint8Array[];
  /** What tells the origin of an envelope that it went no further, where that is another node. */
  bounce?: Bounce;
}

/** Own envelopes are made only while less than this waits: until then they can still change their way. */
const OWN_MARK_BYTES = 524_288;

interface LinkQueue {
  urgent: Fifo<Waiting>;
  envelopes: FairQueue<Flow, Waiting>;
  bytes: number;
}

export class LinkQueues {
  readonly #limits: QueueLimits;
  readonly #queues = new Map<LinkId, LinkQueue>();
  #bytes = 0;
  #offers = new Set<LinkId>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  add(link: LinkId): void {
    this.#queues.set(link, { urgent: new Fifo(), envelopes: new FairQueue(), bytes: 0 });
  }

  /** The link is gone; returns what waited for it. */
  remove(link: LinkId): Waiting[] {
    const queue = this.#queues.get(link);
    if (queue === undefined) return [];
    this.#queues.delete(link);
    this.#offers.delete(link);
    this.#bytes -= queue.bytes;
    return [...queue.urgent, ...queue.envelopes];
  }

  /**
   * Whether an own envelope may join the queue of `link`. However much waits there, one of a context
   * of which none does is let in: it shall have its turn.
   */
  hasRoom(link: LinkId, context: number | undefined): boolean {
    const queue = this.#queues.get(link);
    if (queue === undefined || this.#bytes >= this.#limits.inAll) return false;
    return queue.bytes < OWN_MARK_BYTES || context === undefined || !queue.envelopes.has(context);
  }

  /** Whether so much waits for `link` that own envelopes have to be made later. */
  isFull(link: LinkId): boolean {
    const { bytes } = this.#queues.get(link) ?? { bytes: 0 };
    return bytes >= OWN_MARK_BYTES || this.#bytes >= this.#limits.inAll;
  }

  /**
   * Takes a frame; whether there was room for it.
   *
   * @param flow of an envelope; what has none is urgent
   */
  push(link: LinkId, waiting: Waiting, flow?: Flow): boolean {
    const queue = this.#queues.get(link);
    if (queue === undefined) return false;
    const length = bytesOf(waiting);
    const { perLink, inAll } = this.#limits;
    if (queue.bytes + length > perLink || this.#bytes + length > inAll) return false;
    if (flow === undefined) queue.urgent.push(waiting);
    else queue.envelopes.push(flow, waiting);
    this.#account(queue, length);
    this.#offers.add(link);
    return true;
  }

  /** The pieces of the next frame for `link`, which has room for one. */
  take(link: LinkId): readonly Uint8Array[] | undefined {
    const queue = this.#queues.get(link);
    const waiting = queue?.urgent.shift() ?? queue?.envelopes.shift();
    if (queue === undefined || waiting === undefined) return undefined;
    this.#account(queue, -bytesOf(waiting));
    return waiting.pieces;
  }

  /** Links for which something came to wait since the last call. */
  takeOffers(): LinkId[] {
    if (this.#offers.size === 0) return [];
    const offers = [...this.#offers];
    this.#offers.clear();
    return offers;
  }

  #account(queue: LinkQueue, bytes: number): void {
    queue.bytes += bytes;
    this.#bytes += bytes;
  }
}

function bytesOf({ pieces }: Waiting): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
