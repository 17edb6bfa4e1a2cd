/** Nodes that lie, flood, replay and forge, among those that do not. */

import { assert, assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";
import type { Signer } from "../../src/base/ports.ts";
import { randomBeside } from "../../src/dht/distance.ts";
import { RECORD_LIFETIME_MS } from "../../src/dht/records.ts";
import { MAX_REQUESTS } from "../../src/dht/request_limit.ts";
import { searchStatement, storeStatement } from "../../src/dht/statements.ts";
import { type DhtMessage, type DhtRequest, encodeDhtMessage } from "../../src/wire/dht.ts";
import { MAX_RECORDS_AT_LOCATION } from "../../src/wire/limits.ts";
import { anyPoint } from "./points.ts";
import { type Member, Swarm } from "./swarm.ts";

function storeBy(owner: NodeId, topic: Signer, payload: Uint8Array): Uint8Array {
  const signature = topic.sign(storeStatement(owner, payload));
  const request: DhtRequest = { type: "store", publicKey: topic.publicKey, payload, signature };
  return encodeDhtMessage({ type: "request", number: 1, request });
}

/** Has a search find nothing but what is honest, and gives back the payloads. */
function payloadsFound(swarm: Swarm, by: Member, topic: Signer): Uint8Array[] {
  const { payloads, answers } = swarm.search(by, topic);
  assert(answers > 0);
  return payloads.toSorted();
}

Deno.test("Dht: what one node sent in earnest is of no use to another who sends it again", () => {
  const swarm = new Swarm({ count: 10 });
  const [alice, bob, mallory] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  const topic = swarm.topic("room");
  const heard: Uint8Array[] = [];
  swarm.inspect = (_from, to, message) => {
    if (to === mallory.id && message.type === "request") heard.push(encodeDhtMessage(message));
    return true;
  };
  swarm.publish(alice, topic);
  swarm.run(5_000);
  swarm.search(bob, topic);
  const learnt: DhtMessage[] = [];
  swarm.inspect = (_from, to, message) => {
    if (to === mallory.id) learnt.push(message);
    return true;
  };
  for (const content of heard) {
    for (const id of swarm.ids) if (id !== mallory.id) swarm.deliver(mallory.id, id, content);
  }
  assert(heard.length >= 3, "a find, a store and a search");
  const told = learnt.flatMap((message) => message.type === "answer" ? [message.answer] : []);
  assert(told.some(({ type }) => type === "refused"));
  assert(told.every(({ type }) => type !== "stored"), "stored nothing");
  assert(told.every((answer) => answer.type !== "nodes" || answer.payloads.length === 0));
  assertEquals(payloadsFound(swarm, bob, topic), [encodeUtf8(`payload of ${alice.id}`)]);
});

Deno.test("Dht: only the owner withdraws a record", () => {
  const swarm = new Swarm({ count: 6 });
  const [alice, bob, mallory] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  const topic = swarm.topic("room");
  swarm.publish(alice, topic);
  swarm.run(5_000);
  const withdraw = encodeDhtMessage({ type: "withdraw", location: topic.id });
  for (const id of swarm.ids) if (id !== mallory.id) swarm.deliver(mallory.id, id, withdraw);
  assertEquals(payloadsFound(swarm, bob, topic).length, 1);
});

Deno.test("Dht: a flood of records for one location stops at its bound and drives nobody out", () => {
  const swarm = new Swarm({ count: 25 });
  const topic = swarm.topic("room");
  const honest = [...swarm.members.values()].slice(0, 5);
  for (const member of honest) swarm.publish(member, topic);
  swarm.run(5_000);
  // A member of the room turned against it, under as many ids as it likes.
  for (let minute = 0; minute < 3; minute++) {
    for (let number = 0; number < MAX_RECORDS_AT_LOCATION + 50; number++) {
      const sybil = anyPoint(swarm.random).id;
      const content = storeBy(sybil, topic, encodeUtf8(`flood ${minute} ${number}`));
      for (const id of swarm.ids) swarm.deliver(sybil, id, content);
    }
    swarm.run(60_000);
    for (const { dht } of swarm.members.values()) {
      assert(dht.counts.records <= MAX_RECORDS_AT_LOCATION);
    }
  }
  const texts = payloadsFound(swarm, swarm.at(20), topic).map((each) => each.toHex());
  for (const { id } of honest) {
    assert(texts.includes(encodeUtf8(`payload of ${id}`).toHex()), "still there");
  }
  swarm.run(RECORD_LIFETIME_MS);
  assertEquals(payloadsFound(swarm, swarm.at(20), topic).length, 5);
});

Deno.test("Dht: one node that stores at thousands of locations gets its part and no more", () => {
  const swarm = new Swarm({ count: 5, dht: { maxRecords: 800 } });
  const [holder, mallory, alice] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  for (let number = 0; number < 3_000; number++) {
    if (number % MAX_REQUESTS === 0) swarm.run(1_000);
    const content = storeBy(mallory.id, swarm.topic(`made up ${number}`), new Uint8Array(256));
    swarm.deliver(mallory.id, holder.id, content);
  }
  assertEquals(holder.dht.counts.records, 50);
  assert(holder.dht.counts.refused >= 2_950);
  const topic = swarm.topic("room");
  swarm.publish(alice, topic);
  swarm.run(5_000);
  assertEquals(holder.dht.counts.records, 51);
});

Deno.test("Dht: a flood of requests is answered as far as it may ask, and keeps nobody else waiting", () => {
  const swarm = new Swarm({ count: 5 });
  const [holder, mallory, alice] = [swarm.at(0), swarm.at(1), swarm.at(2)];
  let nodes = 0;
  let busy = 0;
  swarm.inspect = (from, to, message) => {
    if (from !== holder.id || to !== mallory.id || message.type !== "answer") return true;
    if (message.answer.type === "nodes") nodes++;
    if (message.answer.type === "refused" && message.answer.reason === "busy") busy++;
    return true;
  };
  const request: DhtRequest = { type: "find", target: new Uint8Array(32) };
  const find = encodeDhtMessage({ type: "request", number: 1, request });
  for (let left = 5_000; left > 0; left--) swarm.deliver(mallory.id, holder.id, find);
  assertEquals([nodes, busy], [MAX_REQUESTS, 5_000 - MAX_REQUESTS]);
  assertEquals(swarm.search(alice, swarm.topic("room")).answers, 4);
});

Deno.test("Dht: nodes that name made-up ones close to the target delay a search and cannot stop it", () => {
  const swarm = new Swarm({ count: 100, seed: 2, dht: { bucketSize: 10 } });
  const topics = Array.from({ length: 10 }, (_, number) => swarm.topic(`room ${number}`));
  const owners = topics.map(() => swarm.at(0));
  topics.forEach((topic, at) => swarm.publish(owners[at] as Member, topic));
  swarm.run(5_000);
  const liars = new Set(swarm.ids.slice(90));
  swarm.inspect = (from, to, message) => {
    if (!liars.has(from) || message.type !== "answer") return true;
    const topic = topics.find(({ id }) => id === asked);
    const target = nodeIdToBytes(topic?.id ?? from);
    const ids = Array.from({ length: 64 }, () => randomBeside(swarm.random, target, 60));
    const answer = { type: "nodes" as const, ids, payloads: [new Uint8Array(9).fill(1)] };
    const content = encodeDhtMessage({ type: "answer", number: message.number, answer });
    swarm.timeline.after(10, () => swarm.deliver(from, to, content));
    return false;
  };
  let asked: NodeId | undefined;
  for (const topic of topics) {
    asked = topic.id;
    const began = swarm.now;
    const { payloads, answers } = swarm.search(swarm.at(50), topic);
    const honest = encodeUtf8(`payload of ${swarm.at(0).id}`).toHex();
    assert(payloads.some((each) => each.toHex() === honest), "the record is found");
    assert(answers >= 8 && swarm.now - began <= 20_000, `${answers}, ${swarm.now - began} ms`);
  }
});

Deno.test("Dht: nodes that send hundreds of made-up records hide no genuine one", () => {
  const swarm = new Swarm({ count: 30, dht: { bucketSize: 10 } });
  const topic = swarm.topic("room");
  const closest = swarm.closestTo(topic.id);
  const [owner, searcher] = [closest[20], closest[25]];
  assert(owner !== undefined && searcher !== undefined);
  swarm.publish(owner, topic);
  swarm.run(5_000);
  const liars = new Set(closest.slice(0, 4).map(({ id }) => id));
  swarm.inspect = (from, to, message) => {
    if (!liars.has(from) || message.type !== "answer") return true;
    const payloads = Array.from(
      { length: MAX_RECORDS_AT_LOCATION },
      (_, number) => encodeUtf8(`made up by ${from} ${number}`),
    );
    const answer = { type: "nodes" as const, ids: [], payloads };
    const content = encodeDhtMessage({ type: "answer", number: message.number, answer });
    swarm.timeline.after(10, () => swarm.deliver(from, to, content));
    return false;
  };
  const payloads = payloadsFound(swarm, searcher, topic);
  assertEquals(payloads.length, 1 + liars.size * MAX_RECORDS_AT_LOCATION);
  const genuine = encodeUtf8(`payload of ${owner.id}`).toHex();
  assert(payloads.some((each) => each.toHex() === genuine));
});

Deno.test("Dht: made-up nodes get no place in the table, and are named to nobody", () => {
  const swarm = new Swarm({ count: 4 });
  const [alice, liar] = [swarm.at(0), swarm.at(1)];
  const topic = swarm.topic("room");
  const invented = Array.from({ length: 20 }, () => anyPoint(swarm.random));
  swarm.inspect = (from, to, message) => {
    if (from !== liar.id || message.type !== "answer") return true;
    const answer = {
      type: "nodes" as const,
      ids: invented.map(({ bytes }) => bytes),
      payloads: [],
    };
    const content = encodeDhtMessage({ type: "answer", number: message.number, answer });
    swarm.timeline.after(10, () => swarm.deliver(from, to, content));
    return false;
  };
  swarm.search(alice, topic);
  assertEquals(alice.dht.counts.nodes, 3);
});

Deno.test("Dht: proofs name the one who may use them", () => {
  const swarm = new Swarm({ count: 2 });
  const topic = swarm.topic("room");
  const [a, b] = [swarm.at(0).id, swarm.at(1).id];
  const proof = topic.sign(searchStatement(a));
  assert(swarm.crypto.verify(topic.publicKey, searchStatement(a), proof));
  assert(!swarm.crypto.verify(topic.publicKey, searchStatement(b), proof));
});
