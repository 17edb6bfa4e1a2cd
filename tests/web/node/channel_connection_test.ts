import { assert, assertEquals, assertGreater } from "@std/assert";
import type { NodeId } from "../../../src/base/node_id.ts";
import type { ConnectionError } from "../../../src/base/ports.ts";
import { ChannelError } from "../../../src/session/channel_error.ts";
import { SecureChannel } from "../../../src/session/secure_channel.ts";
import {
  ChannelConnection,
  type ChannelOwner,
  CLOSE_PATIENCE_MS,
} from "../../../src/web/node/channel_connection.ts";
import { BrowserCrypto } from "../../../src/web/node/crypto.ts";
import type { MessagePipe, PipeListener } from "../../../src/web/node/message_pipe.ts";
import { until } from "../../io/until.ts";
import { End } from "../../transport/stage.ts";

const crypto = new BrowserCrypto();
const alice = { crypto, signer: crypto.signerFrom(new Uint8Array(32).fill(1)) };
const bob = { crypto, signer: crypto.signerFrom(new Uint8Array(32).fill(2)) };

/** A pipe whose far end takes messages when the test says so. */
class SlowPipe implements MessagePipe {
  readonly listener: PipeListener;
  readonly buffer: Uint8Array[] = [];
  isClosed = false;
  isAborted = false;
  isBroken = false;
  isWritable = false;
  #lowBytes = -1;

  constructor(listener: PipeListener) {
    this.listener = listener;
  }

  get bufferedBytes(): number {
    return this.buffer.reduce((sum, { length }) => sum + length, 0);
  }

  send(message: Uint8Array): void {
    if (this.isBroken) throw new Error("The buffer is full");
    this.buffer.push(message);
  }

  awaitLow(bytes: number): void {
    this.#lowBytes = bytes;
  }

  close(): void {
    this.isClosed = true;
  }

  abort(): void {
    this.isAborted = true;
  }

  /** Takes the first messages from the buffer. */
  take(count = Infinity): Uint8Array[] {
    const taken = this.buffer.splice(0, count);
    if (this.#lowBytes >= 0 && this.bufferedBytes <= this.#lowBytes) {
      this.#lowBytes = -1;
      queueMicrotask(() => this.listener.lowered());
    }
    return taken;
  }
}

/** A dialler over a slow pipe, and the channel of the far end. */
class Scene {
  readonly end = new End({});
  readonly far = SecureChannel.accept(bob);
  readonly failures: ConnectionError[] = [];
  wanted: NodeId = bob.signer.id;
  pipe!: SlowPipe;
  endings = 0;

  constructor() {
    const owner: ChannelOwner = {
      proven: (id) => {
        if (id !== this.wanted) throw new ChannelError("it is another");
        this.end.opened({ id, address: "" as never, binding: new Uint8Array() });
        return this.end;
      },
      failed: (error) => this.failures.push(error),
      ended: () => this.endings++,
    };
    this.end.connection = new ChannelConnection(
      SecureChannel.dial(alice),
      owner,
      (listener) => this.pipe = new SlowPipe(listener),
    );
  }

  /** Carries messages to and fro until both ends are open. */
  shakeHands(): this {
    this.pipe.isWritable = true;
    this.pipe.listener.opened();
    this.pass();
    return this;
  }

  /** Hands messages to the far end, and its answers back. */
  pass(count = Infinity): void {
    for (const message of this.pipe.take(count)) this.far.receive(message);
    for (const message of this.far.takeMessages()) this.pipe.listener.received(message);
    if (!this.far.isOpen) { for (const message of this.pipe.take()) this.far.receive(message); }
  }

  /** Bytes that have come to the far end since the last call. */
  received(): number {
    return this.far.takeEvents().reduce(
      (sum, event) => sum + (event.type === "bytes" ? event.bytes.length : 0),
      0,
    );
  }
}

const MEBIBYTE = 2 ** 20;

Deno.test("ChannelConnection: hands on no more than the pipe has room for, and all of it in the end", async () => {
  const scene = new Scene().shakeHands();
  const { end, pipe } = scene;
  for (let i = 0; i < 8; i++) end.connection.send(new Uint8Array(MEBIBYTE));
  await Promise.resolve();
  assertGreater(pipe.bufferedBytes, MEBIBYTE / 2);
  assert(pipe.bufferedBytes < 1.2 * MEBIBYTE, `${pipe.bufferedBytes} bytes in its buffer`);
  assertGreater(end.connection.queuedBytes, 8 * MEBIBYTE - 1);
  let received = 0;
  while (end.drains === 0) {
    scene.pass(8);
    received += scene.received();
    assert(pipe.bufferedBytes < 1.2 * MEBIBYTE);
    await Promise.resolve();
  }
  assertEquals([received, end.connection.queuedBytes], [8 * MEBIBYTE, 0]);
});

Deno.test("ChannelConnection: many small sends of one turn become few messages", async () => {
  const scene = new Scene().shakeHands();
  for (let i = 0; i < 1_000; i++) scene.end.connection.send(new Uint8Array(16).fill(i));
  await Promise.resolve();
  assertEquals(scene.pipe.buffer.length, 1);
  scene.pass();
  assertEquals(scene.received(), 16_000);
});

Deno.test("ChannelConnection: whoever is not the one that was wanted does not learn who called", () => {
  const scene = new Scene();
  scene.wanted = alice.signer.id;
  scene.pipe.isWritable = true;
  scene.pipe.listener.opened();
  for (const message of scene.pipe.take()) scene.far.receive(message);
  for (const message of scene.far.takeMessages()) scene.pipe.listener.received(message);
  assertEquals(scene.pipe.buffer, []);
  assertEquals(scene.failures.map(({ code }) => code), ["tls"]);
  assertEquals([scene.pipe.isAborted, scene.endings, scene.end.told], [true, 1, []]);
});

Deno.test("ChannelConnection: an altered message ends it, and is told once", async () => {
  const scene = new Scene().shakeHands();
  scene.pipe.listener.received(new Uint8Array(100));
  scene.pipe.listener.received(new Uint8Array(100));
  scene.pipe.listener.closed();
  assertEquals([scene.end.told, scene.end.error?.code], [["opened", "closed"], "tls"]);
  assertEquals([scene.pipe.isAborted, scene.endings], [true, 1]);
  scene.end.connection.send(new Uint8Array(10));
  await Promise.resolve();
  assertEquals([scene.end.connection.queuedBytes, scene.pipe.buffer], [0, []]);
});

Deno.test("ChannelConnection: a browser that takes no more ends it, and that is told", async () => {
  const scene = new Scene().shakeHands();
  scene.pipe.isBroken = true;
  scene.end.connection.send(new Uint8Array(10));
  await Promise.resolve();
  assertEquals([scene.end.told, scene.end.error?.detail], [
    ["opened", "closed"],
    "The buffer is full",
  ]);
});

Deno.test("ChannelConnection: while the far end closes, what it sent still comes and nothing is sent", async () => {
  const scene = new Scene().shakeHands();
  const { end, pipe } = scene;
  end.connection.send(new Uint8Array(10));
  pipe.isWritable = false;
  pipe.isBroken = true;
  await Promise.resolve();
  scene.far.send(Uint8Array.of(1, 2));
  for (const message of scene.far.takeMessages()) pipe.listener.received(message);
  assertEquals([end.bytes, end.connection.queuedBytes], [Uint8Array.of(1, 2), 10]);
  pipe.listener.closed();
  assertEquals([end.told, end.error], [["opened", "received", "closed"], undefined]);
});

Deno.test("ChannelConnection: a far end that hangs up early is told of as a failure", () => {
  const scene = new Scene();
  scene.pipe.listener.opened();
  scene.pipe.listener.closed();
  assertEquals([scene.failures.map(({ code }) => code), scene.endings], [["reset"], 1]);
});

Deno.test("ChannelConnection: a dial that is given up tells nothing more", () => {
  const scene = new Scene();
  scene.end.connection.close();
  scene.end.connection.close();
  scene.pipe.listener.closed();
  assertEquals([scene.failures, scene.end.told, scene.endings], [[], [], 1]);
});

Deno.test("ChannelConnection: after a close it waits while the rest makes headway, and no longer", async () => {
  const scene = new Scene().shakeHands();
  const { end, pipe } = scene;
  end.connection.send(new Uint8Array(MEBIBYTE));
  end.connection.close();
  await Promise.resolve();
  const begin = performance.now();
  scene.pass(1);
  await until(() => pipe.isAborted);
  // A period in which something was taken, and one in which nothing was.
  assertGreater(performance.now() - begin, 1.9 * CLOSE_PATIENCE_MS);
  assertEquals([pipe.isClosed, scene.endings, end.told], [false, 1, ["opened"]]);
});

Deno.test("ChannelConnection: after a close the pipe is closed once all is handed on", async () => {
  const scene = new Scene().shakeHands();
  const { end, pipe } = scene;
  end.connection.send(new Uint8Array(3 * MEBIBYTE));
  end.connection.close();
  let received = 0;
  await until(() => {
    scene.pass();
    received += scene.received();
    return pipe.isClosed;
  });
  assertEquals([received, pipe.isAborted], [3 * MEBIBYTE, false]);
  pipe.listener.closed();
  assertEquals([scene.endings, end.told], [1, ["opened"]]);
});
