/** Keys: from node to node by the arrows, and short ways to what the buttons do. */

import type { Point } from "../layout.ts";

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What keys do. */
export interface KeyListener {
  /** Moves the keyboard from a node, or from none, to another. */
  walk(from: string | undefined, direction: Point): void;
  open(node: string): void;
  zoom(steps: number): void;
  fit(): void;
  search(): void;
  cancel(): void;
}

export function listenToKeys(stage: SVGSVGElement, listener: KeyListener): void {
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const node = document.activeElement?.getAttribute("data-node") ?? undefined;
    const direction = DIRECTIONS[event.key];
    if (direction !== undefined) listener.walk(node, direction);
    else if ((event.key === "Enter" || event.key === " ") && node !== undefined) {
      listener.open(node);
    } else if (event.key === "+" || event.key === "=") listener.zoom(1);
    else if (event.key === "-") listener.zoom(-1);
    else if (event.key === "0") listener.fit();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      listener.search();
    } else if (event.key === "Escape") {
      listener.cancel();
    }
  });
}
