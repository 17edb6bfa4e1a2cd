/**
 * A joined room, for programs that hold a node in their own process: who is there, what happens, and
 * what is said, as calls, as listeners and as an iteration.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Cancel } from "../base/ports.ts";
import type { NoticeNode } from "../controller/notice.ts";
import type { RoomApi, RoomEvent, RoomView } from "../controller/room_api.ts";
import type { Content } from "../messaging/outcome.ts";
import { RoomEvents } from "./room_events.ts";
import { shielded } from "./shielded.ts";

/** A room was left, or the node has left the network, and somebody wanted to speak in it. */
export class RoomLeftError extends Error {
  override readonly name = "RoomLeftError";
  /** Name of the room. */
  readonly room: string;

  constructor(room: string) {
    super(`The node is not in the room "${room}" any more: join it again to speak there`);
    this.room = room;
  }
}

/** An event of one type. */
export type RoomEventOf<Type extends RoomEvent["type"]> = Extract<RoomEvent, { type: Type }>;

/** What a room is made of. */
export interface RoomOptions {
  name: string;
  rooms: RoomApi;
  /** Events that wait for one who iterates and does not keep up; the oldest go first. */
  maxEvents: number;
  /** Aborted when the room is left, by whomever, and when the node leaves the network. */
  left: AbortSignal;
}

/** A joined room, until it is left or the node leaves the network. */
export class Room implements AsyncIterable<RoomEvent> {
  /** In Unicode's normal form C. */
  readonly name: string;
  readonly #rooms: RoomApi;
  readonly #maxEvents: number;
  readonly #left: AbortSignal;

  constructor({ name, rooms, maxEvents, left }: RoomOptions) {
    this.name = name;
    this.#rooms = rooms;
    this.#maxEvents = maxEvents;
    this.#left = left;
  }

  /** Whether it was left, or the node has left the network. */
  get isLeft(): boolean {
    return this.#left.aborted;
  }

  /** Whether the first search for others is over, so that those who are there are known. */
  get isSettled(): boolean {
    return this.#view()?.isSettled ?? false;
  }

  /** All that are in it now, this node among them, ordered by id; nobody once it was left. */
  members(): readonly NoticeNode[] {
    return this.#view()?.members ?? [];
  }

  /** What happened in it and is still kept, the oldest first. It counts as read then. */
  events(): readonly RoomEvent[] {
    return this.isLeft ? [] : this.#rooms.events(this.name);
  }

  /**
   * Sends a message to every other member, or to some of them.
   *
   * @param content at most 60 000 bytes
   * @param options.to the whole ids of those who are meant; all where it is left out
   * @returns how many it is on its way to
   * @throws {RangeError} when it is too large, or a text with half a character, or somebody in `to` is
   *   no member
   * @throws {RoomLeftError} when the room was left
   */
  say(content: Content, { to }: { to?: readonly string[] } = {}): number {
    const ids = to?.map((id) => id as NodeId);
    const count = this.isLeft ? undefined : this.#rooms.say(this.name, content, ids);
    if (count === undefined) throw new RoomLeftError(this.name);
    return count;
  }

  /** Hands everything that happens to `listener`, who has then read it. Call the result to stop. */
  listen(listener: (event: RoomEvent) => void): Cancel {
    return this.#listen(shielded(listener));
  }

  /** Hands what happens of one type to `listener`; what is of other types counts as read too. */
  on<Type extends RoomEvent["type"]>(
    type: Type,
    listener: (event: RoomEventOf<Type>) => void,
  ): Cancel {
    return this.listen((event) => {
      if (isOf(event, type)) listener(event);
    });
  }

  /**
   * Everything that happens from now on, until the room is left. What waits for a loop that does not
   * keep up is bounded by `rooms.max_unread_count`; beyond it the oldest goes.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomEvent> {
    const events: RoomEvents = new RoomEvents(this.#maxEvents, () => stop());
    const stop = this.#listen((event) => events.push(event), () => events.end());
    return events;
  }

  /** Leaves it, over restarts too. Returns whether it was still joined. */
  leave(): boolean {
    return !this.isLeft && this.#rooms.leave(this.name);
  }

  #view(): RoomView | undefined {
    if (this.isLeft) return undefined;
    return this.#rooms.list().find(({ name }) => name === this.name);
  }

  /** @param ended called when there will be no more */
  #listen(listener: (event: RoomEvent) => void, ended: () => void = () => {}): Cancel {
    const left = this.#left;
    if (left.aborted) {
      ended();
      return () => {};
    }
    const cancel = this.#rooms.listen(this.name, listener);
    const end = () => {
      cancel();
      ended();
    };
    left.addEventListener("abort", end, { once: true });
    return () => {
      left.removeEventListener("abort", end);
      cancel();
    };
  }
}

function isOf<Type extends RoomEvent["type"]>(
  event: RoomEvent,
  type: Type,
): event is RoomEventOf<Type> {
  return event.type === type;
}
