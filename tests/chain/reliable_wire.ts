/** A reliable stream of messages in one direction, over a wire that loses, doubles and mixes up. */

import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { type Datagram, decodeDatagram } from "../../src/chain/datagram.ts";
import { RECEIVE_WINDOW_BYTES, ReliableReceiver } from "../../src/chain/reliable_receiver.ts";
import { ReliableSender } from "../../src/chain/reliable_sender.ts";
import { isContent, MAX_STREAM_MESSAGE_BYTES } from "../../src/chain/stream_message.ts";
import { Timeline } from "../../src/sim/timeline.ts";

/** What happens to datagrams on the way. */
export interface WireOptions {
  loss?: number;
  duplication?: number;
  delayMs?: number;
  jitterMs?: number;
}

export class ReliableWire {
  readonly timeline = new Timeline();
  readonly sender: ReliableSender;
  readonly receiver = new ReliableReceiver(
    MAX_STREAM_MESSAGE_BYTES,
    (message) => !isContent(message),
  );
  /** Every DATA that was sent. */
  readonly sent: (Datagram & { type: "data" })[] = [];
  /** Whether whoever receives takes the messages. */
  isReading = true;
  readonly received: Uint8Array[] = [];
  readonly #random: SeededRandom;
  readonly #options: WireOptions;

  constructor(random: SeededRandom, options: WireOptions = {}) {
    this.#random = random;
    this.#options = options;
    this.sender = new ReliableSender(new Uint8Array(16), RECEIVE_WINDOW_BYTES, (bytes) => {
      const datagram = decodeDatagram(bytes);
      if (datagram?.type !== "data") throw new Error("The sender sent something that is no DATA");
      this.sent.push(datagram);
      const { number } = datagram;
      const payload = datagram.payload.slice();
      this.#carry(() => this.receiver.handleData(this.#now, number, payload));
    });
  }

  push(message: Uint8Array, isUrgent = false): void {
    this.sender.push(message, isUrgent);
    this.sender.flush(this.#now);
  }

  /** Lets time pass, in milliseconds. */
  run(durationMs: number): void {
    const end = this.timeline.now() + durationMs;
    while (this.timeline.now() < end) {
      this.timeline.run(1);
      this.sender.handleTime(this.#now);
      this.#read();
      const { ackAt } = this.receiver;
      if (ackAt === undefined || ackAt > this.#now) continue;
      const receipt = this.receiver.receipt();
      this.#carry(() => this.sender.handleReceipt(this.#now, receipt));
    }
  }

  get #now(): number {
    return this.timeline.now();
  }

  #read(): void {
    for (;;) {
      const urgent = this.receiver.takeUrgent();
      if (urgent === undefined) break;
      this.received.push(urgent);
    }
    for (let message = this.receiver.peek(); this.isReading && message !== undefined;) {
      this.receiver.take(this.#now);
      this.received.push(message);
      message = this.receiver.peek();
    }
  }

  #carry(arrive: () => void): void {
    const { loss = 0, duplication = 0, delayMs = 5, jitterMs = 0 } = this.#options;
    for (let copies = this.#random.next() < duplication ? 2 : 1; copies > 0; copies--) {
      if (this.#random.next() < loss) continue;
      this.timeline.after(delayMs + randomInt(this.#random, jitterMs + 1), arrive);
    }
  }
}
