/**
 * The two kinds of load, the same for every contestant. A flood keeps many messages under way and
 * shows how many get through; round trips keep one under way and show how long it takes. Either way
 * a message counts once the recipient's application has confirmed it, not when it was sent.
 */

import type { Outlet } from "./outlet.ts";

/** What a sender is asked to do. */
export interface Load {
  /** Size of each message. */
  bytes: number;
  /** How many messages may be under way unconfirmed; with 1 each is timed. */
  window: number;
  /** For how long new ones are sent; those under way then are waited for. */
  durationMs: number;
  /** Whether the application puts messages together before it hands them over. */
  isJoined: boolean;
}

/** What came of a load. */
export interface Figures {
  messages: number;
  /** From the first message sent to the last one confirmed. */
  elapsedMs: number;
  /** How long each message took to be confirmed, where they went one at a time. */
  medianUs?: number;
  p99Us?: number;
}

/** Puts one load on `outlet`. */
export function carry(outlet: Outlet, load: Load): Promise<Figures> {
  return load.window === 1 ? roundTrips(outlet, load) : flood(outlet, load);
}

async function flood(outlet: Outlet, load: Load): Promise<Figures> {
  const content = contentOf(load.bytes);
  const already = outlet.confirmed;
  const begin = performance.now();
  const end = begin + load.durationMs;
  let sent = 0;
  await new Promise<void>((resolve) => {
    outlet.onProgress = () => {
      const underWay = sent - (outlet.confirmed - already);
      if (performance.now() < end) {
        const taken = outlet.send(content, load.window - underWay, load.isJoined);
        sent += taken;
      } else if (underWay === 0) {
        resolve();
      }
    };
    outlet.onProgress();
  });
  outlet.onProgress = () => {};
  return { messages: sent, elapsedMs: performance.now() - begin };
}

async function roundTrips(outlet: Outlet, { bytes, durationMs }: Load): Promise<Figures> {
  const content = contentOf(bytes);
  const times: number[] = [];
  const begin = performance.now();
  let now = begin;
  while (now < begin + durationMs) {
    const sentAt = now;
    await roundTrip(outlet, content);
    now = performance.now();
    times.push((now - sentAt) * 1000);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN;
  return { messages: times.length, elapsedMs: now - begin, medianUs: at(0.5), p99Us: at(0.99) };
}

/** Sends one message, and resolves when it is confirmed. */
function roundTrip(outlet: Outlet, content: Uint8Array): Promise<void> {
  const wanted = outlet.confirmed + 1;
  let sent = 0;
  return new Promise((resolve) => {
    outlet.onProgress = () => {
      // After a flood there may be no room yet.
      if (sent === 0) sent = outlet.send(content, 1, false);
      else if (outlet.confirmed === wanted) resolve();
    };
    outlet.onProgress();
  });
}

function contentOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index & 0xff);
}
