/** Nodes with a door for browsers, and whole nodes that come in through it. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { createServer } from "node:net";
import { type AreaNode, openNode } from "../../mod.ts";
import { type Address, parseAddress, webRtcAddress } from "../../src/base/address.ts";
import { configSchema } from "../../src/config/schema.ts";
import { ControlError } from "../../src/control/client.ts";
import { Node } from "../../src/controller/node.ts";
import type { InboxMessage } from "../../src/controller/node_api.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { SystemClock } from "../../src/io/clock.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import { exchange, get } from "../web/http.ts";
import { newParty } from "./credentials.ts";
import { until } from "./until.ts";
import { WebSocketTransport } from "./web_socket_client.ts";

const BROWSERS = "network.controller.browsers";

/** A node with nothing of a machine but a WebSocket, as in a browser. */
class BrowserNode implements AsyncDisposable {
  readonly node: Node;
  readonly id: string;
  readonly messages: InboxMessage[] = [];
  readonly #stopped = Promise.withResolvers<void>();

  constructor(target: Address) {
    const crypto = new NodeCrypto();
    const signer = signerOf(newParty().privateKey);
    this.id = signer.id;
    this.node = new Node({
      config: configSchema.parse({ label: "browser", network: { controller: {} } }),
      targets: [target],
      knownPeers: [],
      listen: webRtcAddress(signer.id),
      signer,
      crypto,
      successions: [],
      rooms: [],
      program: "area-net",
      seed: 1,
      transport: new WebSocketTransport(signer, crypto),
      clock: new SystemClock(),
      tell() {},
      print: (message) => this.messages.push(message),
      report() {},
      remember() {},
      keepRooms() {},
      stopped: () => this.#stopped.resolve(),
    });
    this.node.start();
  }

  /** Whether it sees that node on its map. */
  sees(id: string): boolean {
    return this.node.snapshot().nodes.some((each) => each.id === id && each.state === "alive");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.node.leave();
    await this.#stopped.promise;
  }
}

/** What a node tells on its page. */
async function configOf(url: string) {
  return JSON.parse((await get(url, "/config.json")).body);
}

/** Whether a node has another one on its map. */
async function shows({ control }: AreaNode, id: string): Promise<boolean> {
  const { nodes } = await control.call("map", {});
  return nodes.some((each) => each.id === id && each.state === "alive");
}

/** Asks again and again until the answer is yes. */
async function eventually(ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!await ask()) {
    assert(performance.now() < deadline, `Waited in vain for ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A port that somebody has. */
async function takenPort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    free: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

Deno.test("openNode: browsers find the page once it is asked for, always at the same address, to its end", async () => {
  const node = await openNode({ settings: { label: "bob" } });
  const [first, second] = await Promise.all([
    node.control.call("room_page", {}),
    node.control.call("room_page", {}),
  ]);
  assertMatch(first.url, /^http:\/\/\[::1\]:\d+\/$/);
  assertEquals(second, first);
  assertEquals(await node.control.call("room_page", {}), first);
  const { status, body } = await get(first.url);
  assertEquals([status, body.startsWith("<!doctype html>")], [200, true]);
  assertEquals(await configOf(first.url), {
    network: "area-net",
    nodes: [first.url.replace(/^http(.*)\/$/, "ws$1")],
    ice_servers: [],
    needs_key: false,
  });
  await node.close();
  assertEquals((await exchange(first.url, "")).status, 0);
});

Deno.test("openNode: with a port for them, browsers find the page from the start", async () => {
  const { port, free } = await takenPort();
  await free();
  const notices: Notice[] = [];
  await using node = await openNode({
    settings: {
      "network.key": "a long and random secret",
      [`${BROWSERS}.port`]: port,
      [`${BROWSERS}.ice_servers`]: ["stun:stun.example:3478"],
    },
    tell: (notice) => notices.push(notice),
  });
  assertEquals(notices.filter(({ type }) => type === "browsers-open"), [
    { type: "browsers-open", address: parseAddress(`[::1]:${port}`) },
  ]);
  const { url } = await node.control.call("room_page", {});
  assertEquals(url, `http://[::1]:${port}/`);
  const { needs_key, ice_servers } = await configOf(url);
  assertEquals([needs_key, ice_servers], [true, ["stun:stun.example:3478"]]);
});

Deno.test("openNode: a port for browsers that is taken is told, and no reason to stop", async () => {
  const { port, free } = await takenPort();
  const notices: Notice[] = [];
  await using node = await openNode({
    settings: { [`${BROWSERS}.port`]: port },
    tell: (notice) => notices.push(notice),
  });
  assertEquals(notices.filter(({ type }) => type === "browsers-failed").length, 1);
  const error = await assertRejects(() => node.control.call("room_page", {}), ControlError);
  assertStringIncludes(error.message, `Could not take browsers at [::1]:${port}`);
  assertStringIncludes(error.message, `-s ${BROWSERS}.port=PORT`);
  await free();
  const { url } = await node.control.call("room_page", {});
  assertEquals((await get(url)).status, 200);
});

Deno.test("openNode: on every interface the address is one that a browser goes to", async () => {
  await using node = await openNode({ settings: { [`${BROWSERS}.addr`]: "0.0.0.0" } });
  const { url } = await node.control.call("room_page", {});
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assertEquals((await get(url)).status, 200);
});

Deno.test("openNode: a node in a browser is on the map of all, and talks with those far from it", async () => {
  await using bob = await openNode({ settings: { label: "bob" } });
  await using alice = await openNode({ settings: { label: "alice" }, targets: [bob.address] });
  const { url } = await bob.control.call("room_page", {});
  const { nodes: [first] } = await configOf(url);
  await using browser = new BrowserNode(parseAddress(first));
  await until(() => browser.sees(alice.id));
  await eventually(() => shows(alice, browser.id));

  assertEquals((await alice.send(browser.id, "hello, browser")).type, "delivered");
  assertEquals(browser.messages.map(({ content }) => content), ["hello, browser"]);
  const received: InboxMessage[] = [];
  alice.listen((message) => received.push(message));
  const large = new Uint8Array(1_000_000).fill(7);
  const outcome = await new Promise((resolve) => {
    const letter = { to: alice.id, content: large, timeoutMs: 20_000 };
    browser.node.send(letter, ({ type }) => resolve(type));
  });
  assertEquals(outcome, "delivered");
  assertEquals(received.map(({ from, content }) => [from, content]), [[browser.id, large]]);
  // Nobody dials what only browsers dial, and a browser is dialled by none.
  const { links } = await bob.control.call("map", {});
  assertEquals(links.filter(({ to }) => to === browser.id), []);
});

Deno.test("openNode: browsers are told of the other nodes that take them, and may come from their pages", async () => {
  await using bob = await openNode({ settings: { label: "bob" } });
  const settings = { label: "alice", "network.controller.incoming.handshake_timeout": 1 };
  await using alice = await openNode({ settings, targets: [bob.address] });
  const pages = await Promise.all(
    [bob, alice].map(({ control }) => control.call("room_page", {})),
  );
  const [atBob = "", atAlice = ""] = pages.map(({ url }) => url);
  const sockets = [atBob, atAlice].map((url) => url.replace(/^http(.*)\/$/, "ws$1"));
  await eventually(async () => (await configOf(atAlice)).nodes.length === 2);
  assertEquals((await configOf(atAlice)).nodes, sockets.toReversed());
  const upgrade = {
    upgrade: "websocket",
    connection: "upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const foreign = { ...upgrade, origin: "http://[::1]:9" };
  assertEquals((await get(atAlice, "/node", foreign)).status, 403);
  // The answer that is awaited ends with the handshake, which nobody goes on with.
  const origin = atBob.replace(/\/$/, "");
  assertEquals((await get(atAlice, "/node", { ...upgrade, origin })).status, 101);
});
