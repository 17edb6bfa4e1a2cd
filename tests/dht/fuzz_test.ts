import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { Dht } from "../../src/dht/dht.ts";
import { searchStatement, storeStatement } from "../../src/dht/statements.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import {
  decodeDhtMessage,
  type DhtAnswer,
  type DhtMessage,
  type DhtRequest,
  encodeDhtMessage,
} from "../../src/wire/dht.ts";
import { WireError } from "../../src/wire/error.ts";
import { MAX_SERVICE_BYTES } from "../../src/wire/limits.ts";
import { fuzz, mutated, pick, randomBytes } from "../fuzz/fuzz.ts";
import { anyPoint } from "./points.ts";

const MAX_RECORDS = 20;
const BUCKET_SIZE = 3;

/** One table among strangers who do as they like, and the checks that hold whatever they do. */
class Watched {
  now = 0;
  readonly dht: Dht;
  readonly #random: SeededRandom;
  readonly #crypto = new FastCrypto();
  readonly #topics = [1, 2, 3].map((fill) =>
    this.#crypto.signerFrom(new Uint8Array(32).fill(fill))
  );
  readonly #ids: readonly NodeId[];
  /** Requests of the table that were not answered yet. */
  #asked: { to: NodeId; number: number; request: DhtRequest }[] = [];
  /** Searches that were begun and are not over, by location. */
  readonly #searches = new Set<NodeId>();

  constructor(random: SeededRandom) {
    this.#random = random;
    const self = anyPoint(random).id;
    this.#ids = [...Array.from({ length: 12 }, () => anyPoint(random).id), self];
    const rest = { bucketSize: BUCKET_SIZE, maxRecords: MAX_RECORDS, random: random.fork() };
    this.dht = new Dht(0, { self, crypto: this.#crypto, ...rest });
  }

  act(): void {
    const { dht, now } = this;
    const topic = pick(this.#random, this.#topics);
    const id = pick(this.#random, this.#ids);
    pick<() => void>(this.#random, [
      () => dht.addNode(now, id),
      () => dht.removeNode(now, id),
      () => dht.publish(now, topic, randomBytes(this.#random, 256)),
      () => dht.withdraw(now, topic.id),
      () => {
        this.#searches.add(topic.id);
        dht.search(now, topic);
      },
      () => this.#hear(id, encodeDhtMessage(this.#someMessage(id))),
      () => this.#hear(id, encodeDhtMessage(this.#someMessage(id))),
      () => this.#hear(id, mutated(this.#random, encodeDhtMessage(this.#someMessage(id)))),
      () => this.#answer(),
      () => this.#answer(),
      () => this.#pass(pick(this.#random, [10, 1_000, 5_000, 60_000])),
    ])();
    this.#check();
  }

  /** Everything that was begun comes to its end. */
  finish(): void {
    for (const end = this.now + 31_000; this.now < end;) {
      this.#pass(1_000);
      this.#check();
    }
    assertEquals(this.#searches.size, 0, "a search never ended");
  }

  #pass(ms: number): void {
    this.now += this.#random.next() * ms;
    this.dht.handleTime(this.now);
    const next = this.dht.nextWakeup() ?? Infinity;
    assert(next > this.now, `It is ${this.now} and it wants to act at ${next}`);
  }

  #hear(from: NodeId, content: Uint8Array): void {
    try {
      this.dht.handleMessage(this.now, from, content);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  }

  #answer(): void {
    const asked = this.#asked.pop();
    if (asked === undefined) return;
    const { to, number } = asked;
    this.#hear(to, encodeDhtMessage({ type: "answer", number, answer: this.#someAnswer() }));
  }

  #someAnswer(): DhtAnswer {
    const random = this.#random;
    return pick<DhtAnswer>(random, [
      { type: "stored" },
      { type: "refused", reason: pick(random, ["busy", "full", "forged"]) },
      {
        type: "nodes",
        ids: Array.from({ length: randomInt(random, 8) }, () => anyPoint(random).bytes),
        payloads: Array.from({ length: randomInt(random, 4) }, () => randomBytes(random, 20)),
      },
    ]);
  }

  #someMessage(from: NodeId): DhtMessage {
    const random = this.#random;
    const topic = pick(random, this.#topics);
    const { publicKey, id: location } = topic;
    const number = randomInt(random, 40);
    // Mostly as they should be, so that there is something to see.
    const claimed = random.next() < 0.8 ? from : pick(random, this.#ids);
    const payload = randomBytes(random, 30);
    const proof = topic.sign(searchStatement(claimed));
    const signature = topic.sign(storeStatement(claimed, payload));
    const requests: DhtRequest[] = [
      { type: "find", target: anyPoint(random).bytes },
      { type: "search", publicKey, proof, known: [] },
      { type: "store", publicKey, payload, signature },
    ];
    return pick<DhtMessage>(random, [
      { type: "request", number, request: pick(random, requests) },
      { type: "request", number, request: pick(random, requests) },
      { type: "answer", number, answer: this.#someAnswer() },
      { type: "withdraw", location },
    ]);
  }

  #check(): void {
    const { nodes, records } = this.dht.counts;
    // Ids are drawn by chance, so none shares more than a few bits with the own one.
    assert(nodes <= 20 * BUCKET_SIZE, `${nodes} nodes`);
    assert(records <= MAX_RECORDS, `${records} records`);
    for (const { to, content } of this.dht.takeSends()) {
      assert(content.length <= MAX_SERVICE_BYTES);
      const message = decodeDhtMessage(content);
      if (message.type === "request") this.#asked.push({ to, ...message });
    }
    for (const event of this.dht.takeEvents()) {
      if (event.type !== "searched") continue;
      assert(this.#searches.delete(event.location), "a search ended that was not begun");
      const texts = event.payloads.map((each) => each.toHex());
      assertEquals(new Set(texts).size, texts.length);
    }
  }
}

fuzz(
  "Dht: whatever comes, it throws nothing but WireError, stays within bounds and ends its searches",
  300,
  (random) => {
    const watched = new Watched(random);
    for (let step = 0; step < 120; step++) watched.act();
    watched.finish();
  },
);
