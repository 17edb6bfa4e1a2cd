/**
 * What every transport must do, real or simulated: one suite, run for each of them. It knows
 * nothing of time. Whoever drives a transport says how to wait for a condition: by letting real
 * events happen, or by stepping a virtual world until it holds.
 */

import { assert, assertEquals, assertExists, assertGreater, assertNotEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Connection } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { type End, Stage, type TransportRig } from "./stage.ts";

/** A transport under test, of which two nodes are known: who dials in every story, and who listens. */
export interface ComplianceRig extends TransportRig {
  ids: { dialler: NodeId; listener: NodeId };
  /** What a dial comes to where nobody listens; a browser does not tell more than that it failed. */
  refusedAs?: "refused" | "other";
  /** Waits until all connections are over, where that takes longer than a test. */
  ended?(): Promise<void>;
}

/**
 * Registers the suite for one transport.
 *
 * @param name starts the name of every test
 * @param open makes a fresh rig for each test
 * @param except sentences that cannot hold for it, by its nature
 */
export function testTransport(
  name: string,
  open: () => ComplianceRig,
  except: readonly (keyof typeof STORIES)[] = [],
): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    if (except.includes(sentence)) continue;
    Deno.test(`${name}: ${sentence}`, async () => {
      const rig = open();
      const stage = new Stage(rig);
      try {
        await story(stage, rig);
      } finally {
        stage.clear();
        await rig.ended?.();
      }
    });
  }
}

const MEBIBYTE = 2 ** 20;

/** Bytes without a pattern that a lost or swapped chunk could hide in. */
function noise(length: number): Uint8Array {
  const random = new SeededRandom(length);
  return Uint8Array.from({ length }, () => random.uint32());
}

/** Sends `bytes` in chunks of 1, 3, 9, … bytes, so that they fit no buffer's size. */
function sendInOddChunks(connection: Connection, bytes: Uint8Array): void {
  let size = 1;
  for (let at = 0; at < bytes.length; size = size < 100_000 ? size * 3 : 1) {
    connection.send(bytes.subarray(at, at + size));
    at += size;
  }
}

const STORIES: Record<string, (stage: Stage, rig: ComplianceRig) => Promise<void>> = {
  "both ends learn where the other is": async (stage) => {
    const { listener, at } = await stage.listen();
    const dialler = stage.dial(at);
    await stage.until(() => dialler.told.length > 0 && listener.ends.length > 0);
    assertEquals(dialler.told, ["opened"]);
    assertEquals(dialler.remote?.address, at);
    assertExists(listener.ends[0]?.remote);
    assertNotEquals(listener.ends[0].remote.address, at);
  },

  "each end learns who the other is": async (stage, { ids }) => {
    const { dialler, accepter } = await stage.pair();
    assertEquals(dialler.remote?.id, ids.listener);
    assertEquals(accepter.remote?.id, ids.dialler);
    assertNotEquals(ids.listener, ids.dialler);
  },

  "both ends share a secret that no other connection has": async (stage) => {
    const pairs = [await stage.pair(), await stage.pair(), await stage.pair()];
    const secrets = pairs.map(({ dialler, accepter }) => {
      const secret = dialler.remote?.binding ?? new Uint8Array();
      assertEquals(accepter.remote?.binding, secret);
      assertGreater(secret.length, 15);
      return secret.toHex();
    });
    assertEquals(new Set(secrets).size, pairs.length);
  },

  "nothing is told within the call that asked for it": async (stage) => {
    const { at } = await stage.listen();
    const dead = await stage.deadAddress();
    const ends = [stage.dial(at), stage.dial(dead)];
    const listeners = [stage.startListening(), stage.startListening(at)];
    for (const { told } of ends) assertEquals(told, []);
    for (const { isTold } of listeners) assertEquals(isTold, false);
    await stage.until(() =>
      ends.every(({ told }) => told.length > 0) &&
      listeners.every(({ isTold }) => isTold)
    );
  },

  "bytes arrive whole and in order, both ways at once": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    const there = noise(MEBIBYTE);
    const back = noise(MEBIBYTE - 1);
    sendInOddChunks(dialler.connection, there);
    sendInOddChunks(accepter.connection, back);
    await stage.until(() =>
      accepter.receivedBytes >= there.length && dialler.receivedBytes >= back.length
    );
    assertEquals(accepter.bytes, there);
    assertEquals(dialler.bytes, back);
  },

  "received bytes are plain bytes, not a kind of their own": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    dialler.connection.send(Uint8Array.of(1, 2, 3));
    await stage.until(() => accepter.receivedBytes === 3);
    for (const chunk of accepter.chunks) assertEquals(chunk.constructor, Uint8Array);
  },

  "what is sent before the connection is open arrives first": async (stage) => {
    const { listener, at } = await stage.listen();
    const dialler = stage.dial(at, {
      opened: ({ connection }) => connection.send(Uint8Array.of(2)),
    });
    dialler.connection.send(Uint8Array.of(1));
    await stage.until(() => listener.ends[0]?.receivedBytes === 2);
    assertEquals(listener.ends[0]?.bytes, Uint8Array.of(1, 2));
  },

  "queued bytes are counted until the network takes them": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    assertEquals(dialler.connection.queuedBytes, 0);
    for (let i = 0; i < 64; i++) dialler.connection.send(new Uint8Array(MEBIBYTE));
    assertGreater(dialler.connection.queuedBytes, 0);
    await stage.until(() => dialler.connection.queuedBytes === 0);
    await stage.until(() => accepter.receivedBytes === 64 * MEBIBYTE);
  },

  "who sends much is told once, later, that all has been handed over": async (stage) => {
    const left: number[] = [];
    const { dialler, accepter } = await stage.pair({
      dialler: { drained: ({ connection }) => left.push(connection.queuedBytes) },
    });
    for (let i = 0; i < 8; i++) dialler.connection.send(new Uint8Array(MEBIBYTE));
    assertGreater(dialler.connection.queuedBytes, 0);
    assertEquals(dialler.told, ["opened"]);
    await stage.until(() => dialler.drains > 0);
    await stage.until(() => accepter.receivedBytes === 8 * MEBIBYTE);
    await stage.roundTrip();
    assertEquals([dialler.told, left], [["opened", "drained"], [0]]);
    assertEquals(accepter.told, ["received"]);
  },

  "small sends of one turn are told of together, at whichever end": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    const ends = [dialler, accepter];
    for (const { connection } of ends) {
      for (let i = 0; i < 100; i++) connection.send(new Uint8Array(100));
      assertGreater(connection.queuedBytes, 0);
    }
    await stage.until(() => ends.every(({ drains }) => drains > 0));
    await stage.until(() => ends.every(({ receivedBytes }) => receivedBytes === 10_000));
    await stage.roundTrip();
    for (const { connection, drains } of ends) {
      assertEquals([connection.queuedBytes, drains], [0, 1]);
    }
  },

  "every send is told of in the end, whatever its size and whenever it comes": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    const { connection } = dialler;
    const sizes = [1, 16_383, 16_384, 65_535, 65_536, 65_537, MEBIBYTE, 2];
    let sent = 0;
    for (const size of sizes) {
      // Alone, before a small one, after a small one, and a turn after another.
      for (const turns of [[[size]], [[size, 1]], [[1, size]], [[size], [1]], [[1], [size]]]) {
        const drains = dialler.drains;
        for (const turn of turns) {
          for (const bytes of turn) {
            connection.send(new Uint8Array(bytes));
            sent += bytes;
          }
          await Promise.resolve();
        }
        assertGreater(connection.queuedBytes, 0);
        await stage.until(() => dialler.drains > drains);
        assertEquals(connection.queuedBytes, 0);
      }
    }
    await stage.until(() => accepter.receivedBytes === sent);
  },

  "who sends more whenever all is handed over gets everything through": async (stage) => {
    const bytes = noise(4 * MEBIBYTE);
    let sent = 0;
    let steps = 0;
    const pull = ({ connection }: End) => {
      if (sent === bytes.length) return;
      steps++;
      const size = steps % 3 === 0 ? 200_000 : 100;
      connection.send(bytes.subarray(sent, sent + size));
      sent = Math.min(sent + size, bytes.length);
    };
    const { dialler, accepter } = await stage.pair({ dialler: { drained: pull } });
    pull(dialler);
    await stage.until(() => accepter.receivedBytes === bytes.length);
    await stage.until(() => dialler.drains === steps);
    assertEquals(accepter.bytes, bytes);
    await stage.roundTrip();
    assertEquals([dialler.drains, dialler.connection.queuedBytes], [steps, 0]);
  },

  "an answer sent as bytes arrive is told of as well": async (stage) => {
    const { dialler, accepter } = await stage.pair({
      accepter: { received: ({ connection }) => connection.send(new Uint8Array(10)) },
    });
    dialler.connection.send(Uint8Array.of(1));
    await stage.until(() => dialler.receivedBytes === 10 && accepter.drains === 1);
    assertEquals(accepter.told, ["received", "drained"]);
  },

  "where nothing was queued nothing is told": async (stage) => {
    const { dialler } = await stage.pair();
    const sendNothing = async () => {
      dialler.connection.send(new Uint8Array());
      assertEquals(dialler.connection.queuedBytes, 0);
      await stage.roundTrip();
    };
    await sendNothing();
    assertEquals(dialler.told, ["opened"]);
    dialler.connection.send(Uint8Array.of(1));
    await stage.until(() => dialler.drains > 0);
    await sendNothing();
    assertEquals(dialler.told, ["opened", "drained"]);
  },

  "what is sent before the connection is open is queued, and told of after it opened": async (
    stage,
  ) => {
    for (const size of [1, MEBIBYTE]) {
      const { listener, at } = await stage.listen();
      const dialler = stage.dial(at);
      dialler.connection.send(new Uint8Array(size));
      assertEquals(dialler.connection.queuedBytes, size);
      await stage.until(() => dialler.drains > 0 && listener.ends[0]?.receivedBytes === size);
      await stage.roundTrip();
      assertEquals(dialler.told, ["opened", "drained"]);
    }
  },

  "who closes is not told that the rest was handed over": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    dialler.connection.send(new Uint8Array(8 * MEBIBYTE));
    dialler.connection.close();
    await stage.until(() => accepter.isClosed);
    await stage.roundTrip();
    assertEquals(dialler.told, ["opened"]);
    assertEquals(accepter.receivedBytes, 8 * MEBIBYTE);
  },

  "who is told that all is handed over may close": async (stage) => {
    const { dialler, accepter } = await stage.pair({
      dialler: { drained: ({ connection }) => connection.close() },
    });
    const bytes = noise(MEBIBYTE);
    sendInOddChunks(dialler.connection, bytes);
    await stage.until(() => accepter.isClosed);
    await stage.roundTrip();
    assertEquals(dialler.told, ["opened", "drained"]);
    assertEquals(accepter.bytes, bytes);
  },

  "once the far end has closed nothing is told of what was queued": async (stage) => {
    const { dialler, accepter } = await stage.pair({
      accepter: { received: ({ connection }) => connection.close() },
    });
    for (let i = 0; i < 64; i++) dialler.connection.send(new Uint8Array(MEBIBYTE));
    await stage.until(() => dialler.isClosed);
    assertEquals(dialler.connection.queuedBytes, 0);
    dialler.connection.send(Uint8Array.of(1));
    await stage.roundTrip();
    assertEquals(dialler.told.at(-1), "closed");
    assertEquals(accepter.told.at(-1), "received");
  },

  "a dial that fails leaves nothing queued, and says so by failing alone": async (stage) => {
    const dialler = stage.dial(await stage.deadAddress());
    dialler.connection.send(new Uint8Array(MEBIBYTE));
    await stage.until(() => dialler.isClosed);
    await stage.roundTrip();
    assertEquals([dialler.told, dialler.connection.queuedBytes], [["closed"], 0]);
  },

  "a close sends everything first, then the far end is told once": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    const bytes = noise(MEBIBYTE);
    sendInOddChunks(dialler.connection, bytes);
    dialler.connection.close();
    await stage.until(() => accepter.isClosed);
    assertEquals(accepter.bytes, bytes);
    assertEquals(accepter.error, undefined);
    await stage.roundTrip();
    assertEquals(accepter.told, ["received", "closed"]);
  },

  "an accepted connection closes just as a dialled one": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    accepter.connection.send(Uint8Array.of(1));
    accepter.connection.close();
    await stage.until(() => dialler.isClosed);
    assertEquals(dialler.told, ["opened", "received", "closed"]);
    assertEquals(dialler.error, undefined);
  },

  "who closes is told nothing more, whatever the far end does": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    dialler.connection.close();
    accepter.connection.send(new Uint8Array(100_000));
    await stage.until(() => accepter.isClosed);
    await stage.roundTrip();
    assertEquals(dialler.told, ["opened"]);
  },

  "a close while the far end talks loses nothing of what was sent": async (stage) => {
    const bytes = noise(100_000);
    const { accepter } = await stage.pair({
      dialler: {
        received({ connection }) {
          connection.send(bytes);
          connection.close();
        },
      },
    });
    accepter.connection.send(new Uint8Array(4 * MEBIBYTE));
    await stage.until(() => accepter.isClosed);
    assertEquals(accepter.bytes, bytes);
    assertEquals(accepter.error, undefined);
  },

  "calls after a close do nothing": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    dialler.connection.close();
    dialler.connection.close();
    dialler.connection.send(Uint8Array.of(1));
    await stage.until(() => accepter.isClosed);
    accepter.connection.send(Uint8Array.of(1));
    accepter.connection.close();
    await stage.roundTrip();
    assertEquals(accepter.told, ["closed"]);
    assertEquals(accepter.connection.queuedBytes, 0);
  },

  "when both ends close at once, nobody is told": async (stage) => {
    const { dialler, accepter } = await stage.pair();
    dialler.connection.close();
    accepter.connection.close();
    await stage.roundTrip();
    assertEquals(dialler.told, ["opened"]);
    assertEquals(accepter.told, []);
  },

  "a connection may be closed as it is accepted": async (stage) => {
    const { listener, at } = await stage.listen({
      accepted({ connection }) {
        connection.send(Uint8Array.of(1));
        connection.close();
      },
    });
    const dialler = stage.dial(at);
    await stage.until(() => dialler.isClosed);
    assertEquals(dialler.told, ["opened", "received", "closed"]);
    assertEquals(dialler.error, undefined);
    assertEquals(listener.ends[0]?.told, []);
  },

  "a connection may be closed as it opens and as bytes arrive": async (stage) => {
    const { listener, at } = await stage.listen();
    const shy = stage.dial(at, { opened: ({ connection }) => connection.close() });
    await stage.until(() => listener.ends[0]?.isClosed === true);
    const { dialler, accepter } = await stage.pair({
      dialler: { received: ({ connection }) => connection.close() },
    });
    accepter.connection.send(new Uint8Array(MEBIBYTE));
    await stage.until(() => accepter.isClosed);
    assertEquals(shy.told, ["opened"]);
    assertEquals(dialler.told, ["opened", "received"]);
  },

  "dialling where nobody listens is refused": async (stage, { refusedAs = "refused" }) => {
    const dialler = stage.dial(await stage.deadAddress());
    await stage.until(() => dialler.isClosed);
    assertEquals(dialler.told, ["closed"]);
    assertEquals(dialler.error?.code, refusedAs);
    assertNotEquals(dialler.error?.detail, "");
  },

  "a dial may be given up, whether it would have succeeded or failed": async (stage) => {
    const { listener, at } = await stage.listen();
    const dead = await stage.deadAddress();
    const ends = [stage.dial(at), stage.dial(dead)];
    for (const { connection } of ends) connection.close();
    await stage.roundTrip();
    await stage.until(() => listener.ends.every(({ isClosed }) => isClosed));
    for (const { told } of ends) assertEquals(told, []);
  },

  "a taken address cannot be listened on, and its owner goes on": async (stage) => {
    const { listener, at } = await stage.listen();
    const second = stage.startListening(at);
    await stage.until(() => second.error !== undefined);
    assertEquals(second.error?.code, "address-in-use");
    assertEquals(second.at, undefined);
    stage.dial(at);
    await stage.until(() => listener.ends.length === 1);
  },

  "who stops listening keeps the connections already made": async (
    stage,
    { refusedAs = "refused" },
  ) => {
    const { listener, at } = await stage.listen();
    const early = stage.dial(at);
    await stage.until(() => early.told.length > 0 && listener.ends.length > 0);
    listener.stop();
    listener.stop();
    const late = stage.dial(at);
    await stage.until(() => late.isClosed);
    early.connection.send(Uint8Array.of(1));
    await stage.until(() => listener.ends[0]?.receivedBytes === 1);
    assertEquals(late.error?.code, refusedAs);
    assertEquals(listener.ends.length, 1);
  },

  "an address is free again once nobody listens on it": async (stage) => {
    const at = await stage.deadAddress();
    const heir = stage.startListening(at);
    await stage.until(() => heir.isTold);
    assertEquals(heir.at, at);
  },

  "who stops before listening began is told nothing": async (stage) => {
    const { at: taken } = await stage.listen();
    const listeners = [stage.startListening(), stage.startListening(taken)];
    for (const { stop } of listeners) stop();
    await stage.roundTrip();
    for (const { isTold } of listeners) assertEquals(isTold, false);
  },

  "two hundred connections at once do not mix": async (stage) => {
    const { listener, at } = await stage.listen({
      received: ({ connection }, bytes) => connection.send(bytes),
    });
    const dialled = Array.from({ length: 200 }, () => stage.dial(at));
    const sent = dialled.map((_, i) => noise(1000 + i));
    dialled.forEach(({ connection }, i) => connection.send(sent[i] as Uint8Array));
    await stage.until(() =>
      dialled.every(({ receivedBytes }, i) => receivedBytes >= (sent[i] as Uint8Array).length)
    );
    dialled.forEach((end, i) => assertEquals(end.bytes, sent[i]));
    assertEquals(listener.ends.length, 200);
    const remotes = new Set(listener.ends.map(({ remote }) => remote?.address));
    assert(remotes.size === 200, "every remote address is another");
  },
};
