import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { WireError } from "../../src/wire/error.ts";
import { type Advertisement, encodeAdvertisement } from "../../src/wire/topology.ts";
import { signerOf } from "../identity/signers.ts";
import { carried, chain, idOf, numbers, sayingOf, signedBy, Web } from "./web.ts";

const HOUR_MS = 3_600_000;

Deno.test("Topology: flooding reaches all, on any connected graph", () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new SeededRandom(seed);
    const web = new Web(15);
    for (let i = 1; i < 15; i++) web.connect(randomInt(random, i), i);
    for (let i = 0; i < 6; i++) {
      const [a, b] = [randomInt(random, 15), randomInt(random, 15)];
      if (a !== b && !web.member(a).links.has(b)) web.connect(a, b);
    }
    web.run(5_000);
    assert(web.agrees(), `seed ${seed}`);
    const links = web.members.map(({ topology }) => topology.links());
    for (const { number } of web.members) {
      const others = numbers(15).filter((each) => each !== number);
      assertEquals(web.standings(number), others.map((each) => `${each} alive`), `seed ${seed}`);
      assertEquals(links[number], links[0], `seed ${seed}`);
    }
    assert(links[0]?.every(({ claimedBy }) => claimedBy === "both"), `seed ${seed}`);
  }
});

Deno.test("Topology: each node is learnt once", () => {
  const web = chain(5);
  assertEquals(web.member(0).events, ["learnt 1", "learnt 2", "learnt 3", "learnt 4"]);
});

Deno.test("Topology: a single change is heard by a neighbour at once, not after a hold", () => {
  const web = chain(3);
  web.run(10_000);
  web.disconnect(1, 2);
  web.run(20);
  assertEquals(web.held(0, 1)?.links.map(({ peer }) => peer), [idOf(0)]);
});

Deno.test("Topology: newer replaces older, and older is answered by the newer", () => {
  const web = chain(3);
  const sequence = web.wall;
  web.hear(1, 0, carried(web, 9, { sequence, label: "new" }));
  web.run(1_000);
  assertEquals(web.held(2, 9)?.label, "new");
  const before = web.sent.advertisements;
  web.hear(1, 0, carried(web, 9, { sequence: sequence - 1, label: "old" }));
  web.run(1_000);
  assertEquals(web.held(1, 9)?.label, "new");
  assertEquals(web.held(0, 9)?.label, "new");
  assertEquals(web.sent.advertisements, before + 1);
  web.hear(1, 0, carried(web, 9, { sequence: sequence + 1, label: "newest" }));
  web.run(1_000);
  assertEquals(web.held(2, 9)?.label, "newest");
});

Deno.test("Topology: what is known already travels no further", () => {
  const web = chain(3);
  const news = carried(web, 9);
  web.hear(1, 0, news);
  web.run(1_000);
  const before = web.sent.advertisements;
  web.hear(1, 0, news);
  web.run(1_000);
  assertEquals(web.sent.advertisements, before);
});

Deno.test("Topology: an advertisement from an own earlier life is outbid", () => {
  const web = chain(3);
  const sequence = web.wall + 100_000;
  web.hear(2, 1, carried(web, 2, { sequence, label: "an earlier life" }));
  web.run(1_000);
  assertEquals(web.held(0, 2)?.label, "2");
  assertEquals(web.held(0, 2)?.sequence, sequence + 1);
});

Deno.test("Topology: an own one with the same number and other content is outbid too", () => {
  const web = chain(3);
  const sequence = web.held(2, 2)?.sequence as number;
  web.hear(2, 1, carried(web, 2, { sequence, label: "an earlier life" }));
  web.run(1_000);
  assertEquals(web.held(0, 2)?.label, "2");
  assertGreater(web.held(0, 2)?.sequence as number, sequence);
});

Deno.test("Topology: an own one that is known or older is not worth an answer", () => {
  const web = chain(3);
  const held = web.held(2, 2) as Advertisement;
  web.hear(2, 1, carried(web, 2, held));
  web.hear(2, 1, carried(web, 2, { sequence: held.sequence - 1 }));
  web.run(1_000);
  assertEquals(web.held(2, 2)?.sequence, held.sequence);
});

Deno.test("Topology: an own one that another key signed breaks the protocol and is not outbid", () => {
  const web = chain(3);
  const held = web.held(2, 2) as Advertisement;
  for (const sequence of [held.sequence, web.wall + 100_000]) {
    const forged = signedBy(9, sayingOf(web, 2, { sequence, label: "forged" }));
    assertThrows(() => web.hear(2, 1, forged), WireError, "a wrong signature");
  }
  web.run(1_000);
  assertEquals(web.held(0, 2), held);
  assertEquals(web.member(2).topology.refused, 2);
});

Deno.test("Topology: a restarted node is taken for what it is now, however often it restarts", () => {
  const web = chain(4);
  for (let life = 0; life < 10; life++) {
    web.run(life * 77);
    web.restart(3);
    web.run(50 * life);
    web.connect(3, life % 3);
    web.run(3_000);
    for (const { number } of web.members) {
      const peers = web.held(number, 3)?.links.map(({ peer }) => peer);
      assertEquals(peers, [idOf(life % 3)], `life ${life}, member ${number}`);
    }
  }
});

Deno.test("Topology: neighbours that hold the same tell each other so by a summary and no more", () => {
  const web = chain(4);
  const before = { ...web.sent };
  web.run(600_000);
  assertEquals(web.sent.index, before.index);
  assertEquals(web.sent.advertisements, before.advertisements);
  assertGreater(web.sent.summary, before.summary);
});

Deno.test("Topology: a split that heals exchanges only what differs, whatever its length", () => {
  for (const splitMs of [60_000, 48 * HOUR_MS]) {
    // Long enough a life that nobody renews while the advertisements are counted.
    const web = chain(40, { maxAgeMs: 1_000 * HOUR_MS });
    web.disconnect(19, 20);
    web.run(splitMs);
    const before = web.sent.advertisements;
    web.connect(19, 20);
    web.run(2_000);
    assert(web.agrees(), `after ${splitMs} ms`);
    assertEquals(web.standings(0).filter((words) => words.endsWith("alive")).length, 39);
    // Each half learns the new advertisements of 19 and 20, over 39 links; both ends of the healed
    // link speak once as it went down, once as it is up. A full exchange would be 40 per link.
    assertLess(web.sent.advertisements - before, 4 * 39 + 10);
  }
});

Deno.test("Topology: both halves of a split take the other for lost, and are back when it heals", () => {
  const web = chain(4);
  web.disconnect(1, 2);
  web.run(1_000);
  assertEquals(web.standings(0), ["1 alive", "2 failed", "3 failed"]);
  assertEquals(web.standings(3), ["0 failed", "1 failed", "2 alive"]);
  assertEquals(web.member(0).events.slice(3), ["lost 2", "lost 3"]);
  web.connect(2, 1);
  web.run(2_000);
  assertEquals(web.standings(0), ["1 alive", "2 alive", "3 alive"]);
  assertEquals(web.member(0).events.slice(5).sort(), ["returned 2", "returned 3"]);
});

Deno.test("Topology: who leaves has left, for everybody, and may return", () => {
  const web = chain(3);
  web.connect(0, 2);
  web.run(5_000);
  web.leave(1);
  web.run(1_000);
  for (const number of [0, 2]) {
    assertEquals(web.standings(number)[number === 0 ? 0 : 1], "1 left");
    assertEquals(web.member(number).events.at(-1), "left 1");
    assertEquals(web.member(number).topology.links().length, 1);
  }
  web.restart(1);
  web.connect(1, 0);
  web.run(2_000);
  assertEquals(web.member(2).events.at(-1), "returned 1");
});

Deno.test("Topology: a lost node that turns out to have said goodbye has left", () => {
  const web = chain(3);
  web.disconnect(0, 1);
  web.run(1_000);
  web.leave(2);
  web.run(1_000);
  web.connect(0, 1);
  web.run(2_000);
  assertEquals(web.standings(0), ["1 alive", "2 left"]);
  assertEquals(web.member(0).events.filter((words) => words.endsWith("2")).at(-1), "left 2");
});

Deno.test("Topology: a node that was gone before it was heard of is missing, unless it has left", () => {
  const web = chain(3, { maxAgeMs: HOUR_MS });
  web.hear(1, 0, carried(web, 8, { left: true }));
  web.hear(1, 0, carried(web, 9, { links: [{ peer: idOf(0), dialled: true, rttUs: 1 }] }));
  web.run(1_000);
  assertEquals(web.standings(2), ["0 alive", "1 alive", "8 left", "9 failed"]);
  web.run(3 * HOUR_MS);
  assertEquals(web.standings(2), ["0 alive", "1 alive"]);
  assertEquals(web.member(2).events.filter((words) => /[89]/.test(words)), []);
  assertEquals(web.member(2).missing.filter((label) => /[89]/.test(label)), ["9"]);
});

Deno.test("Topology: a forgotten node that comes again is learnt anew", () => {
  const web = chain(3, { maxAgeMs: HOUR_MS });
  web.disconnect(1, 2);
  web.run(2 * HOUR_MS);
  web.connect(1, 2);
  web.run(2_000);
  assertEquals(web.member(0).events.slice(2), ["lost 2", "forgotten 2", "learnt 2"]);
});

Deno.test("Topology: holds no more nodes than allowed, and goes on renewing those it holds", () => {
  const web = chain(3, { maxNodes: 4 });
  const sequence = web.wall;
  for (let number = 10; number < 20; number++) web.hear(0, 1, carried(web, number));
  assertEquals(web.standings(0), ["1 alive", "2 alive", "10 failed"]);
  web.hear(0, 1, carried(web, 10, { sequence: sequence + 1, label: "renewed" }));
  assertEquals(web.held(0, 10)?.label, "renewed");
});

Deno.test("Topology: a flapping link costs one advertisement a hold, not one a flap", () => {
  const web = chain(3);
  const heard = new Set<number | undefined>();
  for (let flap = 0; flap < 500; flap++) {
    web.disconnect(1, 2);
    web.run(10);
    web.connect(1, 2);
    web.run(10);
    heard.add(web.held(0, 2)?.sequence);
  }
  web.run(5_000);
  // 10 s of flapping: a few at once, then one every 2 s.
  assertLess(heard.size, 15);
  assertEquals(web.standings(0), ["1 alive", "2 alive"]);
});

Deno.test("Topology: own links show at once, the throttle is for others", () => {
  const web = chain(2);
  web.disconnect(0, 1);
  web.connect(0, 1);
  web.disconnect(0, 1);
  assertEquals(web.member(0).topology.links(), []);
});

Deno.test("Topology: an advertisement that cannot be read is the sender's fault", () => {
  const web = chain(2);
  const body = encodeAdvertisement(sayingOf(web, 9));
  for (let length = 0; length < body.length; length++) {
    const part = body.subarray(0, length);
    const cut = { body: part, signature: signerOf(9).sign(part) };
    assertThrows(() => web.hear(0, 1, { type: "advertisements", carried: [cut] }), WireError);
  }
  assertEquals(web.held(0, 9), undefined);
});
