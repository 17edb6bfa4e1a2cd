/**
 * Real nodes whose messages go over one who would read, alter, repeat and forge them. What the recipient
 * is shown, and what senders are told, is the truth all the same.
 */

import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import { NodeCrypto } from "../../src/io/node_crypto.ts";
import { OriginSeal } from "../../src/messaging/sealing.ts";
import {
  encodeArrivals,
  encodeContents,
  encodeRoute,
  type Envelope,
  type Receipt,
} from "../../src/wire/messaging.ts";
import { until } from "../io/until.ts";
import { LinkedNodes } from "./linked_nodes.ts";
import { Mallory } from "./mallory.ts";

/** Alice and erin, who reach each other over mallory alone. */
class Intrigue implements AsyncDisposable {
  readonly nodes = new LinkedNodes();
  readonly mallory = new Mallory();
  alice = "" as NodeId;
  erin = "" as NodeId;

  static async begin(): Promise<Intrigue> {
    const intrigue = new Intrigue();
    const { nodes, mallory } = intrigue;
    for (const profile of ["alice", "erin"]) {
      await nodes.add(profile, []);
      await mallory.link(nodes.address(profile) as Address);
    }
    intrigue.alice = await intrigue.untilKnown("erin", "alice");
    intrigue.erin = await intrigue.untilKnown("alice", "erin");
    return intrigue;
  }

  /** Waits until one node can send to the other, and answers with the id of that one. */
  async untilKnown(profile: string, label: string): Promise<NodeId> {
    let found: string | undefined;
    await this.nodes.untilMap(profile, (map) => {
      found = map.nodes.find((node) => node.label === label && node.state === "alive")?.id;
      return found !== undefined;
    });
    return found as NodeId;
  }

  /** What alice is told of a message to erin. */
  async send(text: string, timeoutMs = 20_000): Promise<string> {
    const alice = await this.nodes.control("alice");
    const { outcome } = await alice.call("send", { peer: "erin", text, timeout_ms: timeoutMs });
    return outcome;
  }

  /** From whom erin has what. */
  async inbox(): Promise<string[]> {
    const erin = await this.nodes.control("erin");
    const { messages } = await erin.call("inbox", {});
    return messages.map(({ from, text }) => `${from.label}: ${text}`);
  }

  async rejectedBy(profile: string): Promise<number> {
    const { messages } = await (await this.nodes.control(profile)).call("status", {});
    return messages.rejected;
  }

  /** Checks that no honest node has ended a link or banned anybody. */
  assertLinked(): void {
    for (const profile of ["alice", "erin"]) {
      const { out, err } = this.nodes.node(profile).program;
      assertEquals([out.match(/.*(is down|Banned).*/g), err], [null, ""]);
    }
    assert(this.mallory.isLinked(this.alice) && this.mallory.isLinked(this.erin));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mallory[Symbol.dispose]();
    await this.nodes[Symbol.asyncDispose]();
  }
}

/** The same bytes but for one bit. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** An envelope in all the ways in which a relay can alter it without losing its link. */
function alterations(envelope: Envelope): Envelope[] {
  const { sealed, enc, sequence, context } = envelope;
  return [
    { ...envelope, sealed: flipped(sealed, 0) },
    { ...envelope, sealed: flipped(sealed, sealed.length - 1) },
    { ...envelope, sealed: sealed.subarray(1) },
    { ...envelope, sealed: new Uint8Array(0) },
    { ...envelope, sequence: sequence + 1 },
    { ...envelope, context: context + 1 },
    { ...envelope, context: context + 1, enc: flipped(enc, 0) },
  ];
}

Deno.test("hostile relay: what it alters is not delivered, and what it repeats is delivered once", async () => {
  await using intrigue = await Intrigue.begin();
  const { mallory, erin } = intrigue;
  mallory.handle = (message) => {
    if (message.type !== "envelope") return mallory.pass(message);
    for (const altered of alterations(message)) mallory.send(erin, altered);
    for (let times = 0; times < 3; times++) mallory.pass(message);
    for (const altered of alterations(message)) mallory.send(erin, altered);
  };
  assertEquals(await intrigue.send("first"), "delivered");
  assertEquals(await intrigue.send("second"), "delivered");
  assertEquals(await intrigue.inbox(), ["alice: first", "alice: second"]);
  assertGreater(await intrigue.rejectedBy("erin"), 13);
  intrigue.assertLinked();
});

Deno.test("hostile relay: what it recorded is not delivered again by a recipient that was started anew", async () => {
  await using intrigue = await Intrigue.begin();
  const { mallory, nodes, erin } = intrigue;
  const recorded: Envelope[] = [];
  mallory.handle = (message) => {
    if (message.type === "envelope") recorded.push(message);
    mallory.pass(message);
  };
  assertEquals(await intrigue.send("before"), "delivered");
  const { program } = nodes.node("erin");
  program.signal("SIGTERM");
  await program.outcome();
  await until(() => !mallory.isLinked(erin));
  await nodes.add("erin", []);
  await mallory.link(nodes.address("erin") as Address);
  await intrigue.untilKnown("erin", "alice");
  for (const envelope of recorded) mallory.send(erin, envelope);
  assertEquals(await intrigue.send("after"), "delivered");
  assertEquals(await intrigue.inbox(), ["alice: after"]);
  assertGreater(await intrigue.rejectedBy("erin"), 0);
});

Deno.test("hostile relay: it cannot speak as another node, nor pass another's words off as its own", async () => {
  await using intrigue = await Intrigue.begin();
  const { mallory, alice, erin } = intrigue;
  const answered: Receipt[] = [];
  mallory.handle = (message) => {
    if (message.type === "envelope") {
      // What alice says, under the name of mallory.
      mallory.send(erin, { ...message, route: encodeRoute([mallory.id, erin]) });
      mallory.pass(message);
    } else if (mallory.pass(message), message.type === "receipt") answered.push(message);
  };
  const theirKey = mallory.advertisement(erin).sealingKey;
  /** An envelope that mallory made, as if it came from `origin`. */
  const envelopeAs = (origin: NodeId, route: NodeId[], content: string): Envelope => {
    const context = Date.now();
    const name = { origin, recipient: erin, number: context };
    const seal = OriginSeal.make(new NodeCrypto(), name, mallory.sealingKey, theirKey);
    assert(seal !== undefined);
    const contents = encodeContents({
      floor: 0,
      more: false,
      records: [{ type: "message", content }],
    });
    const sealed = seal.seal(0, contents);
    return {
      type: "envelope",
      route: encodeRoute(route),
      context,
      sequence: 0,
      enc: seal.enc,
      sealed,
    };
  };
  mallory.send(erin, envelopeAs(alice, [alice, mallory.id, erin], "give mallory all"));
  assertEquals(await intrigue.send("give mallory nothing"), "delivered");
  mallory.send(erin, envelopeAs(alice, [alice, mallory.id, erin], "give mallory all"));
  const receipts = answered.length;
  mallory.send(erin, envelopeAs(mallory.id, [mallory.id, erin], "please"));
  await until(() => answered.length > receipts);
  assertEquals(await intrigue.inbox(), ["alice: give mallory nothing", "mallory: please"]);
  assertEquals(await intrigue.rejectedBy("erin"), 3);
  intrigue.assertLinked();
});

Deno.test("hostile relay: what it keeps is not answered as delivered, whatever receipts it makes", async () => {
  await using intrigue = await Intrigue.begin();
  const { mallory, alice, erin } = intrigue;
  const receipts: Receipt[] = [];
  mallory.handle = (message) => {
    if (message.type === "receipt") receipts.push(message);
    mallory.pass(message);
  };
  assertEquals(await intrigue.send("first"), "delivered");
  const [genuine] = receipts;
  assert(genuine !== undefined);

  mallory.handle = (message) => {
    if (message.type !== "envelope") return;
    const { context, sequence } = message;
    const bold = encodeArrivals({ next: sequence + 1, held: [], refused: [] });
    const forgeries: Partial<Receipt>[] = [
      {},
      { number: genuine.number + 1 },
      { sealed: flipped(genuine.sealed, 0) },
      { number: genuine.number + 1, sealed: bold },
      { number: genuine.number + 1, sealed: crypto.getRandomValues(new Uint8Array(40)) },
      { context: context + 1 },
    ];
    for (const forgery of forgeries) mallory.send(alice, { ...genuine, ...forgery });
    const route = encodeRoute([mallory.id, alice]);
    for (const reason of ["no-link", "queue-full"] as const) {
      mallory.send(alice, { type: "bounce", route, context, sequence, at: erin, reason });
    }
  };
  assertEquals(await intrigue.send("second", 500), "timed out");
  assertGreater(await intrigue.rejectedBy("alice"), 3);

  mallory.handle = (message) => mallory.pass(message);
  assertEquals(await intrigue.send("third"), "delivered");
  assertEquals(await intrigue.inbox(), ["alice: first", "alice: third"]);
  intrigue.assertLinked();
});

Deno.test("hostile relay: one that invents a way breaks the protocol, and loses that link alone", async () => {
  await using intrigue = await Intrigue.begin();
  const { mallory, nodes, alice, erin } = intrigue;
  mallory.handle = (message) => {
    if (message.type !== "envelope") return mallory.pass(message);
    // As if there were a link between alice and erin.
    mallory.send(erin, { ...message, route: encodeRoute([alice, erin]) });
  };
  assertEquals(await intrigue.send("over whom", 500), "timed out");
  await until(() => !mallory.isLinked(erin));
  await nodes.node("erin").program.untilSaid("Banned mallory");
  assertEquals(await intrigue.inbox(), []);
  assert(mallory.isLinked(alice));
});
