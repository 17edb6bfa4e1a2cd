import { assert, assertEquals, assertLess } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { decodeDatagram, type LineEnd } from "../../src/chain/datagram.ts";
import { type Agreement, lineInFront, Meeting } from "../../src/chain/meeting.ts";
import type { MemberId, Side } from "../../src/chain/side.ts";

const EARLIER_HEAD = parseAddress("203.0.113.1:7001"),
  LATER_TAIL = parseAddress("203.0.113.2:7002");

function end(id: string, rank: number | undefined, options: Partial<LineEnd> = {}): LineEnd {
  const address = (port: number) => parseAddress(`203.0.113.${parseInt(id, 16)}:${port}`);
  const first = { id: id.padStart(16, "0") as MemberId, rank, tail: address(2) };
  return {
    headIsFree: true,
    size: rank === undefined ? 1 : 3,
    head: address(1),
    first,
    ...options,
  };
}

Deno.test("lineInFront: says for every pair of lines which goes in front", () => {
  const [newcomer, other] = [end("1", undefined), end("2", undefined)];
  const [old, torn] = [end("3", 0), end("4", 7)];
  const long = end("5", 0, { size: 4 });
  const taken = { headIsFree: false };
  assertEquals(
    [
      // As the server thinks it: the later one behind the earlier one.
      lineInFront(newcomer, other),
      lineInFront(old, newcomer),
      // One that was first at a restarted server goes behind the line that was there.
      lineInFront(newcomer, old),
      // Parts of a torn line come together in their order, whoever comes first.
      lineInFront(old, torn),
      lineInFront(torn, old),
      // Of two that were never one, the longer goes in front, then the one with the lower id.
      lineInFront(old, long),
      lineInFront(long, old),
      lineInFront(old, end("6", 0)),
      lineInFront(end("6", 0), old),
      // Nobody can be put behind a head that is taken, and the order is not turned around for that.
      lineInFront({ ...old, ...taken }, newcomer),
      lineInFront(newcomer, { ...old, ...taken }),
      lineInFront(old, { ...newcomer, ...taken }),
      // Both ends of one line.
      lineInFront(old, { ...old, size: 9 }),
    ],
    [
      ...["earlier", "earlier", "later", "earlier", "later", "later", "earlier"] as const,
      ...["earlier", "later", undefined, undefined, "earlier", undefined] as const,
    ],
  );
});

/** What each has to do; the tickets must be the same. */
function deeds(pair: Pair): unknown[] {
  const { head, tail } = pair.agreements;
  assert(head !== undefined && tail !== undefined);
  assertEquals(head.ticket, tail.ticket);
  return [head, tail].map((agreement) =>
    agreement.type === "in-front"
      ? ["our head to", agreement.tail]
      : ["our first's tail to", agreement.head]
  );
}

/** Two meetings, and the datagrams between them. */
class Pair {
  readonly meetings: Record<Side, Meeting>;
  readonly agreements: Partial<Record<Side, Agreement>> = {};
  readonly sent: Record<Side, Uint8Array[]> = { head: [], tail: [] };

  constructor(earlier: () => LineEnd | undefined, later: () => LineEnd | undefined) {
    const make = (socket: Side, describe: () => LineEnd | undefined, fill: number) =>
      new Meeting(0, {
        socket,
        address: socket === "head" ? LATER_TAIL : EARLIER_HEAD,
        describe,
        nonce: new Uint8Array(16).fill(fill),
        emit: (datagram) => this.sent[socket].push(datagram),
      });
    this.meetings = { head: make("head", earlier, 1), tail: make("tail", later, 2) };
  }

  /** Delivers what one of the two has sent, or drops it. */
  carry(now: number, from: Side, isLost = false): void {
    const to = from === "head" ? "tail" : "head";
    for (const bytes of this.sent[from].splice(0)) {
      const meet = decodeDatagram(bytes);
      assert(meet?.type === "meet");
      if (isLost) continue;
      const agreement = this.meetings[to].handle(now, meet);
      if (agreement !== undefined) this.agreements[to] = agreement;
    }
  }

  run(loses: (step: number, from: Side) => boolean): number {
    let sent = 0;
    for (let now = 0, step = 0; now < 4_000; now += 10) {
      for (const side of ["head", "tail"] as const) {
        this.meetings[side].handleTime(now);
        sent += this.sent[side].length;
        this.carry(now, side, loses(step++, side));
      }
    }
    return sent;
  }
}

Deno.test("Meeting: both come to one agreement, with one ticket, whatever single datagram is lost", () => {
  for (let lost = -1; lost < 40; lost++) {
    const [front, back] = [end("a", 0), end("b", 5)];
    const pair = new Pair(() => front, () => back);
    const sent = pair.run((step) => step === lost);
    assertEquals(deeds(pair), [
      ["our head to", back.first.tail],
      ["our first's tail to", front.head],
    ]);
    assertLess(sent, 10);
  }
});

Deno.test("Meeting: where the later line goes in front, the earlier one's first is to meet its head", () => {
  const [newcomer, old] = [end("a", undefined), end("b", 5)];
  const pair = new Pair(() => newcomer, () => old);
  pair.run(() => false);
  assertEquals(deeds(pair), [
    ["our first's tail to", old.head],
    ["our head to", newcomer.first.tail],
  ]);
});

Deno.test("Meeting: comes about although a third of all datagrams is lost, and what was agreed stays", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const pair = new Pair(() => end("a", 0), () => end("b", 5));
    pair.run(() => random.next() < 1 / 3);
    assert(pair.agreements.head !== undefined && pair.agreements.tail !== undefined);
    assert(!pair.meetings.head.isOpen && !pair.meetings.tail.isOpen);
  }
});

Deno.test("Meeting: waits until it is known where our line begins, and then says the same all the time", () => {
  let own: LineEnd | undefined;
  const pair = new Pair(() => own, () => end("b", 5));
  pair.run(() => false);
  assertEquals(pair.agreements, {});
  own = end("a", 0);
  const later = new Pair(() => own, () => end("b", 5));
  own = end("c", 0);
  later.run(() => false);
  assertEquals(deeds(later)[1], ["our first's tail to", end("a", 0).head]);
});

Deno.test("Meeting: another one who speaks after the agreement is not heard", () => {
  const pair = new Pair(() => end("a", 0), () => end("b", 5));
  pair.run(() => false);
  const meet = {
    type: "meet",
    nonce: new Uint8Array(16).fill(9),
    echo: new Uint8Array(16),
  } as const;
  const answer = pair.meetings.head.handle(1_000, { ...meet, hasAgreed: false, end: end("d", 0) });
  assertEquals([answer, pair.sent.head], [undefined, []]);
});
