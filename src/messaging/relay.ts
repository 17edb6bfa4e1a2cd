/**
 * Passing on: which link leads to which neighbour, what waits for each, and what becomes of envelopes
 * that can go no further. Sends on the very frames that came in, and looks at nothing but the route.
 */

import type { LinkId } from "../base/link_id.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import {
  type Bounce,
  encodeMessagingFrame,
  type Envelope,
  idAt,
  type MessagingMessage,
  reversedRoute,
} from "../wire/messaging.ts";
import { LinkQueues, type QueueLimits } from "./link_queues.ts";

export class Relay {
  readonly #queues: LinkQueues;
  readonly #linkTo = new Map<NodeId, LinkId>();
  #relayed = 0;

  constructor(limits: QueueLimits) {
    this.#queues = new LinkQueues(limits);
  }

  /** Envelopes and receipts that were passed on for others. */
  get relayed(): number {
    return this.#relayed;
  }

  /** A link is up. Where it takes the place of another one, what waited there is taken back. */
  handleLinkUp(link: LinkId, peer: NodeId): void {
    const before = this.#linkTo.get(peer);
    this.#queues.add(link);
    this.#linkTo.set(peer, link);
    if (before !== undefined) this.#strand(before);
  }

  /** A link is up no more; another to the same peer may be. */
  handleLinkDown(link: LinkId, peer: NodeId): void {
    if (this.#linkTo.get(peer) === link) this.#linkTo.delete(peer);
    this.#strand(link);
  }

  /** Whether own envelopes of a context may be made for the link with this neighbour now. */
  hasRoom(neighbour: NodeId, context: number | undefined): boolean {
    const link = this.#linkTo.get(neighbour);
    return link !== undefined && this.#queues.hasRoom(link, context);
  }

  /** Links for which something came to wait since the last call. */
  takeOffers(): LinkId[] {
    return this.#queues.takeOffers();
  }

  /**
   * The pieces of the next frame for a link that has room for it.
   *
   * @param relieved called when own envelopes may be made for that link again
   */
  takeFrame(link: LinkId, relieved: () => void): readonly Uint8Array[] | undefined {
    const wasFull = this.#queues.isFull(link);
    const pieces = this.#queues.take(link);
    if (pieces !== undefined && wasFull) relieved();
    return pieces;
  }

  /** Sends something of this node's own on its way. */
  post(message: MessagingMessage): void {
    const pieces = encodeMessagingFrame(message);
    const link = this.#linkTo.get(nodeIdFromBytes(idAt(message.route, 1)));
    if (link !== undefined) {
      this.#queues.push(link, { pieces }, isEnvelope(message) ? message.context : undefined);
    }
  }

  /**
   * Sends on what is meant for another node.
   *
   * @param place of this node on its route
   * @param frame the frame that came in
   */
  pass(message: MessagingMessage, place: number, frame: Uint8Array): void {
    const next = nodeIdFromBytes(idAt(message.route, place + 1));
    const link = this.#linkTo.get(next);
    const bounce = isEnvelope(message) ? bounceOf(message, place, next) : undefined;
    const flow = bounce && nodeIdFromBytes(idAt(message.route, place - 1));
    const waiting = { pieces: [lean(frame)], ...(bounce !== undefined && { bounce }) };
    if (link !== undefined && this.#queues.push(link, waiting, flow)) {
      this.#relayed++;
    } else if (bounce !== undefined) {
      this.post(link === undefined ? bounce : { ...bounce, reason: "queue-full" });
    }
  }

  /** What waited for a link that is gone has to find another way, which its origin chooses. */
  #strand(link: LinkId): void {
    for (const { bounce } of this.#queues.remove(link)) if (bounce !== undefined) this.post(bounce);
  }
}

function isEnvelope(message: MessagingMessage): message is Envelope {
  return message.type === "envelope";
}

/** What tells the origin of an envelope that the node at `place` could not pass it on to `at`. */
function bounceOf({ route, context, sequence }: Envelope, place: number, at: NodeId): Bounce {
  const back = reversedRoute(route, place);
  return { type: "bounce", route: back, context, sequence, at, reason: "no-link" };
}

/** A frame as it may wait: a small one would keep all that came in one piece with it in memory. */
function lean(frame: Uint8Array): Uint8Array {
  return frame.length * 4 < frame.buffer.byteLength ? frame.slice() : frame;
}
