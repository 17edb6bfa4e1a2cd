/**
 * Which texts there is room for. Texts keep their size however far the picture is zoomed out, so with
 * many nodes not all can be shown: the more important ones get their place first, and what would
 * cover them stays away until somebody zooms in.
 */

/** A text that wants to be shown, by its middle and its size in pixels. */
export interface Text {
  key: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Greater goes first; equal ones by their key, so that the choice is always the same. */
  weight: number;
}

/** Of a raster in which texts that could touch are found; about the size of most texts. */
const CELL = { width: 96, height: 32 };

/** The keys of the texts that can be shown beside each other. */
export function roomFor(texts: readonly Text[]): Set<string> {
  const byWeight = texts.toSorted((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
  const cells = new Map<string, Text[]>();
  const chosen = new Set<string>();
  for (const text of byWeight) {
    const names = cellsOf(text);
    if (names.some((name) => cells.get(name)?.some((other) => overlap(text, other)))) continue;
    chosen.add(text.key);
    for (const name of names) {
      const inCell = cells.get(name);
      if (inCell === undefined) cells.set(name, [text]);
      else inCell.push(text);
    }
  }
  return chosen;
}

function cellsOf({ x, y, width, height }: Text): string[] {
  const names: string[] = [];
  const last = { x: (x + width / 2) / CELL.width, y: (y + height / 2) / CELL.height };
  for (let column = Math.floor((x - width / 2) / CELL.width); column <= last.x; column++) {
    for (let row = Math.floor((y - height / 2) / CELL.height); row <= last.y; row++) {
      names.push(`${column} ${row}`);
    }
  }
  return names;
}

function overlap(a: Text, b: Text): boolean {
  return 2 * Math.abs(a.x - b.x) < a.width + b.width &&
    2 * Math.abs(a.y - b.y) < a.height + b.height;
}

/** About how wide a text is in the page's font of `size` pixels. East Asian letters are as wide as high. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const letter of text) units += (letter.codePointAt(0) ?? 0) < 0x1100 ? 0.6 : 1;
  return units * size;
}
