/**
 * How much may be under way to a neighbour: congestion control after RFC 5681. It doubles every round
 * trip until something is lost (slow start), is then halved, and grows by one datagram a round trip
 * (additive increase, multiplicative decrease); after a timeout it begins again with one.
 */

import { MAX_PAYLOAD_BYTES } from "./datagram.ts";

/** Ten datagrams to begin with (RFC 6928). */
const FIRST_BYTES = 10 * MAX_PAYLOAD_BYTES;
const MIN_BYTES = 2 * MAX_PAYLOAD_BYTES;
/** What a neighbour takes in beyond this it may have to drop, and system buffers are about as large. */
const MAX_BYTES = 131_072;

export class CongestionWindow {
  #bytes = FIRST_BYTES;
  #threshold = MAX_BYTES;

  /** Bytes that may be under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So many bytes were acknowledged while the window was in use. */
  arrived(bytes: number): void {
    const growth = this.#bytes < this.#threshold
      ? Math.min(bytes, 2 * MAX_PAYLOAD_BYTES)
      : MAX_PAYLOAD_BYTES * bytes / this.#bytes;
    this.#bytes = Math.min(MAX_BYTES, this.#bytes + growth);
  }

  /** Something was lost, and what came after it was not: once for all that was under way then. */
  lost(bytesUnderWay: number): void {
    this.#threshold = Math.max(MIN_BYTES, bytesUnderWay / 2);
    this.#bytes = this.#threshold;
  }

  /** Nothing was acknowledged for a whole timeout. */
  timedOut(bytesUnderWay: number): void {
    this.#threshold = Math.max(MIN_BYTES, bytesUnderWay / 2);
    this.#bytes = MAX_PAYLOAD_BYTES;
  }
}
