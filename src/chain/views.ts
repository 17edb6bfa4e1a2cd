/**
 * When to tell the neighbours what is known of the line: at once when something changed, but not more often
 * than ten times a second, so that many changes at a time travel as one, and not before the last that was
 * told is under way, so that a neighbour who is slow to take it has no more than one waiting.
 */

import { equalBytes } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import type { Link } from "./link.ts";
import { type Side, SIDES } from "./side.ts";
import { encodeView, type View } from "./stream_message.ts";

const PERIOD_MS = 100;

/** What the neighbour on one side was told. */
interface Telling {
  /** Whether something may have changed since. */
  isStale: boolean;
  notBefore: Instant;
  link: Link | undefined;
  bytes: Uint8Array;
}

export class Views {
  readonly #tellings: Readonly<Record<Side, Telling>> = { tail: telling(), head: telling() };

  /** Something is known now that was not. */
  change(): void {
    for (const side of SIDES) this.#tellings[side].isStale = true;
  }

  /** Tells the neighbour on a side what is new, if it is time. */
  tell(now: Instant, side: Side, link: Link, view: () => View): void {
    const telling = this.#tellings[side];
    const isNewLink = telling.link !== link;
    if (!isNewLink && (!telling.isStale || now < telling.notBefore || link.urgentCount > 0)) return;
    telling.isStale = false;
    const bytes = encodeView(view());
    if (!isNewLink && equalBytes(bytes, telling.bytes)) return;
    telling.link = link;
    telling.bytes = bytes;
    telling.notBefore = now + PERIOD_MS;
    link.push(bytes);
  }

  /** Nobody is there to be told. */
  forget(side: Side): void {
    this.#tellings[side].link = undefined;
  }

  nextWakeup(): Instant | undefined {
    const waiting = SIDES.map((side) => this.#tellings[side])
      // What has to wait for the neighbour is looked at again when that answers.
      .filter(({ isStale, link }) => isStale && link?.urgentCount === 0);
    return earliest(...waiting.map(({ notBefore }) => notBefore));
  }
}

function telling(): Telling {
  return { isStale: false, notBefore: 0, link: undefined, bytes: new Uint8Array(0) };
}
