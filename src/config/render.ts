/** The configuration in force, as TOML that says of each value where it comes from. */

import { describeOrigin } from "./layer.ts";
import type { Setting } from "./resolve.ts";
import { formatToml } from "./toml.ts";

/**
 * The settings as a TOML text that gives the same configuration when it is read as a profile.
 *
 * @param settings in the order of the schema, where the values of a table precede its subtables
 */
export function renderSettings(settings: ReadonlyMap<string, Setting>): string {
  const rows = [...settings].map(([key, { value, origin }]) => {
    const dot = key.lastIndexOf(".");
    const assignment = `${key.slice(dot + 1)} = ${formatToml(value)}`;
    return { table: key.slice(0, Math.max(dot, 0)), assignment, origin: describeOrigin(origin) };
  });
  const width = Math.max(...rows.map(({ assignment }) => assignment.length));
  let table = "";
  let text = "";
  for (const row of rows) {
    if (row.table !== table) text += `\n[${row.table}]\n`;
    table = row.table;
    text += `${row.assignment.padEnd(width)}  # ${row.origin}\n`;
  }
  return text;
}
