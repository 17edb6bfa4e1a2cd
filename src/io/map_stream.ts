/**
 * One open page: the history of the map, then its changes, as server-sent events. Who does not read
 * costs no memory without end: too much that is unread, or nothing read for too long, ends it. A page
 * that was cut off so connects again by itself and is told everything anew.
 */

import type { ServerResponse } from "node:http";
import type { ControlClient } from "../control/client.ts";
import type { EventOf } from "../control/methods.ts";

/** Bytes of changes that a page may leave unread; the history before them does not count. */
export const MAX_UNREAD_BYTES = 2 * 1_048_576;

/** How long a page may read nothing of what waits for it, in milliseconds. */
const PATIENCE_MS = 30_000;
/** How often the time is told, which also shows both ends that the other is still there. */
const CLOCK_MS = 5_000;
/** After this long a browser connects again. */
const RETRY_MS = 1_000;
/** What is written at once, so that progress can be seen in what is large. */
const PIECE_BYTES = 65_536;

/** Runs one stream until its response is closed. */
export class MapStream {
  readonly #response: ServerResponse;
  readonly #client: ControlClient;
  /** Bytes handed over that the system has not taken yet; those of the history apart. */
  #unread = 0;
  #waiting = 0;
  #progressAt = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param client a session of its own, which ends with the stream */
  constructor(response: ServerResponse, client: ControlClient) {
    this.#response = response;
    this.#client = client;
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#begin();
    this.#timer = setInterval(() => this.#tick(), CLOCK_MS);
    response.on("close", () => {
      clearInterval(this.#timer);
      client.close();
    });
  }

  /** Ends it once what was said is read. */
  end(): void {
    this.#client.close();
    this.#response.end();
  }

  #begin(): void {
    const known: EventOf<"history">[] = [];
    let tell = (change: EventOf<"history">): void => void known.push(change);
    const end = () => this.end();
    this.#client.call("history", { follow: true }, { onEvent: (change) => tell(change) })
      // The node left, or the page did.
      .then(end, end);
    // What comes before the call returns is what was; the rest comes as it happens.
    tell = (change) => this.#send("change", JSON.stringify(change), true);
    const { version } = this.#client.hello;
    this.#send("history", JSON.stringify({ now: Date.now(), version, changes: known }), false);
  }

  #tick(): void {
    const isStuck = this.#waiting > 0 && performance.now() - this.#progressAt > PATIENCE_MS;
    if (isStuck) this.#cutOff();
    else this.#send("time", String(Date.now()), true);
  }

  /** JSON holds no line end, which alone means something here. */
  #send(event: string, data: string, counts: boolean): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (this.#unread > MAX_UNREAD_BYTES) return this.#cutOff();
    const bytes = new TextEncoder().encode(`event: ${event}\ndata: ${data}\n\n`);
    if (this.#waiting === 0) this.#progressAt = performance.now();
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#write(bytes.subarray(at, at + PIECE_BYTES), counts);
    }
  }

  #write(piece: Uint8Array, counts: boolean): void {
    const { length } = piece;
    this.#waiting += length;
    if (counts) this.#unread += length;
    this.#response.write(piece, () => {
      this.#progressAt = performance.now();
      this.#waiting -= length;
      if (counts) this.#unread -= length;
    });
  }

  /** Ends it at once; what was not read is lost. */
  #cutOff(): void {
    this.#response.destroy();
  }
}
