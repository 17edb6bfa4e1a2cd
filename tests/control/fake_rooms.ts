/** Rooms in memory, in which happens what tests say. */

import type { NodeId } from "../../src/base/node_id.ts";
import type { Cancel } from "../../src/base/ports.ts";
import type { NoticeNode } from "../../src/controller/notice.ts";
import type { RoomApi, RoomEvent, RoomView } from "../../src/controller/room_api.ts";
import type { Content } from "../../src/messaging/outcome.ts";

/** What was said in a room. */
export interface Said {
  room: string;
  content: Content;
  to: readonly NodeId[] | undefined;
}

type Listener = (event: RoomEvent) => void;

interface FakeRoom {
  isSettled: boolean;
  members: NoticeNode[];
  unread: RoomEvent[];
  read: RoomEvent[];
  listeners: Set<Listener>;
}

/** Names that are too short and messages that are too long are refused, as real rooms do it. */
export class FakeRooms implements RoomApi {
  readonly said: Said[] = [];
  readonly #self: NoticeNode;
  readonly #rooms = new Map<string, FakeRoom>();

  constructor(self: NoticeNode) {
    this.#self = self;
  }

  /** Has these be in a joined room beside the node itself, as is known now. */
  settle(name: string, ...others: NoticeNode[]): void {
    const room = this.#room(name);
    room.isSettled = true;
    room.members = [this.#self, ...others];
  }

  /** Something happens in a joined room. */
  happen(event: RoomEvent): void {
    const { listeners, read, unread } = this.#room(event.room);
    (listeners.size === 0 ? unread : read).push(event);
    for (const listener of [...listeners]) listener(event);
  }

  /** How many listen to a room. */
  listening(name: string): number {
    return this.#rooms.get(name)?.listeners.size ?? 0;
  }

  join(name: string): boolean {
    if (name.length < 3) throw new RangeError(`The name "${name}" is too short, wanted 3 or more`);
    if (this.#rooms.has(name)) return false;
    this.#rooms.set(name, {
      isSettled: false,
      members: [this.#self],
      unread: [],
      read: [],
      listeners: new Set(),
    });
    return true;
  }

  leave(name: string): boolean {
    return this.#rooms.delete(name);
  }

  say(name: string, content: Content, to?: readonly NodeId[]): number | undefined {
    const room = this.#rooms.get(name);
    if (room === undefined) return undefined;
    if (content.length > 60_000) throw new RangeError("A message of too many bytes");
    this.said.push({ room: name, content, to });
    return to?.length ?? room.members.length - 1;
  }

  list(): readonly RoomView[] {
    return [...this.#rooms].map(([name, { isSettled, members, unread }]) => ({
      name,
      isSettled,
      hops: isSettled ? 1 : undefined,
      members,
      unread: unread.length,
    }));
  }

  events(name: string): readonly RoomEvent[] {
    const room = this.#rooms.get(name);
    room?.read.push(...room.unread.splice(0));
    return [...room?.read ?? []];
  }

  listen(name: string, listener: Listener): Cancel {
    const own: Listener = (event) => listener(event);
    const listeners = this.#rooms.get(name)?.listeners;
    listeners?.add(own);
    return () => void listeners?.delete(own);
  }

  #room(name: string): FakeRoom {
    const room = this.#rooms.get(name);
    if (room === undefined) throw new Error(`The room ${name} was never joined`);
    return room;
  }
}
