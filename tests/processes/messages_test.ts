/** Messages between real nodes, by the real command line, also while nodes on the way die. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { MAX_MESSAGE_BYTES, type Result } from "../../src/control/methods.ts";
import { until } from "../io/until.ts";
import { CHAIN, LinkedNodes, RING } from "./linked_nodes.ts";

/** The messages in what `inbox --json` printed. */
function messagesIn(json: string): Result<"inbox">["messages"] {
  return JSON.parse(json).messages;
}

/** A text of so many bytes, no two parts of which are alike. */
function textOf(bytes: number): string {
  let text = "";
  for (let number = 0; text.length < bytes; number++) text += `${number} `;
  return text.slice(0, bytes);
}

Deno.test("send: from alice to erin a text takes two hops or more, and --trace names them", async () => {
  await using nodes = await LinkedNodes.start(RING);
  const sent = await nodes.ask("alice", "send", "erin", "hello", "there", "--trace");
  assertEquals([sent.code, sent.err], [0, ""]);
  const [told = "", trace = "", ...rest] = sent.out.split("\n");
  assertMatch(told, /^Delivered to erin \([a-z2-7]{8}\) in [\d.]+ (µs|ms|s)$/);
  assertMatch(trace, /^alice → (dave|bob → carol) → erin$/);
  assertEquals(rest, [""]);

  const json = await nodes.ask("alice", "send", "erin", "--json", "once more");
  assertEquals([json.code, json.err], [0, ""]);
  const { outcome, path, rtt_us: rttUs } = JSON.parse(json.out);
  assertEquals(outcome, "delivered");
  assertMatch(path.map(({ label }: { label: string }) => label).join(), /^alice,.*,erin$/);
  assertGreater(rttUs, 0);

  const inbox = messagesIn((await nodes.ask("erin", "inbox", "--json")).out);
  const alice = (await nodes.control("alice")).hello;
  const from = { id: alice.id, label: "alice" };
  assertEquals(inbox.map((message) => [message.from, message.text]), [
    [from, "hello there"],
    [from, "once more"],
  ]);
});

Deno.test("send: standard input arrives whole, up to 1 MiB and not a byte more", async () => {
  await using nodes = await LinkedNodes.start(CHAIN);
  const encoder = new TextEncoder();
  const largest = textOf(MAX_MESSAGE_BYTES);
  const sent = await nodes.feed(encoder.encode(largest), "alice", "send", "erin");
  assertEquals([sent.code, sent.err], [0, ""]);

  for (const args of [["send", "erin"], ["send", "erin", "--json"], ["broadcast"]]) {
    const refused = await nodes.feed(encoder.encode(`${largest}x`), "alice", ...args);
    assertEquals([refused.code, refused.out], [2, ""], args.join(" "));
    assertMatch(refused.err, /^A message has at most 1048576 bytes, .*\n$/);
  }

  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  assertEquals((await nodes.feed(bytes, "alice", "send", "erin")).code, 0);
  const nothing = await nodes.feed(new Uint8Array(0), "alice", "send", "erin");
  assertEquals([nothing.code, nothing.out], [2, ""]);
  assertMatch(nothing.err, /^Nothing to send: .*\n$/);

  const [whole, data, ...rest] = messagesIn((await nodes.ask("erin", "inbox", "--json")).out);
  assert(whole?.text === largest, "Expected the text as it was sent");
  assertEquals(data?.data, bytes.toBase64());
  assertEquals(rest, []);
});

Deno.test("send: where no way leads, or nobody is known, one line says so at once", async () => {
  await using nodes = await LinkedNodes.start(CHAIN);
  const dave = nodes.node("dave").program;
  dave.signal("SIGKILL");
  await dave.outcome();
  const start = performance.now();
  const { code, out, err } = await nodes.ask("alice", "send", "erin", "hello", "--timeout", "1m");
  assertEquals([code, out], [4, ""]);
  assertMatch(err, /^Not delivered to erin \(\w{8}\): no route\. .*area-net -p alice map.*\n$/);
  assertLess(performance.now() - start, 10_000);

  const json = await nodes.ask("alice", "send", "erin", "hello", "--json");
  assertEquals([json.code, json.err, JSON.parse(json.out).outcome], [4, "", "no route"]);
  const unknown = await nodes.ask("alice", "send", "erni", "hello");
  assertEquals([unknown.code, unknown.out], [4, ""]);
  assertMatch(unknown.err, /^No node is called "erni": did you mean "erin"\?\n$/);
});

Deno.test("inbox: --follow --json tells of each message in a line of its own as it comes", async () => {
  await using nodes = await LinkedNodes.start(CHAIN);
  await nodes.ask("alice", "send", "erin", "before");
  await using follower = nodes.command("erin", "inbox", "--follow", "--json");
  await follower.untilSaid("before");
  const alice = await nodes.control("alice");
  for (const text of ["first", "second\nin two lines"]) {
    await alice.call("send", { peer: "erin", text });
  }
  await follower.untilSaid("second");
  const lines = follower.out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ text }) => text), ["before", "first", "second\nin two lines"]);
  follower.signal("SIGINT");
  const { code, err } = await follower.outcome();
  assertEquals([code, err], [0, ""]);
});

/** What a stream of numbered messages from alice to erin came to. */
interface Stream {
  /** The relay that something befell. */
  hop: string;
  /** The texts that erin was told of, in order. */
  received: string[];
  /** How each was answered, by its number. */
  outcomes: Result<"send">[];
}

/** How many messages wait for their receipts at one moment. */
const UNDER_WAY = 1_000;

/**
 * Sends so many messages, some of them large, and once a third of them has come does something to the
 * relay that they take.
 */
async function stream(
  nodes: LinkedNodes,
  count: number,
  befall: (hop: string) => void,
): Promise<Stream> {
  const [alice, erin] = await Promise.all([nodes.control("alice"), nodes.control("erin")]);
  const received: string[] = [];
  const outcomes: Result<"send">[] = [];
  let begun = 0;
  let answered = 0;
  let latest: Result<"send"> | undefined;
  let hop = "";
  const following = erin.call("inbox", { follow: true }, {
    onEvent({ text = "" }) {
      received.push(text);
      if (hop !== "" || latest === undefined || received.length < count / 3) return;
      assertGreater(begun, answered, "Expected messages under way");
      assertLess(begun, count, "Expected messages yet to be sent");
      hop = relayOf(latest);
      befall(hop);
    },
  });
  const send = async () => {
    while (begun < count) {
      const number = begun++;
      const text = textNumber(number);
      latest = await alice.call("send", { peer: "erin", text, timeout_ms: 60_000 });
      outcomes[number] = latest;
      answered++;
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, send));
  // An answer may be here before the last of what was answered.
  await until(() => received.length >= count);
  erin.close();
  await following.catch(() => {});
  return { hop, received, outcomes };
}

/** The first relay that a message took. */
function relayOf({ path = [] }: Result<"send">): string {
  return path[1]?.label ?? "";
}

/** Every so many messages one takes several envelopes. */
const LARGE_EVERY = 250;
const LARGE_BYTES = 150_000;

function textNumber(number: number): string {
  return `${number} `.padEnd(number % LARGE_EVERY === 1 ? LARGE_BYTES : 100, "x");
}

/** Each came once, in order, and was answered so; some over the hop that failed, the last over another. */
function assertUnharmed({ hop, received, outcomes }: Stream, count: number): void {
  assertEquals([received.length, outcomes.length], [count, count]);
  const misplaced = received.findIndex((text, number) => text !== textNumber(number));
  assertEquals(
    misplaced,
    -1,
    `Expected number ${misplaced}, met ${received[misplaced]?.slice(0, 9)}`,
  );
  assertEquals(new Set(outcomes.map(({ outcome }) => outcome)), new Set(["delivered"]));
  const relays = outcomes.map(relayOf);
  assert(relays.includes(hop), `Expected ${hop} among the relays`);
  assertNotEquals(relays.at(-1), hop);
}

Deno.test("send: a hop killed in the middle of 10 000 messages loses none and doubles none", async () => {
  await using nodes = await LinkedNodes.start(RING);
  const count = 10_000;
  const story = await stream(nodes, count, (hop) => {
    nodes.node(hop).program.signal("SIGKILL");
  });
  assertUnharmed(story, count);
  assertEquals((await nodes.node(story.hop).program.outcome()).code, 137);
});

Deno.test("send: a hop that freezes loses none, and what it held doubles none when it wakes", async () => {
  await using nodes = await LinkedNodes.start(RING);
  const count = 3_000;
  const story = await stream(nodes, count, (hop) => {
    nodes.node(hop).program.signal("SIGSTOP");
  });
  assertUnharmed(story, count);

  const erin = await nodes.control("erin");
  const before = (await erin.call("status", {})).traffic.in_bytes;
  nodes.node(story.hop).program.signal("SIGCONT");
  const hop = await nodes.control(story.hop);
  // The answer comes behind all that alice has sent to it, and the message behind all that it passes on.
  await hop.call("ping", { peer: "alice", count: 1, timeout_ms: 20_000 });
  const last = await hop.call("send", { peer: "erin", text: "awake", timeout_ms: 20_000 });
  assertEquals(last.outcome, "delivered");
  const { traffic, messages } = await erin.call("status", {});
  assertGreater(traffic.in_bytes - before, LATE_BYTES);
  assertEquals(messages.received, count + 1);
  const kept = (await erin.call("inbox", {})).messages.map(({ text }) => text);
  assertEquals(new Set(kept).size, kept.length);
});

/** No less comes late to erin, of the messages that were under way. */
const LATE_BYTES = 100_000;
