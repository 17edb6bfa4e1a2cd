/**
 * The time that is shown: live, or a moment of the last hour. Pausing is staying at the moment that
 * was live. What comes in meanwhile is taken all the same, and seen once the page is live again.
 */

import { ago, timeOfDay } from "../words.ts";
import { byId, setText } from "./dom.ts";

/** How much of the time before can be gone back to. */
const SPAN_MS = 3_600_000;

/** A moment at which something happened, as it is marked above the slider. */
export interface Mark {
  at: number;
  isBad: boolean;
}

export class Player {
  readonly #slider = byId("time", HTMLInputElement);
  readonly #pause = byId("pause", HTMLButtonElement);
  readonly #live = byId("live", HTMLButtonElement);
  readonly #text = byId("time-text", HTMLOutputElement);
  readonly #canvas = byId("marks", HTMLCanvasElement);
  readonly #turned: () => void;
  /** The moment that is shown; undefined: live. */
  #moment: number | undefined;
  #from = 0;
  #now = 0;
  #drawn = "";

  /** @param turned told that another time is to be shown */
  constructor(turned: () => void) {
    this.#turned = turned;
    this.#slider.addEventListener("input", () => {
      const time = this.#slider.valueAsNumber;
      this.#show(time >= Number(this.#slider.max) ? undefined : time);
    });
    this.#pause.addEventListener("click", () => {
      this.#show(this.#moment === undefined ? this.#now : undefined);
    });
    this.#live.addEventListener("click", () => this.#show(undefined));
  }

  /** The moment that is shown, in milliseconds since 1970; undefined: live. */
  get moment(): number | undefined {
    return this.#moment;
  }

  /** Shows a moment, or goes live. */
  goTo(moment: number | undefined): void {
    this.#show(moment);
  }

  /**
   * Brings the slider up to date.
   *
   * @param from the earliest moment that is known
   * @param now by the node's clock
   */
  sync(from: number, now: number): void {
    this.#from = Math.max(from, now - SPAN_MS);
    this.#now = Math.max(now, this.#from + 1000);
    if (this.#moment !== undefined && this.#moment < this.#from) this.#moment = this.#from;
    const slider = this.#slider;
    slider.disabled = false;
    slider.min = String(this.#from);
    slider.max = String(this.#now);
    slider.valueAsNumber = this.#moment ?? this.#now;
    this.#describe();
  }

  /** Marks the moments at which something happened. */
  mark(marks: readonly Mark[], colours: { plain: string; bad: string }): void {
    const canvas = this.#canvas;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    // Several in one place are one, and the worst of them counts.
    const columns = new Map<number, boolean>();
    for (const { at, isBad } of marks) {
      const share = (at - this.#from) / (this.#now - this.#from);
      if (share < 0 || share > 1) continue;
      const column = Math.round(share * (width - 2));
      columns.set(column, isBad || columns.get(column) === true);
    }
    const picture = `${width} ${colours.bad} ${[...columns].join()}`;
    if (picture === this.#drawn) return;
    this.#drawn = picture;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    for (const [column, isBad] of columns) {
      if (context === null) return;
      context.fillStyle = isBad ? colours.bad : colours.plain;
      context.fillRect(column, isBad ? 0 : height / 3, 2, height);
    }
  }

  #show(moment: number | undefined): void {
    this.#moment = moment;
    if (moment === undefined) this.#slider.valueAsNumber = this.#now;
    else this.#slider.valueAsNumber = moment;
    this.#describe();
    this.#turned();
  }

  #describe(): void {
    const moment = this.#moment;
    const words = moment === undefined
      ? `${timeOfDay(this.#now)}, live`
      : `${timeOfDay(moment)}, ${ago(this.#now - moment)}`;
    setText(this.#text, words);
    this.#text.classList.toggle("past", moment !== undefined);
    this.#slider.setAttribute("aria-valuetext", words);
    this.#live.setAttribute("aria-pressed", String(moment === undefined));
    this.#pause.setAttribute("aria-pressed", String(moment !== undefined));
    setText(this.#pause, moment === undefined ? "Pause" : "Resume");
  }
}
