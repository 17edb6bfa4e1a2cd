/** Seals the letters of one room and hands them over to be sent. */

import type { NodeId } from "../base/node_id.ts";
import { encodeRoomHead, encodeRoomLetter, type RoomHead } from "../wire/rooms.ts";
import type { SealedMessage } from "./recent_messages.ts";
import type { RoomKey } from "./room_key.ts";

const NOTHING = new Uint8Array(0);

export class Post {
  readonly #self: NodeId;
  readonly #key: RoomKey;
  readonly #send: (to: NodeId, content: Uint8Array) => void;

  constructor(self: NodeId, key: RoomKey, send: (to: NodeId, content: Uint8Array) => void) {
    this.#self = self;
    this.#key = key;
    this.#send = send;
  }

  send(to: NodeId, head: RoomHead, tail: Uint8Array = NOTHING): void {
    const { location } = this.#key;
    const { nonce, sealed } = this.#key.sealHead(this.#self, to, encodeRoomHead(head));
    this.#send(to, encodeRoomLetter({ location, nonce, head: sealed, tail }));
  }

  /** @param told whom else its author has sent it to */
  sendMessage(to: NodeId, { name, sealed }: SealedMessage, told: readonly NodeId[] = []): void {
    this.send(to, { type: "message", name, told }, sealed);
  }
}
