import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatAddress, parseAddress, webSocketAddress } from "../../src/base/address.ts";
import type { ConnectionError } from "../../src/base/ports.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import { testTransport } from "../transport/compliance.ts";
import { Stage } from "../transport/stage.ts";
import { newNodeTransport } from "./browser_door.ts";
import { newParty } from "./credentials.ts";
import { until } from "./until.ts";
import { WebSocketTransport } from "./web_socket_client.ts";

const ANY_PORT = formatAddress({ host: "::1", port: 0 });
const ANY_DOOR = webSocketAddress(ANY_PORT);
const ELSEWHERE = [
  parseAddress("ws://[::1]:8083"),
  parseAddress(`webrtc://${"a".repeat(52)}`),
] as const;

const alice = newParty();
const bob = newParty();

/** Alice is in a browser, and Bob takes those. */
testTransport("NodeTransport, which browsers dial", () => ({
  transport: new WebSocketTransport(signerOf(alice.privateKey), new NodeCrypto()),
  listening: newNodeTransport(bob),
  ids: { dialler: alice.id, listener: bob.id },
  freeAddress: () => ANY_DOOR,
  until,
}));

/** Both are nodes on machines. */
function newStage(): Stage {
  return new Stage({
    transport: newNodeTransport(alice),
    listening: newNodeTransport(bob),
    freeAddress: () => ANY_PORT,
    until,
  });
}

Deno.test("NodeTransport: nodes on machines reach one another over TLS", async () => {
  const stage = newStage();
  const { dialler, accepter } = await stage.pair();
  assertEquals([dialler.remote?.id, accepter.remote?.id], [bob.id, alice.id]);
  stage.clear();
});

Deno.test("NodeTransport: reaches what is dialled over TLS, and nothing else", () => {
  const transport = newNodeTransport(alice);
  assertEquals(transport.reaches(parseAddress("[::1]:8083")), true);
  assertEquals(transport.reaches(parseAddress("host.example:8083")), true);
  for (const address of ELSEWHERE) assertEquals(transport.reaches(address), false);
});

Deno.test("NodeTransport: what only browsers dial is said to be so, later and once", async () => {
  const stage = newStage();
  for (const address of ELSEWHERE) {
    const [end, givenUp] = [stage.dial(address), stage.dial(address)];
    givenUp.connection.close();
    end.connection.send(new Uint8Array(10));
    assertEquals([end.told, end.connection.queuedBytes], [[], 0]);
    await until(() => end.isClosed);
    assertEquals([end.told, givenUp.told], [["closed"], []]);
    assertEquals(end.error?.code, "other");
    assertStringIncludes(end.error?.detail ?? "", `dials host:port alone; ${address} is for`);
  }
});

Deno.test("NodeTransport: nobody listens where only browsers are", async () => {
  const stage = newStage();
  const [listener, stopped] = ELSEWHERE.slice(1).flatMap((at) => [
    stage.startListening(at),
    stage.startListening(at),
  ]);
  stopped?.stop();
  assertEquals(listener?.isTold, false);
  await until(() => listener?.isTold === true);
  assertMatch(listener?.error?.detail ?? "", /^only browsers listen at webrtc:/);
  assertEquals(stopped?.isTold, false);
});

Deno.test("NodeTransport: the door is told with the real port, and whom it lets in with plain ones", async () => {
  const stage = new Stage({
    transport: new WebSocketTransport(signerOf(alice.privateKey), new NodeCrypto()),
    listening: newNodeTransport(bob),
    freeAddress: () => webSocketAddress(formatAddress({ host: "127.0.0.1", port: 0 })),
    until,
  });
  const { dialler, accepter } = await stage.pair();
  assertMatch(dialler.remote?.address ?? "", /^ws:\/\/127\.0\.0\.1:[1-9]\d*$/);
  assertMatch(accepter.remote?.address ?? "", /^127\.0\.0\.1:[1-9]\d*$/);
  stage.clear();
});

Deno.test("NodeTransport: has settled once connections of both kinds have ended", async () => {
  const listening = newNodeTransport(bob);
  const rig = { listening, until };
  const plain = new Stage({
    ...rig,
    transport: newNodeTransport(alice),
    freeAddress: () => ANY_PORT,
  });
  const browser = new Stage({
    ...rig,
    transport: new WebSocketTransport(signerOf(alice.privateKey), new NodeCrypto()),
    freeAddress: () => ANY_DOOR,
  });
  await listening.settled();
  await plain.pair();
  const { accepter } = await browser.pair();
  let isSettled = false;
  const settled = listening.settled().then(() => isSettled = true);
  plain.clear();
  await plain.roundTrip();
  assertEquals(isSettled, false, "the browser is still there");
  plain.clear();
  accepter.connection.send(new Uint8Array(100_000));
  browser.clear();
  await settled;
});

Deno.test("NodeTransport: that the page cannot be loaded is told as a failure to listen", async () => {
  const stage = new Stage({
    transport: newNodeTransport(bob, { loadPage: () => Promise.reject(new Error("no page")) }),
    freeAddress: () => ANY_DOOR,
    until,
  });
  const stopped = stage.startListening();
  stopped.stop();
  const listener = stage.startListening();
  await until(() => listener.isTold);
  assertEquals(listener.error, { code: "other", detail: "no page" });
  assertEquals(stopped.isTold, false);
});

Deno.test({
  name: "NodeTransport: without the permission, the door says how to get it",
  permissions: { net: false },
  async fn() {
    const stage = newStage();
    const stopped = stage.startListening(ANY_DOOR);
    stopped.stop();
    const listener = stage.startListening(ANY_DOOR);
    assertEquals(listener.error, undefined);
    await until(() => listener.isTold);
    const error = listener.error as ConnectionError;
    assertEquals(error.code, "not-permitted");
    assertStringIncludes(error.detail, "[::1]");
    assertStringIncludes(error.detail, "--allow-net");
    assertEquals(stopped.isTold, false);
  },
});
