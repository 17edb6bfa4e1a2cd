import { assertEquals } from "@std/assert";
import { OwnLinks } from "../../src/topology/own_links.ts";
import { MAX_LINKS } from "../../src/wire/limits.ts";
import { idOf } from "./ids.ts";

const [A, B] = [idOf(1), idOf(2)];

/** Own links with one to A whose published round-trip time is `rttUs`, published at 0. */
function published(rttUs: number): OwnLinks {
  const links = new OwnLinks();
  links.up(A, true);
  links.measured(0, A, rttUs);
  links.takeChanged();
  links.publish(0);
  return links;
}

Deno.test("OwnLinks: a link that comes or goes is worth telling, once", () => {
  const links = new OwnLinks();
  assertEquals(links.takeChanged(), false);
  links.up(A, true);
  assertEquals([links.takeChanged(), links.takeChanged()], [true, false]);
  links.down(A);
  assertEquals([links.takeChanged(), links.takeChanged()], [true, false]);
  links.down(A);
  links.measured(0, A, 1_000);
  assertEquals(links.takeChanged(), false);
});

Deno.test("OwnLinks: claims tell who dialled, and no time before one is published", () => {
  const links = new OwnLinks();
  links.up(A, true);
  links.up(B, false);
  links.measured(0, A, 1_234);
  assertEquals(links.claims(), [
    { peer: A, dialled: true, rttUs: null },
    { peer: B, dialled: false, rttUs: null },
  ]);
  links.publish(0);
  assertEquals(links.claims()[0], { peer: A, dialled: true, rttUs: 1_234 });
});

Deno.test("OwnLinks: a link that takes another's place keeps the time and changes direction", () => {
  const links = published(1_000);
  links.up(A, false);
  assertEquals(links.takeChanged(), true);
  assertEquals(links.claims(), [{ peer: A, dialled: false, rttUs: 1_000 }]);
});

Deno.test("OwnLinks: a link made anew is unmeasured", () => {
  const links = published(1_000);
  links.down(A);
  links.up(A, true);
  assertEquals(links.claims(), [{ peer: A, dialled: true, rttUs: null }]);
});

Deno.test("OwnLinks: a time is notable from a quarter and half a millisecond of change on", () => {
  const later = 10_000;
  for (
    const [before, after, isNotable] of [
      [1_000, 1_499, false],
      [1_000, 1_500, true],
      [1_000, 501, false],
      [1_000, 500, true],
      [100_000, 124_999, false],
      [100_000, 125_000, true],
      [100_000, 75_001, false],
      [100_000, 75_000, true],
      [1_000, 1_000, false],
    ] as const
  ) {
    const links = published(before);
    links.measured(later, A, after);
    assertEquals(links.takeChanged(), isNotable, `${before} to ${after}`);
    links.publish(later);
    assertEquals(links.claims()[0]?.rttUs, isNotable ? after : before);
  }
});

Deno.test("OwnLinks: a changed time waits until the one before was out for 5 s", () => {
  const links = published(1_000);
  links.measured(4_999, A, 9_000);
  assertEquals(links.takeChanged(), false);
  links.measured(5_000, A, 9_000);
  assertEquals(links.takeChanged(), true);
});

Deno.test("OwnLinks: slow drift is published once it adds up", () => {
  const links = published(10_000);
  let told = 0;
  for (let step = 1; step <= 100; step++) {
    const now = step * 10_000;
    links.measured(now, A, 10_000 + step * 100);
    if (!links.takeChanged()) continue;
    links.publish(now);
    told++;
  }
  // 10 ms, 12.5 ms, 15.7 ms (at least 15.625), 19.7 ms (at least 19.625).
  assertEquals(told, 3);
});

Deno.test("OwnLinks: claims no more links than an advertisement may hold", () => {
  const links = new OwnLinks();
  for (let i = 0; i <= MAX_LINKS; i++) links.up(idOf(i), true);
  assertEquals(links.claims().length, MAX_LINKS);
});
