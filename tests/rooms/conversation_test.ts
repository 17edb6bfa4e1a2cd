import { assertEquals } from "@std/assert";
import { Conversation } from "../../src/rooms/conversation.ts";
import { Members } from "../../src/rooms/members.ts";
import type { SealedMessage } from "../../src/rooms/recent_messages.ts";
import { RoomKey } from "../../src/rooms/room_key.ts";
import { CRYPTO, signerOf } from "../identity/signers.ts";
import { idOf as nodeIdOf } from "../topology/ids.ts";
import { sealedText } from "./signed.ts";

const KEY = new RoomKey(CRYPTO, "garden party");
const RUN = new Uint8Array(32).fill(1);
const NOTHING = new Uint8Array(0);

const idOf = (number: number) => signerOf(number).id;

/** What the node 0 hears, which joined at epoch 100; others joined as they please. */
class Ear {
  readonly members = new Members({
    standing: () => "alive",
    get: () => ({ publicKey: NOTHING, sealingKey: RUN, label: "" }),
  }, 2_000);
  readonly conversation = new Conversation(100, {
    crypto: CRYPTO,
    key: KEY,
    signer: signerOf(0),
    run: RUN,
    members: this.members,
  });
  now = 0;

  join(number: number, epoch: number): void {
    const statement = { id: idOf(number), epoch, left: false, run: RUN };
    const carried = { body: NOTHING, signature: NOTHING };
    this.members.put(this.now, statement, carried, signerOf(number).publicKey);
  }

  receive(message: SealedMessage): string {
    return this.conversation.receive(this.now, message);
  }

  /** What was handed out since the last time. */
  heard(): unknown[] {
    return this.conversation.takeSaid().map(({ content }) => content);
  }

  /** What another member says that it holds, which joined before this node. */
  offer(number: number, epoch: number, from: number, next: number) {
    const entry = { id: idOf(number), epoch, left: false, from, next };
    return this.conversation.wanted(this.now, [entry]).map(({ from, to }) => [from, to]);
  }
}

function message(number: number, epoch: number, sequence: number, text?: string): SealedMessage {
  const name = { author: idOf(number), run: RUN, epoch, sequence };
  return { name, sealed: sealedText(signerOf(number), KEY, name, text ?? `message ${sequence}`) };
}

Deno.test("Conversation: each message is new once, and heard once", () => {
  const ear = new Ear();
  ear.join(1, 200);
  assertEquals(ear.receive(message(1, 200, 1)), "new");
  assertEquals(ear.receive(message(1, 200, 1)), "known");
  assertEquals(ear.heard(), ["message 1"]);
  assertEquals(ear.heard(), []);
});

Deno.test("Conversation: what one says another hears", () => {
  const ear = new Ear();
  ear.join(1, 200);
  const mouth = new Conversation(200, {
    crypto: CRYPTO,
    key: KEY,
    signer: signerOf(1),
    run: RUN,
    members: new Ear().members,
  });
  for (const content of ["text", Uint8Array.of(1, 2)]) {
    assertEquals(ear.receive(mouth.say(content)), "new");
  }
  assertEquals(ear.heard(), ["text", Uint8Array.of(1, 2)]);
});

Deno.test("Conversation: an author that is no member, or not yet in that epoch, is not heard", () => {
  const ear = new Ear();
  assertEquals(ear.receive(message(1, 200, 1)), "not-now");
  ear.join(1, 200);
  assertEquals(ear.receive(message(1, 201, 1)), "not-now");
  assertEquals(ear.receive(message(1, 199, 1)), "known");
  // Its own words, sent back to it.
  assertEquals(ear.receive(message(0, 100, 1)), "not-now");
  assertEquals(ear.heard(), []);
});

Deno.test("Conversation: in a new epoch messages are counted anew", () => {
  const ear = new Ear();
  ear.join(1, 200);
  ear.receive(message(1, 200, 1));
  ear.join(1, 300);
  assertEquals(ear.receive(message(1, 300, 1, "anew")), "new");
  assertEquals(ear.receive(message(1, 200, 2)), "known");
  assertEquals(ear.heard(), ["message 1", "anew"]);
});

Deno.test("Conversation: what is altered, renamed or signed by another is forged", () => {
  const ear = new Ear();
  ear.join(1, 200);
  ear.join(2, 200);
  const { name, sealed } = message(1, 200, 1);
  const forged: readonly SealedMessage[] = [
    { name, sealed: sealed.with(0, (sealed[0] as number) ^ 1) },
    { name, sealed: NOTHING },
    { name: { ...name, sequence: 2 }, sealed },
    { name: { ...name, author: idOf(2) }, sealed },
    { name: { ...name, run: new Uint8Array(32) }, sealed },
    { name, sealed: sealedText(signerOf(2), KEY, name, "not mine") },
    { name, sealed: KEY.sealMessage(name, Uint8Array.of(1, 2, 3)) },
  ];
  for (const each of forged) assertEquals(ear.receive(each), "forged");
  assertEquals(ear.receive({ name, sealed }), "new");
  assertEquals(ear.heard(), ["message 1"]);
});

Deno.test("Conversation: others are asked for what is missing, and then it is given up", () => {
  const ear = new Ear();
  ear.join(1, 200);
  ear.receive(message(1, 200, 3));
  assertEquals(ear.heard(), []);
  ear.now = 499;
  assertEquals(ear.conversation.handleTime(ear.now), []);
  ear.now = 500;
  assertEquals(ear.conversation.nextWakeup(), 500);
  assertEquals(ear.conversation.handleTime(ear.now), [{ author: idOf(1), asked: 0 }]);
  assertEquals(ear.conversation.handleTime(ear.now), []);
  ear.now = 2_500;
  assertEquals(ear.conversation.handleTime(ear.now), [{ author: idOf(1), asked: 1 }]);
  ear.now = 10_000;
  ear.conversation.handleTime(ear.now);
  assertEquals(ear.heard(), ["message 3"]);
  assertEquals(ear.conversation.nextWakeup(), undefined);
});

Deno.test("Conversation: wants what it lacks and others have, from one of them at a time", () => {
  const ear = new Ear();
  ear.join(1, 200);
  assertEquals(ear.offer(1, 200, 1, 4), [[1, 4]]);
  assertEquals(ear.offer(1, 200, 1, 4), []);
  ear.now = 2_000;
  assertEquals(ear.offer(1, 200, 1, 4), [[1, 4]]);
  ear.now = 4_000;
  ear.receive(message(1, 200, 1));
  ear.receive(message(1, 200, 2));
  assertEquals(ear.offer(1, 200, 1, 3), []);
  assertEquals(ear.offer(1, 200, 4, 4), []);
  assertEquals(ear.offer(1, 199, 1, 9), []);
  assertEquals(ear.offer(2, 200, 1, 9), []);
  assertEquals(ear.offer(1, 200, 1, 10_000), [[3, 259]]);
});

Deno.test("Conversation: wants nothing from before it joined", () => {
  const ear = new Ear();
  ear.join(1, 50);
  assertEquals(ear.offer(1, 50, 1, 10), []);
  assertEquals(ear.offer(1, 50, 1, 12), [[10, 12]]);
  assertEquals(ear.conversation.position(idOf(1)), { from: 10, next: 10 });
});

Deno.test("Conversation: whoever has less to offer keeps nobody from being asked who has more", () => {
  const ear = new Ear();
  ear.join(1, 200);
  assertEquals(ear.offer(1, 200, 5, 9), [[5, 9]]);
  assertEquals(ear.offer(1, 200, 6, 9), []);
  assertEquals(ear.offer(1, 200, 2, 9), [[2, 9]]);
  assertEquals(ear.offer(1, 200, 3, 9), []);
});

Deno.test("Conversation: what others are brought long after it was said is no news to who joined later", () => {
  const ear = new Ear();
  ear.join(1, 50);
  ear.offer(1, 50, 1, 10);
  assertEquals(ear.receive(message(1, 50, 9, "on its way")), "new");
  const late = new Ear();
  late.join(1, 50);
  late.offer(1, 50, 1, 10);
  late.now = 10_000;
  assertEquals(late.receive(message(1, 50, 9)), "known");
  assertEquals(late.receive(message(1, 50, 10, "next")), "new");
  assertEquals([ear.heard(), late.heard()], [["on its way"], ["next"]]);
});

Deno.test("Conversation: supplies what it has heard and said, in this epoch", () => {
  const ear = new Ear();
  ear.join(1, 200);
  for (const sequence of [1, 2, 3]) ear.receive(message(1, 200, sequence));
  ear.conversation.say("own");
  const supplied = (author: number, epoch: number, from = 0, to = 9) =>
    ear.conversation.supply([{ author: idOf(author), epoch, from, to }])
      .map(({ name }) => name.sequence);
  assertEquals(supplied(1, 200), [1, 2, 3]);
  assertEquals(supplied(1, 200, 2, 3), [2]);
  assertEquals(supplied(1, 199), []);
  assertEquals(supplied(2, 200), []);
  assertEquals(supplied(0, 100), [1]);
  assertEquals(ear.conversation.position(idOf(0)), { from: 1, next: 2 });
  ear.conversation.restart(101);
  assertEquals(supplied(0, 100), []);
  assertEquals(supplied(0, 101), []);
  assertEquals(ear.conversation.position(idOf(0)), { from: 1, next: 1 });
});

Deno.test("Conversation: who asks for one author many times is supplied once", () => {
  const ear = new Ear();
  const { name: { author, epoch } } = ear.conversation.say("own");
  const range = { author, epoch, from: 0, to: 9 };
  assertEquals(ear.conversation.supply([range, range, range]).length, 1);
});

Deno.test("Conversation: what waits for others takes a bounded room, and those in order none", () => {
  const ear = new Ear();
  ear.join(1, 200);
  ear.join(2, 200);
  const text = "x".repeat(60_000);
  const verdicts = Array.from(
    { length: 60 },
    (_, at) => ear.receive(message(1, 200, 2 + 2 * at, text)),
  );
  assertEquals(verdicts.filter((verdict) => verdict === "new").length, 35);
  assertEquals(ear.receive(message(2, 200, 3)), "not-now");
  assertEquals(ear.receive(message(2, 200, 1, text)), "new");
  assertEquals(ear.receive(message(2, 200, 2, text)), "new");
  assertEquals(ear.heard().length, 2);
});

Deno.test("Conversation: of whom nothing is known any more nothing waits, and it goes on where it was", () => {
  const ear = new Ear();
  ear.join(1, 50);
  ear.receive(message(1, 50, 7));
  ear.receive(message(1, 50, 9));
  ear.conversation.forget(idOf(1));
  assertEquals(ear.conversation.nextWakeup(), undefined);
  assertEquals(ear.heard(), ["message 7"]);
  assertEquals(ear.conversation.position(idOf(1)), { from: 8, next: 8 });
  for (const sequence of [7, 8, 9]) ear.receive(message(1, 50, sequence));
  assertEquals(ear.heard(), ["message 8", "message 9"]);
});

Deno.test("Conversation: who comes back after being forgotten says nothing twice, or begins anew", () => {
  const ear = new Ear();
  for (const number of [1, 2]) ear.join(number, 200);
  for (const number of [1, 2]) ear.receive(message(number, 200, 1));
  for (const number of [1, 2]) ear.conversation.forget(idOf(number));
  ear.heard();
  ear.join(2, 300);
  ear.receive(message(1, 200, 1));
  ear.receive(message(1, 200, 2, "back"));
  ear.receive(message(2, 300, 1, "anew"));
  assertEquals(ear.heard(), ["back", "anew"]);
});

Deno.test("Conversation: even of too many who were forgotten none is heard twice", () => {
  const { members, conversation } = new Ear();
  const offer = (number: number) => {
    const entry = { id: nodeIdOf(number), epoch: 200 + number, left: false, from: 1, next: 4 };
    return conversation.wanted(0, [entry]).length;
  };
  for (let number = 1; number <= 1_001; number++) {
    const statement = { id: nodeIdOf(number), epoch: 200 + number, left: false, run: RUN };
    members.put(0, statement, { body: NOTHING, signature: NOTHING }, NOTHING);
    conversation.position(statement.id);
    conversation.forget(statement.id);
  }
  // Of the first of them it is not known any more that nothing was heard.
  assertEquals([offer(1), offer(2), offer(1_001)], [0, 1, 1]);
});
