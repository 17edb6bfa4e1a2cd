import { assertEquals, assertRejects } from "@std/assert";
import {
  ChainDuplex,
  ChainLeftError,
  ChainOverflowError,
  MAX_UNREAD_BYTES,
  type Offer,
} from "../../src/io/chain_duplex.ts";

/** A duplex whose side takes messages or not, as told. */
class Side {
  answer: Offer = "taken";
  readonly sent: number[] = [];
  readonly duplex = new ChainDuplex((content) => {
    if (this.answer === "taken") this.sent.push(content[0] ?? -1);
    return this.answer;
  });
}

Deno.test("ChainDuplex: messages are read in order, each by itself, before and after reading began", async () => {
  const { duplex } = new Side();
  duplex.deliver(Uint8Array.of(1));
  duplex.deliver(new Uint8Array(0));
  const reader = duplex.readable.getReader();
  assertEquals((await reader.read()).value, Uint8Array.of(1));
  assertEquals((await reader.read()).value, new Uint8Array(0));
  const next = reader.read();
  duplex.deliver(Uint8Array.of(2));
  duplex.deliver(Uint8Array.of(3));
  assertEquals((await next).value, Uint8Array.of(2));
  assertEquals((await reader.read()).value, Uint8Array.of(3));
});

Deno.test("ChainDuplex: writing waits until there is somebody and room, and keeps its order", async () => {
  const side = new Side();
  side.answer = "wait";
  const writer = side.duplex.writable.getWriter();
  const written = [1, 2, 3].map((number) => writer.write(Uint8Array.of(number)));
  let isDone = false;
  Promise.all(written).then(() => isDone = true);
  side.duplex.retry();
  await turn();
  assertEquals([side.sent, isDone], [[], false]);
  side.answer = "taken";
  side.duplex.retry();
  await Promise.all(written);
  assertEquals(side.sent, [1, 2, 3]);
});

Deno.test("ChainDuplex: what nobody reads is bounded, and the newest is kept", async () => {
  const { duplex } = new Side();
  const mebibyte = 2 ** 20;
  for (let number = 0; number < 20; number++) duplex.deliver(new Uint8Array(mebibyte).fill(number));
  const reader = duplex.readable.getReader();
  const kept = Math.floor(MAX_UNREAD_BYTES / (mebibyte + 64));
  for (let number = 20 - kept; number < 20; number++) {
    assertEquals((await reader.read()).value?.[0], number);
  }
});

Deno.test("ChainDuplex: a flood of empty messages is bounded as well", async () => {
  const { duplex } = new Side();
  for (let i = 0; i < 200_000; i++) duplex.deliver(new Uint8Array(0));
  duplex.end();
  let count = 0;
  for await (const _ of duplex.readable) count++;
  assertEquals(count, MAX_UNREAD_BYTES / 64);
});

Deno.test("ChainDuplex: a reader that falls far behind is told, and not given a gap", async () => {
  const { duplex } = new Side();
  const reader = duplex.readable.getReader();
  for (let i = 0; i < 5; i++) duplex.deliver(new Uint8Array(2 ** 20));
  await assertRejects(() => reader.read(), ChainOverflowError, "left unread");
  duplex.deliver(Uint8Array.of(1));
  duplex.end();
});

Deno.test("ChainDuplex: one that gives up reading is kept nothing for, and can still write", async () => {
  const side = new Side();
  await side.duplex.readable.cancel();
  side.duplex.deliver(Uint8Array.of(1));
  await side.duplex.writable.getWriter().write(Uint8Array.of(2));
  assertEquals(side.sent, [2]);
  side.duplex.end();
});

Deno.test("ChainDuplex: after the end what has come is read, and writing fails", async () => {
  const side = new Side();
  side.answer = "wait";
  side.duplex.deliver(Uint8Array.of(1));
  const writer = side.duplex.writable.getWriter();
  const written = writer.write(Uint8Array.of(2));
  writer.closed.catch(() => {});
  side.duplex.end();
  await assertRejects(() => written, ChainLeftError, "has left");
  const read = await Array.fromAsync(side.duplex.readable);
  assertEquals(read, [Uint8Array.of(1)]);
});

Deno.test("ChainDuplex: the end reaches one who waits to read", async () => {
  const { duplex } = new Side();
  const reader = duplex.readable.getReader();
  const read = reader.read();
  duplex.end();
  assertEquals((await read).done, true);
});

Deno.test("ChainDuplex: a write that waits can be aborted", async () => {
  const side = new Side();
  side.answer = "wait";
  const writer = side.duplex.writable.getWriter();
  const written = writer.write(Uint8Array.of(1));
  writer.closed.catch(() => {});
  const aborted = writer.abort(new Error("enough"));
  await assertRejects(() => written, Error, "enough");
  await aborted;
  assertEquals(side.sent, []);
});

/** Lets everything happen that can. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
