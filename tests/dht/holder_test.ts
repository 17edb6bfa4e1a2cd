import { assert, assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { Holder } from "../../src/dht/holder.ts";
import { recordDigest, Records } from "../../src/dht/records.ts";
import { MAX_REQUESTS } from "../../src/dht/request_limit.ts";
import { searchStatement, storeStatement } from "../../src/dht/statements.ts";
import { Table } from "../../src/dht/table.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import type { DhtAnswer, DhtRequest } from "../../src/wire/dht.ts";
import { anyPoint, idAt, pointAt } from "./points.ts";

const CRYPTO = new FastCrypto();
const TOPIC = CRYPTO.signerFrom(encodeUtf8("room"));
const OTHER_TOPIC = CRYPTO.signerFrom(encodeUtf8("another room"));
const [ALICE, MALLORY] = [idAt("01"), idAt("10")];
const PAYLOAD = encodeUtf8("alice is here");

function holderWith(others = 0, bucketSize = 20, maxRecords = 100) {
  const table = new Table(pointAt("0"), bucketSize);
  const random = new SeededRandom(1);
  for (let left = others; left > 0; left--) table.add(anyPoint(random).id, true);
  const records = new Records(CRYPTO, maxRecords);
  return { table, records, holder: new Holder(0, { crypto: CRYPTO, table, records, bucketSize }) };
}

function store(owner: NodeId, topic: Signer = TOPIC, payload = PAYLOAD): DhtRequest {
  const signature = topic.sign(storeStatement(owner, payload));
  return { type: "store", publicKey: topic.publicKey, payload, signature };
}

function search(requester: NodeId, topic: Signer = TOPIC, known: Uint8Array[] = []): DhtRequest {
  const proof = topic.sign(searchStatement(requester));
  return { type: "search", publicKey: topic.publicKey, proof, known };
}

const STORED: DhtAnswer = { type: "stored" };
const FORGED: DhtAnswer = { type: "refused", reason: "forged" };
const nothing = (payloads: Uint8Array[] = []): DhtAnswer => ({ type: "nodes", ids: [], payloads });

Deno.test("Holder: keeps a record for its owner and shows it to whoever knows the topic", () => {
  const { holder } = holderWith();
  assertEquals(holder.answer(0, ALICE, store(ALICE)), STORED);
  assertEquals(holder.answer(0, MALLORY, search(MALLORY)), nothing([PAYLOAD]));
  assertEquals(holder.answer(0, MALLORY, search(MALLORY, OTHER_TOPIC)), nothing());
  assertEquals(holder.refused, 0);
});

Deno.test("Holder: a proof that was made for another is worth nothing", () => {
  const { holder } = holderWith();
  holder.answer(0, ALICE, store(ALICE));
  assertEquals(holder.answer(0, MALLORY, search(ALICE)), FORGED);
  assertEquals(holder.refused, 1);
});

Deno.test("Holder: who does not know the topic learns not even whether something is kept there", () => {
  const { holder } = holderWith();
  const proof = OTHER_TOPIC.sign(searchStatement(MALLORY));
  const { publicKey } = TOPIC;
  const request: DhtRequest = { type: "search", publicKey, proof, known: [] };
  const before = holder.answer(0, MALLORY, request);
  holder.answer(0, ALICE, store(ALICE));
  assertEquals([before, holder.answer(0, MALLORY, request)], [FORGED, FORGED]);
});

Deno.test("Holder: a record that was signed for another owner, topic or payload is refused", () => {
  const { holder, records } = holderWith();
  const genuine = store(ALICE) as Extract<DhtRequest, { type: "store" }>;
  const { publicKey, proof } = search(ALICE) as Extract<DhtRequest, { type: "search" }>;
  const forged: readonly (readonly [NodeId, DhtRequest])[] = [
    [MALLORY, genuine],
    [ALICE, { ...genuine, publicKey: OTHER_TOPIC.publicKey }],
    [ALICE, { ...genuine, payload: encodeUtf8("alice is gone") }],
    [ALICE, { ...genuine, signature: new Uint8Array(32) }],
    [ALICE, { ...genuine, signature: new Uint8Array(0), publicKey: new Uint8Array(0) }],
    [ALICE, { type: "store", publicKey, payload: PAYLOAD, signature: proof }],
  ];
  for (const [from, request] of forged) {
    assertEquals(holder.answer(0, from, request), FORGED);
  }
  assertEquals([records.size, holder.refused], [0, forged.length]);
});

Deno.test("Holder: a signature over a record is no proof for a search", () => {
  const { holder } = holderWith();
  const payload = new Uint8Array(0);
  const { signature } = store(ALICE, TOPIC, payload) as Extract<DhtRequest, { type: "store" }>;
  const { publicKey } = TOPIC;
  const request: DhtRequest = { type: "search", publicKey, proof: signature, known: [] };
  assertEquals(holder.answer(0, ALICE, request), FORGED);
});

Deno.test("Holder: sends no record that the one who asks has", () => {
  const { holder } = holderWith();
  holder.answer(0, ALICE, store(ALICE));
  const known = [recordDigest(CRYPTO, PAYLOAD)];
  assertEquals(holder.answer(0, MALLORY, search(MALLORY, TOPIC, known)), nothing());
});

Deno.test("Holder: says that there is no room", () => {
  const { holder } = holderWith(0, 20, 1);
  assertEquals(holder.answer(0, ALICE, store(ALICE)), STORED);
  const full: DhtAnswer = { type: "refused", reason: "full" };
  assertEquals(holder.answer(0, MALLORY, store(MALLORY)), full);
  assertEquals(holder.answer(0, ALICE, store(ALICE)), STORED);
  assertEquals(holder.refused, 1);
});

Deno.test("Holder: names the closest nodes, as many as a bucket holds, and not the one who asks", () => {
  const { holder, table } = holderWith(200, 5);
  const target = anyPoint(new SeededRandom(9)).bytes;
  const closest = table.closest(target, 6);
  const [first] = closest;
  assert(first !== undefined);
  const ids = (points: typeof closest) => points.map(({ bytes }) => bytes);
  const answer = (from: NodeId) => holder.answer(0, from, { type: "find", target });
  assertEquals(answer(MALLORY), { type: "nodes", ids: ids(closest.slice(0, 5)), payloads: [] });
  assertEquals(answer(first.id), { type: "nodes", ids: ids(closest.slice(1)), payloads: [] });
});

Deno.test("Holder: who asks too often is told so, others are served", () => {
  const { holder } = holderWith();
  const find: DhtRequest = { type: "find", target: new Uint8Array(32) };
  for (let left = MAX_REQUESTS; left > 0; left--) holder.answer(0, MALLORY, find);
  const busy: DhtAnswer = { type: "refused", reason: "busy" };
  assertEquals(holder.answer(0, MALLORY, find), busy);
  assertEquals(holder.answer(0, MALLORY, store(MALLORY)), busy);
  assertEquals(holder.answer(0, ALICE, find), nothing());
  assertEquals(holder.answer(1_000, MALLORY, find), nothing());
  assertEquals(holder.refused, 2);
});
