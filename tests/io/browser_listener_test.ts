/** Whom the door for browsers bears, and what it tells of them. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { connect as connectTcp, type Socket } from "node:net";
import {
  type Address,
  formatAddress,
  parseAddress,
  splitAddress,
  webSocketAddress,
} from "../../src/base/address.ts";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { MAX_NODES, MAX_PAGES } from "../../src/io/browser_listener.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import type { NodeTransport } from "../../src/io/node_transport.ts";
import { SecureChannel } from "../../src/session/secure_channel.ts";
import { type End, type Listener, type Part, Stage } from "../transport/stage.ts";
import { get } from "../web/http.ts";
import { type DoorOptions, newNodeTransport, PAGE } from "./browser_door.ts";
import { newParty } from "./credentials.ts";
import { until } from "./until.ts";
import {
  clientFrame,
  OPCODE,
  type ServerFrame,
  ServerReader,
  upgradeRequest,
  WebSocketTransport,
} from "./web_socket_client.ts";

const alice = newParty();
const bob = newParty();
const nodeCrypto = new NodeCrypto();

/** Somebody who connected, and what it was answered. */
class Stranger {
  readonly socket: Socket;
  readonly frames: ServerFrame[] = [];
  readonly #reader = new ServerReader();

  constructor(at: Address) {
    this.socket = connectTcp(splitAddress(at));
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.frames.push(...this.#reader.push(new Uint8Array(bytes)));
    });
  }

  /** The first line of what was answered. */
  get status(): string | undefined {
    return this.#reader.head?.split("\r\n")[0];
  }

  get isGone(): boolean {
    return this.socket.closed;
  }

  /** The code and the reason that it was told at the end. */
  get farewell(): [code: number, reason: string] | undefined {
    const last = this.frames.findLast(({ opcode }) => opcode === OPCODE.close);
    if (last === undefined) return undefined;
    const { payload } = last;
    const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    return [code, new TextDecoder().decode(payload.subarray(2))];
  }

  say(...parts: readonly (string | Uint8Array)[]): this {
    for (const part of parts) this.socket.write(part);
    return this;
  }
}

/** Alice's door, to which strangers come. */
class Door implements AsyncDisposable {
  readonly transport: NodeTransport;
  readonly stage: Stage;
  readonly #strangers: Stranger[] = [];
  listener!: Listener;
  at!: Address;

  private constructor(options: DoorOptions, host: string) {
    this.transport = newNodeTransport(alice, options);
    this.stage = new Stage({
      transport: new WebSocketTransport(signerOf(bob.privateKey), nodeCrypto),
      listening: this.transport,
      freeAddress: () => webSocketAddress(formatAddress({ host, port: 0 })),
      until,
    });
  }

  static async open(options: DoorOptions = {}, part: Part = {}, host = "::1"): Promise<Door> {
    const door = new Door(options, host);
    Object.assign(door, await door.stage.listen(part));
    return door;
  }

  /** Where the page is. */
  get url(): string {
    return this.at.replace(/^ws/, "http");
  }

  /** Why callers were turned away, oldest first. */
  get reasons(): string[] {
    return this.listener.refusals.map(({ reason }) => reason);
  }

  /** Somebody connects, and says nothing yet. */
  async stranger(): Promise<Stranger> {
    const stranger = new Stranger(this.at);
    this.#strangers.push(stranger);
    await new Promise((resolve) => stranger.socket.once("connect", resolve));
    return stranger;
  }

  /** Somebody who has a WebSocket, and says nothing yet. */
  async upgraded(): Promise<Stranger> {
    const stranger = await this.stranger();
    stranger.say(upgradeRequest(this.at));
    await until(() => stranger.status !== undefined);
    assertEquals(stranger.status, "HTTP/1.1 101 Switching Protocols");
    return stranger;
  }

  /** A browser comes in, after all that came before it. */
  async honest(): Promise<End> {
    const count = this.listener.ends.length;
    const end = this.stage.dial(this.at);
    await until(() => this.listener.ends.length > count && end.told.length > 0);
    assertEquals([end.told, end.error], [["opened"], undefined]);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stage.clear();
    for (const { socket } of this.#strangers) socket.destroy();
    await until(() => this.#strangers.every(({ isGone }) => isGone));
    await this.transport.settled();
  }
}

/** A channel of Bob's, to say parts of a handshake with. */
function newChannel(): SecureChannel {
  return SecureChannel.dial({ signer: signerOf(bob.privateKey), crypto: nodeCrypto });
}

/** The only message that a channel has to send, as a frame. */
function spoken(channel: SecureChannel): Uint8Array {
  const messages = channel.takeMessages();
  assertEquals(messages.length, 1);
  return clientFrame(OPCODE.binary, concatBytes(messages));
}

/** Gets in by its own means, so that it can do afterwards what no node does. */
async function intruder(door: Door): Promise<{ stranger: Stranger; channel: SecureChannel }> {
  const stranger = await door.upgraded();
  const channel = newChannel();
  stranger.say(spoken(channel));
  await until(() => stranger.frames.length === 1);
  channel.receive(stranger.frames[0]?.payload ?? new Uint8Array(0));
  const count = door.listener.ends.length;
  stranger.say(spoken(channel));
  await until(() => door.listener.ends.length > count);
  return { stranger, channel };
}

Deno.test("BrowserListener: serves the page, every part with the headers that hold it to its origin", async () => {
  await using door = await Door.open();
  const types = { "/": "text/html", "/rooms.js": "text/javascript", "/rooms.css": "text/css" };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers, body } = await get(door.url, path);
    assertEquals([status, body], [200, PAGE[path === "/" ? "index.html" : path.slice(1)]]);
    assertEquals(headers.get("content-type"), `${type}; charset=utf-8`);
  }
  const answers = [
    await get(door.url),
    await get(door.url, "/config.json"),
    await get(door.url, "/nothing"),
    await get(door.url, "/", { host: "evil.example" }),
    await get(door.url, "/", {}, "POST"),
    await get(door.url, "/node", { upgrade: "websocket", connection: "upgrade" }),
  ];
  assertEquals(answers.map(({ status }) => status), [200, 200, 404, 403, 405, 426]);
  for (const { headers } of answers) {
    const policy = headers.get("content-security-policy")?.split("; ");
    assertEquals(policy?.slice(0, 4), [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' ws:",
    ]);
    assertEquals(headers.get("cache-control"), "no-store");
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("access-control-allow-origin"), undefined);
    assertEquals(headers.get("connection"), "close");
  }
});

Deno.test("BrowserListener: a page is told how to come in, this node as it was reached first", async () => {
  const others = [
    "ws://[::1]:8098",
    "ws://192.0.2.7:8097",
    ...Array.from({ length: 20 }, (_, at) => `ws://192.0.2.8:${9000 + at}`),
  ].map(parseAddress);
  await using door = await Door.open({ others: () => others, needsKey: true });
  const ask = async (door: Door, headers = {}) =>
    JSON.parse((await get(door.url, "/config.json", headers)).body);
  const { nodes, ...rest } = await ask(door);
  assertEquals(rest, {
    network: "test",
    ice_servers: ["stun:stun.example:3478"],
    needs_key: true,
  });
  assertEquals(nodes.slice(0, 3), [door.at, ...others.slice(0, 2)]);
  assertEquals(nodes.length, MAX_NODES);
  const through = await ask(door, { host: "localhost:9999" });
  assertEquals(through.nodes[0], "ws://localhost:9999");

  await using far = await Door.open({ others: () => [...others, others[1] as Address] }, {}, "::");
  const seen = await ask(far, { host: "192.0.2.7:8097" });
  assertEquals(seen.nodes.slice(0, 2), ["ws://192.0.2.7:8097", "ws://192.0.2.8:9000"]);
  assertEquals(new Set(seen.nodes).size, seen.nodes.length);
});

Deno.test("BrowserListener: odd paths and other pages get a sentence, and nothing else", async () => {
  await using door = await Door.open();
  const odd = ["/index.html", "/../deno.json", "//", "/%2e%2e/", "/__proto__", "/constructor", "*"];
  for (const path of odd) {
    const { status, body } = await get(door.url, path);
    assertEquals(status, 404, path);
    assertMatch(body, /^[A-Z][^\n]+\n$/);
  }
  for (
    const headers of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
      { host: "evil.example" },
    ]
  ) {
    const { status, body } = await get(door.url, "/config.json", headers);
    assertEquals(status, 403);
    assert(!body.includes("test"), body);
  }
  assertEquals(door.reasons, []);
});

/** What a caller asks for instead of what it should, and why it is turned away. */
const REQUESTS: readonly [what: string, headers: Record<string, string>, reason: RegExp][] = [
  [
    "of another page",
    { origin: "http://evil.example" },
    /^it is a page of http:\/\/evil\.example,/,
  ],
  ["of a page without a place", { origin: "null" }, /^it is a page of null,/],
  ["of a rebound name", { host: "evil.example" }, /^it asked for the host evil\.example,/],
  ["for another protocol", { upgrade: "h2c" }, /^it asked for another protocol/],
  ["of another version", { "sec-websocket-version": "8" }, /^it speaks version 8 of WebSocket/],
  ["without a key", { "sec-websocket-key": "" }, /^it sent no key/],
];

for (const [what, headers, reason] of REQUESTS) {
  Deno.test(`BrowserListener: a request ${what} is turned away, with the reason`, async () => {
    await using door = await Door.open();
    const stranger = await door.stranger();
    stranger.say(upgradeRequest(door.at, headers));
    await until(() => stranger.isGone && door.reasons.length === 1);
    assertMatch(stranger.status ?? "", /^HTTP\/1\.1 4\d\d Refused$/);
    assertMatch(door.reasons[0] ?? "", reason);
    await door.honest();
  });
}

Deno.test("BrowserListener: pages of other nodes that take browsers may come in", async () => {
  const other = parseAddress("ws://192.0.2.7:8097");
  await using door = await Door.open({ others: () => [other] });
  for (const origin of ["http://192.0.2.7:8097", door.url]) {
    const stranger = await door.stranger();
    stranger.say(upgradeRequest(door.at, { origin }, "GET / HTTP/1.1"));
    await until(() => stranger.status !== undefined);
    assertStringIncludes(stranger.status ?? "", " 101 ");
  }
});

/** What a caller says in its WebSocket instead of the handshake, what it is told and why it goes. */
const WORDS: readonly [what: string, said: Uint8Array[], code: number, reason: RegExp][] = [
  ["text", [clientFrame(OPCODE.text, encodeUtf8("hello"))], 1003, /^it sent text/],
  ["no mask", [clientFrame(OPCODE.binary, new Uint8Array(3), { isMasked: false })], 1002, /mask/],
  ["noise", [new Uint8Array(100).fill(0xff)], 1002, /^it set bits/],
  ["an empty message", [clientFrame(OPCODE.binary, new Uint8Array(0))], 1008, /^it sent 0 bytes/],
  ["a long hello", [clientFrame(OPCODE.binary, new Uint8Array(34))], 1008, /^it sent 34 bytes/],
  ["another version", [clientFrame(OPCODE.binary, new Uint8Array(33))], 1008, /version 0/],
  [
    "a huge message",
    [clientFrame(OPCODE.binary, new Uint8Array(0), { claimed: 2 ** 40 })],
    1009,
    /^it sent a message of more than 16384 bytes$/,
  ],
  [
    "a huge message in pieces",
    [
      clientFrame(OPCODE.binary, new Uint8Array(16_384), { isFinal: false }),
      clientFrame(OPCODE.continuation, new Uint8Array(1), { isFinal: false }),
    ],
    1009,
    /^it sent a message of more than 16384 bytes$/,
  ],
];

for (const [what, said, code, reason] of WORDS) {
  Deno.test(`BrowserListener: who says ${what} is turned away, and told why`, async () => {
    await using door = await Door.open();
    const stranger = await door.upgraded();
    stranger.say(...said);
    await until(() => door.reasons.length === 1 && stranger.farewell !== undefined);
    assertMatch(door.reasons[0] ?? "", reason);
    assertEquals(stranger.farewell, [code, door.reasons[0] ?? ""]);
    await until(() => stranger.isGone);
    assertEquals(door.listener.ends, []);
    await door.honest();
  });
}

Deno.test("BrowserListener: who does not prove its key is turned away", async () => {
  await using door = await Door.open();
  const stranger = await door.upgraded();
  const channel = newChannel();
  stranger.say(spoken(channel));
  await until(() => stranger.frames.length === 1);
  const proof = new Uint8Array(180);
  crypto.getRandomValues(proof);
  stranger.say(clientFrame(OPCODE.binary, proof));
  await until(() => door.reasons.length === 1);
  assertEquals(door.reasons, ["its proof of identity was altered"]);
});

Deno.test("BrowserListener: who says all at once, before it is answered, is heard", async () => {
  await using door = await Door.open();
  const stranger = await door.stranger();
  const channel = newChannel();
  stranger.say(concatBytes([upgradeRequest(door.at), spoken(channel)]));
  await until(() => stranger.frames.length === 1);
  channel.receive(stranger.frames[0]?.payload ?? new Uint8Array(0));
  const proof = spoken(channel);
  channel.send(Uint8Array.of(1, 2, 3));
  stranger.say(concatBytes([proof, spoken(channel)]));
  await until(() => door.listener.ends[0]?.receivedBytes === 3);
  assertEquals(door.listener.ends[0]?.bytes, Uint8Array.of(1, 2, 3));
  assertEquals(door.listener.ends[0]?.remote?.id, bob.id);
});

Deno.test("BrowserListener: a record that was altered ends the connection, with the reason", async () => {
  await using door = await Door.open();
  const { stranger } = await intruder(door);
  const [end] = door.listener.ends;
  stranger.say(clientFrame(OPCODE.binary, new Uint8Array(40)));
  await until(() => end?.isClosed === true && stranger.farewell !== undefined);
  assertEquals(end?.error, {
    code: "other",
    detail: "a record of it was altered, lost or repeated on the way",
  });
  assertEquals([stranger.farewell?.[0], door.reasons, end?.told], [1008, [], ["closed"]]);
});

Deno.test("BrowserListener: pings are answered, at most as fast as the answers are read", async () => {
  await using door = await Door.open();
  const { stranger } = await intruder(door);
  const asked = stranger.frames.length;
  stranger.say(clientFrame(OPCODE.ping, Uint8Array.of(4, 2)));
  await until(() => stranger.frames.length > asked);
  assertEquals(stranger.frames.at(-1), { opcode: OPCODE.pong, payload: Uint8Array.of(4, 2) });
  stranger.say(clientFrame(OPCODE.pong, new Uint8Array(0)));

  stranger.socket.pause();
  const many = concatBytes(
    Array.from({ length: 10_000 }, () => clientFrame(OPCODE.ping, new Uint8Array(125))),
  );
  for (let i = 0; i < 10; i++) {
    await new Promise<void>((resolve) => stranger.socket.write(many, () => resolve()));
  }
  const connection = door.listener.ends[0]?.connection;
  assert((connection?.queuedBytes ?? Infinity) < 1_000, `${connection?.queuedBytes} bytes wait`);
  await door.honest();
});

Deno.test("BrowserListener: a browser that says goodbye is heard and answered", async () => {
  await using door = await Door.open();
  const { stranger } = await intruder(door);
  stranger.say(clientFrame(OPCODE.close, Uint8Array.of(3, 233)));
  await until(() => stranger.isGone && door.listener.ends[0]?.isClosed === true);
  assertEquals(stranger.farewell, [1000, ""]);
  assertEquals(door.listener.ends[0]?.error, undefined);
});

Deno.test("BrowserListener: Deno's own WebSocket gets in and out as a browser does", async () => {
  await using door = await Door.open({}, {
    received: ({ connection }, bytes) => {
      connection.send(bytes);
      connection.close();
    },
  });
  const socket = new WebSocket(`${door.at}/node`);
  socket.binaryType = "arraybuffer";
  const channel = newChannel();
  const flush = () => {
    for (const message of channel.takeMessages()) socket.send(new Uint8Array(message));
  };
  const received: Uint8Array[] = [];
  socket.onopen = flush;
  socket.onmessage = ({ data }) => {
    channel.receive(new Uint8Array(data));
    for (const event of channel.takeEvents()) {
      if (event.type === "bytes") received.push(event.bytes);
      else channel.send(new Uint8Array(1_000).fill(7));
    }
    flush();
  };
  const closed = await new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  assertEquals([closed.wasClean, closed.code], [true, 1000]);
  assertEquals(concatBytes(received), new Uint8Array(1_000).fill(7));
});

Deno.test("BrowserListener: who hangs up before it is in was not turned away", async () => {
  await using door = await Door.open();
  for (const begin of [() => door.stranger(), () => door.upgraded()]) {
    for (const hangUp of [(it: Socket) => it.end(), (it: Socket) => it.resetAndDestroy()]) {
      const stranger = await begin();
      hangUp(stranger.socket);
      await until(() => stranger.isGone);
    }
  }
  await door.honest();
  assertEquals([door.reasons, door.listener.ends.length], [[], 1]);
});

Deno.test("BrowserListener: silence at whichever stage is ended in time, told by its address", async () => {
  await using door = await Door.open({ limits: { handshakeTimeoutMs: 100 } });
  const silences: (() => Promise<Stranger>)[] = [
    () => door.stranger(),
    async () => (await door.stranger()).say("GET / HTTP/1.1\r\nhost: "),
    () => door.upgraded(),
    async () =>
      (await door.upgraded()).say(clientFrame(OPCODE.binary, new Uint8Array(0), {
        claimed: 33,
      })),
    async () => (await door.upgraded()).say(spoken(newChannel())),
  ];
  for (const [at, begin] of silences.entries()) {
    const start = performance.now();
    const stranger = await begin();
    const { localAddress = "", localPort = 0 } = stranger.socket;
    await until(() => stranger.isGone && door.reasons.length === at + 1);
    assertGreater(performance.now() - start, 99);
    assertEquals(door.listener.refusals.at(-1), {
      from: formatAddress({ host: localAddress, port: localPort }),
      reason: "its handshake was not over within 0.1 s",
    });
  }
});

Deno.test("BrowserListener: who trickles does not stay for longer", async () => {
  await using door = await Door.open({ limits: { handshakeTimeoutMs: 200 } });
  const stranger = await door.stranger();
  stranger.say("GET / HTTP/1.1\r\n");
  let count = 0;
  await until(() => {
    if (!stranger.isGone) stranger.say(`x-${count++}: y\r\n`);
    return stranger.isGone;
  });
  assertMatch(door.reasons[0] ?? "", /not over within 0\.2 s/);
});

Deno.test("BrowserListener: of hundreds of silent strangers the oldest go first, and browsers come in", async () => {
  await using door = await Door.open({ limits: { maxHandshakes: 4 } });
  const strangers: Stranger[] = [];
  for (let i = 0; i < 300; i++) {
    strangers.push(await (i % 2 === 0 ? door.stranger() : door.upgraded()));
  }
  await until(() => door.reasons.length === 296);
  await door.honest();
  assertEquals((await get(door.url)).status, 200);
  await until(() => strangers.slice(0, 297).every(({ isGone }) => isGone));
  assert(door.reasons.every((reason) => reason.includes("gave way to newer ones")));
});

Deno.test("BrowserListener: one address holds no more than its share, in or not", async () => {
  await using door = await Door.open({ limits: { maxPerHost: 3 } });
  const honest = await door.honest();
  await door.stranger();
  await door.upgraded();
  const late = await door.stranger();
  await until(() => late.isGone && door.reasons.length === 1);
  assertMatch(door.reasons[0] ?? "", /^its address holds 3 connections already/);
  honest.connection.close();
  await until(() => door.listener.ends[0]?.isClosed === true);
  await door.honest();
});

Deno.test("BrowserListener: so many browsers and no more, and a place that is freed can be taken", async () => {
  await using door = await Door.open({ maxConnections: 2 });
  const first = await door.honest();
  await door.honest();
  const late = door.stage.dial(door.at);
  await until(() => door.reasons.length === 1 && late.isClosed);
  assertEquals(door.reasons, ["2 browsers are connected already, the most allowed"]);
  assertEquals(door.listener.ends.length, 2);
  first.connection.close();
  await until(() => door.listener.ends[0]?.isClosed === true);
  await door.honest();
});

Deno.test("BrowserListener: who reads the page slowly takes no place of those who come in", async () => {
  const size = 16 * 2 ** 20;
  await using door = await Door.open({
    loadPage: () => Promise.resolve({ "index.html": "x".repeat(size) }),
    limits: { maxHandshakes: 2, handshakeTimeoutMs: 100 },
  });
  const { host, hostname, port } = new URL(door.url);
  const readers: { socket: Socket; bytes: number }[] = [];
  const read = async () => {
    const socket = connectTcp(Number(port), hostname.slice(1, -1));
    const reader = { socket, bytes: 0 };
    readers.push(reader);
    socket.on("error", () => {}).on("data", ({ length }) => reader.bytes += length);
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await until(() => reader.bytes > 0);
    socket.pause();
  };
  // The oldest is there for longer than a handshake may take, and until there are too many.
  await read();
  const silent = await door.stranger();
  await until(() => silent.isGone);
  for (let i = 0; i < MAX_PAGES; i++) await read();
  await door.honest();
  const [first, ...others] = readers;
  const last = others.pop();
  for (const { socket } of others) socket.destroy();
  for (const each of [first, last]) each?.socket.resume();
  await until(() => readers.every(({ socket }) => socket.closed));
  assertEquals([(first?.bytes ?? size) < size, (last?.bytes ?? 0) > size], [true, true]);
  assertEquals(door.reasons.length, 1);
});

Deno.test("BrowserListener: who asks again on one connection is sent away, whatever it asks for", async () => {
  const size = 16 * 2 ** 20;
  const page = { "index.html": "x".repeat(size) };
  await using door = await Door.open({ loadPage: () => Promise.resolve(page) });
  const request = `GET / HTTP/1.1\r\nhost: ${new URL(door.url).host}\r\n\r\n`;
  for (const again of [request, upgradeRequest(door.at)]) {
    const { socket } = await door.stranger();
    let bytes = 0;
    socket.removeAllListeners("data").on("data", ({ length }) => bytes += length);
    socket.write(request);
    await until(() => bytes > 0);
    socket.pause();
    socket.write(again);
    // By then it was heard. What was on its way is read, and then it is seen to be over.
    await door.honest();
    socket.resume();
    await until(() => socket.closed);
    assert(bytes < size, `${bytes} bytes of the page`);
  }
  assertEquals([door.listener.ends.length, door.reasons], [2, []]);
});

Deno.test("BrowserListener: what is no request ends its connection alone", async () => {
  await using door = await Door.open();
  const host = new URL(door.url).host;
  const honest = await door.honest();
  const broken = [
    "\0\0\0\0\r\n\r\n",
    "\x16\x03\x01\x00\x05hello",
    "CONNECT evil.example:80 HTTP/1.1\r\nhost: evil.example:80\r\n\r\n",
    `GET / HTTP/1.1\r\nhost: ${host}\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
  ];
  for (const said of broken) {
    const stranger = await door.stranger();
    stranger.say(said);
    await until(() => stranger.isGone);
    assert(stranger.status?.includes(" 200 ") !== true, said.slice(0, 30));
  }
  honest.connection.send(Uint8Array.of(1));
  await until(() => door.listener.ends[0]?.receivedBytes === 1);
});

Deno.test("BrowserListener: who stops listening ends all but those who are in, and says nothing", async () => {
  await using door = await Door.open();
  const strangers = [await door.stranger(), await door.upgraded(), await door.stranger()];
  strangers[2]?.say(upgradeRequest(door.at, { origin: "null" }));
  await until(() => door.reasons.length === 1);
  const honest = await door.honest();
  door.listener.stop();
  await until(() => strangers.every(({ isGone }) => isGone));
  assertEquals([door.reasons.length, honest.told], [1, ["opened"]]);
  honest.connection.send(Uint8Array.of(1));
  await until(() => door.listener.ends[0]?.receivedBytes === 1);
});
