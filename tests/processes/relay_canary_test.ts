/**
 * A relay never holds what it passes on. Messages with a text that stands nowhere else go over a relay,
 * and then it is looked for: in all memory of the relay's process, in its log and its files, in the
 * bytes on its wires, and in the frames inside of TLS, which only the relay gets to see.
 */

import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { type AreaNode, type Content, openNode } from "../../mod.ts";
import type { ControlClient } from "../../src/control/client.ts";
import { type Program, runModule } from "../io/program.ts";
import { LinkedNodes } from "./linked_nodes.ts";
import { type MemoryFindings, widened } from "./memory_search.ts";
import { RecordingRelay } from "./recording_relay.ts";
import { RecordingProxy } from "./recording_proxy.ts";

/** A text that no program was compiled with. */
function newCanary(): string {
  return `canary-${crypto.randomUUID()}`;
}

/** Texts that hold the canary: short ones, and some that take several envelopes. */
function textsWith(canary: string): string[] {
  const long = [70_000, 300_000, 1_000_000, 1_000_000, 1_000_000].map((bytes) =>
    `${canary} `.repeat(Math.floor(bytes / (canary.length + 1)))
  );
  // With the arrow a text is kept in UTF-16 by those who read it.
  return [...Array.from({ length: 200 }, (_, number) => `${number} ${canary} →`), ...long];
}

/**
 * What a process's memory holds of these texts; undefined where nobody may look. It stands still
 * meanwhile, or memory that it gives back before its turn came could not be read.
 */
async function searchMemory(
  program: Program,
  ...texts: string[]
): Promise<MemoryFindings | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  program.signal("SIGSTOP");
  await using search = runModule("tests/processes/memory_search.ts", [`${program.pid}`, ...texts]);
  const { out, err } = await search.outcome().finally(() => program.signal("SIGCONT"));
  if (err.includes("PermissionDenied")) return undefined;
  assertEquals(err, "");
  return JSON.parse(out);
}

/** All files below a folder, each as characters of one byte. */
function filesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [each, text] of filesBelow(path)) found.set(each, text); }
    if (isFile) found.set(path, latin1(Deno.readFileSync(path)));
  }
  return found;
}

/** Bytes as characters of one byte each, in which searching is quick. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

/** Whether a text stands among such characters, in UTF-8 or UTF-16. */
function holds(bytes: string, text: string): boolean {
  return bytes.includes(text) || bytes.includes(widened(text));
}

/** What waits in a relay's own queues once the connection it is for takes no more. */
const QUEUED_BYTES = 512 * 1024;

/** Waits until as much has come to a relay and not been handed on to a connection. */
async function untilQueued(relay: ControlClient): Promise<void> {
  for (;;) {
    const { traffic } = await relay.call("status", {});
    if (traffic.in_bytes - traffic.out_bytes >= QUEUED_BYTES) return;
  }
}

Deno.test("relay: neither its memory, its log, its files nor its wires hold a text that it passes on", async () => {
  const canary = newCanary();
  await using nodes = new LinkedNodes();
  // Held up for long, links must not be taken for dead.
  const patient = { "peers.heartbeat_timeout": 60 };
  await nodes.add("alice", [], patient);
  using near = await RecordingProxy.open(nodes.address("alice") as Address);
  await nodes.add("dave", [near.address], { ...patient, "log.level": "debug" });
  using far = await RecordingProxy.open(nodes.address("dave") as Address);
  await nodes.add("erin", [far.address], patient);
  await nodes.add("carol", [nodes.address("erin")], patient);
  await nodes.untilLinked(3);
  const [alice, dave] = await Promise.all([nodes.control("alice"), nodes.control("dave")]);
  const sendAll = () =>
    Promise.all(
      ["erin", "carol"].flatMap((peer) =>
        textsWith(canary).map(async (text) => {
          const { outcome } = await alice.call("send", { peer, text, timeout_ms: 60_000 });
          assertEquals(outcome, "delivered");
        })
      ),
    );
  await sendAll();

  far.hold();
  const waiting = sendAll();
  await untilQueued(dave);
  const [relay, sender, recipient] = await Promise.all([
    searchMemory(nodes.node("dave").program, canary, alice.hello.id),
    searchMemory(nodes.node("alice").program, canary),
    searchMemory(nodes.node("erin").program, canary),
  ]);
  far.release();
  await waiting;

  if (relay === undefined) {
    console.warn("SKIPPED: the memory of other processes may not be read here");
  } else {
    assertEquals([relay.forms, relay.unread], [[[], ["utf8"]], 0]);
    // So the search finds what is there.
    assert(sender?.forms[0]?.includes("utf8"), "Expected the canary in the sender's memory");
    assertEquals(recipient?.forms, [["utf8", "utf16"]]);
  }
  const { out, err } = nodes.node("dave").program;
  const printed = latin1(encodeUtf8(out + err));
  const files = filesBelow(`${nodes.project.path}/profiles/dave`);
  assert(files.keys().some((path) => path.endsWith("area-net.log")));
  for (const [where, bytes] of [...files, ["its output", printed] as const]) {
    assert(!holds(bytes, canary), `Expected no ${canary} in ${where}`);
  }
  const id = latin1(nodeIdToBytes(alice.hello.id));
  for (const { record } of [near, far]) {
    assertGreater(record.length, 1_000_000);
    assertEquals([holds(record, canary), record.includes(id)], [false, false]);
  }
});

Deno.test("relay: neither a room's name nor what is said there is in a node that keeps its records", async () => {
  const [room, canary] = [`room-${newCanary()}`, newCanary()];
  await using nodes = new LinkedNodes();
  // Without links of their own, members speak through the relay.
  const settings = { "rooms.max_link_count": 0, "log.level": "debug" };
  await nodes.add("alice", [], settings);
  await nodes.add("dave", [nodes.address("alice")], settings);
  await nodes.add("erin", [nodes.address("dave")], settings);
  await nodes.untilLinked(2);
  const [alice, dave, erin] = await Promise.all(
    ["alice", "dave", "erin"].map((profile) => nodes.control(profile)),
  ) as [ControlClient, ControlClient, ControlClient];
  for (const member of [alice, erin]) await member.call("room_join", { room, wait_ms: 5_000 });
  for (;;) {
    const { members } = await alice.call("room_members", { room });
    if (members.length === 2) break;
  }
  const heard: string[] = [];
  const allHeard = Promise.withResolvers<void>();
  erin.call("room_listen", { room }, {
    onEvent: ({ text }) => text !== undefined && heard.push(text) === 50 && allHeard.resolve(),
  }).catch(() => {});
  const texts = Array.from({ length: 50 }, (_, number) => `${number} ${canary} →`);
  for (const text of texts) await alice.call("room_say", { room, text });
  await allHeard.promise;
  assertEquals(heard, texts);
  assertGreater((await dave.call("status", {})).messages.relayed, 50);

  const [relay, member] = await Promise.all([
    searchMemory(nodes.node("dave").program, canary, room, alice.hello.id),
    searchMemory(nodes.node("erin").program, canary, room),
  ]);
  if (relay === undefined) {
    console.warn("SKIPPED: the memory of other processes may not be read here");
  } else {
    assertEquals([relay.forms, relay.unread], [[[], [], ["utf8"]], 0]);
    assert(member?.forms.every((forms) => forms.includes("utf8")), "Expected both in a member");
  }
  const files = filesBelow(`${nodes.project.path}/profiles/dave`);
  for (const [path, bytes] of files) {
    assert(!holds(bytes, canary) && !holds(bytes, room), `Expected neither in ${path}`);
  }
});

Deno.test("relay: the frames that it gets and sends inside of TLS hold ids and sizes, and no text", async () => {
  const canary = newCanary();
  await using relay = await RecordingRelay.start();
  const options = {
    targets: [relay.address],
    settings: { "network.controller.peers.min_link_count": 0 },
  };
  await using alice = await openNode(options);
  await using erin = await openNode(options);
  const received: Content[] = [];
  erin.listen(({ content }) => received.push(content));
  await untilKnown(alice, erin.id);
  await untilKnown(erin, alice.id);

  const texts = textsWith(canary);
  const sent: Content[] = [...texts, ...texts.map(encodeUtf8)];
  const outcomes = await Promise.all(sent.map((content) => alice.send(erin.id, content)));
  for (const outcome of outcomes) {
    assert(outcome.type === "delivered", outcome.type);
    assertEquals(outcome.path.length, 3);
  }
  assertEquals(received, sent);
  const { record } = relay;
  assert(record.includes(latin1(nodeIdToBytes(alice.id))), "Expected the frames themselves");
  assertGreater(record.length, 2 * sent.reduce((sum, { length }) => sum + length, 0));
  assertEquals(holds(record, canary), false);
  // Each form would be found.
  assertEquals([holds(canary, canary), holds(widened(canary), canary)], [true, true]);
});

/** Waits until a node can send to another one. */
async function untilKnown({ control }: AreaNode, id: string): Promise<void> {
  const enough = new AbortController();
  await control.call("map", { watch: true }, {
    signal: enough.signal,
    onEvent({ nodes }) {
      if (nodes.some((node) => node.id === id && node.state === "alive")) enough.abort();
    },
  });
}
