/**
 * The three roles over a bare stream of bytes, for the contestants that have no messages of their
 * own: the same code for both, so that what differs between them is the stream.
 *
 * The recipient answers with how many messages it has got since the start, at once when it has been
 * quiet and once in a turn of the event loop when it is busy. Relays read whole messages and write
 * them on, both ways, as many as arrived together in one piece; they read no faster than they can
 * write.
 */

import { setImmediate } from "node:timers";
import { encodeFrames, FrameSplitter } from "./frames.ts";
import type { Outlet } from "./outlet.ts";

/** One end of a stream of bytes. */
export interface Channel {
  /** @returns false when nothing more should be written until the stream has drained */
  write(bytes: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  onDrain(listener: () => void): void;
}

/** The recipient: counts the messages, and says so. */
export function answer(channel: Channel): void {
  const splitter = new FrameSplitter();
  let received = 0;
  let said = 0;
  let isBusy = false;
  const say = () => {
    isBusy = said !== received;
    if (!isBusy) return;
    said = received;
    channel.write(encodeFrames(countBytes(received), 1));
    setImmediate(say);
  };
  channel.onBytes((bytes) => {
    received += splitter.push(bytes)?.count ?? 0;
    if (!isBusy) say();
  });
}

/** A relay: what comes from one end goes on to the other. */
export function relay(one: Channel, other: Channel): void {
  forward(one, other);
  forward(other, one);
}

function forward(from: Channel, to: Channel): void {
  const splitter = new FrameSplitter();
  to.onDrain(() => from.resume());
  from.onBytes((bytes) => {
    const batch = splitter.push(bytes);
    if (batch !== undefined && !to.write(batch.bytes)) from.pause();
  });
}

/** The sender. */
export class ChannelOutlet implements Outlet {
  readonly #channel: Channel;
  /** Until the stream has drained. */
  #isFull = false;
  #confirmed = 0;
  onProgress = () => {};

  constructor(channel: Channel) {
    this.#channel = channel;
    const splitter = new FrameSplitter();
    channel.onDrain(() => {
      this.#isFull = false;
      this.onProgress();
    });
    channel.onBytes((bytes) => {
      const counts = splitter.push(bytes)?.bytes;
      if (counts === undefined) return;
      this.#confirmed = lastCount(counts);
      this.onProgress();
    });
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  send(content: Uint8Array, times: number, isJoined: boolean): number {
    const each = isJoined ? times : 1;
    let taken = 0;
    while (taken < times && !this.#isFull) {
      this.#isFull = !this.#channel.write(encodeFrames(content, each));
      taken += each;
    }
    return taken;
  }
}

const COUNT_BYTES = 4;

function countBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(COUNT_BYTES);
  new DataView(bytes.buffer).setUint32(0, count);
  return bytes;
}

/** Each count includes the ones before, so the last one says all. */
function lastCount({ buffer, byteOffset, length }: Uint8Array): number {
  return new DataView(buffer, byteOffset, length).getUint32(length - COUNT_BYTES);
}
