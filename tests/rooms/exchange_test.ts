/** What a member answers to one that compares what it knows, letter by letter. */

import { assert, assertEquals } from "@std/assert";
import { decodeStatement, type RoomEntry, type RoomHead } from "../../src/wire/rooms.ts";
import { Forger } from "./forger.ts";
import { numbers, Party } from "./party.ts";

/** Four members, of which the last is asked with by hand. */
function asking(): { party: Party; asker: Forger; entries: RoomEntry[] } {
  const party = new Party(4);
  party.join(...numbers(4));
  party.run(10_000);
  const asker = new Forger(party, 3);
  const entries = indexIn(asker.ask(0, { type: "index", asks: true, entries: [] }));
  party.run(2_000);
  return { party, asker, entries };
}

function indexIn(heads: readonly RoomHead[]): RoomEntry[] {
  const index = heads.find((head) => head.type === "index");
  assert(index?.type === "index");
  return [...index.entries];
}

/** The numbers of the members whose statements came. */
function statedIn(party: Party, heads: readonly RoomHead[]): number[] {
  const carried = heads.flatMap((head) => head.type === "statements" ? head.carried : []);
  return carried.map(({ body }) => party.numberOf(decodeStatement(body).id)).sort();
}

Deno.test("Exchange: an index lists all members, the one that sends it too", () => {
  const { party, entries } = asking();
  assertEquals(entries.map(({ id }) => party.numberOf(id)).sort(), numbers(4));
});

Deno.test("Exchange: who knows the same is sent nothing but the index it asks for", () => {
  const { party, asker, entries } = asking();
  const heads = asker.ask(0, { type: "index", asks: true, entries });
  assertEquals(statedIn(party, heads), []);
  assertEquals(heads.map(({ type }) => type), ["index"]);
  party.run(2_000);
  assertEquals(asker.ask(0, { type: "index", asks: false, entries }), []);
});

Deno.test("Exchange: who lacks or has old statements is sent them", () => {
  const { party, asker, entries } = asking();
  const known = entries.filter(({ id }) => id !== party.idOf(1))
    .map((entry) => entry.id === party.idOf(2) ? { ...entry, epoch: entry.epoch - 1 } : entry);
  const heads = asker.ask(0, { type: "index", asks: false, entries: known });
  assertEquals(statedIn(party, heads), [1, 2]);
});

Deno.test("Exchange: that a member left is news to who thinks that it is there, and to nobody else", () => {
  const { party, asker, entries } = asking();
  party.leave(1);
  party.run(2_000);
  const heads = asker.ask(0, { type: "index", asks: false, entries });
  assertEquals(statedIn(party, heads), [1]);
  party.run(2_000);
  const others = entries.filter(({ id }) => id !== party.idOf(1));
  assertEquals(asker.ask(0, { type: "index", asks: false, entries: others }), []);
});

Deno.test("Exchange: a summary that differs is answered with an index, one that does not is not", () => {
  const { party, asker } = asking();
  const heads = asker.ask(0, { type: "summary", count: 4, hash: 1 });
  assertEquals(heads.map(({ type }) => type), ["index"]);
  party.run(2_000);
  const [summary] = summaries(party, asker);
  assert(summary !== undefined);
  assertEquals(asker.ask(0, summary), []);
});

/** What the others say in their turn, sooner or later. */
function summaries(party: Party, asker: Forger): RoomHead[] {
  const heads: RoomHead[] = [];
  const before = party.tamper;
  party.tamper = (passing) => {
    const head = passing.to === asker.number ? asker.read(passing) : undefined;
    if (head?.type === "summary") heads.push(head);
    return passing.content;
  };
  party.run(300_000);
  party.tamper = before;
  return heads;
}

Deno.test("Exchange: who has more to offer is asked for it", () => {
  const { party, asker, entries } = asking();
  const offered = entries.map((entry) =>
    entry.id === party.idOf(1) ? { ...entry, from: 1, next: 4 } : entry
  );
  const epoch = entries.find(({ id }) => id === party.idOf(1))?.epoch ?? 0;
  const heads = asker.ask(0, { type: "index", asks: false, entries: offered });
  const range = { author: party.idOf(1), epoch, from: 1, to: 4 };
  assertEquals(heads, [{ type: "want", ranges: [range] }]);
});

Deno.test("Exchange: who wants messages gets those that are kept", () => {
  const { party, asker, entries } = asking();
  for (const text of ["a", "b", "c"]) party.say(1, text);
  party.run(2_000);
  const { id: author, epoch } = entries.find(({ id }) => id === party.idOf(1)) as RoomEntry;
  const heads = asker.ask(0, { type: "want", ranges: [{ author, epoch, from: 2, to: 99 }] });
  const names = heads.map((head) => head.type === "message" ? head.name.sequence : head.type);
  assertEquals(names, [2, 3]);
});
