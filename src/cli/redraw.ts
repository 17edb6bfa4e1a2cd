/** Pictures that take the place of the one before, on a terminal. */

/** Erases the terminal and begins at its top. */
const CLEAR = "\x1b[H\x1b[2J";

/** The size of a terminal; undefined where there is none, or it does not say. */
export interface Size {
  columns: number | undefined;
  rows: number | undefined;
}

/**
 * A text in place of all that the terminal shows. What is too wide loses its end, since a line that
 * is wrapped would make the picture jump, and what is too long loses its last lines.
 *
 * @param text whole lines
 */
export function redraw(text: string, { columns = Infinity, rows = Infinity }: Size): string {
  const lines = text.replace(/\n$/, "").split("\n");
  // Behind the last line stands the cursor, in a line of its own.
  const room = Math.max(2, rows - 1);
  const left = lines.length - (room - 1);
  const shown = lines.length <= room ? lines : [
    ...lines.slice(0, room - 1),
    `… ${left} more lines, which are shown without --watch`,
  ];
  return CLEAR + shown.map((line) => `${[...line].slice(0, columns).join("")}\n`).join("");
}
