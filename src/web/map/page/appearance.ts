/** Light and dark, by the system's wish or one's own, and the legend. */

import { WARMTHS } from "../looks.ts";
import type { NodeState } from "../network.ts";
import { palette, type Theme } from "../palette.ts";
import { nodeOutline } from "../shapes.ts";
import { STATE_WORDS } from "../words.ts";
import { byId, html, setText, svg } from "./dom.ts";

const CHOICES = ["auto", "light", "dark"] as const;
type Choice = typeof CHOICES[number];

const KEPT_AS = "area-net theme";

export class Appearance {
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
    drawLegend();
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

function drawLegend(): void {
  const list = html("ul");
  const states: NodeState[] = ["own", "alive", "lost", "left"];
  for (const state of states) {
    const mark = svg("svg", { width: "14", height: "14", viewBox: "-7 -7 14 14" });
    const group = svg("g", { class: `node ${state}` });
    group.append(svg("path", { class: "shape", d: nodeOutline(state, 5) }));
    mark.append(group);
    list.append(entry(mark, STATE_WORDS[state]));
  }
  for (const { name, width, words } of WARMTHS) list.append(lineEntry(name, width, words));
  list.append(lineEntry("unmeasured one-sided", 1.5, "claimed by one end"));
  byId("legend", HTMLElement).append(list);
}

function lineEntry(look: string, width: number, words: string): HTMLLIElement {
  const mark = svg("svg", { width: "26", height: "10" });
  const group = svg("g", { class: `link ${look}` });
  group.append(svg("path", { class: "line", d: "M0 5h26", "stroke-width": String(width) }));
  mark.append(group);
  return entry(mark, words);
}

function entry(mark: SVGSVGElement, words: string): HTMLLIElement {
  const item = html("li");
  mark.setAttribute("aria-hidden", "true");
  item.append(mark, words);
  return item;
}
