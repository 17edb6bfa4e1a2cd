import { assert, assertEquals, assertLess } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { decodeDatagram } from "../../src/chain/datagram.ts";
import { Link } from "../../src/chain/link.ts";
import type { MemberId } from "../../src/chain/side.ts";
import type { View } from "../../src/chain/stream_message.ts";
import { Views } from "../../src/chain/views.ts";

const ADDRESS = parseAddress("203.0.113.1:1");
const SECRET = new Uint8Array(16).fill(1);

/** A link to somebody who never says a word, and how many DATA it was sent. */
function silentLink() {
  const sent = { data: 0 };
  const card = { id: "00000000000000aa" as MemberId, rank: 0, secret: SECRET, label: "x" };
  const bond = { ticket: SECRET, ownToken: SECRET, theirToken: SECRET, neighbour: card };
  const link = new Link(
    0,
    { ...bond, address: ADDRESS },
    { keepAliveMs: 1_000, lostAfterMs: 3_000 },
    (_to, bytes) => sent.data += decodeDatagram(bytes)?.type === "data" ? 1 : 0,
  );
  return { link, sent };
}

function viewOf(rank: number): View {
  return { rank, start: undefined, entries: [] };
}

Deno.test("Views: a new neighbour is told at once, and what is the same is not told again", () => {
  const views = new Views();
  const { link, sent } = silentLink();
  const tell = (now: number, rank: number) => {
    views.tell(now, "head", link, () => viewOf(rank));
    link.flush(now);
    return sent.data;
  };
  assertEquals(tell(0, 1), 1);
  assertEquals(views.nextWakeup(), undefined);
  views.change();
  assertEquals(tell(200, 1), 1);
  views.change();
  assertEquals(tell(400, 2), 2);
});

Deno.test("Views: changes in quick succession are told together, a tenth of a second later", () => {
  const views = new Views();
  const { link, sent } = silentLink();
  views.tell(0, "head", link, () => viewOf(0));
  link.flush(0);
  for (let now = 1; now < 100; now++) {
    views.change();
    views.tell(now, "head", link, () => viewOf(now));
  }
  assertEquals(views.nextWakeup(), 100);
  views.tell(100, "head", link, () => viewOf(100));
  link.flush(100);
  assertEquals([sent.data, views.nextWakeup()], [2, undefined]);
});

Deno.test("Views: one who takes nothing in has no more than a few waiting, and nobody is woken for it", () => {
  const views = new Views();
  const { link } = silentLink();
  for (let now = 0; now < 100_000; now += 100) {
    views.change();
    views.tell(now, "head", link, () => viewOf(now));
    link.flush(now);
  }
  assertLess(link.urgentCount, 2);
  assertLess(link.queuedBytes, 200);
  views.change();
  assertEquals(views.nextWakeup(), undefined);
});

Deno.test("Views: whoever comes in place of another is told all of it", () => {
  const views = new Views();
  const [one, other] = [silentLink(), silentLink()];
  views.tell(0, "head", one.link, () => viewOf(1));
  views.forget("head");
  views.change();
  assertEquals(views.nextWakeup(), undefined);
  views.tell(1, "head", other.link, () => viewOf(1));
  other.link.flush(1);
  assert(other.sent.data === 1);
});
