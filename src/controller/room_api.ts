/** What a running node can be asked and told of rooms, and what happens in them. */

import type { NodeId } from "../base/node_id.ts";
import type { Cancel } from "../base/ports.ts";
import type { Content } from "../messaging/outcome.ts";
import type { NoticeNode } from "./notice.ts";

/** A room that this node is in, or looks for. */
export interface RoomView {
  name: string;
  /** Whether the first search for other members is over, so that those who are there are known. */
  isSettled: boolean;
  /** All that are in it now, this node among them, ordered by id. */
  members: readonly NoticeNode[];
  /** Rounds of requests that the last search took until nobody closer was known. */
  hops: number | undefined;
  /** Events that nobody has read. */
  unread: number;
}

/** Something that happened in a room, as those see it who are in it. */
export type RoomEvent =
  & {
    room: string;
    /** When it came to be known here, in milliseconds since 1970. */
    at: number;
    /** Who came, went or spoke. */
    member: NoticeNode;
  }
  & (
    | { type: "joined" }
    /** It said that it goes. */
    | { type: "left" }
    /** Nobody reaches it any more, and it did not say why. */
    | { type: "vanished" }
    | {
      type: "message";
      content: Content;
      /** Whether it was sent to some members only, of whom this node is one. */
      isPrivate: boolean;
    }
  );

/** Rooms, as those see them who talk to a node. */
export interface RoomApi {
  /**
   * Joins a room, and stays in it over restarts until `leave`.
   *
   * @returns false when it is joined already
   * @throws {RangeError} when the name is too short or too long, or there are too many rooms
   */
  join(name: string): boolean;
  /** Leaves a room; returns whether it was joined. */
  leave(name: string): boolean;
  /**
   * Sends a message to every other member of a joined room, or to some of them.
   *
   * @param to members that are meant; all where it is left out
   * @returns how many it is on its way to; undefined when the room is not joined
   * @throws {RangeError} when the message is too large, or somebody in `to` is no member
   */
  say(name: string, content: Content, to?: readonly NodeId[]): number | undefined;
  /** The joined rooms, ordered by name. */
  list(): readonly RoomView[];
  /** What happened in a room and is still kept, the oldest first. Whoever asks has read it. */
  events(name: string): readonly RoomEvent[];
  /** Hands everything that happens in a room to `listener`, who has then read it. */
  listen(name: string, listener: (event: RoomEvent) => void): Cancel;
}
