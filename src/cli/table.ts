/**
 * Rows in columns of their widest cell, two spaces between them, a line each.
 *
 * @param indent spaces before each row
 */
export function formatTable(rows: readonly (readonly string[])[], indent = 0): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, [...cell].length);
    }
  }
  const lines = rows.map((row) => row.map((cell, at) => pad(cell, widths[at] ?? 0)).join("  "));
  return lines.map((line) => `${" ".repeat(indent)}${line.trimEnd()}\n`).join("");
}

/** By characters as people count them: an emoji is one, though it has two code units. */
function pad(cell: string, width: number): string {
  return cell + " ".repeat(width - [...cell].length);
}
