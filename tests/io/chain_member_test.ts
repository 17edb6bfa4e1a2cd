import { assertEquals, assertRejects } from "@std/assert";
import { MAX_CHAIN_MESSAGE_BYTES } from "../../src/chain/member.ts";
import { type ChainDuplex, ChainLeftError } from "../../src/io/chain_duplex.ts";
import { joinChain, JoinError } from "../../src/io/join_chain.ts";
import { openRendezvous } from "../../src/io/rendezvous.ts";
import { ChainLine, untilLine } from "./chain_line.ts";
import { until } from "./until.ts";

Deno.test("joinChain: members form a line in the order in which they come, in IPv4 and in IPv6", async () => {
  for (const host of ["127.0.0.1", "::1"]) {
    await using line = await ChainLine.open(host);
    const members = await line.grow("a", "b", "c");
    assertEquals(members.map(({ member }) => member.status().position), [0, 1, 2]);
    for (const { member } of members) assertEquals(member.status().phase, "in-line");
  }
});

Deno.test("ChainMember: messages to a neighbour arrive once and in order, in both directions at once", async () => {
  await using line = await ChainLine.open();
  const [a, b] = await line.grow("a", "b");
  if (a === undefined || b === undefined) throw new Error("Two were wanted");
  const count = 2_000;
  const [down, up] = await Promise.all([
    receive(b.member.tail, count),
    receive(a.member.head, count),
    send(a.member.head, count),
    send(b.member.tail, count),
  ]);
  for (const numbers of [down, up]) {
    assertEquals(numbers, Array.from({ length: count }, (_, number) => number));
  }
});

Deno.test("ChainMember: messages of any size up to the largest arrive whole", async () => {
  await using line = await ChainLine.open();
  const [a, b] = await line.grow("a", "b");
  const sizes = [0, 1, 1_000, 1_200, 1_201, 20_000, MAX_CHAIN_MESSAGE_BYTES];
  const reader = b?.member.tail.readable.getReader();
  const writer = a?.member.head.writable.getWriter();
  for (const size of sizes) {
    const content = Uint8Array.from({ length: size }, (_, at) => (at * 31 + size) & 255);
    await writer?.write(content);
    assertEquals((await reader?.read())?.value, content);
  }
  const written = writer?.write(new Uint8Array(MAX_CHAIN_MESSAGE_BYTES + 1));
  writer?.closed.catch(() => {});
  await assertRejects(() => written ?? Promise.resolve(), RangeError);
});

Deno.test("ChainMember: what is written before there is a neighbour arrives when there is one", async () => {
  await using line = await ChainLine.open();
  const a = await line.join("a");
  const writer = a.member.head.writable.getWriter();
  const written = writer.write(Uint8Array.of(7));
  await until(() => a.member.status().isRegistered);
  const b = await line.join("b");
  await written;
  const reader = b.member.tail.readable.getReader();
  assertEquals((await reader.read()).value, Uint8Array.of(7));
});

Deno.test("ChainMember: what is said goes to the whole line, both ways, and a listener may answer", async () => {
  await using line = await ChainLine.open();
  const members = await line.grow("a", "b", "c", "d");
  const [a, b, c, d] = members;
  const unlisten = d?.member.listen(() => void d.member.say("answer"));
  assertEquals(await b?.member.say("hello"), "taken");
  await until(() => [a, b, c].every((each) => each?.heard.includes("answer")));
  unlisten?.();
  assertEquals(members.map(({ heard }) => heard), [
    ["hello", "answer"],
    ["answer"],
    ["hello", "answer"],
    ["hello"],
  ]);
});

Deno.test("ChainMember: one who leaves is left out, and the line goes on", async () => {
  await using line = await ChainLine.open();
  const members = await line.grow("a", "b", "c", "d");
  const [a, b, c, d] = members;
  await Promise.all([b?.member.close(), b?.member.close()]);
  await untilLine(members.filter((each) => each !== b), "a", "c", "d");
  assertEquals(b?.member.status().phase, "left");
  await a?.member.say("after");
  await until(() => d?.heard.includes("after") === true);
  assertEquals(c?.notices.some((each) => each.type === "lost" && each.reason === "left"), true);
});

Deno.test("ChainMember: a program that pipes into a neighbour goes on with the next one", async () => {
  await using line = await ChainLine.open();
  const [a, b, c] = await line.grow("a", "b", "c");
  const writer = a?.member.head.writable.getWriter();
  await writer?.write(Uint8Array.of(1));
  assertEquals((await b?.member.tail.readable.getReader().read())?.value, Uint8Array.of(1));
  await b?.member.close();
  if (a !== undefined) await untilLine([a], "a", "c");
  await writer?.write(Uint8Array.of(2));
  assertEquals((await c?.member.tail.readable.getReader().read())?.value, Uint8Array.of(2));
});

Deno.test("ChainMember: after it has left nothing can be written or said, and reading ends", async () => {
  await using line = await ChainLine.open();
  const { member } = await line.join("a");
  const writer = member.head.writable.getWriter();
  writer.closed.catch(() => {});
  const refused = assertRejects(() => writer.write(Uint8Array.of(1)), ChainLeftError, "has left");
  const read = member.tail.readable.getReader().read();
  await member.close();
  await refused;
  assertEquals([(await read).done, await member.say("x")], [true, "nobody"]);
});

Deno.test("ChainMember: watchers of the line are told of each change, until they stop", async () => {
  await using line = await ChainLine.open();
  const a = await line.join("a");
  const lines: string[] = [];
  const stop = a.member.watchLine(({ line }) => lines.push(line.map(({ label }) => label).join()));
  const b = await line.join("b");
  await until(() => lines.at(-1) === "a,b");
  stop();
  await b.member.close();
  await untilLine([a], "a");
  assertEquals(lines.at(-1), "a,b");
});

Deno.test("ChainMember: servers that are gone when it joins are tried until they are back", async () => {
  const line = await ChainLine.open();
  const { chain, repair, echo } = line.servers;
  await line[Symbol.asyncDispose]();
  await using member = await joinChain({ chain, repair, echo });
  const notices: string[] = [];
  member.watch(({ type }) => notices.push(type));
  await until(() => notices.includes("echo-silent"));
  await using _again = await openRendezvous({ chain, repair, echo });
  await until(() => member.status().isRegistered);
});

Deno.test("ChainMember: a line outlives its servers, and takes newcomers when they are back", async () => {
  await using line = await ChainLine.open();
  const members = await line.grow("a", "b");
  const { chain, repair, echo } = line.servers;
  await line.servers.close();
  const [a, b] = members;
  await a?.member.say("without");
  await until(() => b?.heard.includes("without") === true);
  await using _again = await openRendezvous({ chain, repair, echo });
  await until(() => b?.member.status().isRegistered === true);
  const c = await line.join("c");
  await untilLine([...members, c], "a", "b", "c");
});

Deno.test("joinChain: servers that cannot be are refused with what is wrong", async () => {
  const good = { chain: "127.0.0.1:1", repair: "127.0.0.1:2", echo: "127.0.0.1:3" };
  for (const field of ["chain", "repair", "echo"]) {
    await assertRejects(() => joinChain({ ...good, [field]: "nowhere" }), SyntaxError, "nowhere");
  }
  const impatient = () => joinChain({ ...good, keepAliveMs: 1_000, lostAfterMs: 1_000 });
  await assertRejects(impatient, RangeError, "three keep-alives");
  const error = () => joinChain({ ...good, echo: "no-such-host.invalid:3" });
  await assertRejects(error, JoinError, "The echo server no-such-host.invalid:3 cannot be found");
});

/** Sends so many messages, each of which holds its number. */
async function send({ writable }: ChainDuplex, count: number): Promise<void> {
  const writer = writable.getWriter();
  for (let number = 0; number < count; number++) {
    const content = new Uint8Array(100 + number % 700);
    new DataView(content.buffer).setUint32(0, number);
    await writer.write(content);
  }
}

/** The numbers of so many messages. */
async function receive({ readable }: ChainDuplex, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const content of readable) {
    numbers.push(new DataView(content.buffer, content.byteOffset).getUint32(0));
    if (numbers.length === count) break;
  }
  return numbers;
}
