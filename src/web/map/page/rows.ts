/** The rows of a table, kept by a key: a row is made when its key appears, and its cells are rewritten. */

import { html, setText } from "./dom.ts";

/** What a row shows. */
export interface Row {
  key: string;
  /** The first is what the row is called, and can be pressed. */
  cells: readonly string[];
  className: string;
}

interface Elements {
  row: HTMLTableRowElement;
  cells: Element[];
}

export class Rows {
  readonly #body: HTMLElement;
  readonly #rows = new Map<string, Elements>();
  /** Keys in the order in which they stand. */
  #order = "";

  /** @param pick told of the row that somebody pressed */
  constructor(body: HTMLElement, pick: (key: string) => void) {
    this.#body = body;
    body.addEventListener("click", ({ target }) => {
      const key = target instanceof Element ? target.closest("tr")?.dataset.key : undefined;
      if (key !== undefined) pick(key);
    });
  }

  /** Shows these rows, in this order, and no others. */
  sync(rows: readonly Row[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, { row }] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    for (const { key, cells, className } of rows) {
      const elements = this.#rows.get(key) ?? this.#add(key, cells.length);
      if (elements.row.className !== className) elements.row.className = className;
      for (const [at, text] of cells.entries()) {
        const cell = elements.cells[at];
        if (cell !== undefined) setText(cell, text);
      }
    }
    const order = rows.map(({ key }) => key).join();
    if (order === this.#order) return;
    this.#order = order;
    // What stands in its place is left there, or the keyboard would lose its row.
    let place = this.#body.firstElementChild;
    for (const { key } of rows) {
      const row = this.#rows.get(key)?.row;
      if (row === undefined) continue;
      if (row === place) place = place.nextElementSibling;
      else this.#body.insertBefore(row, place);
    }
  }

  #add(key: string, count: number): Elements {
    const row = html("tr");
    row.dataset.key = key;
    const name = html("button");
    name.type = "button";
    const cells: Element[] = [name];
    const first = html("td");
    first.append(name);
    row.append(first);
    for (let at = 1; at < count; at++) {
      const cell = html("td");
      cells.push(cell);
      row.append(cell);
    }
    const elements = { row, cells };
    this.#rows.set(key, elements);
    return elements;
  }
}
