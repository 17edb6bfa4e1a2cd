/**
 * Messages through a member: those of its owner out to its neighbours, those for it in, and those for the
 * line from one side to the other.
 *
 * What cannot be passed on stays where it came from, and its sender is slowed down; so the slowest link
 * sets the pace of the line, and nobody has to keep more than a neighbour may have under way. Messages
 * about the line itself are read at once, whatever waits.
 */

import type { Instant } from "../base/ports.ts";
import type { Attachment } from "./attachment.ts";
import type { Identity } from "./identity.ts";
import { LineMessages } from "./line_messages.ts";
import type { Link } from "./link.ts";
import type { ChainMessage, MemberEffect } from "./member_effect.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { opposite, type Side, SIDES } from "./side.ts";
import {
  decodeStreamMessage,
  encodeNeighbour,
  isForLine,
  MAX_CHAIN_MESSAGE_BYTES,
  type StreamMessage,
} from "./stream_message.ts";

/**
 * What became of a message that was handed over.
 *
 * - `taken`: it will be sent, and again until the neighbour has it.
 * - `full`: too much waits already, or the neighbour is being replaced; the effect `room` says when to
 *   try again.
 * - `nobody`: there is no neighbour to send it to, nor one that is looked for.
 */
export type Taken = "taken" | "full" | "nobody";

/** What messages are carried with. */
export interface TrafficPorts {
  sides: Readonly<Record<Side, Attachment>>;
  identity(): Identity;
  emit(effect: MemberEffect): void;
  /**
   * A message about the line itself came.
   *
   * @throws {ChainProtocolError} when the neighbour may not say this
   */
  handleUrgent(now: Instant, side: Side, link: Link, message: StreamMessage): void;
}

export class Traffic {
  readonly #ports: TrafficPorts;
  /** Sides whose owner was told that there is no room. */
  readonly #wantsRoom = new Set<Side>();
  readonly #messages = new LineMessages();

  constructor(ports: TrafficPorts) {
    this.#ports = ports;
  }

  /** @throws {RangeError} when the content is too large */
  send(side: Side, content: Uint8Array): Taken {
    expectMessage(content);
    const attachment = this.#ports.sides[side];
    if (!attachment.isTaken) return "nobody";
    if (attachment.link === undefined || !attachment.hasRoom) {
      this.#wantsRoom.add(side);
      return "full";
    }
    attachment.push(encodeNeighbour(content));
    return "taken";
  }

  /** @throws {RangeError} when the content is too large */
  say(content: Uint8Array): Taken {
    expectMessage(content);
    const taken = SIDES.map((side) => this.#ports.sides[side]).filter(({ isTaken }) => isTaken);
    if (taken.length === 0) return "nobody";
    const full = taken.filter(({ hasRoom }) => !hasRoom);
    for (const { side } of full) this.#wantsRoom.add(side);
    if (full.length > 0) return "full";
    const message = this.#messages.write(this.#ports.identity().id, content);
    for (const attachment of taken) attachment.push(message);
    return "taken";
  }

  /** Reads what has come from one side, as far as it can be passed on. */
  receive(now: Instant, side: Side): void {
    const attachment = this.#ports.sides[side];
    try {
      for (let link = attachment.link; link !== undefined; link = attachment.link) {
        const urgent = link.takeUrgent();
        if (urgent !== undefined) {
          this.#ports.handleUrgent(now, side, link, decodeStreamMessage(urgent));
          continue;
        }
        const message = link.peek();
        if (message === undefined || !this.#canPass(side, message)) return;
        link.take(now);
        this.#handleContent(side, link, message);
      }
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw error;
      attachment.lose(now, "fault");
    }
  }

  /** Tells the owner of room where it was told that there is none. */
  offerRoom(side: Side): void {
    const attachment = this.#ports.sides[side];
    if (!this.#wantsRoom.has(side)) return;
    // Whoever waits for a side where nobody is any more is told too, and hears so when it tries.
    if (attachment.isTaken && (attachment.link === undefined || !attachment.isRoomy)) return;
    this.#wantsRoom.delete(side);
    this.#ports.emit({ type: "room", side });
  }

  #canPass(side: Side, message: Uint8Array): boolean {
    const other = this.#ports.sides[opposite(side)];
    return !isForLine(message) || !other.isTaken || other.hasRoom;
  }

  /** @throws {ChainProtocolError} when the neighbour does not keep to the protocol */
  #handleContent(side: Side, link: Link, bytes: Uint8Array): void {
    const message = decodeStreamMessage(bytes);
    if (message.type === "neighbour") {
      const { content } = message;
      this.#deliver({ scope: "neighbour", side, author: link.neighbour.id, content });
    } else if (message.type === "line") {
      const { author, number, content } = message;
      const isOwn = author === this.#ports.identity().id;
      if (isOwn || !this.#messages.isNew(author, number)) return;
      this.#ports.sides[opposite(side)].push(bytes);
      // A copy: whoever gets it may change it, while the message is still to be passed on.
      this.#deliver({ scope: "line", side, author, content: content.slice() });
    }
  }

  #deliver(message: ChainMessage): void {
    this.#ports.emit({ type: "deliver", message });
  }
}

/** @throws {RangeError} when it is too long */
function expectMessage(content: Uint8Array): void {
  if (content.length <= MAX_CHAIN_MESSAGE_BYTES) return;
  throw new RangeError(
    `The message has ${content.length} bytes, wanted at most ${MAX_CHAIN_MESSAGE_BYTES}: split it`,
  );
}
