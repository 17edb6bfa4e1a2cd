/** The colours of the map, and the legend that explains them. */

import { WARMTHS } from "../looks.ts";
import type { NodeState } from "../network.ts";
import type { Theme } from "../palette.ts";
import { nodeOutline } from "../shapes.ts";
import { STATE_WORDS } from "../words.ts";
import { byId, html, svg } from "./dom.ts";
import { ThemeButton } from "./theme.ts";

export class Appearance {
  readonly #button = new ThemeButton();

  constructor() {
    drawLegend();
  }

  get theme(): Theme {
    return this.#button.theme;
  }

  /** Told that the colours are others. */
  set turned(listener: () => void) {
    this.#button.turned = listener;
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
