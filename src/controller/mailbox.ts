/**
 * Where letters meet those who wait for them: messages that came in and who listens to them, and
 * letters that went out and who wants to know what became of them.
 */

import type { Cancel } from "../base/ports.ts";
import { Inbox, type InboxLimits } from "../messaging/inbox.ts";
import type { Ticket } from "../messaging/letter.ts";
import type { Outcome } from "../messaging/outcome.ts";
import type { InboxMessage } from "./node_api.ts";

type Listener = (message: InboxMessage) => void;

/** A message with what it counts for: the length of its content. */
interface Kept {
  message: InboxMessage;
  bytes: number;
}

export class Mailbox {
  readonly #inbox: Inbox<Kept>;
  readonly #listeners = new Set<Listener>();
  readonly #fallback: Listener | undefined;
  readonly #waiting = new Map<Ticket, (outcome: Outcome) => void>();
  #lastTicket = 0;

  /** @param fallback who reads while nobody listens */
  constructor(limits: InboxLimits, fallback?: Listener) {
    this.#inbox = new Inbox(limits);
    this.#fallback = fallback;
  }

  /** Messages that nobody has read. */
  get unread(): number {
    return this.#inbox.unread;
  }

  /** Whether so many more messages of so many bytes together would be taken. */
  hasRoom(count: number, bytes: number): boolean {
    return this.#isRead() || this.#inbox.hasRoom(count, bytes);
  }

  /** A message came. */
  deliver(message: InboxMessage): void {
    this.#inbox.add({ message, bytes: message.content.length }, this.#isRead());
    if (this.#listeners.size === 0) return this.#fallback?.(message);
    for (const listener of [...this.#listeners]) listener(message);
  }

  /** All messages that are kept, the oldest first; now they have been read. */
  read(): InboxMessage[] {
    return this.#inbox.readAll().map(({ message }) => message);
  }

  /** Hands every message that comes to `listener`. */
  listen(listener: Listener): Cancel {
    // One function may listen twice, and stop once.
    const own: Listener = (message) => listener(message);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Has `done` told what became of the letter that is sent under the ticket returned. */
  expect(done: (outcome: Outcome) => void): Ticket {
    this.#waiting.set(++this.#lastTicket, done);
    return this.#lastTicket;
  }

  /** A letter has come to its end. */
  settle(ticket: Ticket, outcome: Outcome): void {
    const done = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    done?.(outcome);
  }

  /** The node stops: nothing will come of what is still waited for. */
  cancel(): void {
    for (const ticket of [...this.#waiting.keys()]) this.settle(ticket, { type: "cancelled" });
  }

  #isRead(): boolean {
    return this.#listeners.size > 0 || this.#fallback !== undefined;
  }
}
