/**
 * The connection with the node: server-sent events. The browser connects again by itself when a
 * connection breaks, but neither when the node answers with a refusal nor when a connection has died
 * without a word, as after a sleep; both are seen to here.
 */

import type { Change } from "../network.ts";

/** How the page stands with the node. */
export type SourceState = "connecting" | "live" | "reconnecting" | "refused";

/** What a node tells at the beginning of each connection. */
export interface Greeting {
  /** Milliseconds since 1970 by the node's clock. */
  now: number;
  /** Of the program that the node runs. */
  version: string;
  /** The first is the whole map. */
  changes: Change[];
}

/** Who hears from a {@linkcode Source}. */
export interface SourceListener {
  begun(greeting: Greeting): void;
  changed(change: Change): void;
  /** The node's clock, every few seconds. */
  ticked(now: number): void;
  /** @param reason what people can do, where the node refused */
  turned(state: SourceState, reason?: string): void;
}

/** The node says something every five seconds, if only the time. */
const SILENCE_MS = 16_000;
const RETRY_MS = 2_000;

export class Source {
  readonly #listener: SourceListener;
  #events: EventSource | undefined;
  #silence: number | undefined;
  #retry: number | undefined;
  /** Whether the node said no, which holds until it says something else. */
  #isRefused = false;

  constructor(listener: SourceListener) {
    this.#listener = listener;
  }

  open(): void {
    clearTimeout(this.#retry);
    this.#events?.close();
    const events = new EventSource(`events${location.search}`);
    this.#events = events;
    events.addEventListener("history", ({ data }) => {
      this.#heard();
      this.#isRefused = false;
      this.#listener.begun(JSON.parse(data));
      this.#listener.turned("live");
    });
    events.addEventListener("change", ({ data }) => {
      this.#heard();
      this.#listener.changed(JSON.parse(data));
    });
    events.addEventListener("time", ({ data }) => {
      this.#heard();
      this.#listener.ticked(Number(data));
    });
    events.addEventListener("error", () => {
      if (!this.#isRefused) this.#listener.turned("reconnecting");
      if (events.readyState === EventSource.CLOSED) this.#askWhy();
    });
    this.#heard();
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#listener.turned("reconnecting");
      this.open();
    }, SILENCE_MS);
  }

  /** An event source does not say why it was refused, so the same is asked for in another way. */
  async #askWhy(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.open(), RETRY_MS);
    try {
      const answer = await fetch(`events${location.search}`, { cache: "no-store" });
      if (answer.ok) return await answer.body?.cancel();
      this.#isRefused = true;
      this.#listener.turned("refused", await answer.text());
    } catch {
      this.#isRefused = false;
      this.#listener.turned("reconnecting");
    }
  }
}
