/** Real nodes against strangers that have shaken hands and then say what no honest node would. */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES, MAX_HANDSHAKE_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { newParty } from "../io/credentials.ts";
import { until } from "../io/until.ts";
import { ProjectCopy, type RunningNode } from "./project_copy.ts";
import { Stranger } from "./stranger.ts";

const HANDSHAKE_MS = 500;
const MAX_HANDSHAKES = 4;

/** Two honest nodes that hold a link: strangers come to alice, and bob must not notice. */
class HonestPair implements AsyncDisposable {
  readonly #project = new ProjectCopy();
  readonly alice: RunningNode;
  readonly #bob: Promise<RunningNode>;

  constructor() {
    this.alice = this.#project.node("alice", {
      settings: {
        "peers.conn_attempt_timeout": HANDSHAKE_MS / 1000,
        "incoming.max_simultaneous_conn_attempts": MAX_HANDSHAKES,
        "peer_file_dump_interval": 0.05,
      },
    });
    this.#bob = this.alice.address().then((address) =>
      this.#project.node("bob", { targets: [address] })
    );
  }

  /** Where alice listens, once she and bob are linked. */
  async linked(): Promise<Address> {
    const bob = await this.#bob;
    await Promise.all([this.alice.untilLearnt("bob"), bob.untilLearnt("alice")]);
    return await this.alice.address() as Address;
  }

  /** Checks that their link is still the first one, and that it ends only when bob leaves. */
  async assertUnharmed(): Promise<void> {
    const bob = await this.#bob;
    bob.program.signal("SIGTERM");
    assertEquals((await bob.program.outcome()).code, 0);
    await until(() => /Node bob \S+ left/.test(this.alice.program.out));
    assertEquals(
      this.alice.program.out.match(/Link .*bob.* is (up|down: closed by the peer.*)/g)?.length,
      2,
    );
    assertEquals(bob.program.out.match(/Link .*alice/g)?.length, 1);
    assertEquals([bob.program.err, this.alice.program.err], ["", ""]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#bob)[Symbol.asyncDispose]();
    await this.alice[Symbol.asyncDispose]();
    this.#project[Symbol.dispose]();
  }
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** What each stranger says at once; every one of them is to be told that it broke the protocol. */
const BREACHES: Readonly<Record<string, (hello: Uint8Array) => Uint8Array[]>> = {
  "bytes without a meaning": () => [crypto.getRandomValues(new Uint8Array(4096)).fill(0xa5, 0, 4)],
  "a page request": () => [encodeUtf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  "a frame of 4 GiB": () => [header(0xffff_ffff)],
  "a frame too large for a stranger": () => [header(MAX_HANDSHAKE_FRAME_BYTES + 1)],
  "an empty frame": () => [header(0)],
  "a frame of no message": () => [encodeFrame(encodeUtf8("\x81\x18\xff"))],
  "arrays within arrays": () => [encodeFrame(new Uint8Array(8000).fill(0x81))],
  "an array of 4294967295": () => [encodeFrame(Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff))],
  "a ping before any hello": () => [encodeFrame(encodeLinkMessage({ type: "ping", number: 1 }))],
  "a hello and then noise": (hello) => [hello, encodeFrame(new Uint8Array(100).fill(0xff))],
  "two hellos": (hello) => [hello, hello],
};

Deno.test("hostile frames: each ends its own link with a reason, and honest nodes keep theirs", async () => {
  await using pair = new HonestPair();
  const address = await pair.linked();
  for (const [name, breach] of Object.entries(BREACHES)) {
    using stranger = await Stranger.call(address);
    for (const frame of breach(stranger.hello)) stranger.say(frame);
    const last = (await stranger.untilClosed()).at(-1);
    assert(last?.type === "bye" && last.reason === "protocol", `${name}: ${JSON.stringify(last)}`);
  }
  await pair.assertUnharmed();
});

Deno.test("hostile frames: who breaks the protocol on a link that was up is banned", async () => {
  await using pair = new HonestPair();
  const address = await pair.linked();
  const party = newParty();
  const ready = encodeFrame(encodeLinkMessage({ type: "ready" }));
  {
    using mallory = await Stranger.call(address, party);
    mallory.say(mallory.hello);
    await mallory.untilHeard("welcome");
    mallory.say(ready);
    await mallory.untilHeard("ping");
    mallory.say(header(MAX_FRAME_BYTES + 1));
    const last = (await mallory.untilClosed()).at(-1);
    assert(last?.type === "bye" && last.reason === "protocol", JSON.stringify(last));
  }
  await until(() => /Banned mallory \S+ for 1 min/.test(pair.alice.program.out));
  using again = await Stranger.call(address, party);
  again.say(again.hello);
  const [answer] = await again.untilClosed();
  assert(answer?.type === "refuse" && answer.reason === "banned", JSON.stringify(answer));
});

Deno.test("hostile frames: half a frame and then silence lasts no longer than a handshake may", async () => {
  await using pair = new HonestPair();
  const address = await pair.linked();
  for (const length of [3, 20]) {
    using stranger = await Stranger.call(address);
    const start = performance.now();
    stranger.say(stranger.hello.subarray(0, length));
    assertEquals(await stranger.untilClosed(), []);
    assertLess(performance.now() - start, 4 * HANDSHAKE_MS);
  }
  await pair.assertUnharmed();
});

Deno.test("hostile frames: of silent strangers only so many may wait, the others are told busy", async () => {
  await using pair = new HonestPair();
  const address = await pair.linked();
  using strangers = new DisposableStack();
  const silent: Stranger[] = [];
  for (let i = 0; i < MAX_HANDSHAKES; i++) {
    silent.push(strangers.use(await Stranger.call(address)));
  }
  const start = performance.now();
  for (let i = 0; i < 3; i++) {
    using late = await Stranger.call(address);
    const [answer, ...more] = await late.untilClosed();
    assert(answer?.type === "refuse" && answer.reason === "busy", JSON.stringify(answer));
    assertEquals(more, []);
  }
  assertEquals(await Promise.all(silent.map((each) => each.untilClosed())), [[], [], [], []]);
  assertLess(performance.now() - start, 4 * HANDSHAKE_MS);
  assertMatch(pair.alice.program.out, /Refused a link from \S+: refused by this node: too many/);
  await pair.assertUnharmed();
});
