/** A node that writes its letters by hand: a stranger, or a member that does not keep to the rules. */

import type { Signer } from "../../src/base/ports.ts";
import { RoomKey } from "../../src/rooms/room_key.ts";
import {
  type CarriedStatement,
  decodeRoomHead,
  decodeRoomLetter,
  encodeRoomHead,
  encodeRoomLetter,
  type MessageName,
  type RoomHead,
  type Statement,
} from "../../src/wire/rooms.ts";
import { type Party, type Passing, ROOM } from "./party.ts";
import { sealedText, signedStatement } from "./signed.ts";

const NOTHING = new Uint8Array(0);

export class Forger {
  readonly number: number;
  readonly key: RoomKey;
  readonly #party: Party;

  /** @param name what it takes for the name of the room */
  constructor(party: Party, number: number, name = ROOM) {
    this.number = number;
    this.key = new RoomKey(party.crypto, name);
    this.#party = party;
  }

  get #signer(): Signer {
    return this.#party.guest(this.number).signer;
  }

  /** A letter from this node; it arrives at once. */
  send(to: number, head: RoomHead, tail: Uint8Array = NOTHING, location = this.key.location): void {
    const { nonce, sealed } = this.key.sealHead(
      this.#signer.id,
      this.#party.idOf(to),
      encodeRoomHead(head),
    );
    const content = encodeRoomLetter({ location, nonce, head: sealed, tail });
    this.#party.deliver({ from: this.number, to, content });
  }

  /** A message sealed with the room's key, signed by whoever is given. */
  sendMessage(
    to: number,
    name: MessageName,
    content: string,
    signer = this.#signer,
    told: readonly number[] = [],
  ): void {
    const ids = told.map((each) => this.#party.idOf(each));
    this.send(
      to,
      { type: "message", name, told: ids },
      sealedText(signer, this.key, name, content),
    );
  }

  /** What a message of a node is called that it has never sent. */
  nameOf(number: number, sequence: number, epoch = this.epochOf(number)): MessageName {
    const { signer, sealingKey } = this.#party.guest(number);
    return { author: signer.id, run: sealingKey, epoch, sequence };
  }

  /** A statement about a node, signed by whoever is given. */
  statement(
    about: number,
    changes: Partial<Statement>,
    signer = this.#signer,
  ): CarriedStatement {
    const { sealingKey } = this.#party.guest(about);
    const id = this.#party.idOf(about);
    const statement = { id, epoch: 0, left: false, run: sealingKey, ...changes };
    return signedStatement(signer, this.key.location, statement);
  }

  /** The epoch in which a member is, as another one says. */
  epochOf(number: number): number {
    const other = number === 0 ? 1 : 0;
    const heads = this.ask(other, { type: "index", asks: true, entries: [] });
    for (const head of heads) {
      if (head.type !== "index") continue;
      const entry = head.entries.find(({ id }) => id === this.#party.idOf(number));
      if (entry !== undefined) return entry.epoch;
    }
    throw new Error(`Node ${other} does not say in which epoch ${number} is`);
  }

  /** Sends a letter and reads what comes back from that node within a second and a half. */
  ask(to: number, head: RoomHead): RoomHead[] {
    const heads: RoomHead[] = [];
    const before = this.#party.tamper;
    this.#party.tamper = (passing) => {
      if (passing.from === to && passing.to === this.number) {
        const opened = this.read(passing);
        if (opened !== undefined) heads.push(opened);
      }
      return before(passing);
    };
    this.send(to, head);
    this.#party.run(1_500);
    this.#party.tamper = before;
    return heads;
  }

  /** What a letter says, if it is to this room. */
  read({ from, to, content }: Passing): RoomHead | undefined {
    const { nonce, head } = decodeRoomLetter(content);
    const [sender, recipient] = [this.#party.idOf(from), this.#party.idOf(to)];
    const opened = this.key.openHead(sender, recipient, { nonce, sealed: head });
    return opened && decodeRoomHead(opened);
  }
}
