/**
 * The WebSockets of a node in a browser, to the door that nodes on machines have for it. Deno has
 * WebSockets as browsers have, so this needs none.
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Address,
  formatAddress,
  parseAddress,
  webRtcAddress,
  webSocketAddress,
} from "../../src/base/address.ts";
import { BrowserCrypto } from "../../src/web/node/crypto.ts";
import { BrowserTransport } from "../../src/web/node/transport.ts";
import { newNodeTransport } from "../io/browser_door.ts";
import { newParty } from "../io/credentials.ts";
import { until } from "../io/until.ts";
import { testTransport } from "../transport/compliance.ts";
import { Stage } from "../transport/stage.ts";

const crypto = new BrowserCrypto();
const signer = crypto.signerFrom(new Uint8Array(32).fill(6));
const bob = newParty();
const ANY_DOOR = webSocketAddress(formatAddress({ host: "::1", port: 0 }));

function newRig() {
  const listening = newNodeTransport(bob);
  return {
    transport: new BrowserTransport({ signer, crypto, iceServers: [] }),
    listening,
    ended: () => listening.settled(),
    ids: { dialler: signer.id, listener: bob.id },
    freeAddress: () => ANY_DOOR,
    until,
  };
}

testTransport("BrowserTransport", () => ({ ...newRig(), refusedAs: "other" }));

Deno.test("BrowserTransport: where there is no WebSocket it says so, and that it knows no more", async () => {
  const stage = new Stage(newRig());
  const end = stage.dial(await stage.deadAddress());
  await until(() => end.isClosed);
  assertEquals([end.told, end.error?.code], [["closed"], "other"]);
  assert(end.error?.detail.includes("browsers do not tell"));
  stage.clear();
});

Deno.test("BrowserTransport: reaches doors and other browsers, and says what it does not reach", async () => {
  const { transport } = newRig();
  const plain = parseAddress("[::1]:8083");
  const other = webRtcAddress("a".repeat(52));
  const reached = ([plain, other, ANY_DOOR] as Address[]).filter((at) => transport.reaches(at));
  assertEquals(reached, [other, ANY_DOOR]);
  const stage = new Stage(newRig());
  const [end, lonely, self, givenUp] = [
    stage.dial(plain),
    stage.dial(other),
    stage.dial(webRtcAddress(signer.id)),
    stage.dial(other),
  ];
  givenUp.connection.close();
  await until(() => end.isClosed && lonely.isClosed && self.isClosed);
  assert(end.error?.detail.includes("ws://host:port"));
  // Nobody has given it the means to signal.
  assertEquals([lonely.error?.code, self.error?.code], ["unreachable", "unreachable"]);
  assertEquals(givenUp.told, []);
});

/** Two messages that a far end may send in place of its part of the handshake. */
const NO_HANDSHAKES: Record<string, string | Uint8Array<ArrayBuffer>> = {
  "a text": "hello",
  "noise": new Uint8Array(200).fill(7),
  "nothing": new Uint8Array(),
  "too much": new Uint8Array(100_000),
};

for (const [name, message] of Object.entries(NO_HANDSHAKES)) {
  Deno.test(`BrowserTransport: a far end that sends ${name} for a handshake is left`, async () => {
    const gone = Promise.withResolvers<void>();
    await using server = Deno.serve({ hostname: "::1", port: 0, onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => socket.send(message);
      socket.onclose = () => gone.resolve();
      return response;
    });
    const { port } = server.addr as Deno.NetAddr;
    const stage = new Stage(newRig());
    const end = stage.dial(webSocketAddress(formatAddress({ host: "::1", port })));
    await until(() => end.isClosed);
    assertEquals([end.told, end.error?.code], [["closed"], "tls"]);
    await gone.promise;
  });
}

Deno.test("BrowserTransport: a far end that hangs up during the handshake is told of", async () => {
  await using server = Deno.serve({ hostname: "::1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => socket.close();
    return response;
  });
  const { port } = server.addr as Deno.NetAddr;
  const stage = new Stage(newRig());
  const end = stage.dial(webSocketAddress(formatAddress({ host: "::1", port })));
  await until(() => end.isClosed);
  assertEquals([end.told, end.error?.code], [["closed"], "reset"]);
});
