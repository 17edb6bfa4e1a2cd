import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { decodeDatagram } from "../../src/chain/datagram.ts";
import { MAX_CHAIN_MESSAGE_BYTES, Member, type MemberOptions } from "../../src/chain/member.ts";
import type { SideStatus } from "../../src/chain/member_status.ts";
import type { Side } from "../../src/chain/side.ts";
import { ChainCluster } from "../../src/sim/chain_cluster.ts";
import type { SimMember } from "../../src/sim/chain_member.ts";

const STRANGER = parseAddress("198.51.100.1:4000");

const OPTIONS: MemberOptions = {
  random: new SeededRandom(1),
  secretBytes: (length) => new Uint8Array(length),
  label: "one",
  echo: parseAddress("192.0.2.1:8082"),
};

function lineOf(size: number, seed = 1): { cluster: ChainCluster; line: SimMember[] } {
  const cluster = new ChainCluster({ seed });
  const line = cluster.addLine(size);
  cluster.until(() => cluster.agrees(), 10_000);
  return { cluster, line };
}

function at(line: readonly SimMember[], index: number): SimMember {
  const member = line.at(index);
  assert(member !== undefined);
  return member;
}

function upOf(member: SimMember, side: Side): SideStatus & { state: "up" | "silent" } {
  const status = member.status().sides[side];
  assert(status.state === "up" || status.state === "silent", status.state);
  return status;
}

/** What is sent while something happens. */
function sentDuring(cluster: ChainCluster, act: () => void): { to: Address; bytes: Uint8Array }[] {
  const sent: { to: Address; bytes: Uint8Array }[] = [];
  cluster.datagrams.onSent = (_from, to, bytes) => {
    sent.push({ to, bytes });
    return false;
  };
  act();
  cluster.datagrams.onSent = undefined;
  return sent;
}

/** All that is sent from now on, until `onSent` is taken away. */
function recordIn(cluster: ChainCluster): { from: Address; bytes: Uint8Array }[] {
  const recorded: { from: Address; bytes: Uint8Array }[] = [];
  cluster.datagrams.onSent = (from, _to, bytes) => {
    recorded.push({ from, bytes });
    return false;
  };
  return recorded;
}

Deno.test("Member: refuses options that cannot be used", () => {
  const bad = [
    { label: "x".repeat(65) },
    { keepAliveMs: 0 },
    { keepAliveMs: NaN },
    { keepAliveMs: 1_000, lostAfterMs: 2_999 },
    { lostAfterMs: Infinity },
  ];
  for (const options of bad) {
    assertThrows(() => new Member(0, { ...OPTIONS, ...options }), RangeError);
  }
});

Deno.test("Member: begins with both addresses, and then asks for a place", () => {
  const member = new Member(0, OPTIONS);
  assertEquals([member.takeEffects(), member.nextWakeup()], [[], undefined]);
  member.start(0);
  assertEquals(
    member.takeEffects().map((effect) => effect.type === "datagram" && effect.socket),
    ["tail", "head"],
  );
  assertEquals(member.status(0).phase, "starting");
  member.handleDatagram(1, "tail", OPTIONS.echo, encodeUtf8("203.0.113.1:7002"));
  assert(!member.takeEffects().some(({ type }) => type === "dial"));
  member.handleDatagram(2, "head", OPTIONS.echo, encodeUtf8("203.0.113.1:7001"));
  assert(member.takeEffects().some(({ type }) => type === "dial"));
  assertEquals(member.status(2).phase, "joining");
});

Deno.test("Member: leaving before it began is over at once, and so is leaving alone", () => {
  const member = new Member(0, OPTIONS);
  member.leave(0);
  assertEquals(member.takeEffects().at(-1), { type: "stop" });
  assertEquals(member.status(0).phase, "left");
  member.start(1);
  member.leave(1);
  assertEquals([member.takeEffects(), member.nextWakeup()], [[], undefined]);
  const { cluster, line } = lineOf(1);
  at(line, 0).leave();
  assert(!at(line, 0).isRunning);
  assertEquals(cluster.servers.clientCount, 1);
  cluster.run(100);
  assertEquals(cluster.servers.clientCount, 0);
});

Deno.test("Member: shows both neighbours, their round trips, and the whole line", () => {
  const { cluster, line } = lineOf(3);
  cluster.run(3_000);
  const { phase, line: shown, position, isRegistered } = at(line, 1).status();
  assertEquals([phase, position, isRegistered], ["in-line", 1, false]);
  assertEquals(shown.map(({ label }) => label), ["m1", "m2", "m3"]);
  const [tail, head] = [upOf(at(line, 1), "tail"), upOf(at(line, 1), "head")];
  assertEquals([tail.neighbour.label, head.neighbour.label], ["m1", "m3"]);
  for (const { rttUs, state, heardMs } of [tail, head]) {
    assertEquals(state, "up");
    assertGreater(rttUs, 100);
    assertLess(rttUs ?? 0, 10_000);
    assertLess(heardMs, 1_100);
  }
  assertEquals(tail.link, upOf(at(line, 0), "head").link);
  assertEquals(at(line, 0).status().sides.tail, { state: "free" });
});

Deno.test("Member: a neighbour that is not heard is silent, then lost, then looked for", () => {
  const { cluster, line } = lineOf(3);
  at(line, 1).crash();
  cluster.run(2_200);
  assertEquals(upOf(at(line, 0), "head").state, "silent");
  cluster.until(() => cluster.isOneLine(), 2_000);
  assertEquals(upOf(at(line, 0), "head").neighbour.label, "m3");
  const { id } = at(line, 2).status();
  const told = at(line, 0).notices.slice(-2).map((each) =>
    each.type === "lost" || each.type === "linked" ? [each.type, each.neighbour.label] : []
  );
  assertEquals(told, [["lost", "m2"], ["linked", "m3"]]);
  assertEquals(upOf(at(line, 0), "head").neighbour.id, id);
});

Deno.test("Member: a message for one neighbour is read by that one alone", () => {
  const { cluster, line } = lineOf(4);
  assertEquals(at(line, 1).send("head", encodeUtf8("next")), "taken");
  assertEquals(at(line, 1).send("tail", encodeUtf8("previous")), "taken");
  cluster.run(100);
  const read = line.map(({ messages }) =>
    messages.map(({ scope, side, content }) => `${scope} ${side} ${decodeUtf8(content)}`)
  );
  assertEquals(read, [["neighbour head previous"], [], ["neighbour tail next"], []]);
});

Deno.test("Member: messages of up to 64 KiB pass, larger ones are refused", () => {
  const { cluster, line } = lineOf(3);
  const largest = new Uint8Array(MAX_CHAIN_MESSAGE_BYTES).fill(5);
  assertEquals(at(line, 0).say(largest), "taken");
  assertEquals(at(line, 0).say(new Uint8Array(0)), "taken");
  assertThrows(() => at(line, 0).say(new Uint8Array(MAX_CHAIN_MESSAGE_BYTES + 1)), RangeError);
  assertThrows(
    () => at(line, 0).send("head", new Uint8Array(MAX_CHAIN_MESSAGE_BYTES + 1)),
    RangeError,
    "The message has 65537 bytes, wanted at most 65536: split it",
  );
  cluster.run(1_000);
  const lengths = at(line, 2).messages.map(({ content }) => content.length);
  assertEquals(lengths, [MAX_CHAIN_MESSAGE_BYTES, 0]);
});

Deno.test("Member: what is delivered may be changed while it is still passed on", () => {
  const { cluster, line } = lineOf(3);
  at(line, 1).messages.push = (message) => {
    message.content.fill(0);
    return 0;
  };
  at(line, 0).say(encodeUtf8("whole"));
  cluster.run(100);
  assertEquals(at(line, 2).messages.map(({ content }) => decodeUtf8(content)), ["whole"]);
});

Deno.test("Member: says that there is no room, and when there is, and nobody keeps more than that", () => {
  const { cluster, line } = lineOf(6);
  const content = new Uint8Array(10_000);
  // The second cannot pass anything on until it has found the fifth.
  for (const index of [2, 3]) at(line, index).crash();
  let taken = 0;
  while (at(line, 0).say(content) === "taken") {
    taken++;
    cluster.run(10);
    assertLess(taken, 120);
  }
  assertLess(upOf(at(line, 0), "head").queuedBytes, 300_000);
  assertEquals(at(line, 0).rooms, []);
  cluster.until(() => cluster.isOneLine(), 10_000);
  cluster.until(() => at(line, 0).rooms.length > 0, 2_000);
  cluster.until(() => at(line, 5).messages.length === taken, 5_000);
  assertEquals(at(line, 0).say(content), "taken");
});

Deno.test("Member: there is nobody to speak to on a free side, and no room while another is looked for", () => {
  const { cluster, line } = lineOf(3);
  assertEquals(at(line, 0).send("tail", encodeUtf8("x")), "nobody");
  assertEquals(at(line, 2).send("head", encodeUtf8("x")), "nobody");
  cluster.servers.killRepair();
  at(line, 1).crash();
  cluster.until(() => at(line, 0).status().sides.head.state === "mending", 4_000);
  assertEquals(at(line, 0).send("head", encodeUtf8("x")), "full");
  // Told when nobody came, after which somebody does, by the chain server.
  cluster.until(() => at(line, 0).rooms.includes("head"), 6_000);
  assertNotEquals(at(line, 0).send("head", encodeUtf8("x")), "full");
  cluster.until(() => cluster.isOneLine(), 10_000);
  assertEquals(at(line, 0).say(encodeUtf8("x")), "taken");
  const alone = lineOf(1);
  assertEquals(at(alone.line, 0).say(encodeUtf8("x")), "nobody");
});

Deno.test("Member: messages for one that is gone are dropped, and that is told", () => {
  const { cluster, line } = lineOf(3);
  at(line, 1).crash();
  for (let i = 0; i < 3; i++) at(line, 0).send("head", encodeUtf8("x"));
  cluster.until(() => cluster.isOneLine(), 6_000);
  assert(at(line, 0).notices.some((each) => each.type === "dropped" && each.messages === 3));
  cluster.run(3_000);
  assertEquals(at(line, 2).messages, []);
});

Deno.test("Member: strangers get no answer, whatever they send", () => {
  const { cluster, line } = lineOf(3);
  const recorded = sentDuring(cluster, () => cluster.run(2_000)).map(({ bytes }) => bytes);
  const { bytes: token } = { bytes: new Uint8Array(16).fill(1) };
  const forged = recorded.map((bytes) => {
    const copy = bytes.slice();
    if (copy.length >= 18) copy.set(token, 2);
    return copy;
  });
  const inventions = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((type) =>
    new Uint8Array(200).fill(1).with(0, 0xac).with(1, type)
  );
  const before = line.map(({ notices }) => notices.length);
  const sent = sentDuring(cluster, () => {
    for (const bytes of [...forged, ...inventions, encodeUtf8("203.0.113.77:1")]) {
      for (const side of ["head", "tail"] as const) at(line, 1).inject(side, STRANGER, bytes);
    }
  });
  assertEquals(sent.filter(({ to }) => to === STRANGER), []);
  cluster.run(3_000);
  assertEquals(line.map(({ notices }) => notices.length), before);
  assertEquals(at(line, 1).messages, []);
});

Deno.test("Member: one that was a neighbour before gets no answer and changes nothing", () => {
  const { cluster, line } = lineOf(4);
  const recorded = recordIn(cluster);
  at(line, 1).send("head", encodeUtf8("secret"));
  cluster.run(2_000);
  cluster.datagrams.onSent = undefined;
  const third = at(line, 2);
  const { address } = upOf(third, "tail");
  at(line, 1).crash();
  cluster.until(() => cluster.isOneLine(), 10_000);
  const before = third.status();
  const messages = third.messages.length;
  const sent = sentDuring(cluster, () => {
    for (const { from, bytes } of recorded) {
      if (from === address) third.inject("tail", from, bytes);
    }
  });
  assertGreater(recorded.length, 4);
  assertEquals(sent, []);
  assertEquals(third.messages.length, messages);
  assertEquals(third.status(), before);
});

Deno.test("Member: datagrams that come again later, or twice, deliver nothing twice", () => {
  const { cluster, line } = lineOf(3);
  const recorded = recordIn(cluster);
  at(line, 0).say(encodeUtf8("once"));
  cluster.run(500);
  cluster.datagrams.onSent = undefined;
  for (const { from, bytes } of [...recorded, ...recorded]) at(line, 1).inject("tail", from, bytes);
  cluster.run(500);
  assertEquals(at(line, 1).messages.length, 1);
  assertEquals(at(line, 2).messages.length, 1);
});

Deno.test("Member: a goodbye that a stranger forges parts nobody", () => {
  const { cluster, line } = lineOf(3);
  const bye = new Uint8Array(18).fill(9).with(0, 0xac).with(1, 6);
  assertEquals(decodeDatagram(bye)?.type, "bye");
  at(line, 1).inject("tail", upOf(at(line, 1), "tail").address, bye);
  cluster.run(1_000);
  assert(cluster.isOneLine());
  assertEquals(upOf(at(line, 1), "tail").neighbour.label, "m1");
});

Deno.test("Member: a neighbour whose NAT gives it another port is still the neighbour", () => {
  const { cluster, line } = lineOf(2);
  const [first, second] = [at(line, 0), at(line, 1)];
  const { address } = upOf(second, "tail");
  const moved = parseAddress(`${address.split(":")[0]}:61000`);
  const [alive] = sentDuring(cluster, () => cluster.run(1_100))
    .filter(({ to, bytes }) => to !== address && decodeDatagram(bytes)?.type === "alive");
  assert(alive !== undefined);
  second.inject("tail", moved, alive.bytes);
  assertEquals(upOf(second, "tail").address, moved);
  // Its next word from the old place brings it back.
  cluster.run(1_200);
  assertEquals(upOf(second, "tail").address, address);
  assertEquals(upOf(first, "head").state, "up");
});

Deno.test("Member: an introduction to an address that is not public is not followed, unless that is allowed", () => {
  for (const [allowsPrivate, isFollowed] of [[false, false], [true, true]] as const) {
    const member = new Member(0, { ...OPTIONS, allowsPrivate });
    member.start(0);
    member.handleDatagram(1, "tail", OPTIONS.echo, encodeUtf8("203.0.113.1:7002"));
    member.handleDatagram(1, "head", OPTIONS.echo, encodeUtf8("203.0.113.1:7001"));
    const dial = member.takeEffects().find(({ type }) => type === "dial");
    assert(dial?.type === "dial");
    member.handleStreamOpened(2, dial.stream);
    member.takeEffects();
    const reply = '{"msg":"CONNECT","part":"tail","ip":"10.0.0.9:7001"}';
    member.handleStreamBytes(3, dial.stream, encodeUtf8(reply));
    const meets = member.takeEffects().filter(({ type }) => type === "datagram");
    assertEquals(meets.length > 0, isFollowed);
  }
});

Deno.test("Member: while it looks for its earlier neighbour it does not offer itself as the end", () => {
  const { cluster, line } = lineOf(4);
  const third = at(line, 2);
  // Cut out by those on both sides, it loses both and may have lost its place.
  for (const index of [0, 1, 3]) at(line, index).crash();
  cluster.until(() => third.status().sides.head.state === "free", 12_000);
  while (third.status().sides.tail.state === "mending") {
    assert(!third.isRegistered);
    cluster.run(50);
  }
  cluster.until(() => third.isRegistered, 1_000);
  assertEquals(third.notices.filter(({ type }) => type === "rejoining").length, 1);
});

Deno.test("Member: a neighbour that lives but takes in no long datagram is given up", () => {
  const { cluster, line } = lineOf(3);
  cluster.datagrams.onSent = (_from, _to, bytes) => bytes.length > 1_000;
  at(line, 0).say(new Uint8Array(5_000));
  cluster.run(12_000);
  assertEquals(upOf(at(line, 0), "head").state, "up");
  cluster.run(5_000);
  assert(at(line, 0).notices.some((each) => each.type === "lost" && each.reason === "fault"));
});

Deno.test("Member: what it said last arrives, although it leaves right away", () => {
  const { cluster, line } = lineOf(4);
  const content = new Uint8Array(20_000);
  for (let i = 0; i < 10; i++) assertEquals(at(line, 1).say(content), "taken");
  at(line, 1).leave();
  cluster.until(() => !at(line, 1).isRunning, 2_500);
  for (const index of [0, 2, 3]) assertEquals(at(line, index).messages.length, 10);
});
