/**
 * Where rooms meet those who talk to the node: what people ask of a room is passed on, and what happens
 * in it is kept for whoever reads it next, or handed to those who listen.
 */

import { Fifo } from "../base/fifo.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Cancel, Instant } from "../base/ports.ts";
import type { Content } from "../messaging/outcome.ts";
import { normalRoomName, refuseRoomName } from "../rooms/room_name.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { NoticeNode } from "./notice.ts";
import type { RoomApi, RoomEvent, RoomView } from "./room_api.ts";

/** What a desk needs of its node. */
export interface RoomDeskOptions {
  self: NoticeNode;
  /** Asks the rooms and carries out what follows; undefined when the node has stopped. */
  ask<T>(question: (rooms: Rooms, now: Instant) => T): T | undefined;
  /** The node is in these rooms from now on, over restarts too. */
  keep(names: readonly string[]): void;
  /** Events of a room that are kept; the oldest go first. */
  maxEvents: number;
}

type Listener = (event: RoomEvent) => void;

/** Bytes of messages of a room that are kept, whatever their number. */
const MAX_KEPT_BYTES = 4_194_304;

/** What happened in one room. */
interface RoomLog {
  readonly events: Fifo<RoomEvent>;
  bytes: number;
  unread: number;
  readonly listeners: Set<Listener>;
}

export class RoomDesk implements RoomApi {
  readonly #options: RoomDeskOptions;
  readonly #logs = new Map<string, RoomLog>();
  /** Rooms of an earlier run whose turn to be joined has not come yet. */
  readonly #waiting = new Set<string>();

  constructor(options: RoomDeskOptions) {
    this.#options = options;
  }

  /**
   * Says in which rooms the node was in an earlier run. They count as joined from now on, and are really
   * joined one by one, by {@linkcode RoomDesk.joinNext}: each takes a tenth of a second.
   *
   * @param names what no room can be called any more is left out
   */
  wasIn(names: readonly string[]): void {
    for (const name of names.map(normalRoomName)) if (isRoomName(name)) this.#waiting.add(name);
  }

  /** Joins one of them; returns whether there are more. */
  joinNext(): boolean {
    const [name] = this.#waiting;
    if (name !== undefined) this.#returnTo(name);
    return this.#waiting.size > 0;
  }

  join(name: string): boolean {
    const wasWaiting = this.#waiting.has(normalRoomName(name));
    const isNew = this.#joinNow(name) && !wasWaiting;
    if (isNew) this.#keep();
    return isNew;
  }

  leave(name: string): boolean {
    const wasWaiting = this.#waiting.delete(normalRoomName(name));
    const wasIn = this.#options.ask((rooms, now) => rooms.leave(now, name)) ?? false;
    const wasJoined = wasIn || wasWaiting;
    if (wasJoined) this.#keep();
    const listeners = this.#logs.get(normalRoomName(name))?.listeners;
    this.#logs.delete(normalRoomName(name));
    // Those who listen may wait for the room to be joined again.
    if (listeners?.size) this.#logOf(name, listeners);
    return wasJoined;
  }

  say(name: string, content: Content, to?: readonly NodeId[]): number | undefined {
    if (this.#waiting.has(normalRoomName(name))) this.#joinNow(name);
    return this.#options.ask((rooms, now) => rooms.say(now, name, content, to));
  }

  list(): readonly RoomView[] {
    const joined = this.#options.ask((rooms) => rooms.list()) ?? [];
    const waiting = [...this.#waiting].map((name) => ({
      name,
      isSettled: false,
      members: [this.#options.self],
      hops: undefined,
    }));
    const all = [...joined, ...waiting].sort((a, b) => a.name < b.name ? -1 : 1);
    return all.map((room) => ({
      ...room,
      unread: this.#logs.get(room.name)?.unread ?? 0,
    }));
  }

  events(name: string): readonly RoomEvent[] {
    const log = this.#logs.get(normalRoomName(name));
    if (log === undefined) return [];
    log.unread = 0;
    return [...log.events];
  }

  listen(name: string, listener: Listener): Cancel {
    const { listeners } = this.#logOf(name);
    // One function may listen twice, and stop once.
    const own: Listener = (event) => listener(event);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** Something happened in a room. */
  handleEvent(event: RoomEvent): void {
    const log = this.#logOf(event.room);
    log.events.push(event);
    log.bytes += sizeOf(event);
    const isRead = log.listeners.size > 0;
    log.unread = isRead ? log.unread : log.unread + 1;
    while (log.events.size > this.#options.maxEvents || log.bytes > MAX_KEPT_BYTES) {
      const oldest = log.events.shift();
      log.bytes -= oldest === undefined ? 0 : sizeOf(oldest);
      log.unread = Math.min(log.unread, log.events.size);
    }
    for (const listener of [...log.listeners]) listener(event);
  }

  /** There may be room for fewer than in the earlier run: the others are dropped. */
  #returnTo(name: string): void {
    try {
      this.#joinNow(name);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #joinNow(name: string): boolean {
    this.#waiting.delete(normalRoomName(name));
    return this.#options.ask((rooms, now) => rooms.join(now, name)) ?? false;
  }

  #keep(): void {
    const joined = this.#options.ask((rooms) => rooms.names()) ?? [];
    this.#options.keep([...joined, ...this.#waiting].sort());
  }

  #logOf(anyName: string, listeners = new Set<Listener>()): RoomLog {
    const name = normalRoomName(anyName);
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const log = {
      events: new Fifo<RoomEvent>(),
      bytes: 0,
      unread: 0,
      listeners,
    };
    this.#logs.set(name, log);
    return log;
  }
}

function isRoomName(name: string): boolean {
  try {
    refuseRoomName(name);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function sizeOf(event: RoomEvent): number {
  return event.type === "message" ? event.content.length : 0;
}
