import { assert, assertEquals } from "@std/assert";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { BadLineError, LineReader, LongLineError, parseLine } from "../../src/control/lines.ts";
import { type MethodName, METHODS, type Reply } from "../../src/control/methods.ts";
import { id } from "../report/networks.ts";
import { fuzz, mutated, pick, randomBytes } from "../fuzz/fuzz.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

const METHOD_NAMES = Object.keys(METHODS);

/** Values that fit somewhere, and values that fit nowhere. */
const LEAVES: readonly unknown[] = [
  ...["alice", "al", "bob", "erin", "", "[::1]:8095", "hi", "AP8=", "__proto__", "\ud83d"],
  ...[id("aa"), id("zz"), 0, 1, 3, -1, 0.5, 1e308, 5000, true, false, null],
];

const FIELDS = [
  ...["peer", "text", "data", "timeout_ms", "count", "interval_ms", "watch", "follow", "address"],
  ...["id", "__proto__", "constructor", "v"],
];

fuzz("ControlSession: answers any requests in any order and is empty in the end", 300, (random) => {
  const node = new FakeNode(view("aa", "alice"), view("ac", "alina"), view("ed", "erin", "failed"));
  node.postman = () => pick(random, [undefined, { type: "no-route" }, { type: "timed-out" }]);
  const talk = new Talk(node);
  const asked = new Set<number>();
  for (let left = 40; left > 0; left--) {
    const request = randomRequest(random);
    if (request.cancel === undefined && typeof request.id === "number") asked.add(request.id);
    talk.session.handle(randomInt(random, 10) === 0 ? randomValue(random, 3) : request);
    if (randomInt(random, 3) === 0) node.clock.run(randomInt(random, 2000));
    if (randomInt(random, 4) === 0) node.waiting.pop()?.done({ type: "cancelled" });
    if (randomInt(random, 4) === 0) {
      node.deliver({ from: id("aa"), label: "alice", content: "hi", at: 0 });
    }
  }
  for (const reply of talk.replies) checkReply(reply, asked);
  for (const each of asked) talk.session.handle({ v: 1, id: each, cancel: true });
  assertEquals([talk.session.underWay, node.listeners.size], [0, 0]);
  const said = talk.replies.length;
  node.clock.run(10_000);
  for (const { done } of node.waiting) done({ type: "timed-out" });
  assertEquals(talk.replies.length, said);
});

fuzz("ControlSession: random bytes and damaged requests harm nothing", 300, (random) => {
  const talk = new Talk(new FakeNode(view("aa", "alice")));
  const lines = new LineReader(300);
  try {
    for (let left = 20; left > 0; left--) {
      const line = new TextEncoder().encode(`${JSON.stringify(randomRequest(random))}\n`);
      const bytes = randomInt(random, 2) === 0 ? randomBytes(random, 100) : mutated(random, line);
      lines.push(new Uint8Array(bytes));
      for (let line = lines.take(); line !== undefined; line = lines.take()) {
        feed(talk, line);
      }
    }
  } catch (error) {
    assert(error instanceof LongLineError, String(error));
  }
});

function feed(talk: Talk, line: Uint8Array): void {
  try {
    talk.session.handle(parseLine(line));
  } catch (error) {
    assert(error instanceof BadLineError, String(error));
  }
}

/** Every reply is of the protocol, can be written as JSON and was asked for. */
function checkReply(reply: Reply, asked: ReadonlySet<number>): void {
  assertEquals([reply.v, JSON.parse(JSON.stringify(reply))], [1, reply]);
  if ("hello" in reply || reply.id === null) return;
  if ("error" in reply) {
    assert(reply.error.code !== "internal", reply.error.message);
    assert(!/\n|undefined|\[object/.test(reply.error.message), reply.error.message);
  } else {
    assert(asked.has(reply.id), `Nobody asked for ${reply.id}`);
  }
}

function randomRequest(random: SeededRandom): Record<string, unknown> {
  const id = randomInt(random, 20);
  if (randomInt(random, 5) === 0) return { v: 1, id, cancel: true };
  const method = pick(random, METHOD_NAMES) as MethodName;
  const params = randomInt(random, 3) === 0 ? randomValue(random, 2) : sensible(random, method);
  return { v: randomInt(random, 20) === 0 ? 2 : 1, id, method, params };
}

/** Some of the parameters that a method has, with any values. */
function sensible(random: SeededRandom, method: MethodName): Record<string, unknown> {
  const fields = Object.keys(METHODS[method].params.shape).filter(() => randomInt(random, 3) > 0);
  return Object.fromEntries(fields.map((field) => [field, pick(random, LEAVES)]));
}

function randomValue(random: SeededRandom, depth: number): unknown {
  const length = randomInt(random, 4);
  switch (depth === 0 ? 0 : randomInt(random, 3)) {
    case 0:
      return pick(random, LEAVES);
    case 1:
      return Array.from({ length }, () => randomValue(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length }, () => [pick(random, FIELDS), randomValue(random, depth - 1)]),
      );
  }
}
