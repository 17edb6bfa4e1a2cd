/**
 * The messages of one side of a member, as a pair of streams. The streams belong to the side and not to
 * whoever is there: when the line is mended, they go on with the next neighbour.
 *
 * Writing waits while there is no neighbour or no room, so that a program that pipes into it is slowed
 * down and never fails for the line's troubles. Reading cannot slow the neighbour down, so what is left
 * unread is bounded here: while nobody reads, the oldest messages make room for new ones; a reader that
 * falls so far behind is told by an error, since it would otherwise take the gap for the truth.
 */

import { Fifo } from "../base/fifo.ts";

/** Most bytes of messages that are kept unread. */
export const MAX_UNREAD_BYTES = 4 * 1_048_576;

/** What an empty message is taken for, so that a flood of them is bounded as well. */
const MESSAGE_OVERHEAD_BYTES = 64;

/** What became of a message: `wait` until something changes on this side, then try again. */
export type Offer = "taken" | "wait" | "left";

/** A program does not read what its neighbour sends. */
export class ChainOverflowError extends Error {
  override readonly name = "ChainOverflowError";
}

/** The member has left the line. */
export class ChainLeftError extends Error {
  override readonly name = "ChainLeftError";
}

/** Messages from and to whoever is on one side. Each chunk is one message. */
export class ChainDuplex {
  /** What the neighbour sends to this member alone. Ends once the member has left. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Messages of at most 64 KiB for the neighbour alone, delivered once and in order. */
  readonly writable: WritableStream<Uint8Array>;
  readonly #unread = new Fifo<Uint8Array>();
  #unreadBytes = 0;
  /** Absent once nobody can read any more. */
  #reader: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Hands the next message to who waits for it. */
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;
  #isOver = false;

  /** @param offer tries to hand a message over; it throws what is wrong with the message itself */
  constructor(offer: (content: Uint8Array) => Offer) {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#reader = controller),
      pull: () => this.#pull(),
      cancel: () => this.#stopReading(),
    }, { highWaterMark: 0 });
    this.writable = new WritableStream<Uint8Array>({
      write: (content, { signal }) => this.#write(content, offer, signal),
    });
  }

  /** A message came. */
  deliver(content: Uint8Array): void {
    if (this.#reader === undefined) return;
    this.#unread.push(content);
    this.#unreadBytes += costOf(content);
    if (this.#wakeReader !== undefined) this.#wakeReader();
    else if (this.#unreadBytes > MAX_UNREAD_BYTES) this.#overflow(this.#reader);
  }

  /** There is a neighbour, or room: who waits to write may try again. */
  retry(): void {
    const wake = this.#wakeWriter;
    this.#wakeWriter = undefined;
    wake?.();
  }

  /** The member has left: what has come can still be read, and nothing more be written. */
  end(): void {
    this.#isOver = true;
    this.retry();
    this.#wakeReader?.();
  }

  #pull(): Promise<void> | void {
    if (this.#unread.size > 0 || this.#isOver) return this.#handOver();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeReader = () => {
      this.#wakeReader = undefined;
      this.#handOver();
      resolve();
    };
    return promise;
  }

  #handOver(): void {
    const content = this.#unread.shift();
    if (content === undefined) return this.#reader?.close();
    this.#unreadBytes -= costOf(content);
    this.#reader?.enqueue(content);
  }

  #overflow(reader: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.readable.locked) {
      reader.error(
        new ChainOverflowError(
          `More than ${MAX_UNREAD_BYTES} bytes of messages were left unread: read faster, or agree ` +
            "with the neighbour on how much may be under way",
        ),
      );
      return this.#stopReading();
    }
    while (this.#unreadBytes > MAX_UNREAD_BYTES) {
      const oldest = this.#unread.shift();
      if (oldest === undefined) return;
      this.#unreadBytes -= costOf(oldest);
    }
  }

  #stopReading(): void {
    this.#reader = undefined;
    this.#unread.clear();
    this.#unreadBytes = 0;
    this.#wakeReader = undefined;
  }

  async #write(
    content: Uint8Array,
    offer: (content: Uint8Array) => Offer,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      if (this.#isOver || signal.aborted) break;
      const outcome = offer(content);
      if (outcome === "taken") return;
      if (outcome === "left") break;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakeWriter = resolve;
      signal.addEventListener("abort", () => this.retry(), { once: true });
      await promise;
    }
    if (signal.aborted) throw signal.reason;
    throw new ChainLeftError("The message was not sent: this member has left the line");
  }
}

function costOf(content: Uint8Array): number {
  return content.length + MESSAGE_OVERHEAD_BYTES;
}
