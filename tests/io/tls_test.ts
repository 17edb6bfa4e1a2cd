import { assertEquals, assertStringIncludes } from "@std/assert";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import type { ConnectionError } from "../../src/base/ports.ts";
import { TlsTransport } from "../../src/io/tls.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { testTransport } from "../transport/compliance.ts";
import { type End, Stage } from "../transport/stage.ts";
import { newParty, NODE_KEYS } from "./credentials.ts";
import { until } from "./until.ts";

const ANY_PORT = formatAddress({ host: "::1", port: 0 });
const LIMITS = { maxHandshakes: 200, handshakeTimeoutMs: 20_000, maxPerHost: 1000 };

const alice = newParty();
const bob = newParty();

/** Alice dials, and Bob listens. */
function openTls() {
  return {
    transport: new TlsTransport(alice, LIMITS),
    listening: new TlsTransport(bob, LIMITS),
    ids: { dialler: alice.id, listener: bob.id },
    freeAddress: () => ANY_PORT,
    until,
  };
}

/** Tells a story with a far end that is no part of ours, and what it does with a new socket. */
async function withBareServer(
  story: (stage: Stage, at: Address, accepted: Socket[]) => Promise<void>,
  greet: (raw: Socket) => Socket = shakeHands,
): Promise<void> {
  const accepted: Socket[] = [];
  const raws = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (raw) => {
    raws.add(raw);
    accepted.push(greet(raw));
  });
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  const stage = new Stage(openTls());
  try {
    const { address: host, port } = server.address() as AddressInfo;
    await story(stage, formatAddress({ host, port }), accepted);
  } finally {
    stage.clear();
    for (const raw of raws) raw.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function shakeHands(raw: Socket): TLSSocket {
  const { key, cert } = bob;
  return new TLSSocket(raw, { ...TLS_OPTIONS, key, cert, isServer: true });
}

testTransport("TlsTransport", openTls);

Deno.test("TlsTransport: nodes with keys of every kind reach one another, each as who it is", async () => {
  const parties = Object.values(NODE_KEYS).map((newKey) => newParty(newKey()));
  for (const dialler of parties) {
    for (const listener of parties) {
      const stage = new Stage({
        transport: new TlsTransport(dialler, LIMITS),
        listening: new TlsTransport(listener, LIMITS),
        freeAddress: () => ANY_PORT,
        until,
      });
      const { dialler: near, accepter: far } = await stage.pair();
      assertEquals([near.remote?.id, far.remote?.id], [listener.id, dialler.id]);
      assertEquals(near.remote?.binding, far.remote?.binding);
      stage.clear();
    }
  }
});

Deno.test("TlsTransport: a name is dialled at whichever of its addresses answers", async () => {
  const stage = new Stage(openTls());
  const listener = stage.startListening(formatAddress({ host: "localhost", port: 0 }));
  await until(() => listener.isTold);
  const { host, port } = splitAddress(listener.at as Address);
  const dialler = stage.dial(formatAddress({ host: "localhost", port }));
  await until(() => dialler.told.length > 0);
  assertEquals(dialler.told, ["opened"], dialler.error?.detail);
  assertEquals(dialler.remote?.address, formatAddress({ host, port }));
  stage.clear();
});

Deno.test("TlsTransport: on every interface, a caller over IPv4 is seen as such", async () => {
  const stage = new Stage(openTls());
  const listener = stage.startListening(formatAddress({ host: "::", port: 0 }));
  await until(() => listener.isTold);
  const { port } = splitAddress(listener.at as Address);
  stage.dial(formatAddress({ host: "127.0.0.1", port }));
  await until(() => listener.ends.length === 1);
  assertEquals(splitAddress(listener.ends[0]?.remote?.address as Address).host, "127.0.0.1");
  stage.clear();
});

Deno.test("TlsTransport: a connection that the far end resets is closed", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    accepted[0]?.resetAndDestroy();
    await until(() => dialler.isClosed);
    assertEquals(dialler.told, ["opened", "closed"]);
  }, (raw) => {
    shakeHands(raw);
    return raw;
  });
});

Deno.test("TlsTransport: a far end that does not end is left after a while", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    const [farEnd] = accepted as [Socket];
    let isLeft = false;
    farEnd.on("error", () => isLeft = true);
    farEnd.on("close", () => isLeft = true);
    dialler.connection.close();
    await until(() => {
      if (!isLeft) farEnd.write("still here");
      return isLeft;
    });
    assertEquals(dialler.told, ["opened"]);
  });
});

Deno.test("TlsTransport: a far end that does not read is left after a while", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    for (let i = 0; i < 64; i++) dialler.connection.send(new Uint8Array(2 ** 20));
    dialler.connection.close();
    await until(() => dialler.connection.queuedBytes === 0);
    assertEquals(dialler.told, ["opened"]);
  });
});

/** What a far end does instead of what it should, and what the dialler is told of it. */
const BAD_LISTENERS: readonly [what: string, greet: (raw: Socket) => Socket, error: RegExp][] = [
  ["without TLS", (raw) => raw.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /^it does not speak TLS /],
  [
    "with TLS 1.2",
    (raw) => serve(raw, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }),
    /TLS 1\.3/,
  ],
  ["of another protocol", (raw) => serve(raw, { ALPNProtocols: ["h2"] }), /not speak area-net\/1/],
  ["of no protocol", (raw) => serve(raw, { ALPNProtocols: [] }), /not speak area-net\/1/],
];

function serve(raw: Socket, options: Record<string, unknown>): Socket {
  const { key, cert } = bob;
  const socket = new TLSSocket(raw, { ...TLS_OPTIONS, key, cert, ...options, isServer: true });
  socket.on("error", () => raw.destroy());
  return raw;
}

for (const [what, greet, words] of BAD_LISTENERS) {
  Deno.test(`TlsTransport: a far end ${what} is told in words`, () =>
    withBareServer(async (stage, at) => {
      const dialler = stage.dial(at);
      await until(() => dialler.isClosed);
      assertEquals(dialler.told, ["closed"]);
      assertEquals(dialler.error?.code, "tls", dialler.error?.detail);
      assertEquals(words.test(dialler.error?.detail ?? ""), true, dialler.error?.detail);
    }, greet));
}

Deno.test("TlsTransport: a far end that hangs up during the handshake broke the connection", async () => {
  await withBareServer(async (stage, at) => {
    const dialler = stage.dial(at);
    await until(() => dialler.isClosed);
    assertEquals([dialler.told, dialler.error?.code], [["closed"], "reset"]);
  }, (raw) => raw.end());
});

Deno.test("TlsTransport: a dial is given up at once while the far end is silent", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => accepted.length === 1);
    let isGone = false;
    accepted[0]?.on("close", () => isGone = true).on("error", () => {}).resume();
    accepted[0]?.on("end", () => isGone = true);
    const begin = performance.now();
    dialler.connection.close();
    await until(() => isGone);
    assertEquals([dialler.told, performance.now() - begin < 900], [[], true]);
  }, (raw) => raw);
});

Deno.test("TlsTransport: what a handler throws is not swallowed, and others go on", async () => {
  const stage = new Stage(openTls());
  const uncaught: string[] = [];
  const note = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.push(event.message);
  };
  globalThis.addEventListener("error", note);
  try {
    const { dialler } = await stage.pair({
      accepter: {
        received() {
          throw new Error("a bug of ours");
        },
      },
    });
    dialler.connection.send(Uint8Array.of(1));
    await until(() => uncaught.length > 0);
    await stage.roundTrip();
  } finally {
    globalThis.removeEventListener("error", note);
    stage.clear();
  }
  assertEquals(uncaught, ["Uncaught Error: a bug of ours"]);
});

Deno.test({
  name: "TlsTransport: without the permission, dialling and listening say how to get it",
  permissions: { net: false },
  async fn() {
    const stage = new Stage(openTls());
    const dialler: End = stage.dial(formatAddress({ host: "::1", port: 9 }));
    const stopped = stage.startListening();
    stopped.stop();
    const listener = stage.startListening();
    assertEquals(listener.error, undefined);
    await until(() => dialler.isClosed && listener.isTold);
    for (const error of [dialler.error, listener.error] as ConnectionError[]) {
      assertEquals(error.code, "not-permitted");
      assertStringIncludes(error.detail, "[::1]");
      assertStringIncludes(error.detail, "--allow-net");
    }
    assertEquals(stopped.isTold, false);
  },
});
