import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { mixed } from "../../src/chain/binary.ts";
import { Identity } from "../../src/chain/identity.ts";
import { LineView, LOOKAHEAD } from "../../src/chain/line_view.ts";
import { Link } from "../../src/chain/link.ts";
import type { MemberId } from "../../src/chain/side.ts";
import type { Known } from "../../src/chain/stream_message.ts";

const ADDRESS = parseAddress("203.0.113.1:1");

const secret = (fill: number) => new Uint8Array(16).fill(fill);

function known(number: number): Known & { secret: Uint8Array } {
  return { id: idOf(number), label: `m${number}`, secret: secret(number) };
}

function idOf(number: number): MemberId {
  return number.toString(16).padStart(16, "0") as MemberId;
}

/** An identity with the id and the secret of a number. */
function identity(number: number): Identity {
  return new Identity(`m${number}`, (length) => new Uint8Array(length).fill(number));
}

/** A view in which members stand on both sides, as their neighbours told it. */
function viewOf(tail: readonly number[], head: readonly number[]): LineView {
  const view = new LineView();
  for (const [side, numbers] of [["tail", tail], ["head", head]] as const) {
    const [first, ...rest] = numbers;
    if (first === undefined) continue;
    view.linked(side, { ...known(first), rank: 0 });
    view.follow(side, { rank: 0, start: undefined, entries: rest.map(known) });
  }
  return view;
}

function labels(view: LineView): string {
  return view.line(identity(0)).map(({ label }) => label).join(" ");
}

const LINK = new Link(
  0,
  {
    ticket: secret(1),
    ownToken: secret(0xf0),
    theirToken: secret(0x0f),
    neighbour: { ...known(1), rank: 0 },
    address: ADDRESS,
  },
  { keepAliveMs: 1_000, lostAfterMs: 3_000 },
  () => {},
);

Deno.test("LineView: shows the line from the earliest to the latest", () => {
  assertEquals(labels(new LineView()), "m0");
  assertEquals(labels(viewOf([1, 2], [3, 4])), "m2 m1 m0 m3 m4");
});

Deno.test("LineView: shows nobody twice, not even itself, while old knowledge is about", () => {
  const view = viewOf([1, 2, 3], [2, 4]);
  view.follow("head", { rank: 0, start: undefined, entries: [known(4), known(1), known(2)] });
  assertEquals(labels(view), "m3 m1 m0 m2 m4");
});

Deno.test("LineView: when the next one takes the place of one that is gone, those behind stay known", () => {
  const view = viewOf([], [1, 2, 3, 4]);
  view.linked("head", { ...known(3), rank: 0 });
  assertEquals(labels(view), "m0 m3 m4");
  view.linked("head", { ...known(9), rank: 0 });
  assertEquals(labels(view), "m0 m9");
  view.vacated("head");
  assertEquals(labels(view), "m0");
});

Deno.test("LineView: each side hears of the other side alone, and secrets go no farther than they help", () => {
  const many = Array.from({ length: 20 }, (_, at) => at + 1);
  const { entries, start } = viewOf(many, [30]).viewFor("head", identity(0), undefined);
  assertEquals(start, undefined);
  assertEquals(entries.map(({ label }) => label), many.map((number) => `m${number}`));
  const withSecrets = entries.filter(({ secret }) => secret !== undefined);
  // The neighbour has this member at 1, so the last secret it gets is of one at the lookahead.
  assertEquals(withSecrets.length, LOOKAHEAD - 1);
});

Deno.test("LineView: where the line begins is told to the head, as the tail tells it", () => {
  const view = viewOf([1], []);
  const own = identity(0);
  assertEquals(view.start(own, ADDRESS, false), undefined);
  const start = { id: idOf(5), rank: 3, tail: ADDRESS };
  view.follow("tail", { rank: 4, start, entries: [] });
  assertEquals(view.start(own, ADDRESS, false), start);
  assertEquals(view.start(own, ADDRESS, true), { id: own.id, rank: undefined, tail: ADDRESS });
  assertEquals(view.viewFor("head", own, start).start, start);
  assertEquals(view.viewFor("tail", own, start).start, undefined);
});

Deno.test("LineView: behind one that fell silent it looks for that one first, then for all behind", () => {
  const own = identity(0x55);
  const targets = viewOf([], [1, 2, 3]).targets("head", own, LINK, "silent", undefined);
  assertEquals(targets, [
    { ticket: LINK.ticket, isNear: true },
    { ticket: mixed(secret(0x55), secret(2)), isNear: true },
    { ticket: mixed(secret(0x55), secret(3)), isNear: false },
  ]);
});

Deno.test("LineView: two of one line have the same id for the gap between them, and no third has it", () => {
  const [a, c] = [identity(1), identity(3)];
  const [, fromA] = viewOf([], [2, 3]).targets("head", a, LINK, "silent", undefined);
  const [, fromC] = viewOf([2, 1], []).targets("tail", c, LINK, "silent", undefined);
  const [, fromD] = viewOf([3, 2, 1], []).targets("tail", identity(4), LINK, "silent", undefined);
  assertEquals(fromA?.ticket, fromC?.ticket);
  assertEquals(fromD?.ticket, mixed(secret(4), secret(2)));
});

Deno.test("LineView: behind one that left it looks by the id that was told, and not for that one", () => {
  const own = identity(0x55);
  const byeId = secret(0xbe);
  assertEquals(viewOf([], [1]).targets("head", own, LINK, "left", byeId), [
    { ticket: byeId, isNear: true },
  ]);
  assertEquals(viewOf([], [1]).targets("head", own, LINK, "fault", undefined), []);
});

Deno.test("LineView: one who stands behind itself with the lowest id is where a ring is opened", () => {
  const view = viewOf([7, 8], []);
  view.follow("tail", { rank: 0, start: undefined, entries: [known(8), known(2), known(9)] });
  assertEquals(view.isLowestOfRing(idOf(2)), true);
  assertEquals(view.isLowestOfRing(idOf(9)), false);
  assertEquals(view.isLowestOfRing(idOf(1)), false);
});
