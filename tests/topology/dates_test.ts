/** What the dates of advertisements decide: what is taken, what is dropped, who is forgotten, who is to blame. */

import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { WireError } from "../../src/wire/error.ts";
import { MAX_SEQUENCE } from "../../src/wire/limits.ts";
import { carried, chain, numbers, Web } from "./web.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The skew that a web allows. */
const SKEW_MS = 10 * MINUTE_MS;

Deno.test("Topology: the life of a node whose clock was ahead by less than a skew is outbid after its restart", () => {
  const web = chain(2);
  web.setClock(1, SKEW_MS - MINUTE_MS);
  web.measure(1, 0, 5_000);
  web.run(MINUTE_MS);
  assertGreater(web.held(0, 1)?.sequence as number, web.wall);
  web.restart(1);
  web.connect(1, 0);
  web.run(5_000);
  assertEquals(web.held(0, 1), web.held(1, 1));
  assertEquals(web.standings(0), ["1 alive"]);
});

Deno.test("Topology: who lives is renewed, who does not is forgotten once it is too old", () => {
  const web = chain(3, { maxAgeMs: HOUR_MS });
  web.disconnect(1, 2);
  web.run(HOUR_MS - 10_000);
  assertEquals(web.standings(0), ["1 alive", "2 failed"]);
  web.run(HOUR_MS / 3 + 20_000);
  assertEquals(web.standings(0), ["1 alive"]);
  assertEquals(web.member(0).events.at(-1), "forgotten 2");
  web.run(10 * HOUR_MS);
  assertEquals(web.standings(0), ["1 alive"]);
});

Deno.test("Topology: old ones are forgotten also by a node that has news of its own all the time", () => {
  const web = chain(3, { maxAgeMs: HOUR_MS });
  web.disconnect(1, 2);
  for (let step = 0; step < 24; step++) {
    web.measure(0, 1, step % 2 === 0 ? 1_000 : 9_000);
    web.run(HOUR_MS / 12);
  }
  assertEquals(web.standings(0), ["1 alive"]);
});

Deno.test("Topology: what is too old already is not taken in, and nobody is blamed", () => {
  const web = chain(2, { maxAgeMs: HOUR_MS });
  web.hear(0, 1, carried(web, 8, { sequence: web.wall - HOUR_MS }));
  web.hear(0, 1, carried(web, 9, { sequence: web.wall - HOUR_MS - 1 }));
  assertEquals([web.held(0, 8)?.label, web.held(0, 9)?.label], ["8", undefined]);
  assertEquals(web.member(0).topology.refused, 0);
});

Deno.test("Topology: what is dated up to one skew ahead is taken, up to two it is not, and nobody is blamed", () => {
  const web = chain(2);
  const dates = [SKEW_MS, SKEW_MS + 1, 2 * SKEW_MS];
  for (const [at, aheadMs] of dates.entries()) {
    web.hear(0, 1, carried(web, 7 + at, { sequence: web.wall + aheadMs }));
  }
  const held = [7, 8, 9].map((number) => web.held(0, number)?.label);
  assertEquals(held, ["7", undefined, undefined]);
  assertEquals(web.member(0).topology.refused, 0);
});

Deno.test("Topology: what is dated more than two skews ahead breaks the protocol, whoever signed it", () => {
  const web = chain(2);
  for (const number of [0, 1, 9]) {
    for (const sequence of [web.wall + 2 * SKEW_MS + 1, MAX_SEQUENCE]) {
      const late = carried(web, number, { sequence, label: "from the future" });
      assertThrows(() => web.hear(0, 1, late), WireError, "ahead of this node's clock");
    }
  }
  assertEquals(web.member(0).topology.refused, 6);
  assertEquals(web.standings(0), ["1 alive"]);
});

Deno.test("Topology: clocks that differ by less than a skew from one another make no difference", () => {
  const web = new Web(5);
  for (const [number, aheadMs] of [-1, 0.5, 0, -0.5, 1].entries()) {
    web.setClock(number, aheadMs * SKEW_MS / 2);
  }
  for (let i = 1; i < 5; i++) web.connect(i - 1, i);
  web.run(5_000);
  assert(web.agrees());
  assertEquals(web.standings(0), ["1 alive", "2 alive", "3 alive", "4 alive"]);
  web.run(3 * HOUR_MS);
  assertEquals(web.standings(4), ["0 alive", "1 alive", "2 alive", "3 alive"]);
});

Deno.test("Topology: between two clocks that differ too much, the one in the middle is not blamed", () => {
  const web = new Web(3);
  web.setClock(0, SKEW_MS);
  web.setClock(2, -SKEW_MS);
  web.connect(0, 1);
  web.connect(1, 2);
  web.run(HOUR_MS);
  assertEquals(web.standings(1), ["0 alive", "2 alive"]);
  assertEquals(web.members.map(({ topology }) => topology.refused), [0, 0, 0]);
});

Deno.test("Topology: all forget a node by the date of its last word, however it came to them", () => {
  const web = chain(3, { maxAgeMs: HOUR_MS });
  web.hear(0, 1, carried(web, 9, { sequence: web.wall - 3_000_000 }));
  web.run(100_000);
  assertEquals(web.held(2, 9)?.label, "9");
  // A third of an hour at the most until the next look.
  web.run(500_000 + HOUR_MS / 3 + 10_000);
  assertEquals(numbers(3).map((number) => web.held(number, 9)?.label), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("Topology: a node whose clock is set forward, as after a long sleep, still knows itself", () => {
  const web = chain(2, { maxAgeMs: HOUR_MS });
  web.run(10 * MINUTE_MS);
  web.disconnect(0, 1);
  web.run(MINUTE_MS);
  web.setClock(0, 2 * HOUR_MS);
  for (let minute = 0; minute < 30; minute++) {
    web.run(MINUTE_MS);
    assertEquals(web.held(0, 0)?.label, "0", `minute ${minute}`);
  }
});

Deno.test("Topology: a node whose clock was far ahead is heard again as soon as it is set right", () => {
  const web = new Web(2);
  web.setClock(1, 5 * HOUR_MS);
  web.run(2 * HOUR_MS);
  web.setClock(1, 0);
  web.connect(1, 0);
  web.run(5_000);
  assertEquals(web.standings(0), ["1 alive"]);
});
