/** Says aloud, for those who hear the page, what changed: a sentence at a time, and not too often. */

import { type News, summaryOf } from "../news.ts";
import { byId } from "./dom.ts";

/** A sentence takes about as long to hear. */
const PERIOD_MS = 4_000;

export class Announcer {
  readonly #element = byId("announcer", HTMLElement);
  #waiting: News[] = [];
  #timer: number | undefined;

  tell(news: readonly News[]): void {
    if (news.length === 0) return;
    this.#waiting.push(...news);
    this.#timer ??= setTimeout(() => this.#say(), this.#element.textContent === "" ? 0 : PERIOD_MS);
  }

  #say(): void {
    this.#timer = undefined;
    this.#element.textContent = summaryOf(this.#waiting);
    this.#waiting = [];
  }
}
