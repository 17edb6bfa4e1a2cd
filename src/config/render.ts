/** The configuration in force, as TOML that says of each value where it comes from. */

import { describeOrigin } from "./layer.ts";
import type { Setting } from "./resolve.ts";
import { showValue } from "./secrets.ts";

/** A longer assignment, as of a list, does not push the origins of all the others aside. */
const MAX_COLUMN = 60;

/**
 * The settings as a TOML text that gives the same configuration when it is read as a profile. A
 * secret is not shown; what stands in its place is refused there.
 *
 * @param settings in the order of the schema, where the values of a table precede its subtables
 */
export function renderSettings(settings: ReadonlyMap<string, Setting>): string {
  const rows = [...settings].map(([key, { value, origin }]) => {
    const dot = key.lastIndexOf(".");
    const assignment = `${key.slice(dot + 1)} = ${showValue(key, value)}`;
    return { table: key.slice(0, Math.max(dot, 0)), assignment, origin: describeOrigin(origin) };
  });
  const lengths = rows.map(({ assignment }) => assignment.length);
  const width = Math.max(...lengths.filter((length) => length <= MAX_COLUMN));
  let table = "";
  let text = "";
  for (const row of rows) {
    if (row.table !== table) text += `\n[${row.table}]\n`;
    table = row.table;
    text += `${row.assignment.padEnd(width)}  # ${row.origin}\n`;
  }
  return text;
}
