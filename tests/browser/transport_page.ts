/**
 * Runs in a page: the stories that every transport has to go through, told of data channels between two
 * nodes that signal to each other within the page. `transport_test.ts` has it bundled and drives it.
 */

import { assert, assertEquals } from "@std/assert";
import { type Address, splitAddress, webRtcAddress } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Transport } from "../../src/base/ports.ts";
import type { DoorLimits } from "../../src/session/doorkeeper.ts";
import { BrowserCrypto } from "../../src/web/node/crypto.ts";
import { BrowserTransport } from "../../src/web/node/transport.ts";
import { encodeSignal } from "../../src/web/node/signal.ts";
import { type ComplianceRig, testTransport } from "../transport/compliance.ts";
import { Listener, Stage } from "../transport/stage.ts";

/** How long a story may wait for something. */
const PATIENCE_MS = 20_000;

/** Roomy enough for every story. */
const LIMITS = { maxHandshakes: 1_000, handshakeTimeoutMs: 20_000, maxPerHost: 1_000 };

/** Stories by their sentences. */
const stories = new Map<string, () => Promise<void>>();

/** Nodes of one page, each of which finds the others by their ids. */
class Switchboard {
  readonly #limits: DoorLimits;
  readonly #transports = new Map<NodeId, BrowserTransport>();
  readonly #crypto = new BrowserCrypto();
  readonly #diverted = new Map<NodeId, NodeId | undefined>();
  readonly #renamed = new Map<NodeId, NodeId>();
  readonly #sent = new Map<NodeId, number>();
  #watch: (to: NodeId, from: NodeId, signal: Uint8Array) => void = () => {};

  constructor(limits: DoorLimits = LIMITS) {
    this.#limits = limits;
  }

  /** One more node. */
  open(): { id: NodeId; transport: BrowserTransport } {
    const signer = this.#crypto.signerFrom(crypto.getRandomValues(new Uint8Array(32)));
    const { id } = signer;
    const transport = new BrowserTransport({
      signer,
      crypto: this.#crypto,
      iceServers: [],
      limits: this.#limits,
    });
    this.#transports.set(id, transport);
    transport.useSignalling({
      send: (to, signal) => {
        const bytes = signal.slice();
        this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1);
        setTimeout(() => this.#deliver(to, this.#renamed.get(id) ?? id, bytes), 1);
      },
    });
    return { id, transport };
  }

  get(at: Address): Transport {
    const transport = this.#transports.get(splitAddress(at).host as NodeId);
    if (transport === undefined) throw new Error(`No node is at ${at}`);
    return transport;
  }

  /** Signals for one node go to another from now on, and come back as from the one; or go nowhere. */
  divert(id: NodeId, to: NodeId | undefined): void {
    this.#diverted.set(id, to);
    if (to !== undefined) this.#renamed.set(to, id);
  }

  /** Signals of one node come as those of another from now on, and answers find back. */
  rename(id: NodeId, as: NodeId): void {
    this.#renamed.set(id, as);
    this.#diverted.set(as, id);
  }

  /** Signals that a node has sent. */
  sent(id: NodeId): number {
    return this.#sent.get(id) ?? 0;
  }

  /** Tells of every signal, before it is delivered. */
  watch(told: (to: NodeId, from: NodeId, signal: Uint8Array) => void): void {
    this.#watch = told;
  }

  #deliver(id: NodeId, from: NodeId, signal: Uint8Array): void {
    const to = this.#diverted.has(id) ? this.#diverted.get(id) : id;
    if (to === undefined) return;
    this.#watch(to, from, signal);
    this.#transports.get(to)?.handleSignal(from, signal);
  }
}

/** Every address is that of another node. */
function openRig(): ComplianceRig {
  const board = new Switchboard();
  const dialler = board.open();
  const first = board.open();
  const free = [first];
  return {
    transport: dialler.transport,
    ids: { dialler: dialler.id, listener: first.id },
    listening: {
      reaches: () => true,
      dial: dialler.transport.dial.bind(dialler.transport),
      listen: (at, handler) => board.get(at).listen(at, handler),
    },
    freeAddress: () => webRtcAddress((free.pop() ?? board.open()).id),
    until,
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("It never came to be");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What may happen to signals on the way, and who may send them. */
const SIGNAL_STORIES: Record<string, () => Promise<void>> = {
  "whoever answers in the place of another is not taken for it": async () => {
    const board = new Switchboard();
    const [dialler, wanted, liar] = [board.open(), board.open(), board.open()];
    const stage = new Stage({ ...openRig(), transport: dialler.transport });
    const caught = new Listener({});
    liar.transport.listen(webRtcAddress(liar.id), caught);
    board.divert(wanted.id, liar.id);
    const end = stage.dial(webRtcAddress(wanted.id));
    await until(() => end.isClosed);
    assertEquals([end.told, end.error?.code], [["closed"], "tls"]);
    assert(end.error?.detail.includes(liar.id), end.error?.detail);
    assertEquals(caught.ends.length, 0);
  },

  "whoever calls in the name of another is not taken for it": async () => {
    const board = new Switchboard();
    const [caller, named, listener] = [board.open(), board.open(), board.open()];
    const stage = new Stage({ ...openRig(), transport: caller.transport });
    const heard = new Listener({});
    listener.transport.listen(webRtcAddress(listener.id), heard);
    board.rename(caller.id, named.id);
    const end = stage.dial(webRtcAddress(listener.id));
    await until(() => heard.refusals.length > 0);
    await until(() => end.isClosed);
    assertEquals(heard.ends.length, 0);
    assertEquals(heard.refusals[0]?.from, webRtcAddress(named.id));
    assert(heard.refusals[0]?.reason.includes(caller.id), "Expected the proven id to be told");
  },

  "one node holds only so many attempts, and the others are told": async () => {
    const board = new Switchboard({ maxHandshakes: 4, handshakeTimeoutMs: 60_000, maxPerHost: 2 });
    const [listener, heard] = [board.open(), new Listener({})];
    listener.transport.listen(webRtcAddress(listener.id), heard);
    const flooder = board.open();
    const stage = new Stage({ ...openRig(), transport: flooder.transport });
    // Answers get lost, so that nothing comes of them.
    board.divert(flooder.id, undefined);
    for (let i = 0; i < 2; i++) stage.dial(webRtcAddress(listener.id));
    await until(() => board.sent(listener.id) === 2);
    stage.dial(webRtcAddress(listener.id)).connection.close();
    const late = stage.dial(webRtcAddress(listener.id));
    await until(() => heard.refusals.length === 1);
    assert(heard.refusals[0]?.reason.includes("2 connections"), heard.refusals[0]?.reason);
    late.connection.close();
    // Whoever else calls gets in, and the flood does not.
    const honest = board.open();
    const end = new Stage({ ...openRig(), transport: honest.transport })
      .dial(webRtcAddress(listener.id));
    await until(() => end.told.length > 0);
    assertEquals(end.told, ["opened"]);
    assertEquals(heard.ends.length, 1);
  },

  "an attempt that gets nowhere is ended in time, and told of": async () => {
    const board = new Switchboard({ maxHandshakes: 4, handshakeTimeoutMs: 500, maxPerHost: 2 });
    const [listener, heard] = [board.open(), new Listener({})];
    listener.transport.listen(webRtcAddress(listener.id), heard);
    const silent = board.open();
    board.divert(silent.id, undefined);
    const stage = new Stage({ ...openRig(), transport: silent.transport });
    stage.dial(webRtcAddress(listener.id));
    await until(() => heard.refusals.length > 0);
    assert(heard.refusals[0]?.reason.includes("0.5 s"), heard.refusals[0]?.reason);
    stage.clear();
  },

  "signals of strangers to a session, repeated ones and nonsense change nothing": async () => {
    const board = new Switchboard();
    const [dialler, listener, stranger] = [board.open(), board.open(), board.open()];
    const heard = new Listener({});
    listener.transport.listen(webRtcAddress(listener.id), heard);
    board.watch((to, from, signal) => {
      if (to !== listener.id && to !== dialler.id) return;
      const { transport } = to === listener.id ? listener : dialler;
      // The same again, the same from somebody else, altered, cut, and larger than may be.
      transport.handleSignal(from, signal);
      transport.handleSignal(stranger.id, signal);
      transport.handleSignal(from, signal.with(0, 0xff));
      transport.handleSignal(from, signal.subarray(0, 20));
      transport.handleSignal(from, new Uint8Array(20_000));
      transport.handleSignal(from, new Uint8Array());
    });
    const stage = new Stage({ ...openRig(), transport: dialler.transport });
    const end = stage.dial(webRtcAddress(listener.id));
    await until(() => end.told.length > 0 && heard.ends.length > 0);
    end.connection.send(Uint8Array.of(1));
    await until(() => heard.ends[0]?.receivedBytes === 1);
    assertEquals([end.told[0], heard.ends.length], ["opened", 1]);
    stage.clear();
  },

  "an offer that no browser understands comes to nothing": async () => {
    const board = new Switchboard();
    const [listener, stranger, heard] = [board.open(), board.open(), new Listener({})];
    listener.transport.listen(webRtcAddress(listener.id), heard);
    const sdp = "v=0\r\nm=application nonsense\r\n";
    const offer = encodeSignal({ type: "offer", session: "ab".repeat(16), sdp });
    assert(offer);
    listener.transport.handleSignal(stranger.id, offer);
    // It takes others all the same.
    const stage = new Stage({ ...openRig(), transport: stranger.transport });
    const end = stage.dial(webRtcAddress(listener.id));
    await until(() => end.told.length > 0 && heard.ends.length > 0);
    assertEquals([end.told, heard.ends.length], [["opened"], 1]);
    stage.clear();
  },
};

/** What the suite registers its tests with. */
const registry = {
  test: (name: string, story: () => Promise<void>) => {
    stories.set(name, story);
  },
};
Object.assign(globalThis, { Deno: registry });
// One browser reaches another from one address only, and holds a few hundred connections at most.
testTransport("WebRtc", openRig, ["two hundred connections at once do not mix"]);
for (const [sentence, story] of Object.entries(SIGNAL_STORIES)) {
  stories.set(`WebRtc: ${sentence}`, story);
}

/** What the test calls. */
const suite = {
  sentences: () => [...stories.keys()],
  tell: (sentence: string) => stories.get(sentence)?.(),
};
Object.assign(globalThis, { suite });
