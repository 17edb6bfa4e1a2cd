/** Light and dark, by the system's wish or one's own, for every page: a button turns from one to the next. */

import { palette, type Theme } from "../palette.ts";
import { byId, setText } from "./dom.ts";

const CHOICES = ["auto", "light", "dark"] as const;
type Choice = typeof CHOICES[number];

const KEPT_AS = "area-net theme";

export class ThemeButton {
  readonly #button = byId("theme", HTMLButtonElement);
  readonly #night = matchMedia("(prefers-color-scheme: dark)");
  #choice: Choice = "auto";
  /** Told that the colours are others. */
  turned: () => void = () => {};

  constructor() {
    this.#choice = CHOICES.find((choice) => choice === keptChoice()) ?? "auto";
    this.#button.addEventListener("click", () => {
      this.#choice = CHOICES[(CHOICES.indexOf(this.#choice) + 1) % CHOICES.length] ?? "auto";
      keepChoice(this.#choice);
      this.#apply();
    });
    this.#night.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    if (this.#choice === "auto") return this.#night.matches ? "night" : "day";
    return this.#choice === "dark" ? "night" : "day";
  }

  #apply(): void {
    const { style } = document.documentElement;
    style.colorScheme = this.theme === "night" ? "dark" : "light";
    for (const [name, colour] of Object.entries(palette(this.theme))) {
      style.setProperty(`--${name}`, colour);
    }
    setText(this.#button, `Theme: ${this.#choice}`);
    this.turned();
  }
}

/** A browser may keep nothing for a page; then the choice lasts as long as the page. */
function keptChoice(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

function keepChoice(choice: Choice): void {
  try {
    localStorage.setItem(KEPT_AS, choice);
  } catch {
    // As above.
  }
}
