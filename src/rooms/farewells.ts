/**
 * Rooms that this node has left while it runs on. Members that were away then may come back and
 * take it for one of them, as the map says that it is alive; whoever writes to it as a member is
 * told better.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import { type CarriedStatement, decodeRoomHead, type RoomLetter } from "../wire/rooms.ts";
import { Allowance } from "./allowance.ts";
import { Post } from "./post.ts";
import type { RoomKey } from "./room_key.ts";

/** Rooms that are remembered; the one that was left first is forgotten first. */
const MAX_ROOMS = 64;

const ANSWERS = { burst: 4, refillMs: 15_000 };

interface Farewell {
  key: RoomKey;
  /** In which this node says that it left. */
  carried: CarriedStatement;
}

export class Farewells {
  readonly #self: NodeId;
  readonly #send: (to: NodeId, content: Uint8Array) => void;
  readonly #farewells = new Map<NodeId, Farewell>();
  readonly #allowance = new Allowance(ANSWERS);

  constructor(self: NodeId, send: (to: NodeId, content: Uint8Array) => void) {
    this.#self = self;
    this.#send = send;
  }

  /** This node has left a room, and said so. */
  add(key: RoomKey, carried: CarriedStatement): void {
    this.#farewells.set(key.location, { key, carried });
    const [first] = this.#farewells.keys();
    if (first !== undefined && this.#farewells.size > MAX_ROOMS) this.#farewells.delete(first);
  }

  /** The key of a room that is joined again, which need not be made anew; no more is said of it. */
  take(name: string): RoomKey | undefined {
    for (const { key } of this.#farewells.values()) {
      if (key.name !== name) continue;
      this.#farewells.delete(key.location);
      return key;
    }
    return undefined;
  }

  /**
   * A letter came for a room that is not joined.
   *
   * @throws {WireError} when somebody who knows the room's name wrote nonsense
   */
  handleLetter(now: Instant, from: NodeId, { location, nonce, head }: RoomLetter): void {
    const farewell = this.#farewells.get(location);
    if (farewell === undefined) return;
    const { key, carried } = farewell;
    const opened = key.openHead(from, this.#self, { nonce, sealed: head });
    if (opened === undefined) return;
    // Nobody answers a farewell: two who left the same room would say goodbye for ever.
    if (decodeRoomHead(opened).type === "statements" || !this.#allowance.take(now, from)) return;
    new Post(this.#self, key, this.#send).send(from, { type: "statements", carried: [carried] });
  }
}
