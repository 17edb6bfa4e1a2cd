/**
 * The limit: nothing but `node:dgram` between two processes. Without an argument it listens, prints its
 * port and counts; with that port, and told how many milliseconds, it sends for so long. So that none
 * are lost to a full buffer, no more are under way than the counting end has confirmed, in groups; what
 * a line does besides (order, repetition, windows of its own) is what the ratio shows.
 */

import { createSocket } from "node:dgram";
import { BEGIN, Counter, END, messageOf, ONE, ownLines } from "./child.ts";

/** Datagrams that are confirmed by one, and groups of them that may be under way. */
const GROUP = 16;
const GROUPS = 8;

/** How long a confirmation may take before what is under way is taken for lost, in milliseconds. */
const PATIENCE_MS = 100;

const HOST = "127.0.0.1";
const [port] = Deno.args;
const socket = createSocket("udp4");
await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
const ignore = () => {};
if (port === undefined) {
  const counter = new Counter();
  let since = 0;
  socket.on("message", (bytes: Uint8Array, from) => {
    counter.take(bytes[0]);
    if (bytes[0] !== ONE || ++since % GROUP === 0) {
      socket.send(bytes, from.port, from.address, ignore);
    }
  });
  console.log(socket.address().port);
  for await (const _ of ownLines());
} else {
  for await (const line of ownLines()) await send(Number(line), Number(port));
}
Deno.exit(0);

async function send(durationMs: number, to: number): Promise<void> {
  let confirmed = Promise.withResolvers<void>();
  let underWay = 0;
  socket.on("message", () => {
    underWay = Math.max(underWay - GROUP, 0);
    confirmed.resolve();
  });
  const confirmation = async () => {
    confirmed = Promise.withResolvers();
    const timer = setTimeout(() => {
      underWay = 0;
      confirmed.resolve();
    }, PATIENCE_MS);
    await confirmed.promise;
    clearTimeout(timer);
  };
  const message = messageOf(ONE);
  const end = performance.now() + durationMs;
  socket.send(messageOf(BEGIN), to, HOST, ignore);
  await confirmation();
  while (performance.now() < end) {
    if (underWay >= GROUP * GROUPS) await confirmation();
    for (let i = 0; i < GROUP; i++) socket.send(message, to, HOST, ignore);
    underWay += GROUP;
  }
  while (underWay > 0) await confirmation();
  socket.send(messageOf(END), to, HOST, ignore);
  await confirmation();
  socket.removeAllListeners("message");
}
