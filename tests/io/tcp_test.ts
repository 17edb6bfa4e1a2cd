import { assertEquals, assertStringIncludes } from "@std/assert";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Address, formatAddress, splitAddress } from "../../src/base/address.ts";
import type { ConnectionError } from "../../src/base/ports.ts";
import { TcpTransport } from "../../src/io/tcp.ts";
import { testTransport } from "../transport/compliance.ts";
import { Stage } from "../transport/stage.ts";
import { until } from "./until.ts";

const ANY_PORT = formatAddress({ host: "::1", port: 0 });

function openTcp() {
  return { transport: new TcpTransport(), freeAddress: () => ANY_PORT, until };
}

/** Tells a story with a far end that is no part of ours: a bare socket, which does not end itself. */
async function withBareServer(
  story: (stage: Stage, at: Address, accepted: Socket[]) => Promise<void>,
): Promise<void> {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  const stage = new Stage(openTcp());
  try {
    const { address: host, port } = server.address() as AddressInfo;
    await story(stage, formatAddress({ host, port }), accepted);
  } finally {
    stage.clear();
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

testTransport("TcpTransport", openTcp);

Deno.test("TcpTransport: a name is dialled at whichever of its addresses answers", async () => {
  const stage = new Stage(openTcp());
  const listener = stage.startListening(formatAddress({ host: "localhost", port: 0 }));
  await until(() => listener.isTold);
  const { host, port } = splitAddress(listener.at as Address);
  const dialler = stage.dial(formatAddress({ host: "localhost", port }));
  await until(() => dialler.told.length > 0);
  assertEquals(dialler.told, ["opened"]);
  assertEquals(dialler.remote?.address, formatAddress({ host, port }));
  stage.clear();
});

Deno.test("TcpTransport: on every interface, a caller over IPv4 is seen as such", async () => {
  const stage = new Stage(openTcp());
  const listener = stage.startListening(formatAddress({ host: "::", port: 0 }));
  await until(() => listener.isTold);
  const { port } = splitAddress(listener.at as Address);
  stage.dial(formatAddress({ host: "127.0.0.1", port }));
  await until(() => listener.ends.length === 1);
  assertEquals(splitAddress(listener.ends[0]?.remote?.address as Address).host, "127.0.0.1");
  stage.clear();
});

Deno.test("TcpTransport: a connection that the far end resets is closed with that error", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    accepted[0]?.resetAndDestroy();
    await until(() => dialler.isClosed);
    assertEquals(dialler.told, ["opened", "closed"]);
    assertEquals(dialler.error?.code, "reset");
  });
});

Deno.test("TcpTransport: a far end that does not end is left after a while", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    const [farEnd] = accepted as [Socket];
    let resets = 0;
    farEnd.on("error", () => resets++);
    dialler.connection.close();
    await until(() => {
      farEnd.write("still here");
      return resets > 0;
    });
    assertEquals(dialler.told, ["opened"]);
  });
});

Deno.test("TcpTransport: a far end that does not read is left after a while", async () => {
  await withBareServer(async (stage, at, accepted) => {
    const dialler = stage.dial(at);
    await until(() => dialler.told.length > 0 && accepted.length === 1);
    for (let i = 0; i < 64; i++) dialler.connection.send(new Uint8Array(2 ** 20));
    dialler.connection.close();
    await until(() => dialler.connection.queuedBytes === 0);
    assertEquals(dialler.told, ["opened"]);
  });
});

Deno.test("TcpTransport: what a handler throws is not swallowed, and others go on", async () => {
  const stage = new Stage(openTcp());
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
  name: "TcpTransport: without the permission, dialling and listening say how to get it",
  permissions: { net: false },
  async fn() {
    const stage = new Stage(openTcp());
    const dialler = stage.dial(formatAddress({ host: "::1", port: 9 }));
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
