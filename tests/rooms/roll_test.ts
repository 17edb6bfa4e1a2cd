import { assertEquals, assertThrows } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { Members, type NodeMap } from "../../src/rooms/members.ts";
import { Post } from "../../src/rooms/post.ts";
import { Roll } from "../../src/rooms/roll.ts";
import { RoomKey } from "../../src/rooms/room_key.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  type CarriedStatement,
  decodeRoomHead,
  decodeRoomLetter,
  decodeStatement,
  type Statement,
} from "../../src/wire/rooms.ts";
import { CRYPTO, signerOf } from "../identity/signers.ts";
import { idOf as wireIdOf } from "../wire/samples.ts";
import { signedStatement } from "./signed.ts";

const KEY = new RoomKey(CRYPTO, "garden party");
const OTHER_ROOM = new RoomKey(CRYPTO, "garden partz");
const RUN = new Uint8Array(32).fill(1);

const idOf = (number: number) => signerOf(number).id;
const stated = (number: number, epoch: number, left = false): Statement => ({
  id: idOf(number),
  epoch,
  left,
  run: RUN,
});

/** The roll as the node number 0 keeps it. */
class Register {
  readonly known = new Set<NodeId>();
  readonly members: Members;
  readonly roll: Roll;
  now = 0;
  #sent: string[] = [];

  constructor(neighbours: readonly number[], number = 0, key = KEY) {
    const map: NodeMap = {
      standing: (id) => this.known.has(id) ? "alive" : undefined,
      get: (id) => {
        const signer = Array.from({ length: 100 }, (_, at) => signerOf(at))
          .find((each) => each.id === id);
        if (signer === undefined || !this.known.has(id)) return undefined;
        return { publicKey: signer.publicKey, sealingKey: RUN, label: "" };
      },
    };
    this.members = new Members(map, 1_000);
    const signer = signerOf(number);
    this.roll = new Roll(stated(number, 100), {
      crypto: CRYPTO,
      signer,
      location: key.location,
      map,
      members: this.members,
      post: new Post(signer.id, key, (to, content) => this.#note(signer.id, key, to, content)),
    });
    this.roll.setNeighbours(neighbours.map(idOf));
    for (const each of neighbours) this.known.add(idOf(each));
  }

  receive(from: number, carried: CarriedStatement): string {
    return this.roll.receive(this.now, idOf(from), carried);
  }

  /** What left since the last time, as "to: numbers" with the epochs. */
  sent(): string[] {
    this.roll.handleTime(this.now);
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  #note(self: NodeId, key: RoomKey, to: NodeId, content: Uint8Array): void {
    const { nonce, head } = decodeRoomLetter(content);
    const opened = key.openHead(self, to, { nonce, sealed: head });
    const read = decodeRoomHead(opened as Uint8Array);
    if (read.type !== "statements") return;
    const words = read.carried.map(({ body }) => {
      const { id, epoch, left } = decodeStatement(body);
      return `${numberOf(id)} ${left ? "left" : "joined"} ${epoch}`;
    });
    this.#sent.push(`${numberOf(to)}: ${words.join(", ")}`);
  }
}

function numberOf(id: NodeId): number {
  return Array.from({ length: 100 }, (_, at) => at).find((at) => idOf(at) === id) ?? -1;
}

/** A statement as its author signs it. */
function carried(number: number, epoch: number, left = false, key = KEY): CarriedStatement {
  return signedStatement(signerOf(number), key.location, stated(number, epoch, left));
}

Deno.test("Roll: what is new goes to all neighbours but its author and who brought it", () => {
  const register = new Register([1, 2, 3, 4]);
  assertEquals(register.receive(2, carried(1, 50)), "new");
  assertEquals(register.sent(), ["3: 1 joined 50", "4: 1 joined 50"]);
  assertEquals(register.sent(), []);
});

Deno.test("Roll: what is known or older is not passed on", () => {
  const register = new Register([1, 2, 3]);
  register.receive(1, carried(1, 50));
  register.sent();
  assertEquals(register.receive(2, carried(1, 50)), "known");
  assertEquals(register.receive(2, carried(1, 49)), "known");
  assertEquals(register.receive(2, carried(1, 49, true)), "known");
  register.now = 1_000;
  assertEquals(register.sent(), []);
});

Deno.test("Roll: a neighbour that has it already, while it waits to be sent, is not told", () => {
  const register = new Register([1, 2, 3]);
  register.receive(1, carried(1, 50));
  register.receive(2, carried(1, 50));
  assertEquals(register.sent(), ["3: 1 joined 50"]);
});

Deno.test("Roll: many statements leave in one letter, each in its newest form", () => {
  const register = new Register([1, 2, 3]);
  register.sent();
  for (const number of [10, 11, 12]) {
    register.known.add(idOf(number));
    register.receive(1, carried(number, 50));
  }
  register.receive(1, carried(11, 50, true));
  const words = "10 joined 50, 11 left 50, 12 joined 50";
  assertEquals(register.sent(), [`2: ${words}`, `3: ${words}`]);
});

Deno.test("Roll: so many that one letter cannot hold them leave in several, none twice", () => {
  const register = new Register([1]);
  register.roll.setNeighbours([]);
  const ids: NodeId[] = [];
  for (let number = 2; number < 90; number++) {
    register.known.add(idOf(number));
    register.receive(1, carried(number, 50));
    ids.push(idOf(number));
  }
  // As many as a room has members: 88 of them over and over.
  const many = Array.from({ length: 10 }, () => ids).flat();
  register.roll.tell(idOf(1), many);
  const letters = register.sent();
  assertEquals(letters.length, 2);
  const told = letters.flatMap((letter) => letter.slice(3).split(", "));
  assertEquals(told, many.map((id) => `${numberOf(id)} joined 50`));
});

Deno.test("Roll: what is forged or of another room is refused", () => {
  const register = new Register([1, 2]);
  const genuine = carried(1, 50);
  const forged: readonly CarriedStatement[] = [
    { ...genuine, signature: carried(2, 50).signature },
    { ...genuine, signature: carried(1, 51).signature },
    { ...genuine, signature: new Uint8Array(0) },
    { ...carried(1, 50, true), signature: genuine.signature },
    carried(1, 50, false, OTHER_ROOM),
  ];
  for (const each of forged) assertEquals(register.receive(2, each), "forged");
  assertEquals(register.sent(), []);
  assertThrows(() => register.receive(2, { ...genuine, body: new Uint8Array(5) }), WireError);
  assertEquals(register.receive(2, genuine), "new");
});

Deno.test("Roll: a statement of a node that the map does not know waits for it", () => {
  const register = new Register([1, 2]);
  assertEquals(register.receive(1, carried(5, 50)), "not-now");
  register.roll.handleNode(0, idOf(5));
  assertEquals(register.sent(), []);
  register.receive(1, carried(5, 50));
  register.known.add(idOf(5));
  register.roll.handleNode(0, idOf(5));
  assertEquals(register.sent(), ["2: 5 joined 50"]);
  assertEquals(register.members.present(), [idOf(5)]);
});

Deno.test("Roll: so many statements wait, the latest", () => {
  const register = new Register([1]);
  register.receive(1, carried(5, 50));
  const strange = Array.from({ length: 256 }, (_, at) => wireIdOf(at));
  for (const id of strange) {
    const statement = { ...stated(6, 50), id };
    const body = signedStatement(signerOf(6), KEY.location, statement);
    assertEquals(register.receive(1, body), "not-now");
  }
  register.known.add(idOf(5));
  register.roll.handleNode(0, idOf(5));
  assertEquals(register.members.present(), []);
});

Deno.test("Roll: who states something new all the time is listened to now and then", () => {
  const register = new Register([1, 2]);
  let taken = 0;
  for (let epoch = 1; epoch <= 1_000; epoch++) {
    register.now = 100 * epoch;
    if (register.receive(2, carried(1, epoch)) === "new") taken++;
  }
  assertEquals(taken, 10 + 9);
  register.now += 60_000;
  assertEquals(register.receive(2, carried(1, 2_000)), "new");
});

Deno.test("Roll: a node is told of its own later word when it is behind it", () => {
  const register = new Register([1, 2]);
  register.receive(1, carried(1, 500));
  register.sent();
  // Somebody else brings it up: that is no sign that node 1 is behind.
  register.receive(2, carried(1, 400));
  assertEquals(register.sent(), []);
  register.receive(1, carried(1, 400));
  assertEquals(register.sent(), ["1: 1 joined 500"]);
});

Deno.test("Roll: an own word of an earlier run that is higher is to be outbid", () => {
  const register = new Register([1]);
  assertEquals(register.receive(1, carried(0, 99)), "known");
  assertEquals(register.receive(1, carried(0, 100, true)), "known");
  const forged = { ...carried(0, 500), signature: carried(1, 500).signature };
  assertEquals(register.receive(1, forged), "forged");
  assertEquals(register.roll.highestOwnEpoch, 100);
  assertEquals(register.receive(1, carried(0, 500)), "own");
  assertEquals(register.roll.highestOwnEpoch, 500);
});

Deno.test("Roll: says goodbye to all neighbours at once", () => {
  const register = new Register([1, 2]);
  register.roll.state(stated(0, 200));
  const word = register.roll.leave();
  assertEquals(decodeStatement(word.body), stated(0, 200, true));
  assertEquals(register.sent(), ["1: 0 left 200", "2: 0 left 200"]);
  register.now = 1_000;
  assertEquals(register.sent(), []);
});
