/**
 * What happens in rooms, for a console: in each joined room what nobody has read yet, then what comes.
 * Which rooms those are is asked at the start and after every command for rooms, so a room that is
 * joined from elsewhere meanwhile is shown from the next such command on.
 */

import type { ControlClient } from "../control/client.ts";
import { followUnread } from "./follow.ts";
import type { RoomEvent } from "./room_text.ts";

/** The rooms that one console shows. */
export class ConsoleRooms {
  readonly #client: Pick<ControlClient, "call">;
  readonly #show: (event: RoomEvent) => void;
  /** What ends each of those that are followed. */
  readonly #followed = new Map<string, AbortController>();

  constructor(client: Pick<ControlClient, "call">, show: (event: RoomEvent) => void) {
    this.#client = client;
    this.#show = show;
  }

  /** Follows the rooms that are joined now, and no others. Resolves once what waited has been shown. */
  async refresh(): Promise<void> {
    try {
      const { rooms } = await this.#client.call("room_list", {});
      for (const [name, ending] of this.#followed) {
        if (rooms.some(({ room }) => room === name)) continue;
        ending.abort();
        this.#followed.delete(name);
      }
      for (const { room, unread } of rooms) {
        if (!this.#followed.has(room)) await this.#begin(room, unread);
      }
    } catch {
      // That the connection has ended is told for the console as a whole. A node of an earlier version
      // has no rooms, and one that was just left has nothing more to tell.
    }
  }

  async #begin(room: string, unread: number): Promise<void> {
    const { events: kept } = await this.#client.call("room_listen", { room, follow: false });
    const ending = new AbortController();
    this.#followed.set(room, ending);
    const follow = (onEvent: (event: RoomEvent) => void) =>
      this.#client.call("room_listen", { room, follow: true }, { onEvent, signal: ending.signal });
    const forget = () => {
      if (this.#followed.get(room) === ending) this.#followed.delete(room);
    };
    followUnread({ kept, unread, follow }, this.#show).then(forget, forget);
  }
}
