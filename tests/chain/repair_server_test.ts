import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { RepairServer, type RepairServerOptions } from "../../src/chain/repair_server.ts";
import { NO_ADDRESSES, NO_REQUESTS, PRIVATE, UNUSABLE } from "./bad_requests.ts";
import { type RigClient, ServerRig } from "./server_rig.ts";

function rigOf(options?: RepairServerOptions): ServerRig {
  return new ServerRig(new RepairServer(options));
}

function reconnect(id: string, member: number): string {
  return `{"msg":"RECONNECT","id":"${id}","ip":"203.0.113.${member}:4001"}`;
}

function met(member: number): string {
  return `{"msg":"CONNECT","ip":"203.0.113.${member}:4001"}`;
}

const USED =
  '{"msg":"ERROR","reason":"Field id is one whose two have met already, wanted a fresh one"}';

Deno.test("RepairServer: two with the same id are told of each other, byte for byte as agreed", () => {
  const rig = rigOf();
  const [first, other, second] = [rig.connect(), rig.connect(), rig.connect()];
  first.say(reconnect("a", 1));
  other.say(reconnect("b", 2));
  assertEquals([first.end, other.end], [["", false], ["", false]]);
  second.say(reconnect("a", 3));
  assertEquals([first.end, second.end, other.end], [[met(3), true], [met(1), true], ["", false]]);
});

Deno.test("RepairServer: requests in two pieces are read wherever the cut is", () => {
  const bytes = encodeUtf8(reconnect("a", 2));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const rig = rigOf();
    const [first, second] = [rig.connect(), rig.connect()];
    first.say(reconnect("a", 1));
    second.say(bytes.slice(0, cut));
    second.say(bytes.slice(cut));
    assertEquals([first.end, second.end], [[met(2), true], [met(1), true]]);
  }
});

Deno.test("RepairServer: a third who names an id is refused, and the two notice nothing", () => {
  const rig = rigOf();
  const [first, second, third] = [rig.connect(), rig.connect(), rig.connect()];
  first.say(reconnect("a", 1));
  second.say(reconnect("a", 2));
  third.say(reconnect("a", 3));
  assertEquals([first.end, second.end, third.end], [[met(2), true], [met(1), true], [USED, true]]);
});

Deno.test("RepairServer: a used id is remembered for a while, and so many of them", () => {
  const rig = rigOf({ usedIdMemoryMs: 1_000, maxUsedIds: 2 });
  const use = (id: string) => [1, 2].forEach((member) => rig.connect().say(reconnect(id, member)));
  const isUsed = (id: string) => {
    const client = rig.connect();
    client.say(reconnect(id, 3));
    client.hangUp();
    return client.text === USED;
  };
  use("a");
  rig.pass(999);
  assertEquals(isUsed("a"), true);
  rig.pass(1);
  assertEquals([isUsed("a"), rig.nextWakeup], [false, undefined]);
  for (const id of ["b", "c", "d"]) use(id);
  assertEquals(["b", "c", "d"].map(isUsed), [false, true, true]);
});

Deno.test("RepairServer: one of the two may ask again, as it may have missed the answer", () => {
  const rig = rigOf();
  for (const member of [1, 2]) rig.connect().say(reconnect("a", member));
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(reconnect("a", 1));
  second.say(reconnect("a", 2));
  assertEquals([first.end, second.end], [[met(2), true], [met(1), true]]);
});

Deno.test("RepairServer: one whose connection broke unnoticed is not introduced to itself", () => {
  const rig = rigOf();
  const [before, again, second] = [rig.connect(), rig.connect(), rig.connect()];
  before.say(reconnect("a", 1));
  again.say(reconnect("a", 1));
  assertEquals([before.end, again.end], [["", true], ["", false]]);
  second.say(reconnect("a", 2));
  assertEquals([before.text, again.text, second.text], ["", met(2), met(1)]);
});

Deno.test("RepairServer: one that waits and goes is skipped", () => {
  const rig = rigOf();
  const [first, second, third] = [rig.connect(), rig.connect(), rig.connect()];
  first.say(reconnect("a", 1));
  first.hangUp();
  second.say(reconnect("a", 2));
  assertEquals(second.end, ["", false]);
  third.say(reconnect("a", 3));
  assertEquals([second.text, third.text], [met(3), met(2)]);
});

Deno.test("RepairServer: one connection may wait with several ids, sent in one segment or in many", () => {
  for (const size of [1, 7, 1_000]) {
    const rig = rigOf();
    const first = rig.connect();
    const text = ["a", "b", "c"].map((id) => reconnect(id, 1)).join("");
    for (let at = 0; at < text.length; at += size) first.say(text.slice(at, at + size));
    const [second, third, fourth] = [rig.connect(), rig.connect(), rig.connect()];
    second.say(reconnect("b", 2));
    assertEquals([first.end, second.end], [[met(2), false], [met(1), true]]);
    third.say(reconnect("a", 3));
    fourth.say(reconnect("c", 4));
    assertEquals(first.end, [met(2) + met(3) + met(4), true]);
  }
});

Deno.test("RepairServer: who is answered at once is read to the end of the segment", () => {
  const rig = rigOf();
  const [first, second, third] = [rig.connect(), rig.connect(), rig.connect()];
  first.say(reconnect("a", 1));
  second.say(reconnect("a", 2) + reconnect("b", 2));
  assertEquals(second.end, [met(1), false]);
  third.say(reconnect("b", 3));
  assertEquals([second.end, third.end], [[met(1) + met(3), true], [met(2), true]]);
});

Deno.test("RepairServer: one who goes takes all its ids along", () => {
  const rig = rigOf();
  const endings: ((client: RigClient) => void)[] = [
    (client) => client.hangUp(),
    (client) => client.say("?"),
  ];
  for (const [at, end] of endings.entries()) {
    const first = rig.connect();
    first.say(["a", "b"].map((id) => reconnect(`${id}${at}`, 1)).join(""));
    end(first);
    for (const id of ["a", "b"]) {
      const other = rig.connect();
      other.say(reconnect(`${id}${at}`, 2));
      assertEquals(other.end, ["", false]);
    }
  }
});

Deno.test("RepairServer: a new address for an id takes the place of the old one", () => {
  const rig = rigOf();
  const [first, second] = [rig.connect(), rig.connect()];
  first.say(reconnect("a", 1) + reconnect("a", 7));
  second.say(reconnect("a", 2));
  assertEquals([first.end, second.end], [[met(2), true], [met(7), true]]);
});

Deno.test("RepairServer: one connection may make so many requests", () => {
  const rig = rigOf({ maxRequestsPerClient: 3 });
  const first = rig.connect();
  first.say(["a", "b", "c"].map((id) => reconnect(id, 1)).join(""));
  assertEquals(first.end, ["", false]);
  first.say(reconnect("d", 1));
  assertEquals(first.isClosed, true);
  assertStringIncludes(first.text, "3 requests came by one connection");
  const second = rig.connect();
  second.say(reconnect("a", 2));
  assertEquals(second.end, ["", false]);
});

Deno.test("RepairServer: what is no request is answered with the reason, and ended", () => {
  for (const [bytes, reason] of NO_REQUESTS) refuses(rigOf(), bytes, reason);
  const good = { msg: "RECONNECT", id: "a", ip: "203.0.113.1:1" };
  const cases: [fields: object, reason: string][] = [
    [{ id: undefined }, "Field id is missing"],
    [{ id: "" }, "Field id has 0 characters"],
    [{ id: "x".repeat(129) }, "Field id has 129 characters"],
    [{ ip: undefined }, "Field ip is missing"],
    [{ msg: "CONNECT" }, 'wanted \\"RECONNECT\\"'],
    ...[...NO_ADDRESSES, 7, null].map((ip): [object, string] => [{ ip }, "Field ip is "]),
    ...UNUSABLE.map((ip): [object, string] => [{ ip }, "wanted the address of one machine"]),
    ...PRIVATE.map((ip): [object, string] => [{ ip }, "wanted a public address"]),
  ];
  for (const [fields, reason] of cases) {
    refuses(rigOf(), JSON.stringify({ ...good, ...fields }), reason);
  }
  for (const ip of PRIVATE) {
    const client = rigOf({ allowsPrivate: true }).connect();
    client.say(JSON.stringify({ ...good, ip }));
    assertEquals(client.end, ["", false]);
  }
});

Deno.test("RepairServer: who says nothing is ended in time, and who waits is not", () => {
  const rig = rigOf({ requestTimeoutMs: 10_000 });
  const [silent, waiting] = [rig.connect(), rig.connect()];
  waiting.say(reconnect("a", 1));
  rig.pass(10_000);
  assertEquals(silent.end, ['{"msg":"ERROR","reason":"No request came within 10000 ms"}', true]);
  rig.pass(86_400_000);
  const second = rig.connect();
  second.say(reconnect("a", 2));
  assertEquals([waiting.text, second.text], [met(2), met(1)]);
});

Deno.test("RepairServer: thousands who wait are bounded, and those who are in are served", () => {
  const server = new RepairServer({ maxClients: 1_000 });
  const rig = new ServerRig(server);
  const clients = Array.from({ length: 5_000 }, (_, at) => {
    const client = rig.connect();
    client.say(reconnect(`id ${at}`, 1));
    return client;
  });
  assertEquals(server.clientCount, 1_000);
  assertEquals(clients.filter(({ isClosed }) => !isClosed).length, 1_000);
  clients[0]?.hangUp();
  const late = rig.connect();
  late.say(reconnect("id 999", 2));
  assertEquals([clients[999]?.text, late.text], [met(2), met(1)]);
});

Deno.test("RepairServer: whatever comes, an id introduces two and no more", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed);
    const rig = rigOf({ maxClients: 30 });
    const clients: RigClient[] = [];
    const told = () =>
      clients.reduce((sum, { text }) => sum + (text.split('"CONNECT"').length - 1), 0);
    for (let step = 0; step < 300; step++) {
      const at = Math.floor(random.next() * clients.length);
      const client = clients[at];
      const what = random.next();
      const before = told();
      if (client === undefined || what < 0.3) clients.push(rig.connect());
      else if (what < 0.8) client.say(reconnect(`id ${Math.floor(random.next() * 10)}`, at + 1));
      else if (what < 0.95) client.hangUp();
      else rig.pass(random.next() * 4_000);
      // Told anew are none, both of a pair, or one who asks again.
      assertEquals(told() - before <= 2, true, `seed ${seed}, step ${step}`);
    }
    for (const [at, { text }] of clients.entries()) {
      assertEquals(text.includes(`"203.0.113.${at + 1}:`), false, `seed ${seed}: ${text}`);
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
