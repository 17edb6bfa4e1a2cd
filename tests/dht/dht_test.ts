import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { RECORD_LIFETIME_MS } from "../../src/dht/records.ts";
import { FIRST_REFRESH_MS } from "../../src/dht/refresh.ts";
import { encodeDhtMessage } from "../../src/wire/dht.ts";
import { WireError } from "../../src/wire/error.ts";
import { idAt } from "./points.ts";
import { type Member, Swarm } from "./swarm.ts";

const payload = (text: string) => encodeUtf8(text);

/** How many members keep something. */
function keepers(swarm: Swarm): Member[] {
  return [...swarm.members.values()].filter(({ dht }) => dht.counts.records > 0);
}

function movesOf(member: Member): number {
  return member.events.filter(({ type }) => type === "moved").length;
}

Deno.test("Dht: alone, a search is over at once with what it keeps itself", () => {
  const swarm = new Swarm({ count: 1 });
  const [alone, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.beginSearch(alone, topic);
  swarm.publish(alone, topic, payload("me"));
  swarm.beginSearch(alone, topic);
  const rest = { type: "searched" as const, location: topic.id, hops: 0, answers: 0 };
  assertEquals(alone.events, [{ ...rest, payloads: [] }, { ...rest, payloads: [payload("me")] }]);
  swarm.run(10 * RECORD_LIFETIME_MS);
  assertEquals(swarm.search(alone, topic).payloads, [payload("me")]);
  swarm.withdraw(alone, topic);
  assertEquals(swarm.search(alone, topic).payloads, []);
  assertEquals([alone.dht.counts.records, alone.dht.nextWakeup(), swarm.sent.size], [
    0,
    undefined,
    0,
  ]);
});

for (const count of [2, 5, 20, 30]) {
  Deno.test(`Dht: ${count} nodes find what each of them publishes, again and again`, () => {
    const swarm = new Swarm({ count, seed: count });
    const topic = swarm.topic("room");
    for (const member of swarm.members.values()) swarm.publish(member, topic, payload(member.id));
    for (let minute = 0; minute < 8; minute++) {
      swarm.run(60_000);
      const { payloads, answers, hops } = swarm.search(swarm.pick(), topic);
      assertEquals(payloads.toSorted(), swarm.ids.map(payload).toSorted());
      assert(answers >= Math.min(count - 1, 20) && hops >= 1, `${answers} answers, ${hops} hops`);
    }
  });
}

Deno.test("Dht: a node that comes first finds one that comes later, and the other way round", () => {
  const swarm = new Swarm({ count: 1 });
  const [first, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(first, topic, payload("first"));
  const second = swarm.join();
  swarm.publish(second, topic, payload("second"));
  swarm.run(5_000);
  const both = [payload("first"), payload("second")].toSorted();
  assertEquals(swarm.search(first, topic).payloads.toSorted(), both);
  assertEquals(swarm.search(second, topic).payloads.toSorted(), both);
});

Deno.test("Dht.publish: the k closest nodes keep the record, and nobody else", () => {
  const swarm = new Swarm({ count: 100, dht: { bucketSize: 4 } });
  const topic = swarm.topic("room");
  const owner = swarm.closestTo(topic.id)[50];
  assert(owner !== undefined);
  swarm.publish(owner, topic);
  swarm.run(5_000);
  const wanted = swarm.closestTo(topic.id).slice(0, 4).map(({ id }) => id);
  assertEquals(keepers(swarm).map(({ id }) => id).toSorted(), wanted.toSorted());
});

Deno.test("Dht.publish: a node among the closest keeps its own record as well", () => {
  const swarm = new Swarm({ count: 100, dht: { bucketSize: 4 } });
  const topic = swarm.topic("room");
  const owner = swarm.closestTo(topic.id)[1];
  assert(owner !== undefined);
  swarm.publish(owner, topic);
  swarm.run(5_000);
  assertEquals(owner.dht.counts.records, 1);
  assertEquals(keepers(swarm).length, 5);
});

Deno.test("Dht.publish: another payload takes the place of the one before, even in the middle of it", () => {
  const swarm = new Swarm({ count: 30 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic, payload("one"));
  swarm.run(20);
  swarm.publish(owner, topic, payload("two"));
  swarm.run(5_000);
  assertEquals(swarm.search(swarm.at(9), topic).payloads, [payload("two")]);
  swarm.publish(owner, topic, payload("three"));
  swarm.run(1_000);
  assertEquals(swarm.search(swarm.at(9), topic).payloads, [payload("three")]);
});

Deno.test("Dht.publish: the same payload once more costs nothing", () => {
  const swarm = new Swarm({ count: 30 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic, payload("one"));
  swarm.run(5_000);
  const before = new Map(swarm.sent);
  swarm.publish(owner, topic, payload("one"));
  swarm.run(5_000);
  assertEquals(swarm.sent, before);
});

Deno.test("Dht.publish: what its caller changes afterwards changes nothing", () => {
  const swarm = new Swarm({ count: 3 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  const bytes = payload("mine");
  swarm.publish(owner, topic, bytes);
  bytes.fill(0);
  swarm.run(5_000);
  assertEquals(swarm.search(swarm.at(1), topic).payloads, [payload("mine")]);
});

Deno.test("Dht.publish: refuses a payload that others would refuse", () => {
  const swarm = new Swarm({ count: 1 });
  const topic = swarm.topic("room");
  swarm.publish(swarm.at(0), topic, new Uint8Array(256));
  assertThrows(
    () => swarm.publish(swarm.at(0), topic, new Uint8Array(257)),
    RangeError,
    "A record has 257 bytes, wanted at most 256",
  );
});

Deno.test("Dht.withdraw: all who keep the record forget it, at any time", () => {
  // In the middle of the lookup, of the storing, and after it.
  for (const waitMs of [0, 30, 150, 300, 10_000, 100_000]) {
    const swarm = new Swarm({ count: 60, delayMs: [20, 20], dht: { bucketSize: 8 } });
    const [owner, topic] = [swarm.at(0), swarm.topic("room")];
    swarm.publish(owner, topic);
    swarm.run(waitMs);
    swarm.withdraw(owner, topic);
    swarm.withdraw(owner, topic);
    swarm.run(1_000);
    assertEquals(keepers(swarm), [], `after ${waitMs} ms`);
    swarm.sent.clear();
    swarm.run(RECORD_LIFETIME_MS);
    assertEquals(swarm.sent.size, 0);
  }
});

Deno.test("Dht.withdraw: also those who were closest before forget it", () => {
  const swarm = new Swarm({ count: 40, dht: { bucketSize: 4 } });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  for (let more = 30; more > 0; more--) {
    swarm.run(1_000);
    swarm.join();
  }
  swarm.run(3_000);
  assert(keepers(swarm).length > 5, "some were closest and are not any more");
  swarm.withdraw(owner, topic);
  swarm.run(1_000);
  assertEquals(keepers(swarm), []);
});

Deno.test("Dht: the record of a node that vanished ends with its lifetime", () => {
  const swarm = new Swarm({ count: 30 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  swarm.run(5_000);
  swarm.crash(owner.id);
  swarm.run(RECORD_LIFETIME_MS);
  assertEquals(swarm.search(swarm.at(5), topic).payloads, []);
  assertEquals(keepers(swarm), []);
});

Deno.test("Dht: a closer node that comes gets the record after a moment, and the owner is told", () => {
  const swarm = new Swarm({ count: 100, dht: { bucketSize: 4 } });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  swarm.run(5_000);
  let moves = 0;
  for (let more = 100; more > 0; more--) {
    const before = swarm.closestTo(topic.id).slice(0, 4);
    const joined = swarm.join();
    swarm.run(3_000);
    const isCloser = swarm.closestTo(topic.id).slice(0, 4).includes(joined);
    if (isCloser) moves++;
    assertEquals(movesOf(owner), moves, "told of nothing but that");
    assertEquals(joined.dht.counts.records, isCloser ? 1 : 0);
    assert(before.every(({ dht }) => dht.counts.records === 1));
  }
  assert(moves > 0, "it happened");
});

Deno.test("Dht: several changes at once among the closest are one move", () => {
  const swarm = new Swarm({ count: 12, missMs: 100 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  swarm.run(5_000);
  for (const { id } of [...swarm.members.values()].slice(6, 9)) swarm.crash(id);
  swarm.join();
  swarm.run(300);
  assertEquals(movesOf(owner), 0);
  swarm.run(3_000);
  assertEquals(movesOf(owner), 1);
  assertEquals(keepers(swarm).length, 10);
});

Deno.test("Dht: the next closest takes over from one that is gone", () => {
  const swarm = new Swarm({ count: 100, dht: { bucketSize: 4 } });
  const topic = swarm.topic("room");
  const owner = swarm.closestTo(topic.id)[60];
  assert(owner !== undefined);
  swarm.publish(owner, topic);
  swarm.run(5_000);
  for (let more = 20; more > 0; more--) {
    swarm.crash((swarm.closestTo(topic.id)[1] as Member).id);
    swarm.run(8_000);
    const closest = swarm.closestTo(topic.id).slice(0, 4);
    assert(closest.every(({ dht }) => dht.counts.records === 1));
  }
  assertEquals(movesOf(owner), 20);
});

Deno.test("Dht: a node that forgot everything gets the record again with the next renewal", () => {
  const swarm = new Swarm({ count: 4 });
  const [owner, other] = [swarm.at(0), swarm.at(1)];
  const topic = swarm.topic("room");
  swarm.publish(owner, topic);
  swarm.run(5_000);
  // As if it had restarted before anybody missed it.
  const forget = encodeDhtMessage({ type: "withdraw", location: topic.id });
  swarm.deliver(owner.id, other.id, forget);
  assertEquals(other.dht.counts.records, 0);
  swarm.run(70_000);
  assertEquals(other.dht.counts.records, 1);
});

Deno.test("Dht: renewals are cheap while nothing changes", () => {
  const swarm = new Swarm({ count: 200 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  swarm.run(10_000);
  const finds = swarm.sent.get("find") ?? 0;
  swarm.sent.clear();
  swarm.run(200_000);
  assertEquals([swarm.sent.get("find") ?? 0, swarm.sent.get("stored")], [0, 60]);
  assert(finds <= 30, `${finds} requests to find the closest nodes`);
});

Deno.test("Dht: keeps quiet while it is asked for nothing", () => {
  const swarm = new Swarm({ count: 50 });
  for (let more = 10; more > 0; more--) swarm.join();
  swarm.run(3_600_000);
  assertEquals(swarm.sent.size, 0);
});

Deno.test("Dht.search: two at once for one location are one, and end with one event", () => {
  const swarm = new Swarm({ count: 30 });
  const [searcher, topic] = [swarm.at(3), swarm.topic("room")];
  swarm.beginSearch(searcher, topic);
  swarm.run(20);
  swarm.beginSearch(searcher, topic);
  swarm.beginSearch(searcher, swarm.topic("another room"));
  swarm.run(30_000);
  const locations = searcher.events.map((event) => event.location);
  assertEquals(
    locations.toSorted(),
    [topic.id, swarm.topic("another room").id].toSorted(),
  );
});

Deno.test("Dht.search: payloads from all holders are put together, each once and sent about once", () => {
  const swarm = new Swarm({ count: 40, dht: { bucketSize: 8 } });
  const topic = swarm.topic("room");
  for (const member of swarm.members.values()) swarm.publish(member, topic);
  swarm.run(10_000);
  // Each holder lost another half.
  const closest = swarm.closestTo(topic.id);
  closest.slice(0, 8).forEach((holder, at) => {
    const forget = encodeDhtMessage({ type: "withdraw", location: topic.id });
    swarm.ids.forEach((id, number) => {
      if ((number + at) % 2 === 0) swarm.deliver(id, holder.id, forget);
    });
  });
  let received = 0;
  swarm.inspect = (_from, _to, message) => {
    if (message.type === "answer" && message.answer.type === "nodes") {
      received += message.answer.payloads.length;
    }
    return true;
  };
  const searcher = closest[30];
  assert(searcher !== undefined);
  assertEquals(swarm.search(searcher, topic).payloads.length, 40);
  // The first three are asked at once, so they send the same.
  assert(received <= 100, `${received} payloads`);
});

Deno.test("Dht.search: nodes that are silent are given up, and the others searched", () => {
  const swarm = new Swarm({ count: 60, dht: { bucketSize: 8 } });
  const topic = swarm.topic("room");
  const closest = swarm.closestTo(topic.id);
  const [owner, searcher] = [closest[40], closest[50]];
  assert(owner !== undefined && searcher !== undefined);
  swarm.publish(owner, topic, payload("here"));
  swarm.run(5_000);
  const mute = new Set(closest.slice(0, 7).map(({ id }) => id));
  swarm.inspect = (from) => !mute.has(from);
  const began = swarm.now;
  assertEquals(swarm.search(searcher, topic).payloads, [payload("here")]);
  assert(swarm.now - began < 15_000, `${swarm.now - began} ms`);
});

Deno.test("Dht.search: when nobody answers it ends all the same, with no answers", () => {
  const swarm = new Swarm({ count: 50, loss: 1 });
  const { answers, hops, payloads } = swarm.search(swarm.at(0), swarm.topic("room"));
  assertEquals([answers, hops, payloads], [0, 0, []]);
  assert(swarm.now <= 30_100, `${swarm.now} ms`);
});

Deno.test("Dht: a publication that reached nobody is tried again, ever less often", () => {
  const swarm = new Swarm({ count: 5, delayMs: [5, 5] });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  let isCut = true;
  const tries: number[] = [];
  swarm.inspect = (from) => {
    if (from === owner.id) tries.push(swarm.now);
    return !isCut;
  };
  swarm.publish(owner, topic);
  swarm.run(120_000);
  const runs = tries.filter((at, number) => at - (tries[number - 1] ?? -Infinity) > 1_500);
  assert(runs.length >= 5 && runs.length <= 12, `${runs.length} tries`);
  isCut = false;
  swarm.run(90_000);
  assertEquals(keepers(swarm).length, 5);
});

Deno.test("Dht: a holder that missed the record is told again soon, and the others not", () => {
  const swarm = new Swarm({ count: 5, delayMs: [5, 5] });
  const [owner, deaf] = [swarm.at(0), swarm.at(1)];
  const topic = swarm.topic("room");
  let stores = 0;
  swarm.inspect = (_from, to, message) => {
    if (message.type !== "request" || message.request.type !== "store") return true;
    stores++;
    return to !== deaf.id || swarm.now > 1_000;
  };
  swarm.publish(owner, topic);
  swarm.run(15_000);
  assertEquals([deaf.dht.counts.records, stores], [1, 5]);
});

for (const [reason, tries] of [["busy", 4], ["full", 1], ["forged", 1]] as const) {
  Deno.test(`Dht: a holder that says "${reason}" is asked ${tries} times until the renewal`, () => {
    const swarm = new Swarm({ count: 2, delayMs: [5, 5] });
    const [owner, holder] = [swarm.at(0), swarm.at(1)];
    let stores = 0;
    swarm.inspect = (from, to, message) => {
      if (message.type !== "answer" || message.answer.type !== "stored") return true;
      stores++;
      const answer = { type: "refused" as const, reason };
      swarm.deliver(from, to, encodeDhtMessage({ ...message, answer }));
      return false;
    };
    swarm.publish(owner, swarm.topic("room"));
    swarm.run(25_000);
    assertEquals([stores, holder.dht.counts.refused], [tries, 0]);
  });
}

Deno.test("Dht: a holder that was silent during the lookup is found with the next renewal", () => {
  const swarm = new Swarm({ count: 5 });
  const [owner, deaf] = [swarm.at(0), swarm.at(1)];
  swarm.inspect = (_from, to) => to !== deaf.id || swarm.now > 10_000;
  swarm.publish(owner, swarm.topic("room"));
  swarm.run(50_000);
  assertEquals(deaf.dht.counts.records, 0);
  swarm.run(20_000);
  assertEquals(deaf.dht.counts.records, 1);
});

Deno.test("Dht: a whole lookup every few minutes finds those of which nobody told the owner", () => {
  const swarm = new Swarm({ count: 5 });
  const owner = swarm.at(0);
  swarm.publish(owner, swarm.topic("room"));
  swarm.run(5_000);
  const newcomer = swarm.joinKnowing(swarm.at(1).id);
  swarm.inspect = (from, to, { type }) =>
    from !== newcomer.id || to !== owner.id || type !== "request";
  swarm.search(newcomer, swarm.topic("another room"));
  // The others know it now, and have no reason to write to the owner about it.
  swarm.run(120_000);
  assertEquals(newcomer.dht.counts.records, 0);
  swarm.run(300_000);
  assertEquals(newcomer.dht.counts.records, 1);
});

Deno.test("Dht: an owner that is not among the closest any more does not keep its record either", () => {
  const swarm = new Swarm({ count: 10, dht: { bucketSize: 4 } });
  const topic = swarm.topic("room");
  const owner = swarm.closestTo(topic.id)[3];
  assert(owner !== undefined);
  swarm.publish(owner, topic);
  swarm.run(2_000);
  assertEquals(owner.dht.counts.records, 1);
  for (let more = 60; more > 0; more--) swarm.join();
  swarm.run(5_000);
  assertEquals(owner.dht.counts.records, 0);
});

Deno.test("Dht: one change among the closest costs a few requests, not a whole lookup", () => {
  const swarm = new Swarm({ count: 200 });
  const topic = swarm.topic("room");
  const owner = swarm.closestTo(topic.id)[100];
  assert(owner !== undefined);
  swarm.publish(owner, topic);
  swarm.run(5_000);
  swarm.sent.clear();
  swarm.crash((swarm.closestTo(topic.id)[7] as Member).id);
  swarm.run(20_000);
  assertEquals(swarm.sent.get("stored"), 1);
  assert((swarm.sent.get("find") ?? 0) <= 5, `${swarm.sent.get("find")} requests`);
});

Deno.test("Dht: a node that is gone and comes back is not blamed for what it was asked before", () => {
  const swarm = new Swarm({ count: 3 });
  const [alice, bob, carol] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  swarm.inspect = (_from, to) => to !== bob.id;
  swarm.beginSearch(alice, swarm.topic("room"));
  swarm.act(alice, ({ dht }) => dht.removeNode(swarm.now, bob.id));
  swarm.act(alice, ({ dht }) => dht.addNode(swarm.now, bob.id));
  swarm.run(10_000);
  const named: Uint8Array[] = [];
  swarm.inspect = (_from, to, message) => {
    if (to === carol.id && message.type === "answer" && message.answer.type === "nodes") {
      named.push(...message.answer.ids);
    }
    return false;
  };
  const find = { type: "find" as const, target: new Uint8Array(32) };
  const content = encodeDhtMessage({ type: "request", number: 1, request: find });
  swarm.deliver(carol.id, alice.id, content);
  assertEquals(named, [nodeIdToBytes(bob.id)]);
});

Deno.test("Dht: many publications at once are carried out a few at a time, and all of them", () => {
  const swarm = new Swarm({ count: 3, delayMs: [10, 10] });
  const owner = swarm.at(0);
  const topics = Array.from({ length: 300 }, (_, number) => swarm.topic(`room ${number}`));
  for (const topic of topics) swarm.publish(owner, topic);
  swarm.run(100);
  const begun = swarm.sent.get("find") ?? 0;
  assert(begun > 0 && begun < 100, `${begun} requests`);
  swarm.run(10_000);
  assertEquals([swarm.at(1), swarm.at(2)].map(({ dht }) => dht.counts.records), [300, 300]);
  assertEquals(swarm.at(1).dht.counts.refused, 0);
});

Deno.test("Dht: after a long sleep records are brought back at once", () => {
  const swarm = new Swarm({ count: 10 });
  const [owner, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.publish(owner, topic);
  swarm.run(5_000);
  // It neither acts nor hears, and is not missed.
  swarm.members.delete(owner.id);
  swarm.run(3_600_000);
  swarm.members.set(owner.id, owner);
  swarm.act(owner, ({ dht }) => dht.handleTime(swarm.now));
  swarm.run(5_000);
  assertEquals(swarm.search(swarm.at(3), topic).payloads.length, 1);
});

Deno.test("Dht: what a node is told of itself, or seems to write to itself, means nothing", () => {
  const swarm = new Swarm({ count: 1 });
  const [alone, topic] = [swarm.at(0), swarm.topic("room")];
  swarm.act(alone, ({ dht }) => dht.addNode(0, alone.id));
  const target = new Uint8Array(32);
  const find = { type: "find" as const, target };
  swarm.deliver(
    alone.id,
    alone.id,
    encodeDhtMessage({ type: "request", number: 1, request: find }),
  );
  swarm.publish(alone, topic);
  swarm.act(alone, ({ dht }) => dht.removeNode(0, alone.id));
  assertEquals([alone.dht.counts.nodes, alone.dht.counts.records, swarm.sent.size], [0, 1, 0]);
});

Deno.test("Dht: a letter that cannot be read is an error, and leaves nothing behind", () => {
  const swarm = new Swarm({ count: 1 });
  const { dht } = swarm.at(0);
  assertThrows(() => dht.handleMessage(0, idAt("1"), Uint8Array.of(1, 2, 3)), WireError);
  assertEquals([dht.counts.nodes, dht.takeSends()], [0, []]);
});

Deno.test("Dht: an answer to nothing that was asked changes nothing", () => {
  const swarm = new Swarm({ count: 3 });
  const [searcher, other, third] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  const topic = swarm.topic("room");
  swarm.inspect = () => false;
  swarm.beginSearch(searcher, topic);
  const answer = { type: "nodes" as const, ids: [], payloads: [payload("forged")] };
  for (let number = 0; number < 10; number++) {
    // Only two requests are under way: the first to one of them, the second to the other.
    for (const from of [other.id, third.id]) {
      if (number === 1 || number === 2) continue;
      swarm.deliver(from, searcher.id, encodeDhtMessage({ type: "answer", number, answer }));
    }
  }
  swarm.run(40_000);
  const [searched] = searcher.events;
  assert(searched?.type === "searched");
  assertEquals([searched.answers, searched.payloads], [0, []]);
});

Deno.test("Dht: a last letter of a node that is gone is no reason to look around for ever", () => {
  const swarm = new Swarm({ count: 10, missMs: 100 });
  const gone = swarm.at(3);
  swarm.crash(gone.id);
  swarm.run(1_000);
  const find = { type: "find" as const, target: new Uint8Array(32) };
  const content = encodeDhtMessage({ type: "request", number: 1, request: find });
  for (const id of swarm.ids) swarm.deliver(gone.id, id, content);
  assertEquals(swarm.at(0).dht.counts.nodes, 9);
  swarm.run(100_000);
  assertEquals(swarm.at(0).dht.counts.nodes, 8);
  swarm.sent.clear();
  swarm.run(3_600_000);
  assertEquals(swarm.sent.size, 0);
});

Deno.test("Dht: a node that writes before the map tells of it costs no lookup", () => {
  const swarm = new Swarm({ count: 10, noticeMs: 500 });
  const joined = swarm.join();
  const find = { type: "find" as const, target: new Uint8Array(32) };
  for (const id of swarm.ids) {
    const content = encodeDhtMessage({ type: "request", number: 1, request: find });
    swarm.deliver(joined.id, id, content);
  }
  swarm.sent.clear();
  swarm.run(10 * FIRST_REFRESH_MS);
  assertEquals(swarm.sent.get("find"), undefined);
});
