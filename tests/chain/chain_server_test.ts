import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { addressKind } from "../../src/chain/address_kind.ts";
import { ChainServer, type ChainServerOptions } from "../../src/chain/chain_server.ts";
import { NO_ADDRESSES, NO_REQUESTS, PRIVATE, PUBLIC, UNUSABLE } from "./bad_requests.ts";
import { type RigClient, ServerRig } from "./server_rig.ts";

function rigOf(options?: ChainServerOptions): ServerRig {
  return new ServerRig(new ChainServer(options));
}

/** The request of the member so many: its sockets are told apart by their ports. */
function connect(member: number): string {
  return `{"msg":"CONNECT","head":"203.0.113.${member}:4001","tail":"203.0.113.${member}:4002"}`;
}

/** Told to whoever is before that member in line. */
function metTail(member: number): string {
  return `{"msg":"CONNECT","part":"head","ip":"203.0.113.${member}:4002"}`;
}

/** Told to whoever is behind that member in line. */
function metHead(member: number): string {
  return `{"msg":"CONNECT","part":"tail","ip":"203.0.113.${member}:4001"}`;
}

Deno.test("ChainServer: a line grows in the order of arrival, byte for byte as agreed", () => {
  const rig = rigOf();
  const clients = [1, 2, 3, 4].map(() => rig.connect());
  clients.forEach((client, at) => client.say(connect(at + 1)));
  assertEquals(clients.map(({ end }) => end), [
    [metTail(2), true],
    [metHead(1) + metTail(3), true],
    [metHead(2) + metTail(4), true],
    [metHead(3), false],
  ]);
});

Deno.test("ChainServer: it is the request that counts, not the connection", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  second.say(connect(2));
  first.say(connect(1));
  assertEquals([first.end, second.end], [[metHead(2), false], [metTail(1), true]]);
});

Deno.test("ChainServer: requests in two pieces are read wherever the cut is", () => {
  const bytes = encodeUtf8(connect(2));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const rig = rigOf();
    const [first, second] = [rig.connect(), rig.connect()];
    first.say(connect(1));
    second.say(bytes.slice(0, cut));
    assertEquals(second.text, cut === bytes.length ? metHead(1) : "");
    second.say(bytes.slice(cut));
    assertEquals([first.end, second.end], [[metTail(2), true], [metHead(1), false]]);
  }
});

Deno.test("ChainServer: pieces of two clients that come in turn do not mix", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  const [one, two] = [encodeUtf8(connect(1)), encodeUtf8(connect(2))];
  for (let at = 0; at < one.length; at++) {
    first.say(one.slice(at, at + 1));
    second.say(two.slice(at, at + 1));
  }
  assertEquals([first.text, second.text], [metTail(2), metHead(1)]);
});

Deno.test("ChainServer: several requests in one segment are taken one by one, the last one holds", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(concatBytes([connect(1), "\r\n ", connect(7), "\n"].map(encodeUtf8)));
  assertEquals(first.end, ["", false]);
  second.say(connect(2));
  assertEquals([first.end, second.end], [[metTail(2), true], [metHead(7), false]]);
});

Deno.test("ChainServer: one that waits and goes is skipped", () => {
  const rig = rigOf();
  const [first, second, third] = [rig.connect(), rig.connect(), rig.connect()];
  first.say(connect(1));
  first.hangUp();
  second.say(connect(2));
  third.say(connect(3));
  assertEquals([first.end, second.end, third.end], [
    ["", false],
    [metTail(3), true],
    [metHead(2), false],
  ]);
});

Deno.test("ChainServer: one that waits and then breaks the protocol is skipped", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(connect(1));
  first.say("nonsense");
  second.say(connect(2));
  assertStringIncludes(first.text, '{"msg":"ERROR","reason":"');
  assertEquals([first.isClosed, second.end], [true, ["", false]]);
});

Deno.test("ChainServer: the end of a line waits for days", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(connect(1));
  second.say(connect(2));
  rig.pass(1_000);
  assertEquals(rig.nextWakeup, undefined);
  rig.pass(30 * 86_400_000);
  const third = rig.connect();
  third.say(connect(3));
  assertEquals([second.text, third.text], [metHead(1) + metTail(3), metHead(2)]);
});

Deno.test("ChainServer: a wait may be bounded by a setting", () => {
  const rig = rigOf({ waitTimeoutMs: 60_000 });
  const first = rig.connect();
  first.say(connect(1));
  rig.pass(59_999);
  assertEquals(first.end, ["", false]);
  rig.pass(1);
  assertEquals(first.end, ['{"msg":"ERROR","reason":"Nobody came within 60000 ms"}', true]);
});

Deno.test("ChainServer: one whose connection broke unnoticed takes its own place again", () => {
  const rig = rigOf();
  const [before, again, second] = [rig.connect(), rig.connect(), rig.connect()];
  before.say(connect(1));
  again.say(connect(1));
  assertEquals(before.end, [
    '{"msg":"ERROR","reason":"The same head has come back by another connection"}',
    true,
  ]);
  assertEquals(again.end, ["", false]);
  second.say(connect(2));
  assertEquals([again.text, second.text], [metTail(2), metHead(1)]);
});

Deno.test("ChainServer: bytes and ends of those who are gone mean nothing", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(connect(1));
  second.say(connect(2));
  first.say(connect(3));
  first.hangUp();
  first.hangUp();
  assertEquals([first.text, second.end], [metTail(2), [metHead(1), false]]);
});

Deno.test("ChainServer: what is no request is answered with the reason, and ended", () => {
  for (const [bytes, reason] of NO_REQUESTS) refuses(rigOf(), bytes, reason);
  const good = { msg: "CONNECT", head: "203.0.113.1:1", tail: "203.0.113.1:2" };
  for (const field of ["head", "tail"]) {
    const without = JSON.stringify({ ...good, [field]: undefined });
    refuses(rigOf(), without, `Field ${field} is missing`);
    for (const address of [...NO_ADDRESSES, 7, null, {}]) {
      refuses(rigOf(), JSON.stringify({ ...good, [field]: address }), `Field ${field} is `);
    }
  }
  refuses(rigOf(), '{"msg":"RECONNECT","id":"x","ip":"203.0.113.1:1"}', 'wanted \\"CONNECT\\"');
});

Deno.test("ChainServer: nobody else notices one who is refused", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(connect(1));
  for (const [bytes] of NO_REQUESTS) rig.connect().say(bytes);
  second.say(connect(2));
  assertEquals([first.text, second.text], [metTail(2), metHead(1)]);
});

Deno.test("ChainServer: addresses of no single machine are always refused", () => {
  for (const allowsPrivate of [true, false]) {
    for (const address of UNUSABLE) {
      for (const fields of [{ head: address }, { tail: address }]) {
        const request = { msg: "CONNECT", head: "203.0.113.1:1", tail: "203.0.113.1:2", ...fields };
        refuses(
          rigOf({ allowsPrivate }),
          JSON.stringify(request),
          "wanted the address of one machine",
        );
      }
    }
  }
});

Deno.test("ChainServer: private addresses are a matter of a setting", () => {
  for (const address of PRIVATE) {
    const request = JSON.stringify({ msg: "CONNECT", head: "203.0.113.1:1", tail: address });
    refuses(rigOf(), request, "wanted a public address");
    const client = rigOf({ allowsPrivate: true }).connect();
    client.say(request);
    assertEquals(client.end, ["", false]);
  }
});

Deno.test("addressKind: knows every range, and what lies beside it", () => {
  const kinds = { public: PUBLIC, private: PRIVATE, unusable: [...UNUSABLE, "localhost:1"] };
  for (const [kind, addresses] of Object.entries(kinds)) {
    for (const each of addresses) assertEquals(addressKind(parseAddress(each)), kind, each);
  }
});

Deno.test("ChainServer: who says nothing is ended in time, and who said a part of a request", () => {
  const rig = rigOf({ requestTimeoutMs: 10_000 });
  const silent = rig.connect();
  const slow = rig.connect();
  const waiting = rig.connect();
  waiting.say(connect(1));
  for (let i = 0; i < 9; i++) {
    rig.pass(1_000);
    slow.say(connect(2).slice(i, i + 1));
  }
  rig.pass(999);
  assertEquals([silent.isClosed, slow.isClosed], [false, false]);
  rig.pass(1);
  const reason = '{"msg":"ERROR","reason":"No request came within 10000 ms"}';
  assertEquals([silent.end, slow.end, waiting.end], [[reason, true], [reason, true], ["", false]]);
  assertEquals(rig.nextWakeup, undefined);
});

Deno.test("ChainServer: so many clients are let in, of one host and in all", () => {
  const rig = rigOf({ maxClients: 5, maxClientsPerHost: 2 });
  const mob = Array.from({ length: 4 }, () => rig.connect("192.0.2.1"));
  const network = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:8::"].map((host) =>
    rig.connect(host)
  );
  const others = [rig.connect("2001:db8:0:1::1"), rig.connect("192.0.2.2")];
  assertEquals(mob.map(({ isClosed }) => isClosed), [false, false, true, true]);
  assertEquals(network.map(({ isClosed }) => isClosed), [false, false, true]);
  assertEquals(others.map(({ isClosed }) => isClosed), [false, true]);
  assertStringIncludes(mob[2]?.text ?? "", "2 clients are connected from the same address");
  assertStringIncludes(others[1]?.text ?? "", "5 clients are connected");
  mob[0]?.hangUp();
  const late = rig.connect("192.0.2.1");
  late.say(connect(9));
  assertEquals(late.end, ["", false]);
});

Deno.test("ChainServer: thousands who connect at once leave nothing behind when they go", () => {
  const server = new ChainServer();
  const rig = new ServerRig(server);
  const waiting = rig.connect();
  waiting.say(connect(1));
  const mob = Array.from({ length: 5_000 }, () => rig.connect());
  assertEquals(server.clientCount, 1_024);
  rig.pass(10_000);
  assertEquals(server.clientCount, 1);
  assertEquals(mob.every(({ isClosed }) => isClosed), true);
  const next = rig.connect();
  next.say(connect(2));
  assertEquals(waiting.text, metTail(2));
});

Deno.test("ChainServer: whatever comes, each is told of at most two neighbours and never of itself", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const rig = rigOf({ maxClients: 20 });
    const clients: [member: number, client: RigClient][] = [];
    for (let step = 0; step < 200; step++) {
      const [member, client] = clients[Math.floor(random.next() * clients.length)] ??
        [0, undefined];
      const what = random.next();
      if (client === undefined || what < 0.3) {
        clients.push([clients.length % 200 + 1, rig.connect()]);
      } else if (what < 0.7) client.say(connect(member));
      else if (what < 0.75) client.say("?");
      else if (what < 0.9) client.hangUp();
      else rig.pass(random.next() * 5_000);
    }
    for (const [member, { text }] of clients) {
      const told = text.match(/"part":"(head|tail)"/g) ?? [];
      assertEquals(new Set(told).size, told.length, `seed ${seed}: ${text}`);
      assertEquals(text.includes(`"203.0.113.${member}:400`), false, `seed ${seed}: ${text}`);
    }
  }
});

/** One client says this, and is told so. */
function refuses(rig: ServerRig, bytes: string | Uint8Array, reason: string): void {
  const client = rig.connect();
  client.say(bytes);
  assertStringIncludes(client.text, reason);
  assertEquals(/^\{"msg":"ERROR","reason":"(\\"|[^"])*"\}$/.test(client.text), true, client.text);
  assertEquals(client.isClosed, true);
}
