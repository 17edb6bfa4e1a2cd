import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { parseAddress, splitAddress } from "../../src/base/address.ts";
import { ListenError } from "../../src/io/listen_error.ts";
import { openRendezvous } from "../../src/io/rendezvous.ts";
import { RendezvousRig, TcpClient } from "./rendezvous_rig.ts";
import { until } from "./until.ts";

function connect(head: string, tail: string): string {
  return `{"msg":"CONNECT","head":"${head}","tail":"${tail}"}`;
}

Deno.test("Rendezvous: a line grows over real connections, in IPv4 and in IPv6", async () => {
  for (const [host, shown] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"]] as const) {
    await using rig = await RendezvousRig.open(host);
    const [first, second, third] = [
      await rig.client(rig.servers.chain),
      await rig.client(rig.servers.chain),
      await rig.client(rig.servers.chain),
    ];
    const metTail = (port: number) => `{"msg":"CONNECT","part":"head","ip":"${shown}:${port}"}`;
    const metHead = (port: number) => `{"msg":"CONNECT","part":"tail","ip":"${shown}:${port}"}`;
    first.say(connect(`${shown}:1001`, `${shown}:1002`));
    await settled(rig);
    second.say(connect(`${shown}:2001`, `${shown}:2002`));
    await first.told(metTail(2002));
    await second.told(metHead(1001));
    third.say(connect(`${shown}:3001`, `${shown}:3002`));
    await second.told(metHead(1001) + metTail(3002));
    await third.told(metHead(2001));
    await until(() => first.isEnded && second.isEnded);
    assertEquals(third.isEnded, false);
  }
});

Deno.test("Rendezvous: two who name the same id are introduced, byte by byte and all at once", async () => {
  await using rig = await RendezvousRig.open();
  const [first, second] = [
    await rig.client(rig.servers.repair),
    await rig.client(rig.servers.repair),
  ];
  first.say(
    '{"msg":"RECONNECT","id":"a","ip":"127.0.0.1:1"}{"msg":"RECONNECT","id":"b","ip":"127.0.0.1:1"}',
  );
  for (const byte of '{"msg":"RECONNECT","id":"b","ip":"127.0.0.1:2"}') {
    second.say(byte);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await second.end(), '{"msg":"CONNECT","ip":"127.0.0.1:1"}');
  await first.told('{"msg":"CONNECT","ip":"127.0.0.1:2"}');
});

Deno.test("Rendezvous: the echo server tells any sender its address, in IPv4 and in IPv6", async () => {
  for (const [host, family] of [["127.0.0.1", "udp4"], ["::1", "udp6"]] as const) {
    await using rig = await RendezvousRig.open(host);
    const client = await rig.datagrams(family);
    for (const bytes of [new Uint8Array(0), "hello", new Uint8Array(9_000).fill(0xff)]) {
      client.received.length = 0;
      client.send(rig.servers.echo, bytes);
      await until(() => client.received.length > 0);
      assertEquals(client.received, [client.address]);
    }
  }
});

Deno.test("Rendezvous: one socket for both families serves both, each by its own notation", async () => {
  await using rig = await RendezvousRig.open("::", { allowsPrivate: true });
  const client = await rig.datagrams("udp4");
  client.send(`127.0.0.1:${splitAddress(rig.servers.echo).port}`, "?");
  await until(() => client.received.length > 0);
  assertEquals(client.received, [client.address]);
  const { port } = splitAddress(rig.servers.chain);
  const first = await rig.client(parseAddress(`127.0.0.1:${port}`));
  const second = await rig.client(parseAddress(`[::1]:${port}`));
  first.say(connect("127.0.0.1:1", "127.0.0.1:2"));
  await settled(rig);
  second.say(connect("[::1]:1", "[::1]:2"));
  await first.told('{"msg":"CONNECT","part":"head","ip":"[::1]:2"}');
});

Deno.test("Rendezvous: the echo server is no party to an endless talk with another one", async () => {
  await using rig = await RendezvousRig.open();
  const client = await rig.datagrams("udp4");
  client.send(rig.servers.echo, "192.0.2.1:4000");
  client.send(rig.servers.echo, "?");
  await until(() => client.received.length > 0);
  await settled(rig);
  assertEquals(client.received, [client.address]);
});

Deno.test("Rendezvous: who sends nonsense and ends its half at once still reads the reason", async () => {
  await using rig = await RendezvousRig.open();
  for (const server of [rig.servers.chain, rig.servers.repair]) {
    for (let i = 0; i < 20; i++) {
      const client = await rig.client(server);
      client.socket.end(`nonsense${"x".repeat(100_000)}`);
      assertMatch(await client.end(), /^\{"msg":"ERROR","reason":"[^"]+"\}$/);
    }
  }
});

Deno.test("Rendezvous: one that waits and is gone is skipped, however it went", async () => {
  await using rig = await RendezvousRig.open();
  const ways: ((client: TcpClient) => void)[] = [
    ({ socket }) => socket.end(),
    ({ socket }) => socket.destroy(),
    ({ socket }) => socket.resetAndDestroy(),
  ];
  for (const [at, go] of ways.entries()) {
    const gone = await rig.client(rig.servers.chain);
    gone.say(connect(`127.0.0.1:${at + 1}1`, `127.0.0.1:${at + 1}2`));
    await settled(rig);
    go(gone);
    await until(() => gone.isEnded || gone.isOver);
    await settled(rig);
  }
  const [first, second] = [
    await rig.client(rig.servers.chain),
    await rig.client(rig.servers.chain),
  ];
  first.say(connect("127.0.0.1:1001", "127.0.0.1:1002"));
  await settled(rig);
  assertEquals(first.text, "");
  second.say(connect("127.0.0.1:2001", "127.0.0.1:2002"));
  await first.told('{"msg":"CONNECT","part":"head","ip":"127.0.0.1:2002"}');
});

Deno.test("Rendezvous: who says nothing is told so and ended, also when it never ends itself", async () => {
  await using rig = await RendezvousRig.open("127.0.0.1", { limits: { requestTimeoutMs: 50 } });
  const silent = await rig.client(rig.servers.repair);
  assertStringIncludes(await silent.end(), "No request came within 50 ms");
  // It has half a connection, and keeps it.
  await until(() => silent.socket.destroyed || isReset(silent));
});

Deno.test("Rendezvous: a crowd is turned away, and those who are in are served", async () => {
  const limits = { maxClients: 8, maxClientsPerHost: 8 };
  await using rig = await RendezvousRig.open("127.0.0.1", { limits });
  const first = await rig.client(rig.servers.chain);
  first.say(connect("127.0.0.1:1001", "127.0.0.1:1002"));
  const crowd = await Promise.all(Array.from({ length: 400 }, () => rig.client(rig.servers.chain)));
  await until(() => crowd.filter(({ isEnded, isOver }) => isEnded || isOver).length >= 392);
  const told = crowd.filter(({ text }) => text.includes("8 clients are connected"));
  assertEquals(told.length > 0, true);
  const second = crowd.find(({ isEnded, isOver }) => !isEnded && !isOver);
  second?.say(connect("127.0.0.1:2001", "127.0.0.1:2002"));
  await first.told('{"msg":"CONNECT","part":"head","ip":"127.0.0.1:2002"}');
  for (const client of crowd) client.socket.destroy();
  await settled(rig);
  const late = await rig.client(rig.servers.chain);
  late.say("?");
  assertMatch(await late.end(), /wanted a JSON object/);
});

Deno.test("Rendezvous: private addresses go with a private listener, or as told", async () => {
  const request = connect("10.0.0.1:1", "10.0.0.1:2");
  const refusal = /wanted a public address/;
  const cases = [["127.0.0.1", undefined, false], ["127.0.0.1", false, true], [
    "0.0.0.0",
    undefined,
    true,
  ], [
    "0.0.0.0",
    true,
    false,
  ]] as const;
  for (const [host, allowsPrivate, isRefused] of cases) {
    const options = allowsPrivate === undefined ? {} : { allowsPrivate };
    await using rig = await RendezvousRig.open(host, options);
    const { port } = splitAddress(rig.servers.chain);
    const client = await rig.client(parseAddress(`127.0.0.1:${port}`));
    client.say(request);
    await settled(rig);
    if (isRefused) assertMatch(await client.end(), refusal);
    else assertEquals(client.text, "");
  }
});

Deno.test("openRendezvous: when one server cannot listen, none does", async () => {
  await using rig = await RendezvousRig.open();
  const free = parseAddress("127.0.0.1:1").replace(/1$/, "0") as typeof rig.servers.chain;
  for (const taken of ["chain", "repair", "echo"] as const) {
    const options = { chain: free, repair: free, echo: free, [taken]: rig.servers[taken] };
    const error = await assertRejects(() => openRendezvous(options), ListenError);
    assertEquals(error.error.code, "address-in-use");
    assertEquals(error.address, rig.servers[taken]);
  }
});

Deno.test("Rendezvous: closing ends every connection, frees the ports, and may be done twice", async () => {
  await using rig = await RendezvousRig.open();
  const { chain, repair, echo } = rig.servers;
  const waiting = await rig.client(chain);
  waiting.say(connect("127.0.0.1:1", "127.0.0.1:2"));
  const silent = await rig.client(repair);
  await Promise.all([rig.servers.close(), rig.servers.close()]);
  await until(() => waiting.isEnded && silent.isEnded);
  await using again = await openRendezvous({ chain, repair, echo });
  assertEquals([again.chain, again.repair, again.echo], [chain, repair, echo]);
});

/** Waits until the servers have dealt with what was sent before: each answers a later client. */
async function settled({ servers }: RendezvousRig): Promise<void> {
  for (const server of [servers.chain, servers.repair]) {
    await using client = new TcpClient(server);
    client.say("?");
    await client.end();
  }
}

/** Writing is what shows that the far end has given up. */
function isReset(client: TcpClient): boolean {
  client.say("x");
  return client.isOver;
}
