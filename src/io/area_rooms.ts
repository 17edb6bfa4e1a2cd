/**
 * The rooms of a node, for programs that hold it in their own process: one object for each, for as long
 * as the room is joined. A room can also be joined and left over the control socket, of which the
 * objects learn by the names that the node is told to keep.
 */

import type { RoomApi } from "../controller/room_api.ts";
import { normalRoomName } from "../rooms/room_name.ts";
import { Room, RoomLeftError } from "./area_room.ts";

interface OpenRoom {
  room: Room;
  left: AbortController;
}

export class AreaRooms {
  /** Not before it is needed: a node that is being made tells of its rooms already. */
  readonly #api: () => RoomApi;
  readonly #maxEvents: number;
  readonly #open = new Map<string, OpenRoom>();
  #isOver = false;

  /** @param maxEvents events that wait for one who iterates over a room and does not keep up */
  constructor(api: () => RoomApi, maxEvents: number) {
    this.#api = api;
    this.#maxEvents = maxEvents;
  }

  /**
   * Joins a room, or finds one that is joined already.
   *
   * @throws {RangeError} when the name is too short or too long, or there are too many rooms
   * @throws {RoomLeftError} when the node has left the network
   */
  join(name: string): Room {
    const normal = normalRoomName(name);
    if (this.#isOver) throw new RoomLeftError(normal);
    this.#api().join(normal);
    return this.#roomOf(normal);
  }

  /** Those that are joined now, ordered by name. */
  list(): Room[] {
    return this.#isOver ? [] : this.#api().list().map(({ name }) => this.#roomOf(name));
  }

  /** The node is in these rooms and no others. */
  keep(names: readonly string[]): void {
    for (const [name, { left }] of this.#open) {
      if (names.includes(name)) continue;
      this.#open.delete(name);
      left.abort();
    }
  }

  /** The node has left the network. */
  end(): void {
    this.#isOver = true;
    this.keep([]);
  }

  #roomOf(name: string): Room {
    const known = this.#open.get(name);
    if (known !== undefined) return known.room;
    const left = new AbortController();
    const [rooms, maxEvents] = [this.#api(), this.#maxEvents];
    const room = new Room({ name, rooms, maxEvents, left: left.signal });
    this.#open.set(name, { room, left });
    return room;
  }
}
